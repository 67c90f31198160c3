package seam

import (
	"math"
	"slices"

	"retake/internal/retake"
)

// noise is how grainy pictures are: standard deviations in code values, of luma, of luma at half the size, where coarse grain
// is left, and of chroma.
type noise struct{ fine, coarse, chroma float64 }

const (
	noiseBlock = 16
	flatShare  = 0.2 // of the blocks: those with the least texture tell of the grain
)

// noiseOf estimates a picture's grain.
func noiseOf(f *retake.Frame) noise {
	w, h := f.Format.Width, f.Format.Height
	cw, ch := f.Format.ChromaWidth(), f.Format.ChromaHeight()
	half := make([]byte, cw*ch)
	for y := range ch {
		halveRow(half, f, y, cw)
	}
	return noise{fine: deviation(f.Y, w, h, true), coarse: deviation(half, cw, ch, true),
		chroma: (deviation(f.Cb, cw, ch, false) + deviation(f.Cr, cw, ch, false)) / 2}
}

// deviation estimates the standard deviation of white noise in a plane by the mean absolute answer to a mask that pictures
// hardly excite (J. Immerkær, "Fast noise variance estimation", Computer Vision and Image Understanding 64(2), 1996, eq. 3),
// over the plane's flattest blocks. Of luma, blocks near black and white are left out: they are bars or blown out.
func deviation(p []byte, w, h int, luma bool) float64 {
	var all []float64
	for y := 1; y+noiseBlock < h; y += noiseBlock {
		for x := 1; x+noiseBlock < w; x += noiseBlock {
			sum, mean := 0, 0
			for j := y; j < y+noiseBlock; j++ {
				a, b, c := p[(j-1)*w+x-1:], p[j*w+x-1:], p[(j+1)*w+x-1:]
				for i := range noiseBlock {
					v := int(a[i]) - 2*int(a[i+1]) + int(a[i+2]) - 2*int(b[i]) + 4*int(b[i+1]) - 2*int(b[i+2]) + int(c[i]) - 2*int(c[i+1]) + int(c[i+2])
					sum += max(v, -v)
					mean += int(b[i+1])
				}
			}
			if mean /= noiseBlock * noiseBlock; luma && (mean < 24 || mean > 228) {
				continue
			}
			all = append(all, math.Sqrt(math.Pi/2)/6*float64(sum)/(noiseBlock*noiseBlock))
		}
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[int(flatShare*float64(len(all)))]
}

func (n noise) plus(m noise) noise {
	return noise{n.fine + m.fine, n.coarse + m.coarse, n.chroma + m.chroma}
}

func (n noise) times(k float64) noise { return noise{k * n.fine, k * n.coarse, k * n.chroma} }
