package sound

import "math"

// biquad is a second-order section in transposed direct form II.
type biquad struct {
	b0, b1, b2, a1, a2 float64
	z1, z2             float64
}

func (f *biquad) tick(x float64) float64 {
	y := f.b0*x + f.z1
	f.z1 = f.b1*x - f.a1*y + f.z2
	f.z2 = f.b2*x - f.a2*y
	return y
}

// run filters in place.
func (f *biquad) run(x []float32) {
	g := *f
	for i, v := range x {
		x[i] = float32(g.tick(float64(v)))
	}
	*f = g
	f.settle()
}

// settle clears a state that has decayed to numbers too small to hear and slow to compute with.
func (f *biquad) settle() {
	if math.Abs(f.z1)+math.Abs(f.z2) < 1e-24 {
		f.z1, f.z2 = 0, 0
	}
}

// The designs are those of R. Bristow-Johnson's Audio EQ Cookbook.

func omega(hz, q, rate float64) (cos, alpha float64) {
	w := 2 * math.Pi * min(hz, 0.47*rate) / rate
	return math.Cos(w), math.Sin(w) / (2 * q)
}

func lowPass(hz, q, rate float64) biquad {
	c, a := omega(hz, q, rate)
	n := 1 + a
	return biquad{b0: (1 - c) / 2 / n, b1: (1 - c) / n, b2: (1 - c) / 2 / n, a1: -2 * c / n, a2: (1 - a) / n}
}

func highPass(hz, q, rate float64) biquad {
	c, a := omega(hz, q, rate)
	n := 1 + a
	return biquad{b0: (1 + c) / 2 / n, b1: -(1 + c) / n, b2: (1 + c) / 2 / n, a1: -2 * c / n, a2: (1 - a) / n}
}

// bandPass has unit gain at hz.
func bandPass(hz, q, rate float64) biquad {
	c, a := omega(hz, q, rate)
	n := 1 + a
	return biquad{b0: a / n, b2: -a / n, a1: -2 * c / n, a2: (1 - a) / n}
}

func peaking(hz, q, gainDB, rate float64) biquad {
	c, a := omega(hz, q, rate)
	A := math.Pow(10, gainDB/40)
	n := 1 + a/A
	return biquad{b0: (1 + a*A) / n, b1: -2 * c / n, b2: (1 - a*A) / n, a1: -2 * c / n, a2: (1 - a/A) / n}
}

// notch takes out hz; the higher q the less beside it.
func notch(hz, q, rate float64) biquad {
	c, a := omega(hz, q, rate)
	n := 1 + a
	return biquad{b0: 1 / n, b1: -2 * c / n, b2: 1 / n, a1: -2 * c / n, a2: (1 - a) / n}
}

// lowShelf and highShelf raise all below or above hz by gainDB, with a slope of 1.
func lowShelf(hz, gainDB, rate float64) biquad  { return shelf(hz, gainDB, rate, 1) }
func highShelf(hz, gainDB, rate float64) biquad { return shelf(hz, gainDB, rate, -1) }

func shelf(hz, gainDB, rate, side float64) biquad {
	c, a := omega(hz, math.Sqrt2/2, rate)
	A := math.Pow(10, gainDB/40)
	c *= side // the high shelf is the low one with the spectrum turned round
	r := 2 * math.Sqrt(A) * a
	n := (A + 1) + (A-1)*c + r
	return biquad{
		b0: A * ((A + 1) - (A-1)*c + r) / n, b1: side * 2 * A * ((A - 1) - (A+1)*c) / n, b2: A * ((A + 1) - (A-1)*c - r) / n,
		a1: side * -2 * ((A - 1) + (A+1)*c) / n, a2: ((A + 1) + (A-1)*c - r) / n,
	}
}

// butterworthQ holds the section Qs of Butterworth filters of order 2 and 4.
var butterworthQ = map[int][]float64{2: {math.Sqrt2 / 2}, 4: {0.54119610, 1.30656296}}

// chain is sections in series.
type chain []biquad

func butterworth(order int, hz, rate float64, section func(hz, q, rate float64) biquad) chain {
	var c chain
	for _, q := range butterworthQ[order] {
		c = append(c, section(hz, q, rate))
	}
	return c
}

func (c chain) tick(x float64) float64 {
	for i := range c {
		x = c[i].tick(x)
	}
	return x
}

func (c chain) run(x []float32) {
	for i := range c {
		c[i].run(x)
	}
}

// bothWays filters forth and back, so that nothing is shifted in time and the slope doubles. The filter's state is
// taken from and left at rest.
func (c chain) bothWays(x []float32) {
	c.rest()
	c.run(x)
	reverse(x)
	c.rest()
	c.run(x)
	reverse(x)
	c.rest()
}

func (c chain) rest() {
	for i := range c {
		c[i].z1, c[i].z2 = 0, 0
	}
}

func reverse(x []float32) {
	for i, j := 0, len(x)-1; i < j; i, j = i+1, j-1 {
		x[i], x[j] = x[j], x[i]
	}
}

// svf is a state-variable filter that stays stable while its frequency moves (A. Simper, "Solving the continuous SVF
// equations using trapezoidal integration", 2013).
type svf struct {
	k, a1, a2, a3 float64
	s1, s2        float64
}

func (f *svf) set(hz, q, rate float64) {
	g := math.Tan(math.Pi * min(hz, 0.45*rate) / rate)
	f.k = 1 / q
	f.a1 = 1 / (1 + g*(g+f.k))
	f.a2 = g * f.a1
	f.a3 = g * f.a2
}

// tick returns the low-pass and band-pass outputs; the band-pass has unit gain at its centre when scaled by 1/q.
func (f *svf) tick(x float64) (low, band float64) {
	v3 := x - f.s2
	band = f.a1*f.s1 + f.a2*v3
	low = f.s2 + f.a2*f.s1 + f.a3*v3
	f.s1 = 2*band - f.s1
	f.s2 = 2*low - f.s2
	return low, band
}

func decibels(gain float64) float64 { return 20 * math.Log10(max(gain, 1e-12)) }
func gainOf(db float64) float64     { return math.Pow(10, db/20) }
