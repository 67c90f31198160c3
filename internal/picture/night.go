package picture

import "math"

// Night is the effect's name.
const Night Kind = "night"

var nightly = Entry{Kind: Night,
	Doc: "day becomes night as film crews make it: exposure is taken down by two to four stops in linear light, more towards the sky, highlights are rolled off, colours fade as they do for the eye in the dark, and the light is blue; small bright things (lamps, windows) stay lit and glow, unless much of the picture is bright",
	Make: func(s stage, l Look) effect {
		part := l.Strength / usual
		cold := tint{shadow: rgb{0.54, 0.88, 1.90}, light: rgb{0.76, 0.95, 1.32}}
		return newEvening(s, func(c rgb) rgb {
			rods := c.dot(0.10, 0.55, 0.35) // see moonlight; some of the colours stay
			c = c.toward(grey(rods), clamp01(0.42+0.22*part))
			c = s.levels.graded(c, 1+0.10*part).times(math.Exp2(-0.8 - 1.75*part))
			return cold.on(s.levels, c, min(part, 1.3)).rolled(0.45)
		}, func(_, y float64) (gain, luma, cb, cr float64) {
			return 1 - 0.42*min(part, 1.3)*smooth((0.60-y)/0.60), 0, 0, 0
		})
	}}
