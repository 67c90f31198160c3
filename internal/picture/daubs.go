package picture

import "retake/internal/retake"

// daubs is a canvas whose colours have run together into patches with clear edges, as paint does: a Kuwahara filter. Each sample becomes a mean of the
// means of the squares around it, of which those that are even count most (after G. Papari, N. Petkov and P. Campisi, "Artistic Edge and Corner
// Enhancing Smoothing", 2007), so that nothing jumps where two are nearly alike.
type daubs struct {
	*canvas
	radius        int
	even          [][4]float32 // of each square: its weight, and Y, Cb and Cr times that
	paint, tb, tr plane        // what comes of Y, Cb and Cr
}

// newDaubs makes patches of a size in reference pixels.
func newDaubs(s stage, size float64) *daubs {
	c := newCanvas(s)
	p := &daubs{canvas: c, radius: c.reach(size / 3), even: make([][4]float32, c.w*c.h)}
	p.paint, p.tb, p.tr = newPlane(c.w, c.h), newPlane(c.w, c.h), newPlane(c.w, c.h)
	return p
}

// run makes the patches of what the canvas holds.
func (p *daubs) run() {
	p.crew.rows(p.h, func(r0, r1 int) {
		for i, v := range p.y.pix[r0*p.w : r1*p.w] {
			p.now.pix[r0*p.w+i] = (v >> 8) * (v >> 8)
		}
	})
	p.crew.rows(p.h, p.weigh)
	p.crew.rows(p.h, p.gather)
}

// weigh finds the mean and the variance of the square around each sample.
func (p *daubs) weigh(r0, r1 int) {
	const noise = 5 // codes²
	means := [3]*box[uint16]{newBox(p.y.pix, p.w, p.h, r0, p.radius), newBox(p.cb.pix, p.w, p.h, r0, p.radius), newBox(p.cr.pix, p.w, p.h, r0, p.radius)}
	squares := newBox(p.now.pix, p.w, p.h, r0, p.radius)
	for r := r0; r < r1; r++ {
		out := p.even[r*p.w : r*p.w+p.w]
		y, cb, cr, q := means[0].next(), means[1].next(), means[2].next(), squares.next()
		for x := range out {
			m := float32(y[x])
			v := max(float32(q[x])-m*m/65536, 0) + noise
			w := 1 / (v * v)
			out[x] = [4]float32{w, w * m, w * float32(cb[x]), w * float32(cr[x])}
		}
	}
}

// gather mixes the squares that have each sample in a corner or on an edge.
func (p *daubs) gather(r0, r1 int) {
	sums := make([][4]float32, p.w)
	o := p.radius
	for r := r0; r < r1; r++ {
		clear(sums)
		for _, at := range [8][2]int{{-o, -o}, {o, -o}, {-o, o}, {o, o}, {0, -o}, {0, o}, {-o, 0}, {o, 0}} {
			row := min(max(r+at[1], 0), p.h-1) * p.w
			gatherRow(sums, p.even[row:row+p.w], at[0])
		}
		for x, s := range sums {
			i, k := r*p.w+x, 1/s[0]
			p.paint.pix[i], p.tb.pix[i], p.tr.pix[i] = uint16(s[1]*k), uint16(s[2]*k), uint16(s[3]*k)
		}
	}
}

// gatherRow adds to each sample what lies so many samples to the right.
func gatherRow(sums, from [][4]float32, by int) {
	w := len(sums)
	first, last := min(max(-by, 0), w), max(min(w-by, w), 0)
	for x := range first {
		add4(&sums[x], &from[0])
	}
	if first < last {
		part := from[first+by : last+by]
		for x := range part {
			add4(&sums[first+x], &part[x])
		}
	}
	for x := max(last, first); x < w; x++ {
		add4(&sums[x], &from[w-1])
	}
}

func add4(sum, v *[4]float32) {
	sum[0] += v[0]
	sum[1] += v[1]
	sum[2] += v[2]
	sum[3] += v[3]
}

// colours lays what a table makes of chroma over that of a picture.
func (p *daubs) colours(f *retake.Frame, cb, cr plane, t *table, weight int32) {
	cw := f.Format.ChromaWidth()
	p.crew.rows(f.Format.Height, func(y0, y1 int) {
		hues := make([]uint16, cw)
		for cy := y0 / 2; cy < (y1+1)/2; cy++ {
			cb.row(hues, cy, p.step/2)
			t.over(f.Cb[cy*cw:cy*cw+cw], hues, weight)
			cr.row(hues, cy, p.step/2)
			t.over(f.Cr[cy*cw:cy*cw+cw], hues, weight)
		}
	})
}

// over lays what a table makes of a row with 8 fraction bits over a row of samples.
func (t *table) over(row []byte, of []uint16, weight int32) {
	for x, v := range of {
		row[x] = blended(row[x], int32(t[v>>8]), weight)
	}
}
