package sound

import (
	"math"
	"strings"
	"testing"

	"retake/internal/measure"
	"retake/internal/retake"
)

// joined runs Join on the talk clip, of which make makes the engine's version: of before, segment and after.
func joined(t *testing.T, f retake.SoundFormat, make func([]float32) []float32, handles bool) (in Input, out planes, notes []string) {
	t.Helper()
	in = clip(f, 4, 1)
	made := Made{Segment: make(in.Segment)}
	if handles {
		made.Before, made.After = make(in.Before), make(in.After)
	}
	got, notes, err := Join(t.Context(), made, in)
	if err != nil {
		t.Fatal(err)
	}
	return in, split(got, f.Channels), notes
}

func times(gain float64) func([]float32) []float32 {
	return func(v []float32) []float32 {
		out := make([]float32, len(v))
		for i := range v {
			out[i] = v[i] * float32(gain)
		}
		return out
	}
}

// hiss is unlike anything in the clip.
func hiss(level float64) func([]float32) []float32 {
	return func(v []float32) []float32 {
		out, x := make([]float32, len(v)), uint32(1)
		for i := range out {
			x = x*1664525 + 1013904223
			out[i] = float32(level * (float64(x>>8)/(1<<23) - 1))
		}
		return out
	}
}

// whole is the clip with the segment replaced, interleaved.
func whole(in Input, out planes) (all []float32, from, to int) {
	all = append(append(append(all, in.Before...), out.interleave()...), in.After...)
	from = len(in.Before) / in.Format.Channels
	return all, from, from + in.Frames
}

func TestJoinHasNoClick(t *testing.T) {
	f := retake.SoundFormat{Rate: 24000, Channels: 2}
	for name, version := range map[string]func([]float32) []float32{"same": times(1), "softer": times(0.6), "inverted": times(-1), "hiss": hiss(0.05), "silent": times(0)} {
		t.Run(name, func(t *testing.T) {
			in, out, notes := joined(t, f, version, false)
			all, from, to := whole(in, out)
			own := append(append(append([]float32(nil), in.Before...), in.Segment...), in.After...)
			for _, at := range []int{from, to} {
				value, _ := measure.Click(all, f.Channels, f.Rate, at)
				a, b := measure.Click(own, f.Channels, f.Rate, at)
				if k := retake.NewClick(value, max(a, b)); k.Times > retake.ClickLimit {
					t.Errorf("%.2f times as sharp at %d", k.Times, at)
				}
			}
			t.Logf("%q", notes)
		})
	}
}

// The level of the same material is found by what became of it beside the segment; of other sounds by short-term loudness; neither
// beyond 6 LU.
func TestJoinLevels(t *testing.T) {
	f := retake.SoundFormat{Rate: 24000, Channels: 2}
	for _, tt := range []struct {
		name    string
		version func([]float32) []float32
		handles bool
		off     float64 // how far the result's loudness is from the original segment's, dB
		within  float64
	}{
		{"as loud", times(1), true, 0, 0.3},
		{"4 dB softer", times(gainOf(-4)), true, 0, 0.3},
		{"3 dB louder", times(gainOf(3)), true, 0, 0.3},
		{"12 dB softer", times(gainOf(-12)), true, -6, 0.3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in, out, notes := joined(t, f, tt.version, tt.handles)
			near(t, "loudness, dB", out.shortTerm(f.Rate)-split(in.Segment, 2).shortTerm(f.Rate), tt.off, tt.within)
			if said := len(notes) > 0 && strings.Contains(notes[0], "level"); said != (tt.name != "as loud") {
				t.Errorf("notes %q", notes)
			}
		})
	}
	in, out, _ := joined(t, f, hiss(0.02), false)
	want := (split(in.Before, 2).shortTerm(f.Rate) + split(in.After, 2).shortTerm(f.Rate)) / 2
	raw := split(hiss(0.02)(in.Segment), 2).shortTerm(f.Rate)
	if got := out.shortTerm(f.Rate); math.Abs(got-want) > math.Abs(raw-want) {
		t.Errorf("hiss of %.1f LUFS was brought to %.1f, the clip has %.1f", raw, got, want)
	}
}

// Dead silence gets the room tone, and only that.
func TestJoinFillsSilence(t *testing.T) {
	f := retake.SoundFormat{Rate: 24000, Channels: 1}
	_, out, notes := joined(t, f, func(v []float32) []float32 {
		w := hiss(0.05)(v)
		clear(w[len(w)/3 : 2*len(w)/3])
		return w
	}, false)
	n := out.frames()
	near(t, "level in the gap, dB", decibels(rms(out.cut(n*4/10, n*6/10))), decibels(toneLevel), 2.5)
	if len(notes) == 0 || !strings.Contains(notes[len(notes)-1], "room tone") {
		t.Errorf("notes %q", notes)
	}
	if _, _, notes := joined(t, f, hiss(0.05), false); strings.Contains(strings.Join(notes, ""), "room tone") {
		t.Errorf("sound that is nowhere silent: %q", notes)
	}
}

func TestLag(t *testing.T) {
	f := retake.SoundFormat{Rate: 24000, Channels: 2}
	own := clip(f, 4, 1).Before
	for _, late := range []int{0, 1, 77, -300, 1024} {
		moved := make([]float32, len(own))
		for i := range moved {
			if k := i - 2*late; k >= 0 && k < len(own) {
				moved[i] = own[k]
			}
		}
		if got := Lag(own, moved, f); got != late {
			t.Errorf("%d frames late, found %d", late, got)
		}
	}
	if got := Lag(own, hiss(0.1)(own), f); got != 0 {
		t.Errorf("unlike sounds: %d", got)
	}
}
