package measure

import (
	"encoding/binary"
	"math"
)

// wideSums are sums for samples of more than 8 bits.
type wideSums struct{ a, b, squares, products uint64 }

// CompareDepth is Compare for planes of so many bits a sample: above 8, samples are little-endian words of 16 bits. The
// peak is the largest code, 1023 at 10 bits, and the constants of SSIM follow it.
func CompareDepth(a, b []byte, width, height, bits int) (Similarity, error) {
	if bits <= 8 {
		return Compare(a, b, width, height)
	}
	if width < 8 || height < 8 || len(a) != 2*width*height || len(b) != 2*width*height {
		return Similarity{}, ErrSize
	}
	peak := float64(int(1)<<bits - 1)
	c1, c2 := ssimC1*peak*peak/(255*255), ssimC2*peak*peak/(255*255)
	across, down := width/4, height/4
	above, row := make([]wideSums, across), make([]wideSums, across)
	var squared uint64
	var total float64
	for y := range down {
		above, row = row, above
		for x := range row {
			row[x] = wideBlock(a, b, 2*(4*y*width+4*x), 2*width)
			squared += row[x].squares - 2*row[x].products
		}
		if y == 0 {
			continue
		}
		for x := 1; x < across; x++ {
			total += wideWindow(&above[x-1], &above[x], &row[x-1], &row[x], c1, c2)
		}
	}
	for y := range height {
		from := across * 4
		if y >= down*4 {
			from = 0
		}
		for i := y*width + from; i < (y+1)*width; i++ {
			d := int64(binary.LittleEndian.Uint16(a[2*i:])) - int64(binary.LittleEndian.Uint16(b[2*i:]))
			squared += uint64(d * d)
		}
	}
	s := Similarity{PSNR: MaxPSNR, SSIM: total / float64((across-1)*(down-1))}
	if squared > 0 {
		s.PSNR = min(MaxPSNR, 10*math.Log10(peak*peak*float64(width*height)/float64(squared)))
	}
	return s, nil
}

// wideBlock sums a 4x4 block at a byte of both planes.
func wideBlock(a, b []byte, at, stride int) (s wideSums) {
	for range 4 {
		v, w := binary.LittleEndian.Uint64(a[at:]), binary.LittleEndian.Uint64(b[at:])
		for range 4 {
			x, y := v&0xffff, w&0xffff
			s.a, s.b, s.squares, s.products = s.a+x, s.b+y, s.squares+x*x+y*y, s.products+x*y
			v, w = v>>16, w>>16
		}
		at += stride
	}
	return s
}

func wideWindow(p, q, r, t *wideSums, c1, c2 float64) float64 {
	a, b := float64(p.a+q.a+r.a+t.a), float64(p.b+q.b+r.b+t.b)
	variances := float64(p.squares+q.squares+r.squares+t.squares)*64 - a*a - b*b
	covariance := float64(p.products+q.products+r.products+t.products)*64 - a*b
	return (2*a*b + c1) * (2*covariance + c2) / ((a*a + b*b + c1) * (variances + c2))
}

// meanDepth is MeanLuma for a plane of so many bits a sample, in code values of 8 bits: 10-bit codes count a fourth.
func meanDepth(plane []byte, bits int) float64 {
	if bits <= 8 {
		return MeanLuma(plane)
	}
	if len(plane) < 2 {
		return 0
	}
	const lanes = 0x0000ffff0000ffff
	var sum uint64
	rest := plane
	for len(rest) >= 8 {
		var acc uint64 // two lanes of 32 bits, of two samples a word
		run := rest[:min(len(rest)&^7, 8<<13)]
		rest = rest[len(run):]
		for ; len(run) >= 8; run = run[8:] {
			v := binary.LittleEndian.Uint64(run)
			acc += v&lanes + v>>16&lanes
		}
		sum += acc&0xffffffff + acc>>32
	}
	for ; len(rest) >= 2; rest = rest[2:] {
		sum += uint64(binary.LittleEndian.Uint16(rest))
	}
	return float64(sum) / float64(len(plane)/2) / float64(int(1)<<(bits-8))
}
