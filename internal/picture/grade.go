package picture

import "retake/internal/retake"

// table maps one 8-bit sample to another.
type table [256]byte

func (t *table) fill(value func(code int) float64) {
	for i := range t {
		t[i] = toByte(value(i))
	}
}

func (t *table) row(row []byte) {
	for i, v := range row {
		row[i] = t[v]
	}
}

// steps is how many tables a vertical gradient has: enough for a step of less than one level between neighbours, also where a gradient runs over stops.
const steps = 96

// grade is a change of luma that varies from top to bottom and one of chroma that does not. Its tables are made
// again only when the amount changes, which is while an effect grows in or out.
type grade struct {
	luma   [steps]table
	cb, cr table
	at     float64
	fresh  bool
}

// prepare fills the tables for an amount. luma is given the height in the picture (0 at the top, 1 at the bottom).
func (g *grade) prepare(amount float64, luma func(code int, height float64) float64, cb, cr func(code int) float64) {
	if g.fresh && g.at == amount {
		return
	}
	for b := range g.luma {
		h := (float64(b) + 0.5) / steps
		g.luma[b].fill(func(code int) float64 { return luma(code, h) })
	}
	g.cb.fill(cb)
	g.cr.fill(cr)
	g.at, g.fresh = amount, true
}

// rows applies the tables to luma rows [y0, y1) and the chroma rows that belong to them. y0 is even.
func (g *grade) rows(f *retake.Frame, y0, y1 int) {
	w, cw := f.Format.Width, f.Format.ChromaWidth()
	for y := y0; y < y1; y++ {
		g.luma[y*steps/f.Format.Height].row(f.Y[y*w : y*w+w])
	}
	c0, c1 := y0/2, (y1+1)/2
	g.cb.row(f.Cb[c0*cw : c1*cw])
	g.cr.row(f.Cr[c0*cw : c1*cw])
}
