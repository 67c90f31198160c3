package picture

import (
	"math"

	"retake/internal/wish"
)

// The names of what hangs in the air.
const (
	Fog   Kind = "fog"
	Smoke Kind = "smoke"
)

var foggy = Entry{Kind: Fog, Takes: []wish.Param{wish.Heading, wish.Pace},
	Doc: "a pale veil that takes contrast and colour, thickest at the height of the horizon and thin near the ground before the camera; it drifts in slow banks",
	Make: func(s stage, l Look) effect {
		way := -1.0
		if l.Direction == wish.Right {
			way = 1
		}
		pace := pick(l.Speed, 1)
		across := 2.2 * float64(s.format.Width) / float64(s.format.Height)
		thick, veil := 0.25+0.85*l.Strength, mix(0.78, 0.24, s.night)
		k := s.levels.chroma / 224
		return newLit(s, func(f *field, index int, amount float64) {
			f.tinted = true
			t := s.seconds(index) * pace
			drift := way * 0.09 * t
			f.lines(s.crew, func() (func(float64), func(float64) (float64, float64, float64, float64)) {
				banks, density := clouds{seed: s.seed}, 0.0
				return func(y float64) {
						banks.row(drift, across+drift, 4.4*y, 0.05*t)
						density = amount * thick * (0.28 + 0.72*math.Exp(-math.Pow((y-0.42)/0.36, 2)))
					}, func(x float64) (gain, luma, cb, cr float64) {
						left := math.Exp(-1.5 * clamp01(density*(0.55+0.9*banks.at(across*x+drift))))
						d := 1 - left
						return left, d * veil * s.levels.span, 1.5 * d * k, -d * k
					}
			})
		})
	}}

var smoky = Entry{Kind: Smoke, Takes: []wish.Param{wish.Placing, wish.Heading, wish.Pace, wish.Tint},
	Doc: "grey smoke, or of the colour that is named, that rises in billows from the lower edge, or from the side that the prompt names, and thins out as it does",
	Make: func(s stage, l Look) effect {
		px, _ := placeOf(l.Place)
		lean := 0.0
		switch l.Direction {
		case wish.Left:
			lean = 0.12
		case wish.Right:
			lean = -0.12
		}
		pace := pick(l.Speed, 1)
		across := 3.1 * float64(s.format.Width) / float64(s.format.Height)
		luma, cb, cr := smokeColour(s, l.To)
		return newLit(s, func(f *field, index int, amount float64) {
			f.tinted = true
			t := s.seconds(index) * pace
			drift := lean * t * 3
			f.lines(s.crew, func() (func(float64), func(float64) (float64, float64, float64, float64)) {
				billows, up, thick := clouds{seed: s.seed}, 0.0, 0.0
				return func(y float64) {
						up = 1 - y
						billows.row(drift, across+drift, 3.4*y+0.55*t, 0.16*t)
						thick = math.Exp(-up * up / (0.35 + 0.5*l.Strength))
					}, func(x float64) (gain, y, b, r float64) {
						d := clamp01((billows.at(across*x+drift) - 0.34) * 2.3)
						if d == 0 {
							return 1, 0, 0, 0
						}
						if px != 0 {
							off := (x - 0.5 - 0.42*px + lean*up) / (0.18 + 0.25*up)
							d *= math.Exp(-off * off)
						}
						d = clamp01(amount * (0.35 + 0.9*l.Strength) * d * thick)
						return 1 - d, d * luma, d * cb, d * cr
					}
			})
		})
	}}

// smokeColour returns the codes above black of smoke in daylight or at night: grey, or of a colour.
func smokeColour(s stage, c wish.Colour) (luma, cb, cr float64) {
	dark := mix(1, 0.38, s.night)
	if !c.Said() {
		return 0.52 * dark * s.levels.span, 0, 0.6 * s.levels.chroma / 224
	}
	// No smoke is as deep as paint, or black.
	y, cb, cr := s.levels.toCodes(srgb(c).times(0.8).toward(grey(0.10), 0.12))
	return (y - s.levels.black) * dark, (cb - 128) * dark, (cr - 128) * dark
}
