package measure

import (
	"encoding/binary"
	"errors"
	"math"
)

// MaxPSNR stands for the infinite PSNR of identical planes, so that means and reports stay finite. An 8-bit plane of
// any usual size with a single sample off by one has less.
const MaxPSNR = 120.0

// errSize says that planes can't be compared: unequal in size, or smaller than a window.
var errSize = errors.New("the pictures differ in size or are smaller than 8x8")

// Similarity is how alike two pictures are.
type Similarity struct {
	PSNR float64 // dB, peak 255, at most MaxPSNR
	SSIM float64 // 1 for identical planes
}

// Constants of SSIM for 8-bit samples and windows of 64 (Wang, Bovik, Sheikh and Simoncelli, "Image quality
// assessment", IEEE Transactions on Image Processing 13(4), 2004: K1 = 0.01, K2 = 0.03), on unnormalised sums. By
// the paper C1 would have a further factor of 64; x264 and ffmpeg leave it out, and figures should compare with theirs.
const (
	ssimC1 = 0.01 * 0.01 * 255 * 255 * 64
	ssimC2 = 0.03 * 0.03 * 255 * 255 * 64 * 63
)

// sums are the sums of a 4x4 block: of either plane's samples, of all squares, of the products.
type sums struct{ a, b, squares, products uint64 }

// Compare returns the PSNR and SSIM of two 8-bit planes of width × height without row padding. SSIM is the mean over
// 8x8 windows at steps of four samples with equal weights, as encoders and ffmpeg's ssim filter compute it; up to
// three columns and rows at the right and bottom edge are left out of it, but not of the PSNR.
func Compare(a, b []byte, width, height int) (Similarity, error) {
	return CompareDepth(a, b, width, height, 8)
}

// CompareDepth is Compare for planes of so many bits a sample: above 8, samples are little-endian words of 16 bits. The
// peak is the largest code, 1023 at 10 bits, and the constants of SSIM follow it.
func CompareDepth(a, b []byte, width, height, bits int) (Similarity, error) {
	size, block, sample := 1, blockSums, func(p []byte, i int) int { return int(p[i]) }
	if bits > 8 {
		size, block, sample = 2, wideBlock, func(p []byte, i int) int { return int(binary.LittleEndian.Uint16(p[2*i:])) }
	}
	if width < 8 || height < 8 || len(a) != size*width*height || len(b) != size*width*height {
		return Similarity{}, errSize
	}
	peak := float64(int(1)<<bits - 1)
	c1, c2 := ssimC1*(peak*peak/(255*255)), ssimC2*(peak*peak/(255*255))
	across, down := width/4, height/4
	above, row := make([]sums, across), make([]sums, across)
	var squared uint64
	var total float64
	for y := range down {
		above, row = row, above
		for x := range row {
			s := block(a, b, size*(4*y*width+4*x), size*width)
			row[x] = s
			squared += s.squares - 2*s.products
		}
		if y == 0 {
			continue
		}
		for x := 1; x < across; x++ {
			total += window(&above[x-1], &above[x], &row[x-1], &row[x], c1, c2)
		}
	}
	for y := range height { // what the blocks don't reach
		from := across * 4
		if y >= down*4 {
			from = 0
		}
		for i := y*width + from; i < (y+1)*width; i++ {
			d := sample(a, i) - sample(b, i)
			squared += uint64(d * d)
		}
	}
	s := Similarity{PSNR: MaxPSNR, SSIM: total / float64((across-1)*(down-1))}
	if squared > 0 {
		s.PSNR = min(MaxPSNR, 10*math.Log10(peak*peak/(float64(squared)/float64(width*height))))
	}
	return s, nil
}

// blockSums sums a 4x4 block at a byte of both planes. Four samples of a row travel in one word; their plain sums are kept
// in two lanes of 16 bits, which 4 rows of 2 samples can't overflow.
func blockSums(a, b []byte, from, stride int) sums {
	const lanes = 0x00ff00ff
	a, b = a[from:from+3*stride+4], b[from:from+3*stride+4]
	var sumA, sumB, squares, products uint32
	for at := 0; at <= 3*stride; at += stride {
		v, w := binary.LittleEndian.Uint32(a[at:]), binary.LittleEndian.Uint32(b[at:])
		sumA += v&lanes + v>>8&lanes
		sumB += w&lanes + w>>8&lanes
		v0, v1, v2, v3 := v&255, v>>8&255, v>>16&255, v>>24
		w0, w1, w2, w3 := w&255, w>>8&255, w>>16&255, w>>24
		squares += v0*v0 + v1*v1 + v2*v2 + v3*v3 + w0*w0 + w1*w1 + w2*w2 + w3*w3
		products += v0*w0 + v1*w1 + v2*w2 + v3*w3
	}
	return sums{uint64(sumA&0xffff + sumA>>16), uint64(sumB&0xffff + sumB>>16), uint64(squares), uint64(products)}
}

// window returns the SSIM of the 8x8 window of four blocks.
func window(p, q, r, t *sums, c1, c2 float64) float64 {
	a := float64(p.a + q.a + r.a + t.a)
	b := float64(p.b + q.b + r.b + t.b)
	squares := float64(p.squares + q.squares + r.squares + t.squares)
	products := float64(p.products + q.products + r.products + t.products)
	variances := squares*64 - a*a - b*b
	covariance := products*64 - a*b
	return (2*a*b + c1) * (2*covariance + c2) / ((a*a + b*b + c1) * (variances + c2))
}

// meanBytes returns the mean of a plane in code values, 0 for an empty one.
func meanBytes(plane []byte) float64 {
	if len(plane) == 0 {
		return 0
	}
	// Eight samples travel in one word; 64 words of two samples a lane can't overflow its 16 bits.
	const lanes, run = 0x00ff00ff00ff00ff, 64 * 8
	var sum uint64
	rest := plane
	for ; len(rest) >= run; rest = rest[run:] {
		var acc uint64
		for w := rest[:run]; len(w) >= 8; w = w[8:] {
			v := binary.LittleEndian.Uint64(w)
			acc += v&lanes + v>>8&lanes
		}
		sum += acc&0xffff + acc>>16&0xffff + acc>>32&0xffff + acc>>48
	}
	for _, v := range rest {
		sum += uint64(v)
	}
	return float64(sum) / float64(len(plane))
}

// Means is a picture's mean luma and mean colour differences (Cb, Cr), in code values of 8 bits.
type Means struct{ Y, Cb, Cr float64 }

// MeansOf returns the means of a picture's planes Y, Cb and Cr of so many bits a sample, as CompareDepth takes them.
func MeansOf(planes [3][]byte, bits int) Means {
	return Means{meanOf(planes[0], bits), meanOf(planes[1], bits), meanOf(planes[2], bits)}
}

// Step returns how far another picture's luma is away, and its colour as the length of the change of Cb and Cr.
func (m Means) Step(to Means) (luma, chroma float64) {
	return math.Abs(to.Y - m.Y), math.Hypot(to.Cb-m.Cb, to.Cr-m.Cr)
}

// LargestSteps returns the largest steps of luma and of colour between neighbours, 0 for fewer than two.
func LargestSteps(pictures []Means) (luma, chroma float64) {
	for i := 1; i < len(pictures); i++ {
		l, c := pictures[i-1].Step(pictures[i])
		luma, chroma = max(luma, l), max(chroma, c)
	}
	return luma, chroma
}
