package sound

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"retake/internal/retake"
)

func TestRoomToneIsThePauses(t *testing.T) {
	for _, f := range []retake.SoundFormat{{Rate: 8000, Channels: 1}, {Rate: 24000, Channels: 2}} {
		in := clip(f, 6, 1)
		out := render(t, in, Item{Kind: Silence})
		inside := out.cut(f.Rate/4, out.frames()-f.Rate/4)
		near(t, "level, dB", decibels(rms(inside)), decibels(toneLevel), 2.5)
		_, spread := meanAndSpread(envelope(inside, f.Rate/10))
		between(t, "spread over tenths of seconds, dB", spread, 0.05, 1.5)
		// The colour is that of the tone in talk, which falls to the top.
		low, high := bandShare(inside, f.Rate, 100, 0.05*float64(f.Rate)), bandShare(inside, f.Rate, 0.4*float64(f.Rate), 0.5*float64(f.Rate))
		between(t, "low against high", decibels(math.Sqrt(low/high)), 5, 40)
		if f.Channels == 2 {
			between(t, "correlation of the channels", correlation(inside[0], inside[1]), -0.3, 0.3)
		}
	}
}

func TestRoomToneDoesNotLoop(t *testing.T) {
	f := retake.SoundFormat{Rate: 8000, Channels: 1}
	out := render(t, clip(f, 8, 1), Item{Kind: Silence})[0][4000:60000]
	for lag := 400; lag < 24000; lag += 1 + lag/900 {
		if r := correlation(out[lag:], out[:len(out)-lag]); math.Abs(r) > 0.2 {
			t.Fatalf("the tone resembles itself by %.2f after %d samples", r, lag)
		}
	}
}

func TestRoomToneKeepsTheImage(t *testing.T) {
	f := retake.SoundFormat{Rate: 16000, Channels: 2}
	in := clip(f, 4, 1)
	for _, part := range [][]float32{in.Before, in.Segment, in.After} {
		for i := 0; i < len(part); i += 2 {
			part[i+1] = part[i] / 2
		}
	}
	out := render(t, in, Item{Kind: Silence}).cut(8000, 56000)
	between(t, "correlation", correlation(out[0], out[1]), 0.99, 1)
	near(t, "level of the right channel, dB", decibels(rms(out[1:])/rms(out[:1])), -6.02, 0.2)
}

func TestDigitalSilenceStaysSilent(t *testing.T) {
	f := retake.SoundFormat{Rate: 16000, Channels: 1}
	in := clip(f, 4, 1)
	for _, part := range [][]float32{in.Before, in.Segment, in.After} {
		for i, v := range part {
			if math.Abs(float64(v)) < 0.008 {
				part[i] = 0
			}
		}
	}
	out := render(t, in, Item{Kind: Silence}).cut(4000, 60000)
	near(t, "peak", out.peak(), 0, 0)
}

func TestProgrammeWithoutPauses(t *testing.T) {
	f := retake.SoundFormat{Rate: 16000, Channels: 1}
	in := Input{Before: sine(f.Rate, 32000, 330, 0.2), Segment: sine(f.Rate, 48000, 330, 0.2), After: sine(f.Rate, 32000, 330, 0.2), Format: f, Frames: 48000}
	out, warnings, err := Render(context.Background(), []Item{{Kind: Silence}}, in, nil)
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "quiet moment") {
		t.Errorf("warnings %q, error %v", warnings, err)
	}
	between(t, "level, dB", decibels(rms(split(out, 1).cut(4000, 44000))), -70, -42)
}

func TestTelephoneBand(t *testing.T) {
	for _, rate := range []int{8000, 44100} {
		f := retake.SoundFormat{Rate: rate, Channels: 2}
		in := clip(f, 4, 1)
		// Broad sound, so that there is something to take away.
		for i := range in.Segment {
			in.Segment[i] += float32(0.1 * math.Sin(float64(i*i%7919)))
		}
		out := render(t, in, Item{Kind: Telephone})
		inside := out.cut(rate/4, out.frames()-rate/4)
		between(t, "share of 250 to 3600 Hz", bandShare(inside, rate, 250, 3600), 0.995, 1)
		between(t, "share below 150 Hz", bandShare(inside, rate, 0, 150), 0, 1e-4)
		if rate > 8000 {
			between(t, "share above 4.5 kHz", bandShare(inside, rate, 4500, 30000), 0, 1e-5)
		}
		near(t, "correlation of the channels", correlation(inside[0], inside[1]), 1, 1e-6)
		was := split(in.Segment, 2)
		lineBand(was[0], float64(rate))
		between(t, "likeness with the band of the original", correlation(inside[0], was[0][rate/4:len(was[0])-rate/4]), 0.6, 1)
	}
}

func TestTelephoneEvensOut(t *testing.T) {
	const rate = 16000
	x := join(planes{sine(rate, rate, 1000, 0.02)}, planes{sine(rate, rate, 1000, 0.4)})[0]
	in := Input{Format: retake.SoundFormat{Rate: rate, Channels: 1}, Frames: len(x)}
	out := newScene(context.Background(), in, "test").telephone(x)
	e := envelope(planes{out}, rate/4)
	between(t, "26 dB become", e[6]-e[2], 4, 21)
}

func TestDownmix(t *testing.T) {
	a := sine(8000, 800, 440, 0.5)
	inverse := make([]float32, len(a))
	for i, v := range a {
		inverse[i] = -v
	}
	near(t, "alike", rms(planes{downmix(planes{a, a}, speakers(2))}), rms(planes{a}), 1e-6)
	near(t, "opposite", rms(planes{downmix(planes{a, inverse}, speakers(2))}), rms(planes{a}), 1e-6)
	six := newPlanes(6, len(a))
	six[3] = a
	near(t, "bass channel only", rms(planes{downmix(six, speakers(6))}), 0, 0)
}

func TestPan(t *testing.T) {
	for channels := 1; channels <= maxChannels; channels++ {
		gains := make([]float64, channels)
		sp := speakers(channels)
		for azimuth := -180.0; azimuth <= 180; azimuth += 15 {
			pan(gains, sp, azimuth)
			var power float64
			for c, g := range gains {
				power += g * g
				if sp[c].lfe && g != 0 {
					t.Errorf("%d channels: %v on the bass channel", channels, g)
				}
			}
			near(t, fmt.Sprintf("power on %d channels at %v", channels, azimuth), power, 1, 1e-9)
		}
		if pan(gains, sp, -60); channels >= 2 && gains[0] <= gains[1] {
			t.Errorf("%d channels: from the left comes %v", channels, gains)
		}
	}
}
