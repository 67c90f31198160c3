package picture

import "math"

// Neon is the effect's name.
const Neon Kind = "neon"

var neonLit = Entry{Kind: Neon,
	Doc: "a street of neon signs: the scene is dark and lit magenta from one side and cyan from the other, colours are strong, and what is bright glows in its colour",
	Make: func(s stage, l Look) effect {
		part := l.Strength / usual
		night := tint{shadow: rgb{0.80, 0.72, 1.75}, light: rgb{1.04, 0.93, 1.12}}
		g := newGlowing(s, func(c rgb) rgb {
			c = night.on(s.levels, c, min(part, 1.2)).times(math.Exp2(-0.5 - 0.8*part))
			return s.levels.saturate(s.levels.graded(c, 1+0.12*part), 1+0.35*part).rolled(0.55)
		}, glow{from: 0.52, reach: 0.045, strength: clamp01(0.30 + 0.2*part), colour: 1})
		left, k := 1.0, s.levels.chroma/224
		if hash(s.seed, 'n')&1 == 0 {
			left = -1
		}
		g.tint = func(x, y float64) (luma, cb, cr float64) {
			side := left * (2*x - 1)
			magenta, cyan := smooth((side+0.15)/1.1), smooth((0.15-side)/1.1)
			low := min(part, 1.4) * (0.65 + 0.35*y) * k
			return 0, low * (16*magenta + 15*cyan), low * (30*magenta - 26*cyan)
		}
		return g
	}}
