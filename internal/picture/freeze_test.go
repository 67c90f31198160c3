package picture

import (
	"bytes"
	"testing"

	"retake/internal/retake"
	"retake/internal/wish"
)

// TestFreeze holds which picture is seen when: from the moment asked for on one picture, and the original again at the end.
func TestFreeze(t *testing.T) {
	format, frames := formats["landscape"], 90
	fps := int(format.Rate.FPS() + 0.5)
	for name, tt := range map[string]struct {
		when         wish.When
		held, to     int // the picture, and the last that is surely held
		before, live int // the last that moves, and the first that does again
	}{
		"all of it":    {wish.When{}, 0, 75, 0, frames - 1},
		"from 1 s on":  {wish.When{From: wish.Moment{Seconds: 1}, To: wish.Moment{Share: 1}}, fps, 75, fps, frames - 1},
		"until half":   {wish.When{To: wish.Moment{Share: 0.5}}, 0, 30, 0, 45},
		"at the start": {wish.When{To: wish.Moment{Seconds: 0.5}}, 0, 7, 0, fps / 2},
	} {
		c, err := NewChain(DefaultConfig(), Setup{Format: format, Frames: frames, Looks: []Look{{Kind: Freeze, Strength: 0.6, Detail: wish.Detail{When: tt.when}}}})
		if err != nil {
			t.Fatal(err)
		}
		f := retake.NewFrame(format)
		for i := range frames {
			f.CopyFrom(scene(format, i))
			c.Apply(f, i)
			want := -1
			switch {
			case i <= tt.before, i >= tt.live:
				want = i
			case i > tt.held && i <= tt.to:
				want = tt.held
			}
			if want >= 0 && !bytes.Equal(f.Data, scene(format, want).Data) {
				t.Errorf("%s: picture %d is not the clip's %d", name, i, want)
			}
		}
	}
}

// TestStopMotion holds that pictures stand for their step, and that there are as many steps a second as asked for.
func TestStopMotion(t *testing.T) {
	format, frames := formats["tiny"], 61
	c, err := NewChain(DefaultConfig(), Setup{Format: format, Frames: frames, Looks: []Look{{Kind: StopMotion, Strength: 0.6, Detail: wish.Detail{Amount: 5}}}})
	if err != nil {
		t.Fatal(err)
	}
	f, last := retake.NewFrame(format), retake.NewFrame(format)
	changes := 0
	for i := range frames {
		f.CopyFrom(scene(format, i))
		c.Apply(f, i)
		if i > 0 && !bytes.Equal(f.Data, last.Data) {
			changes++
		}
		last.CopyFrom(f)
	}
	want := int(5*float64(frames-1)/frequency(format) + 0.5)
	if changes != want {
		t.Errorf("%d changes, want %d", changes, want)
	}
	if !bytes.Equal(f.Data, scene(format, frames-1).Data) {
		t.Error("the last picture is not the original")
	}
}
