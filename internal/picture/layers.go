package picture

import "retake/internal/retake"

// layers is an effect that is made of several, one after the other.
type layers []effect

func (l layers) apply(f *retake.Frame, index int, amount float64) {
	for _, e := range l {
		e.apply(f, index, amount)
	}
}
