package picture

import (
	"encoding/binary"
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
		slideRows(f.Y, from.Y, w, h, y0, y1, dx, dy)
		slideRows(f.Cb, from.Cb, cw, ch, y0/2, (y1+1)/2, dx/2, dy/2)
		slideRows(f.Cr, from.Cr, cw, ch, y0/2, (y1+1)/2, dx/2, dy/2)
	})
}

func slideRows(dst, src []byte, w, h, y0, y1 int, dx, dy float64) {
	ix, fx := parts(-dx)
	iy, fy := parts(-dy)
	q := quarters(fx, fy)
	first, last := min(max(-ix, 0), w), min(max(w-1-ix, 0), w)
	for y := y0; y < y1; y++ {
		a, b := min(max(y+iy, 0), h-1), min(max(y+iy+1, 0), h-1)
		above, below := src[a*w:a*w+w], src[b*w:b*w+w]
		out := dst[y*w : y*w+w]
		for x := 0; x < first; x++ {
			out[x] = q.at(above[0], above[0], below[0], below[0])
		}
		for x := last; x < w; x++ {
			out[x] = q.at(above[w-1], above[w-1], below[w-1], below[w-1])
		}
		if first < last {
			q.row(out[first:last], above[first+ix:], below[first+ix:])
		}
	}
}

// weights are those of the four samples around a place, above and below it, in 256ths: their sum is 256.
type weights struct{ left, right, lowLeft, lowRight uint64 }

// quarters are the weights at a place so many 256ths right of and below a sample.
func quarters(right, down uint32) weights {
	x, y := uint64(right), uint64(down)
	both := (x*y + 128) >> 8
	return weights{256 + both - x - y, x - both, y - both, both}
}

func (q weights) at(left, right, lowLeft, lowRight byte) byte {
	return byte((uint64(left)*q.left + uint64(right)*q.right + uint64(lowLeft)*q.lowLeft + uint64(lowRight)*q.lowRight + 128) >> 8)
}

// row draws a row that lies between two others, which have a sample more. Eight samples are weighed at a time, four to a word, as
// no sum passes 16 bits.
func (q weights) row(dst, above, below []byte) {
	const even, half = 0x00FF00FF00FF00FF, 0x0080008000800080
	above, below = above[:len(dst)+1], below[:len(dst)+1]
	x := 0
	for ; x+8 <= len(dst); x += 8 {
		a, b := binary.LittleEndian.Uint64(above[x:]), binary.LittleEndian.Uint64(above[x+1:])
		c, d := binary.LittleEndian.Uint64(below[x:]), binary.LittleEndian.Uint64(below[x+1:])
		low := a&even*q.left + b&even*q.right + c&even*q.lowLeft + d&even*q.lowRight + half
		high := a>>8&even*q.left + b>>8&even*q.right + c>>8&even*q.lowLeft + d>>8&even*q.lowRight + half
		binary.LittleEndian.PutUint64(dst[x:], low>>8&even|high&^even)
	}
	for ; x < len(dst); x++ {
		dst[x] = q.at(above[x], above[x+1], below[x], below[x+1])
	}
}

// parts splits a distance into whole samples and 256ths.
func parts(d float64) (whole int, part uint32) {
	floor := math.Floor(d)
	return int(floor), uint32((d - floor) * 256)
}
