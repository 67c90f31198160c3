package picture

import (
	"math"

	"retake/internal/wish"
)

// The names of the lights that are never still.
const (
	CandleLight Kind = "candle light"
	Flicker     Kind = "flicker"
)

var candle = Entry{Kind: CandleLight, Takes: []wish.Param{wish.Placing},
	Doc: "the room is dark and lit by a flame: light of about 1900 K from one place, which breathes and sways a little, never fast",
	Make: func(s stage, l Look) effect {
		part := l.Strength / usual
		flame := tint{shadow: rgb{1.30, 1, 0.60}, light: rgb{1.62, 1, 0.30}}
		x, y := 0.5, 0.62
		switch l.Place {
		case wish.AtLeft, wish.TopLeft, wish.BottomLeft:
			x = 0.15
		case wish.AtRight, wish.TopRight, wish.BottomRight:
			x = 0.85
		}
		aspect := math.Sqrt(float64(s.format.Width) / float64(s.format.Height))
		return newShining(s, func(c rgb) rgb {
			c = flame.on(s.levels, s.levels.saturate(c, math.Pow(0.85, part)), min(part, 1.2))
			return s.levels.graded(c, 1+0.06*part).times(math.Exp2(-0.25 - 0.45*part)).rolled(0.6)
		}, func(f *field, index int, amount float64) {
			t := s.seconds(index)
			bright := 1 + 0.085*min(part, 1.4)*wobble(s.seed, 1, t, 3.6) + 0.02*wobble(s.seed, 2, t, 9)
			sx, sy := x+0.02*wobble(s.seed, 3, t, 2.2), y+0.015*wobble(s.seed, 4, t, 2.2)
			f.draw(s.crew, func(px, py float64) (gain, luma, cb, cr float64) {
				d := math.Hypot((px-sx)*aspect, (py-sy)/aspect)
				g := bright * (0.34 + 0.80*math.Exp(-math.Pow(d/0.44, 2)))
				return 1 + amount*(mix(1, g, min(part, 1.2))-1), 0, 0, 0
			})
		})
	}}

var flickering = Entry{Kind: Flicker,
	Doc: "the light of a bad lamp: exposure dips again and again, at most twice in a second (more would harm people with photosensitive epilepsy), with a tint of the light as it dips",
	Make: func(s stage, l Look) effect {
		return newShining(s, func(c rgb) rgb { return s.levels.saturate(c, 1-0.25*l.Strength) }, func(f *field, index int, amount float64) {
			// Mostly near full light, with dips: the square of an even wobble.
			w := 0.5 + 0.5*wobble(s.seed, 5, s.seconds(index), 4)
			gain := 1 - amount*l.Strength*(0.10+0.62*w*w)
			f.draw(s.crew, func(_, _ float64) (float64, float64, float64, float64) { return gain, 0, 0, 0 })
		})
	}}

// wobble is a smooth random curve between -1 and 1 through knots, so many a second: at most half as many swings a second.
func wobble(seed, which uint64, t, knots float64) float64 {
	at := t * knots
	i := math.Floor(at)
	knot := func(n float64) float64 { return 2*unit(hash(seed, 'w', which, uint64(int64(n)))) - 1 }
	return mix(knot(i), knot(i+1), smooth(at-i))
}
