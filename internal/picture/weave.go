package picture

import (
	"math"

	"retake/internal/retake"
)

// weave is what film does in the gate of a camera or a projector: each of its pictures stands a little elsewhere, and the strip wanders.
type weave struct {
	reel
	reach float64 // reference pixels up and down; to the sides it is half of that
	from  *retake.Frame
}

func newWeave(r reel, reach float64) *weave {
	return &weave{reel: r, reach: reach, from: retake.NewFrame(r.format)}
}

// place is how far the picture is from where it belongs, from -1 to 1 both ways.
func (w *weave) place(index int) (x, y float64) {
	tick := w.tick(index)
	t := float64(tick) / w.rate
	jump := func(n uint64) float64 { return unit(hash(w.seed, n, tick)) + unit(hash(w.seed, n+1, tick)) - 1 }
	return 0.75*wobble(w.seed, 'x', t, 0.8) + 0.25*jump('u'), 0.45*wobble(w.seed, 'y', t, 1.1) + 0.55*jump('v')
}

func (w *weave) apply(f *retake.Frame, index int, amount float64) {
	x, y := w.place(index)
	k := w.reach * w.scale() * amount
	w.from.CopyFrom(f)
	w.crew.slide(f, w.from, 0.5*k*x, k*y)
}

// slide draws from into f, moved by so many samples of luma; what the edges have goes on beyond them.
func (c crew) slide(f, from *retake.Frame, dx, dy float64) {
	w, h, cw := f.Format.Width, f.Format.Height, f.Format.ChromaWidth()
	ch := f.Format.ChromaHeight()
	c.rows(h, func(y0, y1 int) {
		tmp := make([]uint16, w)
		slideRows(f.Y, from.Y, w, h, y0, y1, dx, dy, tmp)
		slideRows(f.Cb, from.Cb, cw, ch, y0/2, (y1+1)/2, dx/2, dy/2, tmp)
		slideRows(f.Cr, from.Cr, cw, ch, y0/2, (y1+1)/2, dx/2, dy/2, tmp)
	})
}

func slideRows(dst, src []byte, w, h, y0, y1 int, dx, dy float64, tmp []uint16) {
	ix, fx := parts(-dx)
	iy, fy := parts(-dy)
	tmp = tmp[:w]
	for y := y0; y < y1; y++ {
		a, b := min(max(y+iy, 0), h-1), min(max(y+iy+1, 0), h-1)
		above, below := src[a*w:a*w+w], src[b*w:b*w+w]
		below = below[:len(above)]
		tmp := tmp[:len(above)]
		for x, v := range above {
			tmp[x] = uint16(uint32(v)*(256-fy) + uint32(below[x])*fy)
		}
		out := dst[y*w : y*w+w]
		first, last := min(max(-ix, 0), w), min(max(w-1-ix, 0), w)
		for x := 0; x < first; x++ {
			out[x] = byte(tmp[0] >> 8)
		}
		for x := last; x < w; x++ {
			out[x] = byte(tmp[w-1] >> 8)
		}
		if first < last {
			part := out[first:last]
			now, next := tmp[first+ix:][:len(part)], tmp[first+ix+1:][:len(part)]
			for x := range part {
				part[x] = byte((uint32(now[x])*(256-fx) + uint32(next[x])*fx + 1<<15) >> 16)
			}
		}
	}
}

// parts splits a distance into whole samples and 256ths.
func parts(d float64) (whole int, part uint32) {
	floor := math.Floor(d)
	return int(floor), uint32((d - floor) * 256)
}
