package main

// film holds the scenery, painted once, and draws any frame of it.
type film struct {
	strips        []*layer
	meadow, verge band
}

func newFilm() *film {
	return &film{
		strips: []*layer{clouds(), mountains(), hills(560, 220, 2, 51, 90, 0), hills(610, 220, 3, 57, 80, 0.6), trees()},
		meadow: meadow(),
		verge:  verge(),
	}
}

// frame draws frame f from nothing but its number.
func (m *film) frame(f int) canvas {
	c := newCanvas(width, height)
	sky(c, f)
	for i, s := range m.strips {
		s.show(c, f)
		if i == 1 {
			birds(c, f)
		}
	}
	m.meadow.show(c, f)
	flakes(c, f, false)
	prints(c, f)
	o := newOx(c, f)
	o.draw()
	breath(c, o)
	butterflies(c, f)
	m.verge.show(c, f)
	flakes(c, f, true)
	return c
}
