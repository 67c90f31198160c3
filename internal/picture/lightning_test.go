package picture

import (
	"testing"

	"retake/internal/wish"
)

// TestStrikes holds that no more than so many strokes begin within a second, however many are asked for, that one strikes in any time, and
// only within it.
func TestStrikes(t *testing.T) {
	for _, limit := range []int{1, flashesASecond} {
		for seed := range int64(20) {
			for _, d := range []wish.Detail{{}, {Count: 100}, {When: wish.When{From: wish.Moment{Seconds: 2}, To: wish.Moment{Seconds: 3}}}} {
				format := formats["landscape"]
				s := newStage(DefaultConfig(), Setup{Format: format, Frames: 180, Seed: seed})
				list := strikes(s, Look{Kind: Lightning, Strength: 1, Detail: d}, limit)
				if len(list) == 0 {
					t.Errorf("seed %d, %s: none", seed, d)
				}
				for i, k := range list {
					if i >= limit && k.index-list[i-limit].index <= 30 {
						t.Errorf("seed %d, %s: more than %d in the second from picture %d", seed, d, limit, list[i-limit].index)
					}
					if d.Count == 0 && !d.When.Whole() && (k.index < 60 || k.index > 90+15) {
						t.Errorf("seed %d: a stroke at picture %d", seed, k.index)
					}
				}
			}
		}
	}
}

// TestLightning holds that a flash lights the sky more than the ground, and that between flashes the picture is duller than it was.
func TestLightning(t *testing.T) {
	format := formats["landscape"]
	look := Look{Kind: Lightning, Strength: 0.6, Detail: wish.Detail{Count: 1}}
	setup := Setup{Format: format, Frames: 90, Looks: []Look{look}, Seed: 4}
	flash := strikes(newStage(DefaultConfig(), setup), look, flashesASecond)[0].index
	got := run(t, DefaultConfig(), setup, true)
	w, h := format.Width, format.Height
	upper := func(i int) float64 { return mean(got[i].Y[:w*h/5]) }
	lower := func(i int) float64 { return mean(got[i].Y[w*h*4/5:]) }
	if upper(flash-1) > upper(0)-8 {
		t.Errorf("the sky has %.0f before the flash and %.0f at first", upper(flash-1), upper(0))
	}
	sky, ground := upper(flash)-upper(flash-1), lower(flash)-lower(flash-1)
	if sky < 30 || ground < 8 || sky < ground {
		t.Errorf("the flash adds %.0f to the sky and %.0f to the ground", sky, ground)
	}
}

// TestBolt holds that a bolt stands in the part of the sky that the prompt names, and ends where something dark stands before it.
func TestBolt(t *testing.T) {
	format := formats["landscape"]
	s := newStage(DefaultConfig(), Setup{Format: format, Frames: 90, Seed: 4})
	e := newLightning(s, Look{Kind: Lightning, Strength: 0.6, Detail: wish.Detail{Place: wish.AtRight}})
	c := e.bolts[0]
	f := scene(format, 0)
	e.bolt(f, c, 1)
	all := len(e.list)
	low := 0.0
	for _, k := range e.list {
		if x := float64(k.x); x < 0.5*float64(format.Width) {
			t.Errorf("a piece at %.0f", x)
		}
		low = max(low, float64(k.y))
	}
	if low < 0.35*float64(format.Height) {
		t.Errorf("it ends at %.0f", low)
	}
	wall := 40
	clear(f.Y[wall*format.Width:])
	e.list = e.list[:0]
	e.bolt(f, c, 1)
	if len(e.list) == 0 || len(e.list) >= all {
		t.Errorf("%d strokes of %d are left before a wall", len(e.list), all)
	}
	for _, k := range e.list {
		if int(k.y) > wall+4 {
			t.Errorf("a piece at %.0f before the wall", k.y)
		}
	}
}
