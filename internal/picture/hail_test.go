package picture

import (
	"math"
	"testing"

	"retake/internal/wish"
)

// TestHail holds that stones fall, with the wind that the prompt names, and that some jump near the ground.
func TestHail(t *testing.T) {
	format := formats["landscape"]
	for _, d := range []wish.Direction{wish.Left, wish.Right} {
		s := newStage(DefaultConfig(), Setup{Format: format, Frames: 90, Seed: 4})
		e := newHail(s, Look{Kind: Hail, Strength: 0.6, Detail: wish.Detail{Direction: d}})
		f := scene(format, 0)
		e.apply(f, 40, 1)
		falling, up, aside := 0, 0, 0.0
		for _, k := range e.list {
			switch {
			case k.dy < 0:
				up++
				if float64(k.y) < 0.6*float64(format.Height) {
					t.Errorf("a stone jumps at %.0f", k.y)
				}
			default:
				falling++
				aside += float64(k.dx)
			}
		}
		if up < 20 || falling < 10*up {
			t.Errorf("%d fall, %d jump", falling, up)
		}
		if d == wish.Left && aside >= 0 || d == wish.Right && aside <= 0 {
			t.Errorf("to the %s: %.1f", d, aside)
		}
	}
}

// TestSparks holds that sparks come from one place in bursts, spread with time, and redden.
func TestSparks(t *testing.T) {
	format := formats["landscape"]
	s := newStage(DefaultConfig(), Setup{Format: format, Frames: 90, Seed: 4})
	e := newSparks(s, Look{Kind: Sparks, Strength: 0.6, Detail: wish.Detail{Place: wish.AtLeft}})
	x0, y0 := e.origin()
	if x0 > 0.4*float64(format.Width) {
		t.Fatalf("they come from %.0f, %.0f", x0, y0)
	}
	near, far, fewest, most := 0, 0, 1<<30, 0
	for index := range 90 {
		f := scene(format, 0)
		e.apply(f, index, 1)
		young := 0
		for _, k := range e.list {
			d := math.Hypot(k.x-x0, k.y-y0) / float64(format.Height)
			if d < 0.1 {
				young++
			}
			switch hot := k.cr < e.hues[2][2]; {
			case hot && d < 0.12:
				near++
			case !hot && d > 0.12:
				far++
			}
			if d > 1.2 {
				t.Fatalf("a spark is %.1f heights away", d)
			}
		}
		fewest, most = min(fewest, young), max(most, young)
	}
	if near < 300 || far < 300 || most < 2*fewest {
		t.Errorf("%d young ones near, %d old ones far; %d to %d near at a time", near, far, fewest, most)
	}
}
