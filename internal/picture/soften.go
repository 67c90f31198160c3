package picture

import (
	"math"

	"retake/internal/retake"
)

// softened takes detail away evenly, as a plain lens does.
type softened struct {
	stage
	radius float64 // reference pixels
	from   *retake.Frame
}

func newSoftened(s stage, radius float64) *softened {
	return &softened{s, radius, retake.NewFrame(s.format)}
}

func (e *softened) apply(f *retake.Frame, _ int, amount float64) {
	e.from.CopyFrom(f)
	w, h, cw := f.Format.Width, f.Format.Height, f.Format.ChromaWidth()
	ch := f.Format.ChromaHeight()
	radius := e.radius * e.scale()
	e.crew.rows(h, func(y0, y1 int) {
		soften(f.Y, e.from.Y, w, h, y0, y1, radius, amount)
		soften(f.Cb, e.from.Cb, cw, ch, y0/2, (y1+1)/2, radius/2, amount)
		soften(f.Cr, e.from.Cr, cw, ch, y0/2, (y1+1)/2, radius/2, amount)
	})
}

// soften draws rows of src into dst, each sample amount of the way to the mean around it. A radius between whole samples is a part of the next larger one.
func soften(dst, src []byte, w, h, y0, y1 int, radius, amount float64) {
	r := max(int(math.Ceil(radius)), 1)
	weight := int32(math.Round(256 * amount * min(radius/float64(r), 1)))
	b := newBox(src, w, h, y0, r)
	for y := y0; y < min(y1, h); y++ {
		out := dst[y*w : y*w+w]
		for x, v := range b.next() {
			out[x] = blended(out[x], (int32(v)+128)>>8, weight)
		}
	}
}
