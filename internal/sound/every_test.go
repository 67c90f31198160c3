package sound

import (
	"fmt"
	"math"
	"testing"

	"retake/internal/retake"
	"retake/internal/wish"
)

// settings are the formats and lengths every kind must get along with.
var settings = []struct {
	rate, channels int
	seconds        float64
	mix            bool // also over the original
	treatments     bool
}{
	{8000, 1, 1.5, true, true}, {44100, 2, 1, false, true}, {48000, 2, 2, false, false}, {24000, 6, 1, false, true}, {96000, 1, 0.7, false, false},
	{11025, 8, 1, false, true}, {8000, 3, 10, false, false},
}

// TestEveryKindInEveryFormat holds that the seams don't click, and that nothing is over the ceiling.
func TestEveryKindInEveryFormat(t *testing.T) {
	for _, s := range settings {
		f := retake.SoundFormat{Rate: s.rate, Channels: s.channels}
		in := clip(f, s.seconds, 5)
		half := s.rate / 2 * s.channels // of a second around the segment is enough, and quicker
		in.Before, in.After = in.Before[len(in.Before)-half:], in.After[:half]
		for _, e := range Entries() {
			for _, mix := range []bool{false, true} {
				if mix && !(s.mix && e.Mixes()) || e.treats() && !s.treatments {
					continue
				}
				name := fmt.Sprintf("%s %d Hz %d ch %v s mix %v", e.Kind, s.rate, s.channels, s.seconds, mix)
				out := render(t, in, Item{Kind: e.Kind, Strength: 0.9, Detail: wish.Detail{Text: "some words"}, Mix: mix})
				checkSeams(t, name, in, out)
				between(t, name+": peak, dBFS", decibels(out.peak()), -60, Ceiling)
				if s.rate < 24000 && s.channels < 3 {
					between(t, name+": true peak, dBFS", TruePeak(out.interleave(), f), -60, Ceiling+0.01)
				}
			}
		}
	}
}

// TestEveryKindAtItsLevel holds, in one channel at 22,050 samples a second, how loud every sound is against what was asked for, and for
// all that there is no offset and nothing over full scale.
func TestEveryKindAtItsLevel(t *testing.T) {
	f := retake.SoundFormat{Rate: 22050, Channels: 1}
	in := clip(f, 4, 7)
	programme := reference([]planes{split(in.Before, 1), split(in.Segment, 1), split(in.After, 1)}, f.Rate)
	for _, e := range Entries() {
		strength := 0.3
		if e.treats() {
			strength = usualStrength
		}
		out := render(t, in, Item{Kind: e.Kind, Strength: strength, Detail: wish.Detail{Text: "one two three four five six"}})
		checkSeams(t, string(e.Kind)+" 22050 Hz", in, out)
		between(t, fmt.Sprintf("DC of %s against its level", e.Kind), math.Abs(offset(out[0]))/rms(out), 0, 0.01)
		between(t, fmt.Sprintf("peak of %s", e.Kind), out.peak(), 0.003, 1)
		if e.Louder || e.Kind == Silence { // at a level of their own
			continue
		}
		// The fades at the ends are half original; what lies between is measured.
		inside := out.cut(f.Rate/4, out.frames()-f.Rate/4)
		got := inside.integrated(f.Rate)
		if e.ByPeak {
			got = inside.loudest(f.Rate)
		}
		near(t, fmt.Sprintf("loudness of %s, LUFS", e.Kind), got, Target(e.Kind, strength, programme), 2)
	}
}

// offset is the mean of x.
func offset(x []float32) (mean float64) {
	for _, v := range x {
		mean += float64(v) / float64(len(x))
	}
	return mean
}
