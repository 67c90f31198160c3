package wish

import (
	"fmt"
	"slices"
	"strings"
)

// Detail is how an effect or a sound is to be. What was not said is the zero value, and who makes it decides.
type Detail struct {
	Text      string    `json:"text,omitempty"`      // a title's, or the words to be spoken
	Variant   string    `json:"variant,omitempty"`   // one of those that the effect or sound has, such as "gravel" of footsteps
	Object    string    `json:"object,omitempty"`    // what the effect is for, in the prompt's words: "jacket"
	From      Colour    `json:"from,omitzero"`       // of a change of colour
	To        Colour    `json:"to,omitzero"`         // of a change of colour, or the colour that something has
	Direction Direction `json:"direction,omitempty"` // where it goes
	Place     Place     `json:"place,omitempty"`     // where it is
	Speed     float64   `json:"speed,omitempty"`     // times the usual one
	Amount    float64   `json:"amount,omitempty"`    // a number that was said: 2 for "2x", 0.5 for "50 %"
	Count     int       `json:"count,omitempty"`     // how many or how often: 3 for "three knocks"
	Distance  float64   `json:"distance,omitempty"`  // above 0 (close) to 1 (far)
	When      When      `json:"when,omitzero"`
}

// Param names a field of Detail that an effect or a sound can make use of. When needs none: it goes with everything.
type Param string

// The parameters.
const (
	Text      Param = "text"
	Object    Param = "object"
	Colours   Param = "colours" // From and To
	Tint      Param = "colour"  // To alone
	Heading   Param = "direction"
	Placing   Param = "place"
	Pace      Param = "speed"
	Number    Param = "amount"
	Counted   Param = "count"
	Nearness  Param = "distance"
	Variation Param = "variant"
)

// Params lists all parameters.
func Params() []Param {
	return []Param{Text, Object, Colours, Tint, Heading, Placing, Pace, Number, Counted, Nearness, Variation}
}

// Direction is where something goes, as seen in the picture.
type Direction string

// The directions. In and Out are along the view.
const (
	Left      Direction = "left"
	Right     Direction = "right"
	Up        Direction = "up"
	Down      Direction = "down"
	In        Direction = "in"
	Out       Direction = "out"
	Clockwise Direction = "clockwise"
	Counter   Direction = "counter-clockwise"
)

// Place is where something is in the picture, or is heard from.
type Place string

// The places.
const (
	AtLeft      Place = "left"
	AtRight     Place = "right"
	Top         Place = "top"
	Bottom      Place = "bottom"
	Centre      Place = "centre"
	TopLeft     Place = "top left"
	TopRight    Place = "top right"
	BottomLeft  Place = "bottom left"
	BottomRight Place = "bottom right"
	Corner      Place = "corner" // which one was not said
	Edges       Place = "edges"
	Background  Place = "background"
	Foreground  Place = "foreground"
)

// Directions lists all directions.
func Directions() []Direction { return []Direction{Left, Right, Up, Down, In, Out, Clockwise, Counter} }

// Places lists all places.
func Places() []Place {
	return []Place{AtLeft, AtRight, Top, Bottom, Centre, TopLeft, TopRight, BottomLeft, BottomRight, Corner, Edges, Background, Foreground}
}

// Check reports a value that there isn't.
func (d Detail) Check() error {
	switch {
	case d.Direction != "" && !slices.Contains(Directions(), d.Direction):
		return fmt.Errorf("there is no direction %q", d.Direction)
	case d.Place != "" && !slices.Contains(Places(), d.Place):
		return fmt.Errorf("there is no place %q", d.Place)
	case d.Speed < 0 || d.Speed > 100 || d.Distance < 0 || d.Distance > 1 || d.Count < 0 || d.Count > 1000 || d.Amount < 0 || d.Amount > 1000:
		return fmt.Errorf("speed must be 0 to 100, distance 0 to 1, count 0 to 1000 and amount 0 to 1000")
	case d.When.Onset != Usual && d.When.Onset != Sudden && d.When.Onset != Gradual:
		return fmt.Errorf("there is no onset %q", d.When.Onset)
	}
	return nil
}

// With returns d with what o says on top of it.
func (d Detail) With(o Detail) Detail {
	pick(&d.Text, o.Text)
	pick(&d.Variant, o.Variant)
	pick(&d.Object, o.Object)
	pick(&d.From, o.From)
	pick(&d.To, o.To)
	pick(&d.Direction, o.Direction)
	pick(&d.Place, o.Place)
	pick(&d.Speed, o.Speed)
	pick(&d.Amount, o.Amount)
	pick(&d.Count, o.Count)
	pick(&d.Distance, o.Distance)
	if !o.When.Whole() {
		d.When.From, d.When.To = o.When.From, o.When.To
	}
	pick(&d.When.Onset, o.When.Onset)
	return d
}

func pick[T comparable](to *T, from T) {
	var none T
	if from != none {
		*to = from
	}
}

// Said returns the parameters that d says something of.
func (d Detail) Said() []Param {
	var out []Param
	add := func(said bool, p Param) {
		if said {
			out = append(out, p)
		}
	}
	add(d.Text != "", Text)
	add(d.Object != "", Object)
	add(d.From.Said(), Colours)
	add(d.To.Said(), Tint)
	add(d.Direction != "", Heading)
	add(d.Place != "", Placing)
	add(d.Speed != 0, Pace)
	add(d.Amount != 0, Number)
	add(d.Count != 0, Counted)
	add(d.Distance != 0, Nearness)
	add(d.Variant != "", Variation)
	return out
}

// String says it as it stands in a sentence, behind the name: "left, 0.5 × speed".
func (d Detail) String() string {
	var parts []string
	add := func(said bool, format string, args ...any) {
		if said {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(d.Variant != "", "%s", d.Variant)
	switch {
	case d.Object != "" && d.From.Said():
		add(true, "the %s %s to %s", d.From.Name, d.Object, d.To.Name)
	case d.Object != "" && d.To.Said():
		add(true, "the %s to %s", d.Object, d.To.Name)
	default:
		add(d.From.Said(), "%s to %s", d.From.Name, d.To.Name)
		add(!d.From.Said() && d.To.Said(), "%s", d.To.Name)
		add(d.Object != "", "the %s", d.Object)
	}
	add(d.Direction != "", "%s", d.Direction)
	add(d.Place != "", "at: %s", d.Place)
	add(d.Speed != 0, "%g × speed", d.Speed)
	add(d.Amount != 0, "%g", d.Amount)
	add(d.Count != 0, "%d ×", d.Count)
	add(d.Distance > 0.5, "far")
	add(d.Distance > 0 && d.Distance <= 0.5, "near")
	add(d.When != When{}, "%s", d.When.String())
	return strings.Join(parts, ", ")
}
