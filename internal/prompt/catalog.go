package prompt

import (
	"slices"

	"retake/internal/wish"
)

// Catalog is what the engine can make: only that is offered, and a wish for anything else that the lexicon knows is answered
// with a warning that says so.
type Catalog struct {
	Picture []Thing // in the order in which they are applied
	Sound   []Thing // in the order in which they are laid on one another
}

// Thing is one effect or sound of a Catalog.
type Thing struct {
	Name  string
	Doc   string       // a sentence
	Takes []wish.Param // which details it makes use of, besides strength and time
	Falls bool         // weather: measured as light or heavy, and a picture's is driven by the wind
	Mixes bool         // of a sound: it can lie over the clip's own
	Names []string     // variants that the operator has, in lower case: asked for by name, beside a word for the thing
}

func (t Thing) takes(p wish.Param) bool { return slices.Contains(t.Takes, p) }

func find(list []Thing, name string) (Thing, bool) {
	if i := slices.IndexFunc(list, func(t Thing) bool { return t.Name == name }); i >= 0 {
		return list[i], true
	}
	return Thing{}, false
}

// effect returns what is known of a picture effect.
func (c Catalog) effect(e Effect) Thing { t, _ := find(c.Picture, string(e)); return t }

// noise returns what is known of a sound.
func (c Catalog) noise(n Noise) Thing { t, _ := find(c.Sound, string(n)); return t }

// treats reports whether a sound is a treatment of the clip's own.
func (c Catalog) treats(n Noise) bool { return n != Silence && n != Speech && !c.noise(n).Mixes }

func order(list []Thing, name string) int {
	return slices.IndexFunc(list, func(t Thing) bool { return t.Name == name })
}

// kept returns the part of d that t makes use of.
func (t Thing) kept(d wish.Detail) wish.Detail {
	k := wish.Detail{When: d.When}
	if t.takes(wish.Text) {
		k.Text = d.Text
	}
	if t.takes(wish.Variation) {
		k.Variant = d.Variant
	}
	if t.takes(wish.Object) {
		k.Object = d.Object
	}
	if t.takes(wish.Colours) {
		k.From, k.To = d.From, d.To
	}
	if t.takes(wish.Tint) {
		k.To = d.To
	}
	if t.takes(wish.Heading) {
		k.Direction = d.Direction
	}
	if t.takes(wish.Placing) {
		k.Place = d.Place
	}
	if t.takes(wish.Pace) {
		k.Speed = d.Speed
	}
	if t.takes(wish.Number) {
		k.Amount = d.Amount
	}
	if t.takes(wish.Counted) {
		k.Count = d.Count
	}
	if t.takes(wish.Nearness) {
		k.Distance = d.Distance
	}
	return k
}
