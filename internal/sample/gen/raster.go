package main

import (
	"image"
	"math"
)

// mask is the coverage (0 to 1) of a shape over its bounds.
type mask struct {
	box image.Rectangle
	a   []float32
}

// cover rasterises the union of outlines that turn the same way, cut to bounds. It sums signed areas: each edge
// leaves, in the cells it passes, how much of the cell lies to its right, and a running sum over the row gives the
// exact coverage, so edges are smooth at any slope without supersampling.
func cover(bounds image.Rectangle, shapes ...polygon) mask {
	lo, hi := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, s := range shapes {
		for _, p := range s {
			lo = point{math.Min(lo.x, p.x), math.Min(lo.y, p.y)}
			hi = point{math.Max(hi.x, p.x), math.Max(hi.y, p.y)}
		}
	}
	if lo.x > hi.x {
		return mask{}
	}
	lo, hi = keep(lo, bounds), keep(hi, bounds)
	box := image.Rect(int(math.Floor(lo.x)), int(math.Floor(lo.y)), int(math.Ceil(hi.x))+1, int(math.Ceil(hi.y))+1).Intersect(bounds)
	if box.Empty() {
		return mask{}
	}
	m := mask{box, make([]float32, box.Dx()*box.Dy())}
	for _, s := range shapes {
		for i := range s {
			m.edge(s[i], s[(i+1)%len(s)])
		}
	}
	for y := range box.Dy() {
		var sum float32
		row := m.a[y*box.Dx() : (y+1)*box.Dx()]
		for x, v := range row {
			sum += v
			row[x] = min(max(sum, -sum), 1)
		}
	}
	return m
}

func keep(p point, r image.Rectangle) point {
	return point{math.Min(math.Max(p.x, float64(r.Min.X)-1), float64(r.Max.X)+1), math.Min(math.Max(p.y, float64(r.Min.Y)-1), float64(r.Max.Y)+1)}
}

// edge adds the line a-b, row by row.
func (m *mask) edge(a, b point) {
	sign := float32(1)
	if a.y > b.y {
		a, b, sign = b, a, -1
	}
	if a.y == b.y {
		return
	}
	ox, oy := float64(m.box.Min.X), float64(m.box.Min.Y)
	a, b = point{a.x - ox, a.y - oy}, point{b.x - ox, b.y - oy}
	slope := (b.x - a.x) / (b.y - a.y)
	for y := max(int(math.Floor(a.y)), 0); y < m.box.Dy() && float64(y) < b.y; y++ {
		top, bottom := math.Max(a.y, float64(y)), math.Min(b.y, float64(y+1))
		x0, x1 := a.x+(top-a.y)*slope, a.x+(bottom-a.y)*slope
		if x0 > x1 {
			x0, x1 = x1, x0
		}
		m.cells(y, x0, x1, sign*float32(bottom-top))
	}
}

// cells spreads the height h of an edge that runs from x0 to x1 within one row over the cells it passes.
func (m *mask) cells(y int, x0, x1 float64, h float32) {
	w := m.box.Dx()
	row := m.a[y*w : (y+1)*w]
	top := float64(w)
	x0, x1 = math.Min(math.Max(x0, 0), top), math.Min(math.Max(x1, 0), top)
	first, last := int(x0), int(math.Ceil(x1))
	put := func(x int, v float32) {
		if x < w {
			row[x] += v
		}
	}
	if last <= first+1 {
		in := h * float32(1-((x0+x1)/2-float64(first)))
		put(first, in)
		put(first+1, h-in)
		return
	}
	// toRight is the mean over the edge of how far t lies right of it; a cell's coverage is its growth over the cell.
	run := x1 - x0
	toRight := func(t float64) float64 {
		r := math.Min(math.Max(t-x0, 0), run)
		return r*r/(2*run) + math.Max(t-x1, 0)
	}
	before := 0.0
	for x := first; x <= last; x++ {
		covered := toRight(float64(x+1)) - toRight(float64(x))
		put(x, h*float32(covered-before))
		before = covered
	}
}

// cut keeps of m what lies under other too.
func (m mask) cut(other mask) {
	for i := range m.a {
		p := image.Pt(m.box.Min.X+i%m.box.Dx(), m.box.Min.Y+i/m.box.Dx())
		if !p.In(other.box) {
			m.a[i] = 0
			continue
		}
		m.a[i] *= other.a[(p.Y-other.box.Min.Y)*other.box.Dx()+p.X-other.box.Min.X]
	}
}
