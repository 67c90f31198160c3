package seam

import (
	"math"

	"retake/internal/retake"
)

// sample is a small block's mean colour in the answer and in what the engine was shown: luma, and Cb and Cr less 128.
// Means of blocks have little noise, which would otherwise pull every gain towards zero.
type sample struct{ in, out [3]float64 }

const (
	clipLow, clipHigh = 2, 253 // luma beyond has lost what it was
	busy              = 64     // the spread of luma in a block above which its mean says little of a curve
	maxSamples        = 4000   // for one handle
)

// blockSize is the side of a block in luma.
func blockSize(f retake.PictureFormat) int {
	if f.Width < 640 {
		return 4
	}
	return 8
}

// takeSamples appends blocks of a pair of pictures, about most of them, evenly spread.
func takeSamples(into []sample, answer, shown *retake.Frame, most int) []sample {
	f := shown.Format
	size := blockSize(f)
	apart := size * max(1, int(math.Sqrt(float64(f.Width*f.Height)/float64(size*size*most))))
	cw := f.ChromaWidth()
	for y := 0; y+size <= f.Height; y += apart {
		for x := 0; x+size <= f.Width; x += apart {
			in, spread, ok := blockMean(answer.Y, y*f.Width+x, f.Width, size)
			out, spreadOut, _ := blockMean(shown.Y, y*f.Width+x, f.Width, size)
			if !ok || max(spread, spreadOut) > busy {
				continue
			}
			s := sample{in: [3]float64{in}, out: [3]float64{out}}
			at := y/2*cw + x/2
			for c, p := range [][2][]byte{{answer.Cb, shown.Cb}, {answer.Cr, shown.Cr}} {
				a, _, _ := blockMean(p[0], at, cw, size/2)
				b, _, _ := blockMean(p[1], at, cw, size/2)
				s.in[c+1], s.out[c+1] = a-128, b-128
			}
			into = append(into, s)
		}
	}
	return into
}

// blockMean returns the mean and spread of a block, and whether none of it is at the end of its range.
func blockMean(plane []byte, at, stride, size int) (mean float64, spread int, ok bool) {
	sum, low, high := 0, 255, 0
	for range size {
		for _, v := range plane[at : at+size] {
			sum += int(v)
			low, high = min(low, int(v)), max(high, int(v))
		}
		at += stride
	}
	return float64(sum) / float64(size*size), high - low, low >= clipLow && high <= clipHigh
}

// thin keeps every so many samples, so that there are at most so many.
func thin(all []sample, most int) []sample {
	step := (len(all) + most - 1) / most
	if step < 2 {
		return all
	}
	kept := all[:0]
	for i := 0; i < len(all); i += step {
		kept = append(kept, all[i])
	}
	return kept
}

// distance is how far two colours are apart, in code values.
func distance(a, b [3]float64) float64 {
	return math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2]))
}
