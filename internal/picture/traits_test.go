package picture

import (
	"strings"

	"retake/internal/lut"
	"retake/internal/wish"
)

// What the tests that hold for every effect must know of some of them. An effect that isn't named has none of these traits.

// said is what an effect that can't do without is asked with.
var said = map[Kind]wish.Detail{
	Title: {Text: "Überschrift\nunder it"}, LowerThird: {Text: "Anna Weber\nVet"},
	Recolour: {From: wish.Colour{Name: "blue", R: 36, G: 80, B: 200}, To: wish.Colour{Name: "red", R: 208, G: 32, B: 42}},
}

// restless effects change the brightness from picture to picture on purpose.
var restless = map[Kind]bool{CandleLight: true, VintageFilm: true, Super8: true, Flicker: true, Fade: true, Flash: true, Lightning: true, SettledSnow: true}

// fixed effects are there or not: their strength doesn't change how much is changed, or, of drawings, how hard the pencil is.
var fixed = map[Kind]bool{Fade: true, Mirror: true, Letterbox: true, LUT: true, Inverted: true, Freeze: true, StopMotion: true,
	Pencil: true, Ink: true, Kaleidoscope: true,
}

// local effects change little of the whole: a part of the picture, or its edges.
var local = map[Kind]bool{Glitch: true, Sharpen: true, StopMotion: true, LensFlare: true, BlurRegion: true, Sparks: true, SettledSnow: true, Title: true, LowerThird: true, Dust: true, Embers: true, Fireflies: true, Petals: true, Confetti: true, Leaves: true,
	HeatHaze: true, MotionBlur: true, LensDrops: true, Bubbles: true,
}

// mending effects change what is wrong with a picture, of which the test scene has little.
var mending = map[Kind]bool{Denoise: true, Deband: true}

// darkness is what these need to be seen, and the test scene is a day.
var darkness = map[Kind]bool{Stars: true}

// swapped is a table that dims red and lifts blue.
var swapped = func() *lut.Table {
	t, err := lut.Parse(strings.NewReader("LUT_1D_SIZE 3\n0 0 0.1\n0.35 0.5 0.6\n0.8 1 1\n"))
	if err != nil {
		panic(err)
	}
	return t
}()

// asking makes a look of a kind, asked as it must be.
func asking(kind Kind, strength float64) Look {
	l := Look{Kind: kind, Strength: strength, Detail: said[kind]}
	if kind == LUT {
		l.Table = swapped
	}
	return l
}
