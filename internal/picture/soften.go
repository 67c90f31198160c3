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
	ch := len(f.Cb) / max(cw, 1)
	e.crew.rows(h, func(y0, y1 int) {
		b := newBox(w)
		b.mixed(f.Y, e.from.Y, w, h, y0, y1, e.radius*e.scale(), amount)
		b.mixed(f.Cb, e.from.Cb, cw, ch, y0/2, (y1+1)/2, e.radius*e.scale()/2, amount)
		b.mixed(f.Cr, e.from.Cr, cw, ch, y0/2, (y1+1)/2, e.radius*e.scale()/2, amount)
	})
}

// box takes means of squares of samples.
type box struct {
	sums []uint32
	line []byte
}

func newBox(w int) *box { return &box{make([]uint32, w), make([]byte, w)} }

// mixed draws rows of src into dst, each sample amount of the way to the mean around it. A radius between whole samples is a part of the next larger one.
func (b *box) mixed(dst, src []byte, w, h, y0, y1 int, radius, amount float64) {
	r := max(int(math.Ceil(radius)), 1)
	weight := int32(math.Round(256 * amount * min(radius/float64(r), 1)))
	b.rows(src, w, h, y0, y1, r, func(y int, line []byte) {
		out := dst[y*w : y*w+w]
		for x, v := range line {
			out[x] = blended(out[x], int32(v), weight)
		}
	})
}

// rows hands over rows [y0, y1) of the means of squares of 2·radius+1 samples; beyond the edges the outermost samples go on.
func (b *box) rows(src []byte, w, h, y0, y1, radius int, do func(y int, line []byte)) {
	row := func(y int) []byte { y = min(max(y, 0), h-1); return src[y*w : y*w+w] }
	sums := b.sums[:w]
	clear(sums)
	for y := y0 - radius; y <= y0+radius; y++ {
		for x, v := range row(y) {
			sums[x] += uint32(v)
		}
	}
	for y := y0; y < min(y1, h); y++ {
		b.along(b.line[:w], radius)
		do(y, b.line[:w])
		enter, leave := row(y+radius+1), row(y-radius)
		for x := range sums {
			sums[x] += uint32(enter[x]) - uint32(leave[x])
		}
	}
}

// along writes the means of a row of the sums of columns.
func (b *box) along(out []byte, radius int) {
	w, sums := len(out), b.sums
	side := uint64(2*radius + 1)
	per, half := (1<<32+side*side-1)/(side*side), uint64(side*side/2)
	sum := uint64(sums[0]) * uint64(radius+1)
	for i := 1; i <= radius; i++ {
		sum += uint64(sums[min(i, w-1)])
	}
	first, last := min(radius, w), max(w-1-radius, min(radius, w))
	for x := range first {
		out[x] = byte((sum + half) * per >> 32)
		sum += uint64(sums[min(x+radius+1, w-1)]) - uint64(sums[0])
	}
	if first < last {
		enter, leave := sums[first+radius+1:], sums[first-radius:]
		for x := range last - first {
			out[first+x] = byte((sum + half) * per >> 32)
			sum += uint64(enter[x]) - uint64(leave[x])
		}
	}
	for x := last; x < w; x++ {
		out[x] = byte((sum + half) * per >> 32)
		sum += uint64(sums[w-1]) - uint64(sums[max(x-radius, 0)])
	}
}
