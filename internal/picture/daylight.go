package picture

import (
	"math"

	"retake/internal/wish"
)

// The names of the lights of a day.
const (
	GoldenHour Kind = "golden hour"
	Dawn       Kind = "dawn"
	Overcast   Kind = "overcast"
	HarshNoon  Kind = "harsh noon"
)

var goldenHours = Entry{Kind: GoldenHour, Takes: []wish.Param{wish.Placing},
	Doc: "a low sun from one side: highlights are gold, shadows stay neutral, leaves turn towards yellow, and the side of the sun glows. Skin keeps its hue",
	Make: func(s stage, l Look) effect {
		gold := tint{shadow: rgb{1.02, 1, 0.94}, light: rgb{1.27, 1, 0.68}}
		part := l.Strength / usual
		return newShining(s, func(c rgb) rgb {
			o := leaves.with(-14, 1.05, 1.03).on(skies.with(0, 0.62, 1).on(toLab(c), part), part)
			c = gold.on(s.levels, o.light(), part)
			return s.levels.graded(c.times(1.04), 1-0.06*part).rolled(0.72)
		}, sun(s, l.Place, l.Strength, light{luma: 32, cb: -17, cr: 11}))
	}}

// usual is the strength that words without a measure have.
const usual = 0.6

// light is what a glow adds, in codes of limited range.
type light struct{ luma, cb, cr float64 }

// sun is a glow that comes from a side of the picture, above its middle, by the place or else by the seed.
func sun(s stage, at wish.Place, strength float64, full light) func(*field, int, float64) {
	x, y := 1.0, 0.15
	if hash(s.seed, 'l')&1 == 0 {
		x = 0
	}
	switch at {
	case wish.AtLeft, wish.TopLeft, wish.BottomLeft:
		x = 0
	case wish.AtRight, wish.TopRight, wish.BottomRight:
		x = 1
	case wish.Centre, wish.Background:
		x, y = 0.5, 0.3
	case wish.Top:
		x, y = 0.5, 0
	}
	k := s.levels.chroma / 224
	return s.still(func(px, py float64) (gain, luma, cb, cr float64) {
		g := strength * math.Exp(-math.Pow(math.Hypot((px-x)*1.1, (py-y)*0.9)/0.55, 2))
		return 1 - 0.12*g - 0.03*strength, full.luma * k * g, full.cb * k * g, full.cr * k * g
	})
}

// still is a shine that changes with the amount alone, and grows with it.
func (s stage) still(at func(x, y float64) (gain, luma, cb, cr float64)) func(*field, int, float64) {
	return func(f *field, _ int, amount float64) {
		if f.drawn == amount {
			return
		}
		f.drawn, f.tinted = amount, true
		f.draw(s.crew, func(x, y float64) (gain, luma, cb, cr float64) {
			gain, luma, cb, cr = at(x, y)
			return 1 + amount*(gain-1), amount * luma, amount * cb, amount * cr
		})
	}
}

var dawning = Entry{Kind: Dawn,
	Doc: "first light: pale and soft, lilac shadows under a touch of pink, and mist that lifts the dark tones, most at the height of the horizon",
	Make: func(s stage, l Look) effect {
		pale := tint{shadow: rgb{0.93, 0.93, 1.28}, light: rgb{1.16, 0.96, 0.98}}
		part := l.Strength / usual
		return newShining(s, func(c rgb) rgb {
			c = s.levels.graded(pale.on(s.levels, c, part), 1-0.13*part).times(math.Exp2(-0.22 * part))
			c = s.levels.saturate(c, math.Pow(0.80, part))
			return c.veiled(rgb{0.30, 0.25, 0.34}, 0.07*part).rolled(0.8)
		}, s.still(func(_, y float64) (gain, luma, cb, cr float64) {
			mist := l.Strength * math.Exp(-math.Pow((y-0.42)/0.24, 2))
			k := s.levels.chroma / 224
			return 1 - 0.10*mist, 22 * mist * k, -4 * mist * k, 9 * mist * k
		}))
	}}

var overcastly = Entry{Kind: Overcast,
	Doc: "light from a closed sky: soft contrast, lifted shadows, muted colours, a touch of cold; blue skies turn grey. Skin keeps its hue",
	Make: func(s stage, l Look) effect {
		cold := tint{shadow: rgb{0.97, 1, 1.07}, light: rgb{0.97, 1, 1.05}}
		part := l.Strength / usual
		return newGraded(s, func(c rgb) rgb {
			o := toLab(c)
			less := part * (1 - 0.6*skinlike(o))
			c = s.levels.saturate(skies.with(0, 0.22, 0.98).on(o, part).light(), math.Pow(0.72, less))
			c = s.levels.graded(cold.on(s.levels, c, less), math.Pow(0.84, part)).times(math.Exp2(-0.2 * part))
			return c.veiled(rgb{0.36, 0.38, 0.41}, 0.035*part).rolled(0.62)
		})
	}}

var noon = Entry{Kind: HarshNoon,
	Doc: "a high hard sun: contrast is steep, the light bare and nearly white, shadows are deep, and highlights come close to burning out. Skin keeps its hue",
	Make: func(s stage, l Look) effect {
		bare := tint{shadow: rgb{0.99, 1, 1.03}, light: rgb{1.05, 1, 0.88}}
		part := l.Strength / usual
		return newGraded(s, func(c rgb) rgb {
			c = s.levels.graded(bare.on(s.levels, c, part), math.Pow(1.24, part)).times(math.Exp2(0.36 * part))
			return s.levels.saturate(c, math.Pow(0.95, part)).rolled(0.72)
		})
	}}
