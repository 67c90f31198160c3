package picture

import "math"

// clouds is soft noise of four octaves of values at a lattice in space and time (K. Perlin's lattice noise, with values for gradients),
// between 0 and 1 about 0.5, read a row at a time: the values beside a row, in between the four at its sides, hold for all of it.
type clouds struct {
	seed    uint64
	octaves [cloudOctaves]cloudLine
}

const cloudOctaves = 4

// cloudLine is one octave along a row.
type cloudLine struct {
	first  float64 // the lattice's column that values begin at
	values []float64
}

// row goes to a row: y in lattice steps of the first octave, between the places from and to along it, at time z.
func (c *clouds) row(from, to, y, z float64) {
	for n := range c.octaves {
		c.octaves[n].row(hash(c.seed, 'c', uint64(n)), from, to, y, z)
		from, to, y, z = nextOctave(from, 7.1), nextOctave(to, 7.1), nextOctave(y, 3.7), 1.4*z+1.3
	}
}

// row goes to a row of the lattice that seed has, as clouds.row does.
func (l *cloudLine) row(seed uint64, from, to, y, z float64) {
	j, k := math.Floor(y), math.Floor(z)
	v, w := smooth(y-j), smooth(z-k)
	l.first = math.Floor(from)
	l.values = l.values[:0]
	for i := l.first; i <= math.Floor(to)+1; i++ {
		at := func(dy, dz float64) float64 {
			return unit(hash(seed, uint64(int64(i)), uint64(int64(j+dy)), uint64(int64(k+dz))))
		}
		l.values = append(l.values, mix(mix(at(0, 0), at(1, 0), v), mix(at(0, 1), at(1, 1), v), w))
	}
}

// at reads the row that row went to, 0 to 1.
func (l *cloudLine) at(x float64) float64 {
	i := int(x - l.first)
	u := x - l.first - float64(i)
	return mix(l.values[i], l.values[i+1], u*u*(3-2*u))
}

// nextOctave is the same place in the lattice of the octave above, whose points don't fall on those of this one.
func nextOctave(at, off float64) float64 { return 2.03*at + off }

// at reads the row that row went to.
func (c *clouds) at(x float64) float64 {
	sum, share, whole := 0.0, 1.0, 0.0
	for n := range c.octaves {
		sum += share * c.octaves[n].at(x)
		whole += share
		x, share = nextOctave(x, 7.1), share*0.5
	}
	return smooth(0.5 + 1.25*(sum/whole-0.5))
}
