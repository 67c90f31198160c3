package sound

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"retake/internal/retake"
	"retake/internal/wish"
)

func render(t *testing.T, in Input, items ...Item) planes {
	t.Helper()
	if in.Speak == nil {
		in.Speak = babble
	}
	out, _, err := Render(context.Background(), items, in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(out) != in.Frames*in.Format.Channels {
		t.Fatalf("%d samples, want %d", len(out), in.Frames*in.Format.Channels)
	}
	return split(out, in.Format.Channels)
}

// checkSeams holds the made segment between its neighbours against the original there.
func checkSeams(t *testing.T, name string, in Input, out planes) {
	t.Helper()
	ch, n := in.Format.Channels, in.Frames
	before, original, after := split(in.Before, ch), split(in.Segment, ch), split(in.After, ch)
	for c := range out {
		for _, i := range []int{0, 1, 7, 15, n - 16, n - 2, n - 1} {
			if out[c][i] != original[c][i] {
				t.Errorf("%s: sample %d of channel %d is %v, the original's is %v", name, i, c, out[c][i], original[c][i])
			}
		}
		for i, v := range out[c] {
			if v != v || v > 1 || v < -1 {
				t.Fatalf("%s: sample %d of channel %d is %v", name, i, c, v)
			}
		}
	}
	// Nothing within 5 ms of a seam is rougher than what is near it on the new or the old side.
	now, was := join(before, out, after), join(before, original, after)
	short, wide := in.Format.Rate/200, in.Format.Rate/5
	for _, at := range []int{before.frames(), before.frames() + n} {
		natural := max(roughest(was, at-wide, at+wide), roughest(now, at-wide, at-short), roughest(now, at+short, at+wide))
		if r := roughest(now, at-short, at+short); r > natural*1.02 {
			t.Errorf("%s: a click of %.4f at sample %d, around it %.4f", name, r, at, natural)
		}
	}
}

func TestLoudnessFollowsTheProgramme(t *testing.T) {
	f := retake.SoundFormat{Rate: 16000, Channels: 1}
	for _, gain := range []float64{0.1, 1} {
		in := clip(f, 6, 3)
		for _, part := range [][]float32{in.Before, in.Segment, in.After} {
			for i := range part {
				part[i] *= float32(gain)
			}
		}
		programme := Loudness(slices.Concat(in.Before, in.Segment, in.After), f)
		for _, kind := range []Kind{Rain, Ocean, Wind, Thunder, Speech, Telephone} {
			for _, strength := range []float64{0, 0.5, 1} {
				out := render(t, in, Item{Kind: kind, Strength: strength, Detail: wish.Detail{Text: "one two three four five six"}})
				// The fades at the ends are half original; what lies between is measured.
				inside := out.cut(f.Rate/4, out.frames()-f.Rate/4)
				got := inside.integrated(f.Rate)
				if kind == Thunder {
					got = inside.loudest(f.Rate)
				}
				near(t, fmt.Sprintf("%s of strength %v at gain %v", kind, strength, gain), got, Target(kind, strength, programme), 2)
			}
		}
	}
}

func TestTargetsRise(t *testing.T) {
	for _, kind := range []Kind{Rain, Ocean, Wind} {
		near(t, string(kind)+", light", Target(kind, 0, -20), -28, 0)
		near(t, string(kind)+", heavy", Target(kind, 1, -20), -18, 0)
		near(t, string(kind)+", beyond heavy", Target(kind, 7, -20), -18, 0)
		near(t, string(kind)+", no number", Target(kind, math.NaN(), -20), -23, 0)
		near(t, string(kind)+", beside a whisper", Target(kind, 0, -60), -48, 0)
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	f := retake.SoundFormat{Rate: 8000, Channels: 2}
	in := clip(f, 2, 4)
	in.Speak = babble
	other := in
	other.Seed++
	for _, kind := range Kinds() {
		items := []Item{{Kind: kind, Strength: 0.6, Detail: wish.Detail{Text: "one two"}}}
		first, _, err := Render(context.Background(), items, in, nil)
		if err != nil {
			t.Fatal(err)
		}
		old := runtime.GOMAXPROCS(1)
		alone, _, _ := Render(context.Background(), items, in, nil)
		runtime.GOMAXPROCS(old)
		var crowd sync.WaitGroup
		for range 3 {
			crowd.Go(func() {
				again, _, _ := Render(context.Background(), items, in, nil)
				if !slices.Equal(first, again) {
					t.Errorf("%s: another run side by side gave other samples", kind)
				}
			})
		}
		crowd.Wait()
		if !slices.Equal(first, alone) {
			t.Errorf("%s: one processor gave other samples", kind)
		}
		second, _, _ := Render(context.Background(), items, other, nil)
		if slices.Equal(first, second) && !entry(kind).treats() { // most treatments draw nothing at random
			t.Errorf("%s: another seed gave the same samples", kind)
		}
	}
}

func TestClipWithoutSound(t *testing.T) {
	in := Input{Format: retake.SoundFormat{Rate: 16000, Channels: 2}, Frames: 48000, Seed: 1, Speak: babble}
	for _, kind := range Kinds() {
		out, warnings, err := Render(context.Background(), []Item{{Kind: kind, Strength: 0.5, Detail: wish.Detail{Text: "one two"}}}, in, nil)
		if err != nil {
			t.Fatal(err)
		}
		p := split(out, 2)
		if p[0][0] != 0 || p[1][0] != 0 || p[0][47999] != 0 || p[1][47999] != 0 {
			t.Errorf("%s does not begin and end in silence", kind)
		}
		silent := p.peak() == 0
		if want := !entry(kind).Mixes(); silent != want {
			t.Errorf("%s: silent is %v", kind, silent)
		}
		if warned := len(warnings) > 0; warned != entry(kind).treats() {
			t.Errorf("%s: warnings %q", kind, warnings)
		}
	}
}

func TestMixKeepsTheOriginal(t *testing.T) {
	in := clip(retake.SoundFormat{Rate: 24000, Channels: 2}, 6, 8)
	original := split(in.Segment, 2)
	for _, test := range []struct {
		name  string
		items []Item
		lo    float64 // of the correlation with the original
		hi    float64
	}{
		{"mixed", []Item{{Kind: Rain, Strength: 0.1, Mix: true}}, 0.8, 1},
		{"two mixed", []Item{{Kind: Rain, Mix: true}, {Kind: Wind, Mix: true}}, 0.7, 1},
		{"replaced", []Item{{Kind: Rain, Strength: 0.1}}, -0.1, 0.1},
		{"one replaces", []Item{{Kind: Rain, Mix: true}, {Kind: Wind}}, -0.1, 0.1},
		{"silence replaces", []Item{{Kind: Silence, Mix: true}}, -0.1, 0.1},
	} {
		out := render(t, in, test.items...)
		a, b := out.cut(12000, 132000), original.cut(12000, 132000)
		between(t, test.name, correlation(a[0], b[0]), test.lo, test.hi)
	}
}

func TestNothingAskedIsTheOriginal(t *testing.T) {
	in := clip(retake.SoundFormat{Rate: 8000, Channels: 2}, 2, 1)
	out, _, err := Render(context.Background(), nil, in, nil)
	if err != nil || !slices.Equal(out, in.Segment) {
		t.Errorf("changed, or %v", err)
	}
}

func TestLoudOriginalIsNotClipped(t *testing.T) {
	f := retake.SoundFormat{Rate: 24000, Channels: 1}
	in := clip(f, 3, 2)
	for _, part := range [][]float32{in.Before, in.Segment, in.After} {
		copy(part, sine(f.Rate, len(part), 440, 0.97))
	}
	in.Segment[30000] = float32(math.NaN()) // a broken sample stays alone
	out := render(t, in, Item{Kind: Rain, Strength: 1, Mix: true})
	inside := out.cut(f.Rate/50, out.frames()-f.Rate/50)
	between(t, "true peak inside", TruePeak(inside.interleave(), f), -3, Ceiling+0.01)
	between(t, "sample peak", out.peak(), 0.8, 1)
	if out[0][10] != in.Segment[10] {
		t.Error("the first samples are not the original's")
	}
}

func TestRenderRefuses(t *testing.T) {
	good := clip(retake.SoundFormat{Rate: 8000, Channels: 2}, 2, 1)
	for name, change := range map[string]func(*Input){
		"no rate":      func(in *Input) { in.Format.Rate = 0 },
		"9 channels":   func(in *Input) { in.Format.Channels = 9 },
		"no channels":  func(in *Input) { in.Format.Channels = 0 },
		"no frames":    func(in *Input) { in.Frames = 0 },
		"other length": func(in *Input) { in.Segment = in.Segment[:100] },
		"odd before":   func(in *Input) { in.Before = in.Before[:3] },
	} {
		in := good
		change(&in)
		_, _, err := Render(context.Background(), []Item{{Kind: Rain}}, in, nil)
		if _, ok := errors.AsType[*retake.Error](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := Render(context.Background(), []Item{{Kind: "kazoo"}}, good, nil); err == nil || !strings.Contains(err.Error(), "kazoo") {
		t.Errorf("an unknown kind: %v", err)
	}
}

func TestRenderStops(t *testing.T) {
	ctx, stop := context.WithCancelCause(context.Background())
	stop(retake.ErrShutdown)
	in := clip(retake.SoundFormat{Rate: 8000, Channels: 1}, 2, 1)
	in.Speak = babble
	for _, kind := range Kinds() {
		if _, _, err := Render(ctx, []Item{{Kind: kind, Detail: wish.Detail{Text: "one"}}}, in, nil); !errors.Is(err, retake.ErrShutdown) {
			t.Errorf("%s: %v, want the cause", kind, err)
		}
	}
}

func TestProgressGrowsToOne(t *testing.T) {
	in := clip(retake.SoundFormat{Rate: 8000, Channels: 1}, 2, 1)
	var seen []float64
	_, _, err := Render(context.Background(), []Item{{Kind: Rain}, {Kind: Wind}}, in, func(f float64) { seen = append(seen, f) })
	if err != nil || !slices.IsSorted(seen) || len(seen) < 4 || seen[len(seen)-1] != 1 {
		t.Errorf("progress %v, error %v", seen, err)
	}
}

func TestVeryShortSegment(t *testing.T) {
	f := retake.SoundFormat{Rate: 8000, Channels: 2}
	for _, frames := range []int{1, 2, 40, 700} {
		for _, kind := range Kinds() {
			if kind != Speech {
				render(t, Input{Format: f, Frames: frames, Segment: make([]float32, 2*frames)}, Item{Kind: kind, Strength: 1})
			}
		}
	}
}
