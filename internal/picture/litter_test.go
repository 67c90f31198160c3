package picture

import (
	"testing"

	"retake/internal/retake"
	"retake/internal/wish"
)

// flown is where a kind's things are at two moments, those that are in the picture at both and didn't begin a new round.
func flown(t *testing.T, l Look, wind float64) (dx, dy float64) {
	t.Helper()
	format := formats["landscape"]
	var entry Entry
	for _, e := range Entries() {
		if e.Kind == l.Kind {
			entry = e
		}
	}
	fly := entry.Make(newStage(DefaultConfig(), Setup{Format: format, Frames: 200, Wind: wind, Seed: 2}), l).(*flying)
	at := func(index int) []sprite {
		f := scene(format, 0)
		fly.apply(f, index, 1)
		return append([]sprite(nil), fly.list...)
	}
	a, b := at(60), at(66)
	n := 0.0
	for i := range a {
		x, y := b[i].x-a[i].x, b[i].y-a[i].y
		if x*x+y*y < 60*60 {
			dx, dy, n = dx+x, dy+y, n+1
		}
	}
	if n < 5 {
		t.Fatalf("%s: %v things", l.Kind, n)
	}
	return dx / n, dy / n
}

// TestLitter holds which way things fly.
func TestLitter(t *testing.T) {
	for _, kind := range []Kind{Confetti, Leaves, Petals} {
		if _, dy := flown(t, Look{Kind: kind, Strength: 0.8}, 0); dy <= 0.5 {
			t.Errorf("%s falls by %.1f", kind, dy)
		}
		left, _ := flown(t, Look{Kind: kind, Strength: 0.8, Detail: wish.Detail{Direction: wish.Left}}, 0.5)
		right, _ := flown(t, Look{Kind: kind, Strength: 0.8, Detail: wish.Detail{Direction: wish.Right}}, 0.5)
		if left >= right || left >= 0 || right <= 0 {
			t.Errorf("%s goes by %.1f where it should go left, by %.1f where right", kind, left, right)
		}
	}
	if _, dy := flown(t, Look{Kind: Embers, Strength: 0.8}, 0); dy >= -0.5 {
		t.Errorf("embers rise by %.1f", -dy)
	}
}

// TestStars holds that stars stand in the upper part of a dark picture, are the same from picture to picture but for twinkling, and that a bright one gets none.
func TestStars(t *testing.T) {
	format := formats["landscape"]
	show := func(luma byte, index int) *retake.Frame {
		chain, err := NewChain(Config{Threads: 2, Ramp: 0.1}, Setup{Format: format, Frames: 60, Looks: []Look{{Kind: Stars, Strength: 0.8}}, Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		f := scene(format, 0)
		for i := range f.Y {
			f.Y[i] = luma
		}
		chain.Apply(f, index)
		return f
	}
	dark, later := show(30, 30), show(30, 31)
	half := len(dark.Y) * 6 / 10
	bright := 0
	for i, v := range dark.Y {
		if v > 60 {
			bright++
			if i > half {
				t.Fatal("a star stands in the lower part")
			}
			if later.Y[i] < 40 {
				t.Fatal("a star has moved or gone out from one picture to the next")
			}
		}
	}
	if bright < 30 {
		t.Errorf("only %d samples of stars", bright)
	}
	if d := difference(show(180, 30), show(180, 0)); d != 0 {
		t.Errorf("a bright sky changed by %.2f codes", d)
	}
}

// TestFog holds that fog takes contrast, most in the middle of the picture's height and least at its foot.
func TestFog(t *testing.T) {
	format := formats["landscape"]
	before, after := middle(t, format, Fog, 0.8)
	w := format.Width
	left := func(y0, y1 int) float64 { return spread(after.Y[y0*w:y1*w]) / spread(before.Y[y0*w:y1*w]) }
	if far, near := left(50, 100), left(150, 180); far > 0.5 || near < far {
		t.Errorf("contrast left: %.2f at the horizon, %.2f at the foot", far, near)
	}
}
