package sound

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"retake/internal/retake"
)

// painted is one kind alone, as synthesised, in stereo at 24 kHz. Each is painted once for all tests.
func painted(t *testing.T, kind Kind, strength, seconds float64, seed int64) planes {
	t.Helper()
	key := fmt.Sprint(kind, strength, seconds, seed)
	if p, ok := paintings[key]; ok {
		return p.clone()
	}
	in := Input{Format: retake.SoundFormat{Rate: paintedRate, Channels: 2}, Frames: int(seconds * paintedRate), Seed: seed}
	r := &renderer{ctx: context.Background(), in: in}
	p, err := r.ambience(Item{Kind: kind, Strength: strength}, -23, false)
	if err != nil {
		t.Fatal(err)
	}
	paintings[key] = p
	return p.clone()
}

// paintings is filled by painted, of tests that don't run side by side.
var paintings = map[string]planes{}

const paintedRate = 24000

func TestCharacterOfEachKind(t *testing.T) {
	for _, test := range []struct {
		kind     Kind
		strength float64
		lo, hi   float64 // centroid, Hz
	}{
		{Rain, 0.1, 3500, 8000}, {Rain, 1, 3000, 7000},
		{Ocean, 0.5, 700, 3600}, {Wind, 0.5, 250, 1500},
		{Thunder, 0, 60, 500}, {Thunder, 1, 100, 1500},
	} {
		for seed := range int64(2) {
			p := painted(t, test.kind, test.strength, 8, seed)
			between(t, fmt.Sprintf("centroid of %s %v, seed %d", test.kind, test.strength, seed), centroid(p, paintedRate), test.lo, test.hi)
			between(t, fmt.Sprintf("correlation of %s's channels", test.kind), correlation(p[0], p[1]), -0.3, 0.85)
		}
	}
}

func TestRainIsSteadyAndGrained(t *testing.T) {
	for _, strength := range []float64{0.1, 0.5, 1} {
		p := painted(t, Rain, strength, 12, 1)
		_, spread := meanAndSpread(envelope(p, paintedRate/2))
		between(t, fmt.Sprintf("spread over half seconds at %v, dB", strength), spread, 0.15, 2.5)
	}
	// Drops stand out of the noise: single peaks, more so in light rain. Plain noise has a crest of about 13 dB.
	crest := func(p planes) float64 { return decibels(p.peak() / rms(p)) }
	light, heavy := crest(painted(t, Rain, 0.1, 8, 1)), crest(painted(t, Rain, 1, 8, 1))
	between(t, "crest of light rain, dB", light, 17, 35)
	between(t, "crest of heavy rain, dB", heavy, 14, light)
	// Heavy rain roars: more of it lies low.
	if a, b := bandShare(painted(t, Rain, 0.1, 6, 2), paintedRate, 100, 900), bandShare(painted(t, Rain, 1, 6, 2), paintedRate, 100, 900); b < 1.5*a {
		t.Errorf("below 900 Hz light rain has %.3f of its power, heavy %.3f", a, b)
	}
}

func TestOceanComesInWaves(t *testing.T) {
	for seed := range int64(2) {
		p := painted(t, Ocean, 0.5, 45, seed)
		const tenth = paintedRate / 10
		e := envelope(p, tenth)
		mean, spread := meanAndSpread(e)
		between(t, "spread of the level, dB", spread, 2.5, 12)
		// The lag at which the envelope resembles itself most is the period.
		best, at := math.Inf(-1), 0
		for lag := 30; lag < 140; lag++ {
			var sum float64
			for i := lag; i < len(e); i++ {
				sum += (e[i] - mean) * (e[i-lag] - mean)
			}
			if sum /= float64(len(e) - lag); sum > best {
				best, at = sum, lag
			}
		}
		between(t, fmt.Sprintf("period with seed %d, s", seed), float64(at)/10, 5, 11)
		between(t, "likeness at the period", best/(spread*spread), 0.25, 1)
	}
	// Even a short segment has a wave that rises and falls.
	e := envelope(painted(t, Ocean, 0.5, 2, 1), paintedRate/10)
	between(t, "range within 2 s, dB", slices.Max(e)-slices.Min(e), 5, 40)
}

func TestThunderCracksAndRolls(t *testing.T) {
	for seed := range int64(4) {
		p := painted(t, Thunder, 1, 8.4, seed) // short enough for one strike, or the second comes late
		e := envelope(p.cut(0, 4*paintedRate), paintedRate/10)
		top := slices.Index(e, slices.Max(e))
		between(t, fmt.Sprintf("loudest moment with seed %d, s", seed), float64(top)/10, 0.1, 2.2)
		late := slices.Max(e[min(top+20, 35):])
		between(t, "fall within 2 s, dB", e[top]-late, 3, 60)
		early := p.cut(0, paintedRate)
		if a, b := centroid(early, paintedRate), centroid(p.cut(2*paintedRate, 4*paintedRate), paintedRate); a < 1.25*b {
			t.Errorf("seed %d: the crack's centroid %.0f Hz is not above the rolling's %.0f Hz", seed, a, b)
		}
	}
	far, close := painted(t, Thunder, 0, 8, 1), painted(t, Thunder, 1, 8, 1)
	if a, b := centroid(far, paintedRate), centroid(close, paintedRate); b < 1.5*a {
		t.Errorf("far thunder has centroid %.0f Hz, near %.0f Hz", a, b)
	}
}

func TestThunderDiesAway(t *testing.T) {
	p := painted(t, Thunder, 1, 7, 3)
	e := envelope(p, paintedRate/2)
	between(t, "fall from the start to the end, dB", slices.Max(e)-e[len(e)-1], 12, 80)
}

func TestWindGusts(t *testing.T) {
	for _, strength := range []float64{0.2, 1} {
		p := painted(t, Wind, strength, 16, 2)
		e := envelope(p, paintedRate/4)
		_, spread := meanAndSpread(e)
		between(t, fmt.Sprintf("spread at %v, dB", strength), spread, 2, 12)
		// Gusts are brighter than lulls.
		loud, soft := slices.Index(e, slices.Max(e)), slices.Index(e, slices.Min(e))
		at := func(k int) float64 {
			return centroid(p.cut(k*paintedRate/4, (k+1)*paintedRate/4), paintedRate)
		}
		if at(loud) < 1.15*at(soft) {
			t.Errorf("strength %v: gust %.0f Hz, lull %.0f Hz", strength, at(loud), at(soft))
		}
	}
}

func TestStrongWindHowls(t *testing.T) {
	// A howl is a peak in the spectrum of a second or so, which a breeze has less of.
	peakiness := func(p planes) float64 {
		var top float64
		for at := 0; at+paintedRate <= p.frames(); at += paintedRate {
			s := spectrum(p.cut(at, at+paintedRate))
			for k := 14; k < 120; k++ { // 220 to 1900 Hz
				around := (s[k-8] + s[k-7] + s[k-6] + s[k+6] + s[k+7] + s[k+8]) / 6
				top = max(top, (s[k-1]+s[k]+s[k+1])/3/around)
			}
		}
		return top
	}
	breeze, storm := peakiness(painted(t, Wind, 0, 8, 1)), peakiness(painted(t, Wind, 1, 8, 1))
	if storm < 3 || storm < 1.2*breeze {
		t.Errorf("highest peak over its surroundings: breeze %.1f, storm %.1f", breeze, storm)
	}
}

func TestBassChannel(t *testing.T) {
	in := Input{Format: retake.SoundFormat{Rate: 16000, Channels: 6}, Frames: 64000, Seed: 1}
	r := &renderer{ctx: context.Background(), in: in}
	for kind, want := range map[Kind]bool{Rain: false, Thunder: true, Ocean: true, Wind: true} {
		p, err := r.ambience(Item{Kind: kind, Strength: 1}, -23, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := rms(p[3:4]) > 0; got != want {
			t.Errorf("%s: something on the bass channel is %v", kind, got)
		}
		if want {
			between(t, fmt.Sprintf("share below 200 Hz of %s's bass channel", kind), bandShare(p[3:4], 16000, 0, 200), 0.9, 1)
		}
		if rms(p[4:5]) == 0 || rms(p[2:3]) == 0 {
			t.Errorf("%s leaves the centre or the surround silent", kind)
		}
	}
}

func TestCloseDropsCanBeCounted(t *testing.T) {
	in := Input{Format: retake.SoundFormat{Rate: paintedRate, Channels: 2}, Frames: 10 * paintedRate, Seed: 2}
	perSecond := func(strength float64) float64 {
		s := newScene(context.Background(), in, "drops")
		s.closeDrops(strength, s.wander(0.2).mapped(func(float64) float64 { return 1 }))
		const span = paintedRate / 200
		drops, last := 0, -200.0
		for _, level := range envelope(s.out, span) {
			if level > -45 && level > last+12 {
				drops++
			}
			last = level
		}
		return float64(drops) / 10
	}
	light, heavy := perSecond(0), perSecond(1)
	between(t, "drops a second in light rain", light, 5, 14)
	between(t, "drops a second in heavy rain", heavy, 1.5*light, 60)
}
