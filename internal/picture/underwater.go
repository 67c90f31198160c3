package picture

import "math"

// Underwater is the effect's name.
const Underwater Kind = "underwater"

var submerged = Entry{Kind: Underwater,
	Doc: "water takes red first and green slowly, as it does with depth; a blue-green veil takes contrast, light comes from above, and caustics, the net of light under waves, drift over what is seen",
	Make: func(s stage, l Look) effect {
		part := l.Strength / usual
		// What is left of red, green and blue behind some metres of clear water.
		left := rgb{math.Pow(0.30, part), math.Pow(0.86, part), math.Pow(0.95, part)}
		air := rgb{0.005, 0.10, 0.14}
		return newShining(s, func(c rgb) rgb {
			// Some red comes back as green: no camera sees pure black there.
			c = rgb{c[0]*left[0] + 0.02*part*c[1], c[1]*left[1] + 0.05*part*c[0], c[2] * left[2]}
			c = s.levels.graded(c, math.Pow(0.92, part))
			return c.veiled(air, clamp01(0.20+0.14*part)*min(part*1.5, 1)).rolled(0.7)
		}, water(s, min(part, 1.4)))
	}}

// water is the light under the surface: bright above, dim below, with drifting caustics.
func water(s stage, part float64) func(*field, int, float64) {
	aspect := float64(s.format.Width) / float64(s.format.Height)
	k := s.levels.chroma / 224
	return func(f *field, index int, amount float64) {
		t := s.seconds(index)
		f.tinted = true
		f.draw(s.crew, func(x, y float64) (gain, luma, cb, cr float64) {
			net := caustic(x*aspect*8, y*8+y*y*3, t, float64(s.seed%97))
			above := smooth((0.65 - y) / 0.65)
			shaft := 0.5 + 0.5*math.Sin(9*(x*aspect+0.55*y)+0.5*t)*math.Sin(4.3*(x*aspect+0.55*y)-0.33*t+1)
			gain = 1 + amount*part*(0.14*above-0.16*(1-above)+0.30*(net-0.16)*(0.15+0.85*y))
			beam := amount * part * above * (12*shaft - 2)
			return gain, beam * k, 0.15 * beam * k, -0.25 * beam * k
		})
	}
}

// caustic is the light at a place of a floor under waves, 0 to about 1 with a mean of about 0.16: thin bright lines where two
// fields of waves, each bent by the other, are level.
func caustic(x, y, t, seed float64) float64 {
	x += seed
	bx := x + 0.6*math.Sin(1.1*y+0.7*t) + 0.3*math.Sin(2.3*y-0.9*t+1.7)
	by := y + 0.6*math.Sin(1.3*x-0.6*t+0.5) + 0.3*math.Sin(2.1*x+0.8*t)
	a := math.Abs(math.Sin(1.4*bx+0.5*t) + math.Sin(1.7*by-0.4*t+0.8*bx))
	b := math.Abs(math.Sin(1.9*by+0.6*t) + math.Sin(1.2*bx-0.5*t-0.9*by))
	line := 1 - min(min(a, b), 1)
	return line * line * line * line
}
