package picture

import "retake/internal/wish"

// What the tests that hold for every effect must know of some of them. An effect that isn't named has none of these traits.

// said is what an effect that can't do without is asked with.
var said = map[Kind]wish.Detail{
	Recolour: {From: wish.Colour{Name: "blue", R: 36, G: 80, B: 200}, To: wish.Colour{Name: "red", R: 208, G: 32, B: 42}},
}

// restless effects change the brightness from picture to picture on purpose.
var restless = map[Kind]bool{CandleLight: true, Flicker: true}

// fixed effects are there or not: their strength doesn't change how much is changed.
var fixed = map[Kind]bool{}

// asking makes a look of a kind, asked as it must be.
func asking(kind Kind, strength float64) Look {
	return Look{Kind: kind, Strength: strength, Detail: said[kind]}
}
