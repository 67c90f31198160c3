package picture

import (
	"math"

	"retake/internal/retake"
)

// shape is the outline of a sprite.
type shape uint8

const (
	disc   shape = iota
	sheet        // a rectangle, half as high as wide
	leaf         // pointed at both ends
	bubble       // a rim, and two glints
)

// sprite is a small coloured thing at a place of the picture, in samples.
type sprite struct {
	x, y, size float64 // of half its length
	turn, flat float64 // radians; how much of its height is seen, 0 to 1
	soft       float64 // share of its size over which it ends
	y0, cb, cr float64 // codes
	alpha      float64
	shape      shape
	glows      bool // its light is added to what is behind
}

// stamp draws sprites over rows [y0, y1), in order.
func stamp(f *retake.Frame, list []sprite, y0, y1 int) {
	for i := range list {
		s := &list[i]
		s.plane(f.Y, f.Format.Width, f.Format.Height, 1, y0, y1, s.y0)
		if !s.glows || s.cb != 128 || s.cr != 128 {
			cw := f.Format.ChromaWidth()
			ch := f.Format.ChromaHeight()
			s.plane(f.Cb, cw, ch, 2, y0, y1, s.cb)
			s.plane(f.Cr, cw, ch, 2, y0, y1, s.cr)
		}
	}
}

// plane draws on a plane with a sample for each step of luma.
func (s *sprite) plane(pix []byte, w, h int, step float64, y0, y1 int, code float64) {
	x, y, size := (s.x+0.5)/step-0.5, (s.y+0.5)/step-0.5, math.Max(s.size/step, 0.4)
	reach := size * (1 + s.soft)
	sin, cos := math.Sincos(s.turn)
	soft := math.Max(s.soft, 0.7/size)
	top, bottom := max(int(math.Ceil(y-reach)), rowOf(y0, step)), min(int(math.Floor(y+reach))+1, rowOf(y1, step), h)
	for j := max(top, 0); j < bottom; j++ {
		for i := max(int(math.Ceil(x-reach)), 0); i < min(int(math.Floor(x+reach))+1, w); i++ {
			dx, dy := (float64(i)-x)/size, (float64(j)-y)/size
			q := s.cover(dx*cos+dy*sin, (dy*cos-dx*sin)/math.Max(s.flat, 0.12), soft)
			if q <= 0 {
				continue
			}
			at := j*w + i
			v := float64(pix[at])
			switch {
			case !s.glows:
				v += (code - v) * q * s.alpha
			case step == 1:
				v += (255 - v) * q * s.alpha * code / 255
			default:
				v += (code - v) * q * s.alpha * 0.85
			}
			pix[at] = toByte(v)
		}
	}
}

// rowOf is the row of a plane that holds a row of luma.
func rowOf(y int, step float64) int {
	if step == 1 {
		return y
	}
	return (y + 1) / 2
}

// cover is how much of a place the sprite covers, in its own measures: 1 is half of its length.
func (s *sprite) cover(u, v, soft float64) float64 {
	var d float64 // 0 inside, 1 at the edge
	switch s.shape {
	case sheet:
		d = math.Max(math.Abs(u), 2*math.Abs(v))
	case leaf:
		d = math.Max(math.Abs(u), math.Abs(v)/math.Max(0.46*(1-u*u), 1e-3))
	case bubble:
		return s.film(u, v, soft)
	default:
		d = math.Hypot(u, v)
	}
	q := clamp01((1 + soft - d) / math.Max(2*soft, 1e-3))
	return q * q * (3 - 2*q)
}

// film is how much light a place of a bubble gives: most at its rim, where one looks along the film, and at the window's image and the
// one that the far side throws back.
func (s *sprite) film(u, v, soft float64) float64 {
	d := u*u + v*v
	if d >= (1+soft)*(1+soft) {
		return 0
	}
	rim := 0.07 + 0.62*math.Pow(min(d, 1), 5)*(0.72+0.28*(u*v+0.5))
	glint := smooth(1-((u+0.42)*(u+0.42)+(v+0.46)*(v+0.46))/0.036) + 0.4*smooth(1-((u-0.44)*(u-0.44)+(v-0.48)*(v-0.48))/0.03)
	return min(rim+0.9*glint, 1) * smooth((1+soft-math.Sqrt(d))/(2*soft))
}
