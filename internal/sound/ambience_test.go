package sound

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"retake/internal/wish"
)

func TestCharacterOfAmbience(t *testing.T) {
	for _, test := range []struct {
		kind      Kind
		lo, hi    float64 // a band, Hz
		least     float64 // share of the power in it
		crestLow  float64 // dB; noise has 13
		crestHigh float64
	}{
		{RoofRain, 80, 2500, 0.85, 11, 30}, {UmbrellaRain, 200, 5500, 0.85, 14, 35}, {LeafRain, 500, 7500, 0.75, 13, 35},
		{River, 150, 3500, 0.75, 11, 25}, {Fire, 30, 6500, 0.85, 16, 45},
		{Birds, 1800, 8000, 0.9, 10, 35}, {Crickets, 3900, 5300, 0.9, 8, 30}, {Frogs, 400, 3000, 0.8, 10, 35},
		{Static, 180, 8500, 0.9, 10, 30}, {Hum, 40, 620, 0.97, 4, 16}, {Drone, 40, 700, 0.95, 6, 20}, {Pad, 90, 2500, 0.95, 6, 22},
	} {
		p := painted(t, test.kind, 0.5, 8, 1)
		between(t, fmt.Sprintf("share of %s between %v and %v Hz", test.kind, test.lo, test.hi), bandShare(p, paintedRate, test.lo, test.hi), test.least, 1)
		between(t, fmt.Sprintf("crest of %s, dB", test.kind), decibels(p.peak()/rms(p)), test.crestLow, test.crestHigh)
		if test.kind != Hum {
			between(t, fmt.Sprintf("correlation of %s's channels", test.kind), correlation(p[0], p[1]), -0.4, 0.97)
		}
		var mean float64
		for _, v := range p[0] {
			mean += float64(v) / float64(len(p[0]))
		}
		between(t, fmt.Sprintf("DC of %s against its level", test.kind), math.Abs(mean)/rms(p), 0, 0.01)
	}
}

func TestRainOnThingsDiffers(t *testing.T) {
	roof, leaves := centroid(painted(t, RoofRain, 0.5, 6, 1), paintedRate), centroid(painted(t, LeafRain, 0.5, 6, 1), paintedRate)
	if leaves < 1.5*roof {
		t.Errorf("rain on leaves has centroid %.0f Hz, on a roof %.0f Hz", leaves, roof)
	}
}

func TestBeatKeepsTime(t *testing.T) {
	// The level of the bass repeats after a bar of 16 steps.
	p := painted(t, Beat, 0.5, 16, 1)
	e := envelope(p, paintedRate/100)
	mean, spread := meanAndSpread(e)
	like := func(lag int) float64 {
		var sum float64
		for i := lag; i < len(e); i++ {
			sum += (e[i] - mean) * (e[i-lag] - mean)
		}
		return sum / float64(len(e)-lag) / (spread * spread)
	}
	between(t, "likeness after a bar", like(261), 0.45, 1)
	between(t, "likeness after a third of a bar", like(87), -1, like(261)-0.3)
}

func TestDogAndDripsAreCounted(t *testing.T) {
	if got := onsets(event(t, Item{Kind: Dog, Detail: wish.Detail{Count: 4}}, 5), 0.2); got != 4 {
		t.Errorf("asked for 4 barks, heard %d", got)
	}
	if got := onsets(event(t, Item{Kind: Drip, Detail: wish.Detail{Count: 3}}, 5), 0.4); got != 3 {
		t.Errorf("asked for 3 drops, heard %d", got)
	}
	if got := onsets(event(t, Item{Kind: Horn, Detail: wish.Detail{Count: 2}}, 5), 0.4); got != 2 {
		t.Errorf("asked for 2 honks, heard %d", got)
	}
	if got := onsets(event(t, Item{Kind: Beep, Detail: wish.Detail{Count: 3}}, 5), 0.4); got != 3 {
		t.Errorf("asked for 3 beeps, heard %d", got)
	}
}

func TestFireCrackles(t *testing.T) {
	p := painted(t, Fire, 0.5, 8, 1)
	for _, ch := range p {
		butterworth(4, 1000, paintedRate, highPass).run(ch)
	}
	if got := onsets(p, 0.01); got < 16 || got > 200 {
		t.Errorf("%d crackles in 8 s", got)
	}
}

func TestHumIsThatOfThePlace(t *testing.T) {
	for variant, want := range map[string][2]float64{"": {50, 60}, "60 Hz": {60, 50}} {
		p := event(t, Item{Kind: Hum, Detail: wish.Detail{Variant: variant}}, 3)
		between(t, fmt.Sprintf("%v over %v Hz in hum %q, dB", 2*want[0], 2*want[1], variant), 10*math.Log10(tonePower(p[0], 2*want[0], paintedRate)/tonePower(p[0], 2*want[1], paintedRate)), 25, 150)
	}
}

// TestSteadyToneIsSung holds the table of a period against the sum of the harmonics.
func TestSteadyToneIsSung(t *testing.T) {
	s := empty(2)
	level, shares := arch(2, 0.35), []float64{1, 0.5, 0.33, 0.25, 0.2, 0.17, 0.14, 0.12, 0.11, 0.1}
	want, got := s.sung(2, func(float64) float64 { return 131.7 }, level, shares...), s.tone(2, 131.7, level, shares...)
	diff := make([]float32, len(want))
	for i := range diff {
		diff[i] = got[i] - want[i]
	}
	between(t, "error against the tone, dB", decibels(rms(planes{diff})/rms(planes{want})), -150, -85)
}

// TestRiverGulps holds that bubbles are of all sizes, and that large ones come in clusters.
func TestRiverGulps(t *testing.T) {
	s := empty(8)
	s.bubbling(s.random(300), func() float64 { return s.between(0, 1) }, 0.1)
	between(t, "share of bubbles between 500 Hz and 6 kHz", bandShare(s.out, paintedRate, 500, 6000), 0.9, 1)
	between(t, "of these above 1.5 kHz", bandShare(s.out, paintedRate, 1500, 6000), 0.1, 0.7)
	g := empty(10)
	g.gulps(2, 0.1)
	loud := 0
	for _, v := range envelope(g.out, paintedRate/5) {
		if v > -50 {
			loud++
		}
	}
	between(t, "fifths of a second of 50 with gulps in them", float64(loud), 12, 45)
	p := painted(t, River, 0.5, 8, 1)
	for _, ch := range p {
		band := append(butterworth(4, 220, paintedRate, highPass), butterworth(4, 650, paintedRate, lowPass)...)
		band.run(ch)
	}
	e := envelope(p, paintedRate/25)
	mean, _ := meanAndSpread(e)
	slices.Sort(e)
	between(t, "loudest hundredth where gulps are over the mean, dB", e[len(e)*99/100]-mean, 9.2, 20)
}
