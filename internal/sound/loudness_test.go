package sound

import (
	"fmt"
	"math"
	"testing"

	"retake/internal/retake"
)

// A 997 Hz tone at full scale in one front channel reads -3.01 LKFS (BS.1770-4 annex 1).
func TestLoudnessOfTone(t *testing.T) {
	for _, rate := range []int{8000, 44100, 48000, 96000} {
		tone := sine(rate, 3*rate, 997, 0.1)
		near(t, fmt.Sprintf("mono at %d", rate), planes{tone}.integrated(rate), -23.01, 0.1)
		near(t, fmt.Sprintf("stereo at %d", rate), planes{tone, tone}.integrated(rate), -20.0, 0.1)
	}
}

func TestLoudnessOfBassTone(t *testing.T) {
	// The weighting at 38 Hz is near its half-power point, -5.6 dB by the standard's coefficients at 48 kHz.
	low := planes{sine(48000, 144000, 38, 0.1)}.integrated(48000)
	between(t, "38 Hz", low, -31, -27)
}

func TestLoudnessGates(t *testing.T) {
	const rate = 48000
	loud, soft := sine(rate, 4*rate, 997, 0.1), sine(rate, 4*rate, 997, 0.01)
	near(t, "a tone and a pause", join(planes{loud}, planes{make([]float32, 4*rate)}).integrated(rate), -23.01, 0.3)
	near(t, "a tone and a soft one", join(planes{loud}, planes{soft}).integrated(rate), -23.01, 0.3)
	near(t, "silence", planes{make([]float32, rate)}.integrated(rate), Quietest, 0)
	near(t, "nothing", Loudness(nil, retake.SoundFormat{Rate: rate, Channels: 2}), Quietest, 0)
	near(t, "a tenth of a second", planes{loud[:rate/10]}.integrated(rate), -23.01, 1)
	near(t, "the loudest 400 ms", join(planes{soft}, planes{loud[:rate/2]}, planes{soft}).loudest(rate), -23.01, 0.3)
}

func TestLoudnessOfSurround(t *testing.T) {
	const rate = 48000
	tone := sine(rate, 2*rate, 997, 0.1)
	at := func(channel int) float64 {
		p := newPlanes(6, len(tone))
		p[channel] = tone
		return p.integrated(rate)
	}
	near(t, "left", at(0), -23.01, 0.1)
	near(t, "bass channel", at(3), Quietest, 0)
	near(t, "left surround", at(4), -23.01+1.49, 0.1)
}

func TestTruePeakBetweenSamples(t *testing.T) {
	// A tone at a quarter of the rate, sampled 45 degrees off its peaks, has samples 3 dB below them.
	x := make([]float32, 4800)
	for i := range x {
		x[i] = []float32{0.5, 0.5, -0.5, -0.5}[i%4]
	}
	near(t, "true peak", TruePeak(x, retake.SoundFormat{Rate: 48000, Channels: 1}), -3.01, 0.35)
}

func TestLimiter(t *testing.T) {
	const rate = 48000
	x := sine(rate, rate, 300, 0.3)
	for i := 20000; i < 22000; i++ {
		x[i] *= float32(1 + 5*math.Pow(math.Sin(math.Pi*float64(i-20000)/2000), 2))
	}
	p := planes{x, sine(rate, rate, 500, 0.3)}
	quiet := p.clone()
	limit(p, rate, ramp(rate, 16, 100))
	between(t, "peak", TruePeak(p.interleave(), retake.SoundFormat{Rate: rate, Channels: 2}), -1.6, Ceiling)
	if p[0][10000] != quiet[0][10000] || p[1][40000] != quiet[1][40000] {
		t.Error("the limiter works far from the peak")
	}
	ratio := float64(p[1][21010] / quiet[1][21010])
	near(t, "gain of both channels at the peak", ratio, float64(p[0][21010]/quiet[0][21010]), 1e-3)
	if r := roughest(p, 0, rate); r > 1.05*roughest(quiet, 0, rate) {
		t.Errorf("the limiter clicks: second difference %v", r)
	}
}

func TestLowest(t *testing.T) {
	x := []float32{5, 4, 9, 1, 7, 8, 3, 6}
	for half := range 4 {
		got := lowest(x, half)
		for i := range x {
			want := x[i]
			for j := max(0, i-half); j <= min(len(x)-1, i+half); j++ {
				want = min(want, x[j])
			}
			if got[i] != want {
				t.Errorf("half %d, sample %d: %v, want %v", half, i, got[i], want)
			}
		}
	}
}
