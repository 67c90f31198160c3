package wish

import (
	"math"
	"slices"
	"testing"
)

var red, blue = Colour{"red", 255, 0, 0}, Colour{"blue", 0, 0, 255}

// everything says something in every field.
var everything = Detail{Text: "Hello", Variant: "gravel", Object: "jacket", From: red, To: blue, Direction: Left, Place: TopLeft,
	Speed: 0.5, Amount: 2, Count: 3, Distance: 0.8, When: When{From: Moment{Share: 0.5}, Onset: Sudden}}

func TestDetailCheck(t *testing.T) {
	fine := []Detail{{}, everything, {Speed: 100, Distance: 1, Count: 1000, Amount: 1000}}
	for _, d := range Directions() {
		fine = append(fine, Detail{Direction: d})
	}
	for _, p := range Places() {
		fine = append(fine, Detail{Place: p})
	}
	for _, d := range fine {
		if err := d.Check(); err != nil {
			t.Errorf("%+v: %v", d, err)
		}
	}
	for _, d := range []Detail{
		{Direction: "sideways"}, {Place: "attic"}, {When: When{Onset: "soon"}},
		{Speed: -1}, {Speed: 101}, {Distance: -0.1}, {Distance: 1.1}, {Count: -1}, {Count: 1001}, {Amount: -1}, {Amount: 1001},
	} {
		if d.Check() == nil {
			t.Errorf("%+v passes", d)
		}
	}
}

func TestDetailWith(t *testing.T) {
	if got := everything.With(Detail{}); got != everything {
		t.Errorf("nothing on top changes it to %+v", got)
	}
	if got := (Detail{}).With(everything); got != everything {
		t.Errorf("all on top of nothing is %+v", got)
	}
	got := everything.With(Detail{Count: 5, When: When{Onset: Gradual}})
	want := everything
	want.Count, want.When.Onset = 5, Gradual
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	got = everything.With(Detail{When: When{To: Moment{Seconds: 2}}})
	want = everything
	want.When = When{To: Moment{Seconds: 2}, Onset: Sudden}
	if got != want {
		t.Errorf("a part is taken whole: %+v, want %+v", got, want)
	}
}

func TestDetailSaid(t *testing.T) {
	if got := (Detail{}).Said(); len(got) != 0 {
		t.Errorf("nothing said is %v", got)
	}
	got := everything.Said()
	for _, p := range Params() {
		if !slices.Contains(got, p) {
			t.Errorf("%q is not among %v", p, got)
		}
	}
}

func TestDetailString(t *testing.T) {
	for want, d := range map[string]Detail{
		"": {},
		"gravel, the red jacket to blue, left, at: top left, 0.5 × speed, 2, 3 ×, far, from the middle on suddenly": everything,
		"the jacket to blue": {Object: "jacket", To: blue},
		"the jacket":         {Object: "jacket"},
		"red to blue":        {From: red, To: blue},
		"blue":               {To: blue},
		"near":               {Distance: 0.5},
	} {
		if got := d.String(); got != want {
			t.Errorf("%+v reads %q, want %q", d, got, want)
		}
	}
}

func TestLab(t *testing.T) {
	// Values of the paper's matrices for the primaries of sRGB, to three places.
	for _, c := range []struct {
		colour  Colour
		l, a, b float64
	}{
		{Colour{"white", 255, 255, 255}, 1, 0, 0},
		{Colour{"black", 0, 0, 0}, 0, 0, 0},
		{red, 0.628, 0.225, 0.126},
		{Colour{"green", 0, 255, 0}, 0.866, -0.234, 0.179},
		{blue, 0.452, -0.032, -0.312},
	} {
		l, a, b := c.colour.Lab()
		if math.Abs(l-c.l) > 0.001 || math.Abs(a-c.a) > 0.001 || math.Abs(b-c.b) > 0.001 {
			t.Errorf("%s: %.4f %.4f %.4f, want %v %v %v", c.colour.Name, l, a, b, c.l, c.a, c.b)
		}
	}
	for v := range 16 * 16 * 16 {
		c := Colour{"any", uint8(v>>8) * 17, uint8(v>>4&15) * 17, uint8(v&15) * 17}
		l, a, b := c.Lab()
		if got := FromLab("any", l, a, b); got != c {
			t.Fatalf("%s comes back as %s", c.Hex(), got.Hex())
		}
	}
}

func TestShade(t *testing.T) {
	before, _, _ := red.Lab()
	light, dark := red.Shade("light", 0.5), red.Shade("dark", -0.5)
	l, _, _ := light.Lab()
	d, _, _ := dark.Lab()
	if light.Name != "light red" || l < before+0.1 {
		t.Errorf("%s %s is no lighter than red (%.2f, %.2f)", light.Name, light.Hex(), l, before)
	}
	if dark.Name != "dark red" || d > before-0.1 {
		t.Errorf("%s %s is no darker than red (%.2f, %.2f)", dark.Name, dark.Hex(), d, before)
	}
	if (Colour{}).Said() || !(Colour{Name: "black"}).Said() || (Colour{"orange", 255, 136, 0}).Hex() != "#ff8800" {
		t.Error("black is a colour, none is none, and orange is #ff8800")
	}
}
