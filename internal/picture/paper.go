package picture

import "math"

// Textures of paper, of strokes and of paint lie still on the picture. They are tiles with a spread of grainSpread whose side is a power of two.
type texture struct {
	side int
	pix  []int8
}

// newTexture makes strokes along a direction, in steps of samples, with a length and a breadth in reference pixels; these are radii of Gaussians.
func newTexture(s stage, seed uint64, stepX, stepY int, length, breadth float64) texture {
	side := 256
	if s.scale() > 1.5 {
		side = 512
	}
	k := s.scale() / math.Hypot(float64(stepX), float64(stepY))
	return texture{side, strokes(hash(s.seed, seed), side, stepX, stepY, max(length*k, 0.3), max(breadth*k, 0.3))}
}

// row is row y of the picture's.
func (t texture) row(y int) []int8 {
	y &= t.side - 1
	return t.pix[y*t.side : y*t.side+t.side]
}
