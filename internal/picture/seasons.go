package picture

import "math"

// The names of the seasons. Winter is the colour of it; what falls is snow.
const (
	Autumn Kind = "autumn"
	Spring Kind = "spring"
	Summer Kind = "summer"
	Winter Kind = "winter"
)

var autumnal = Entry{Kind: Autumn,
	Doc: "greens turn to gold and rust, the light is warm and a little low; blue and skin stay",
	Make: func(s stage, l Look) effect {
		part := l.Strength / usual
		low := tint{shadow: rgb{1.03, 1, 0.95}, light: rgb{1.08, 1, 0.84}}
		return newGraded(s, func(c rgb) rgb {
			o := toLab(c)
			// What is deep green goes further than what is yellow already.
			deep := smooth((o.hue() - 100) / 40)
			o = hues{middle: 130, half: 26, feather: 26, turn: -46 - 22*deep, chroma: 1.22, light: 1.02}.on(o, min(part, 1.25))
			return low.on(s.levels, o.light(), part).times(1 - 0.03*part).rolled(0.82)
		})
	}}

var springlike = Entry{Kind: Spring,
	Doc: "fresh and bright: greens are lighter and yellower, pinks stand out, contrast is gentle. Skin keeps its hue",
	Make: func(s stage, l Look) effect {
		part := l.Strength / usual
		return newGraded(s, func(c rgb) rgb {
			o := leaves.with(-7, 1.28, 1.07).on(toLab(c), part)
			o = hues{middle: -8, half: 22, feather: 18, chroma: 1.18, light: 1.03}.on(o, part)
			o = skies.with(0, 1.06, 1.03).on(o, part)
			c = s.levels.graded(o.light(), math.Pow(0.93, part)).times(math.Exp2(0.14 * part))
			return s.levels.saturate(c, math.Pow(1.04, part)).rolled(0.8)
		})
	}}

var summery = Entry{Kind: Summer,
	Doc: "strong sun: warm light, rich greens and blues, clear contrast. Skin keeps its hue",
	Make: func(s stage, l Look) effect {
		part := l.Strength / usual
		warm := tint{shadow: rgb{1.01, 1, 0.97}, light: rgb{1.07, 1, 0.82}}
		return newGraded(s, func(c rgb) rgb {
			o := leaves.with(3, 1.16, 0.98).on(toLab(c), part)
			o = skies.with(3, 1.28, 0.97).on(o, part)
			c = s.levels.graded(warm.on(s.levels, o.light(), part), math.Pow(1.08, part)).times(math.Exp2(0.12 * part))
			return s.levels.saturate(c, math.Pow(1.10, part)).rolled(0.8)
		})
	}}

var wintry = Entry{Kind: Winter,
	Doc: "a cold, bare light: greens fade to grey brown, shadows are blue, what is bright is white; skin keeps some of its warmth. Nothing falls: that is snow",
	Make: func(s stage, l Look) effect {
		part := l.Strength / usual
		cold := tint{shadow: rgb{0.86, 0.98, 1.32}, light: rgb{0.95, 1, 1.08}}
		return newGraded(s, func(c rgb) rgb {
			o := toLab(c)
			skin := skinlike(o)
			o = hues{middle: 120, half: 38, feather: 30, turn: -18, chroma: 0.28, light: 1.02}.on(o, part*(1-skin))
			c = cold.on(s.levels, s.levels.saturate(o.light(), math.Pow(0.80, part*(1-0.6*skin))), part*(1-0.6*skin))
			c = c.times(math.Exp2(0.16 * part))
			white := smooth((fromLight(max(s.levels.luminance(c), 0)) - 0.72) / 0.3)
			return s.levels.saturate(c, 1-0.5*white*min(part, 1)).rolled(0.8)
		})
	}}
