package sound

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"

	"retake/internal/retake"
)

// clip is programme to edit: a voice-like sound in phrases with pauses between them, over a soft room tone, with two
// seconds before and after the segment.
func clip(f retake.SoundFormat, seconds float64, seed uint64) Input {
	frames := int(seconds * float64(f.Rate))
	pad := 2 * f.Rate
	all := talk(f, frames+2*pad, seed)
	c := f.Channels
	return Input{
		Before: all[:pad*c], Segment: all[pad*c : (pad+frames)*c], After: all[(pad+frames)*c:],
		Format: f, Frames: frames, Seed: int64(seed),
	}
}

const toneLevel = 0.0015 // RMS of the room tone in talk

func talk(f retake.SoundFormat, frames int, seed uint64) []float32 {
	rng := rand.New(rand.NewPCG(seed, 99))
	out := make([]float32, frames*f.Channels)
	rate := float64(f.Rate)
	low := make([]float64, f.Channels)
	for i := range frames {
		t := float64(i) / rate
		// Syllables of 0.18 s, in phrases of 1.6 s with 0.5 s of pause.
		phrase := math.Mod(t, 2.1)
		var v float64
		if phrase < 1.6 {
			env := math.Pow(math.Sin(math.Pi*math.Mod(t, 0.18)/0.18), 2) * math.Sin(math.Pi*phrase/1.6)
			v = 0.15 * env * buzz(2*math.Pi*(130*t-10*math.Cos(2*t)), int(min(14, 0.4*rate/150)))
		}
		for c := range f.Channels {
			low[c] = 0.8*low[c] + 0.6*rng.NormFloat64() // unit variance
			out[i*f.Channels+c] = float32(v + toneLevel*low[c])
		}
	}
	return out
}

// buzz sums harmonics that fall by 6 dB an octave, each sine from the two before it.
func buzz(angle float64, harmonics int) float64 {
	s, c := math.Sincos(angle)
	var sum, last float64
	for h := 1; h <= harmonics; h++ {
		sum += s / float64(h)
		s, last = 2*c*s-last, s
	}
	return sum
}

// babble stands in for a synthesiser: a voice-like buzz of 0.32 s a word at speed 1, at 22,050 samples a second.
func babble(_ context.Context, text string, v Voice, _ string) ([]float32, int, error) {
	const rate = 22050
	n := int(0.32 * float64(len(strings.Fields(text))) / v.Speed * rate)
	out := make([]float32, n+rate/5)
	for i := range n {
		t := float64(i) / rate
		env := math.Pow(math.Sin(math.Pi*t/0.16), 2)
		out[rate/10+i] = float32(0.1 * env * buzz(2*math.Pi*140*t, 20))
	}
	return out, rate, nil
}
