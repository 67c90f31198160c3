package picture

import (
	"math"

	"retake/internal/retake"
)

// gate is the dark edge of the opening that film is exposed through: its corners are round, its rim is a little soft and not quite straight.
type gate struct {
	stage
	dark [][2]int // of each row, how many samples from its left and right the gate reaches at most
	mask []byte   // 0 open to 255 closed
}

// newGate makes one whose rim has a width and whose corners a radius in reference pixels.
func newGate(s stage, rim, corner float64) *gate {
	w, h := s.format.Width, s.format.Height
	g := &gate{stage: s, dark: make([][2]int, h), mask: make([]byte, w*h)}
	k := s.scale()
	rim, corner = rim*k, corner*k
	for y := range h {
		for _, side := range [2]int{0, 1} {
			for x := range (w + 1 - side) / 2 {
				i := x
				if side == 1 {
					i = w - 1 - x
				}
				// Filed by hand: the rim's width differs along it.
				rough := k * (2.2*wobble(s.seed, uint64('l'+side), float64(y)/k, 0.012) + 0.7*wobble(s.seed, uint64('r'+side), float64(y+2*x)/k, 0.11))
				d := rounded(float64(x), float64(min(y, h-1-y)), rim+rough, corner)
				cover := clamp01(0.5 - d/(2.5*k+1))
				if cover <= 0 && x > int(rim+corner+4*k) && min(y, h-1-y) > int(rim+4*k+4) {
					break
				}
				g.mask[y*w+i] = toByte(255 * cover * cover * (3 - 2*cover))
				if g.mask[y*w+i] > 0 {
					g.dark[y][side] = x + 1
				}
			}
		}
	}
	return g
}

// rounded is how far inside a rectangle with round corners a place lies, x and y samples from the picture's edges; below 0 it is outside.
func rounded(x, y, rim, corner float64) float64 {
	x, y = x-rim, y-rim
	if x < corner && y < corner {
		return corner - math.Hypot(corner-x, corner-y)
	}
	return min(x, y)
}

func (g *gate) apply(f *retake.Frame, _ int, amount float64) {
	w, cw := f.Format.Width, f.Format.ChromaWidth()
	weight := int32(math.Round(257 * amount))
	black := int32(g.levels.code(0.012))
	g.crew.rows(f.Format.Height, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			mask := g.mask[y*w : y*w+w]
			for _, span := range [2][2]int{{0, g.dark[y][0]}, {w - g.dark[y][1], w}} {
				for x := span[0]; x < span[1]; x++ {
					closed := int32(mask[x]) * weight >> 8
					f.Y[y*w+x] = blended(f.Y[y*w+x], black, closed)
					if y%2 == 0 && x%2 == 0 {
						i := y/2*cw + x/2
						f.Cb[i], f.Cr[i] = blended(f.Cb[i], 128, closed), blended(f.Cr[i], 128, closed)
					}
				}
			}
		}
	})
}
