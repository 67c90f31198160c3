package picture

import (
	"math"

	"retake/internal/wish"
)

// The names of the plain corrections.
const (
	Brighter   Kind = "brighter"
	Darker     Kind = "darker"
	Contrast   Kind = "contrast"
	MoreColour Kind = "more colour"
	LessColour Kind = "less colour"
	Faded      Kind = "faded"
	Tinted     Kind = "tint"
	Inverted   Kind = "invert"
)

var brightened = Entry{Kind: Brighter,
	Doc: "exposure goes up, by a little under a stop unless the prompt says more or less; highlights are rolled off rather than cut",
	Make: func(s stage, l Look) effect {
		gain := math.Exp2(1.45 * l.Strength)
		return newGraded(s, func(c rgb) rgb { return c.times(gain).rolled(0.55) })
	}}

var darkened = Entry{Kind: Darker,
	Doc: "exposure goes down, by a little under a stop unless the prompt says more or less",
	Make: func(s stage, l Look) effect {
		gain := math.Exp2(-1.5 * l.Strength)
		return newGraded(s, func(c rgb) rgb { return c.times(gain) })
	}}

var contrasty = Entry{Kind: Contrast,
	Doc: "a steeper curve about middle grey, with a shoulder and a toe; colours gain with it, as they do on film",
	Make: func(s stage, l Look) effect {
		return newGraded(s, func(c rgb) rgb {
			return c.each(func(v float64) float64 { return contrast(v, 1+0.75*l.Strength, middleGrey) }).rolled(0.75)
		})
	}}

var colourful = Entry{Kind: MoreColour,
	Doc: "richer colours, those that are weak more than those that are strong, and skin least",
	Make: func(s stage, l Look) effect {
		return newGraded(s, func(c rgb) rgb {
			o := toLab(c)
			room := 1 - clamp01(o.chroma()/0.28)
			k := 1 + 1.1*l.Strength*room*(1-0.7*skinlike(o))
			return lab{o.l, o.a * k, o.b * k}.light()
		})
	}}

var muted = Entry{Kind: LessColour,
	Doc: "colours lose half of their strength unless the prompt says more or less; at full strength nothing is left of them",
	Make: func(s stage, l Look) effect {
		k := 1 - math.Pow(l.Strength, 1.3)
		return newGraded(s, func(c rgb) rgb { return s.levels.saturate(c, k) })
	}}

var fadedOut = Entry{Kind: Faded,
	Doc: "an old print or pastels: blacks are lifted, whites come down, colours are weak",
	Make: func(s stage, l Look) effect {
		lift, k := 0.16*l.Strength, 1-0.6*l.Strength
		return newGraded(s, func(c rgb) rgb {
			return s.levels.saturate(c, k).each(func(v float64) float64 {
				return toLight(lift + (1-1.35*lift)*fromLight(math.Max(v, 0)))
			})
		})
	}}

var tinted = Entry{Kind: Tinted, Takes: []wish.Param{wish.Tint},
	Doc: "a filter of a colour in front of the lens, blue where none is named; what was said of brightness stays",
	Make: func(s stage, l Look) effect {
		to := l.To
		if !to.Said() {
			to = wish.Colour{Name: "blue", R: 60, G: 110, B: 255}
		}
		_, a, b := to.Lab()
		part := 0.75 * l.Strength
		return newGraded(s, func(c rgb) rgb {
			o := toLab(c)
			weight := part * smooth(o.l/0.25) * (1 - 0.6*smooth((o.l-0.75)/0.25)) // black and white keep more of themselves
			return lab{o.l, mix(o.a, a*0.7, weight), mix(o.b, b*0.7, weight)}.light()
		})
	}}

var inverted = Entry{Kind: Inverted,
	Doc: "the negative: dark is bright, and each colour its opposite",
	Make: func(s stage, l Look) effect {
		part := clamp01(0.2 + 0.8*l.Strength/usual)
		return newGraded(s, func(c rgb) rgb {
			return c.each(func(v float64) float64 { return fromLight(clamp01(v)) }).
				toward(c.each(func(v float64) float64 { return 1 - fromLight(clamp01(v)) }), part).each(toLight)
		})
	}}
