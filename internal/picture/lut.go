package picture

import "retake/internal/wish"

// LUT is the effect's name.
const LUT Kind = "lut"

var lookedUp = Entry{Kind: LUT, Takes: []wish.Param{wish.Variation, wish.Text},
	Doc: "a table of colours of your own, by the name of its .cube file in the folder `engine.builtin.luts`; it is applied to the picture's encoded red, green and blue, all of it from the usual strength on",
	Make: func(s stage, l Look) effect {
		part := clamp01(l.Strength / usual)
		return newGraded(s, func(c rgb) rgb {
			e := c.each(fromLight)
			return e.toward(rgb(l.Table.At([3]float64(e))), part).each(toLight)
		})
	}}
