package picture

import (
	"math"

	"retake/internal/wish"
)

// Neon is the effect's name.
const Neon Kind = "neon"

var neonLit = Entry{Kind: Neon, Takes: []wish.Param{wish.Tint},
	Doc: "a street of neon signs: the scene is dark and lit magenta from one side and cyan from the other, or in the colour that is named and one far from it; colours are strong, and what is bright and colourful stays lit and glows in its colour",
	Make: func(s stage, l Look) effect {
		part := l.Strength / usual
		night := tint{shadow: rgb{0.80, 0.72, 1.75}, light: rgb{1.04, 0.93, 1.12}}
		g := newGlowing(s, func(c rgb) rgb {
			// What is bright and of strong colour is a sign, and stays lit.
			sign := smooth((max(c[0], c[1], c[2])-0.45)/0.4) * smooth((toLab(c).chroma()-0.10)/0.08)
			c = night.on(s.levels, c, min(part, 1.2)*(1-0.7*sign)).times(math.Exp2((-0.5 - 0.8*part) * (1 - 0.85*sign)))
			return s.levels.saturate(s.levels.graded(c, 1+0.12*part), 1+0.35*part).rolled(0.55)
		}, glow{from: 0.52, reach: 0.045, strength: clamp01(0.30 + 0.2*part), colour: 1})
		left, one, other := 1.0, [2]float64{16, 30}, [2]float64{15, -26}
		if l.To.Said() {
			o := toLab(srgb(l.To))
			one, other = s.levels.towards(o), s.levels.towards(o.turned(140, 1))
		}
		if hash(s.seed, 'n')&1 == 0 {
			left = -1
		}
		g.tint = func(x, y float64) (luma, cb, cr float64) {
			side := left * (2*x - 1)
			a, b := smooth((side+0.15)/1.1), smooth((0.15-side)/1.1)
			low := min(part, 1.4) * (0.65 + 0.35*y) * s.levels.chroma / 224
			return 0, low * (one[0]*a + other[0]*b), low * (one[1]*a + other[1]*b)
		}
		return g
	}}

// cast is the colour of light that is added to a picture: codes of Cb and Cr for each code of luma.
func (l levels) cast(c wish.Colour) [2]float64 {
	t := l.towards(toLab(srgb(c)))
	return [2]float64{t[0] / 50, t[1] / 50}
}

// towards returns the codes of limited range that chroma is moved by for light of a colour's hue.
func (l levels) towards(o lab) [2]float64 {
	_, cb, cr := l.toCodes(o.light())
	cb, cr = cb-128, cr-128
	far := max(math.Hypot(cb, cr), 1)
	return [2]float64{32 * cb / far, 32 * cr / far}
}
