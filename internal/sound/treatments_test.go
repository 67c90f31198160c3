package sound

import (
	"context"
	"math"
	"testing"

	"retake/internal/retake"
	"retake/internal/wish"
)

const treatedRate = 24000

// treatment is what a treatment makes of p alone, before it is brought to its level, with the usual strength.
func treatment(t *testing.T, kind Kind, p planes, d wish.Detail) planes {
	t.Helper()
	in := Input{Format: retake.SoundFormat{Rate: treatedRate, Channels: len(p)}, Frames: p.frames(), Seed: 3}
	r := &renderer{ctx: context.Background(), in: in, original: p}
	r.around = []planes{p}
	r.plan.treatments = []Item{{Kind: kind, Strength: usualStrength, Detail: d}}
	got, err := r.treated()
	if err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	if got.frames() != p.frames() || len(got) != len(p) {
		t.Fatalf("%s: %d channels of %d samples", kind, len(got), got.frames())
	}
	return got
}

// voice is somebody who talks in stereo, a little to the left.
func voice(seconds int) planes {
	p := split(talk(retake.SoundFormat{Rate: treatedRate, Channels: 2}, seconds*treatedRate, 4), 2)
	p[1:].scale(0.7)
	return p
}

func treatedShare(p planes, lo, hi float64) float64 { return bandShare(p, treatedRate, lo, hi) }

// tail is how far a burst of half a second is still heard a while after it, in dB under it.
func tail(t *testing.T, kind Kind, after float64) float64 {
	t.Helper()
	p := newPlanes(2, 4*treatedRate)
	for c := range p {
		copy(p[c][treatedRate/4:], split(talk(retake.SoundFormat{Rate: treatedRate, Channels: 1}, treatedRate/2, 4), 1)[0])
	}
	got := treatment(t, kind, p, wish.Detail{})
	at := treatedRate*3/4 + int(after*treatedRate)
	return decibels(rms(got.cut(at, at+treatedRate/10)) / rms(got.cut(treatedRate/4, treatedRate*3/4)))
}

// TestSpaces holds how long each place rings on.
func TestSpaces(t *testing.T) {
	between(t, "cathedral after 1.5 s, dB", tail(t, Cathedral, 1.5), -34, -10)
	between(t, "hall after 0.6 s, dB", tail(t, Hall, 0.6), -36, -12)
	between(t, "hall after 2 s, dB", tail(t, Hall, 2), -90, -38)
	between(t, "small room after 0.1 s, dB", tail(t, SmallRoom, 0.1), -36, -8)
	between(t, "small room after 0.6 s, dB", tail(t, SmallRoom, 0.6), -200, -55)
	// Repetitions: much at one gap, little between them.
	between(t, "echo at its third repetition, dB", tail(t, Echo, 0.34*2), -25, -3)
	p := voice(5)
	between(t, "next room: share below 900 Hz", treatedShare(treatment(t, NextRoom, p, wish.Detail{}), 20, 900), 0.97, 1)
	between(t, "next room is softer by, LU", p.integrated(treatedRate)-treatment(t, NextRoom, p, wish.Detail{}).integrated(treatedRate), 4, 8)
	between(t, "under water: share below 1 kHz", treatedShare(treatment(t, Underwater, p, wish.Detail{}), 20, 1000), 0.95, 1)
}

func TestDevices(t *testing.T) {
	p := voice(5)
	between(t, "radio: share of its band", treatedShare(treatment(t, Radio, p, wish.Detail{}), 230, 4600), 0.97, 1)
	between(t, "megaphone: share of its band", treatedShare(treatment(t, Megaphone, p, wish.Detail{}), 450, 4500), 0.97, 1)
	between(t, "radio is heard in the pauses, dB", floorOver(treatment(t, Radio, p, wish.Detail{}))-floorOver(p), 6, 40)
	// A robot speaks on one note: what lies between its harmonics goes.
	got := treatment(t, Robot, planes{sweep(4)}, wish.Detail{})
	between(t, "crest of a robot, dB", decibels(got.peak()/rms(got)), 4, 12.5)
	on, off := 0.0, 0.0
	for n := 2.0; n < 20; n++ {
		hz := n * treatedRate / math.Floor(treatedRate/robotHz)
		on += tonePower(got[0], hz, treatedRate)
		off += tonePower(got[0], hz+robotHz/2, treatedRate)
	}
	between(t, "on the robot's note over beside it, dB", 10*math.Log10(on/off), 10, 80)
}

// floorOver is the level of the quietest tenth against the whole, in dB.
func floorOver(p planes) float64 {
	e := envelope(p, treatedRate/50)
	low := e[0]
	for _, v := range e {
		low = min(low, v)
	}
	return low - decibels(rms(p))
}

// sweep is a buzz whose pitch moves.
func sweep(seconds int) []float32 {
	x := make([]float32, seconds*treatedRate)
	phase := 0.0
	for i := range x {
		phase += 2 * math.Pi * (120 + 40*math.Sin(float64(i)/treatedRate*3)) / treatedRate
		x[i] = float32(0.1 * buzz(phase, 20))
	}
	return x
}

func TestPitchAndPace(t *testing.T) {
	note := planes{sine(treatedRate, 4*treatedRate, 440, 0.3)}
	for kind, ratio := range map[Kind]float64{Deeper: math.Pow(2, -4.0/12), Higher: math.Pow(2, 4.0/12)} {
		got := treatment(t, kind, note, wish.Detail{}).cut(treatedRate/2, 7*treatedRate/2)
		between(t, string(kind)+": share of the note", treatedShare(got, 440*ratio*0.95, 440*ratio*1.05), 0.95, 1.01)
	}
	// A click at 1 s comes earlier when it is played faster, later when slower.
	click := newPlanes(1, 3*treatedRate)
	copy(click[0][treatedRate:], sine(treatedRate, treatedRate/20, 900, 0.5))
	at := func(kind Kind, d wish.Detail) float64 {
		e := envelope(treatment(t, kind, click, d), treatedRate/100)
		top := 0
		for i, v := range e {
			if v > e[top] {
				top = i
			}
		}
		return float64(top) / 100
	}
	near(t, "faster", at(Faster, wish.Detail{}), 1/1.3, 0.06)
	near(t, "twice as fast", at(Faster, wish.Detail{Amount: 2}), 0.5, 0.06)
	near(t, "slower", at(Slower, wish.Detail{}), 1.3, 0.06)
	near(t, "backwards", at(Backward, wish.Detail{}), 2, 0.06)
	p := voice(4)
	between(t, "stuttered sound is the original for a part", correlation(treatment(t, Stutter, p, wish.Detail{})[0], p[0]), 0.2, 0.95)
}

func TestMixing(t *testing.T) {
	p := voice(4)
	level := p.integrated(treatedRate)
	near(t, "louder, LU", treatment(t, Louder, p, wish.Detail{}).integrated(treatedRate)-level, 6, 0.2)
	near(t, "quieter, LU", treatment(t, Quieter, p, wish.Detail{}).integrated(treatedRate)-level, -6, 0.2)
	out, in := treatment(t, Fade, p, wish.Detail{}), treatment(t, Fade, p, wish.Detail{Direction: wish.In})
	part := func(p planes, n int) float64 { return rms(p.cut(n*treatedRate, (n+1)*treatedRate)) }
	if !(part(out, 0) > 4*part(out, 3)) || !(part(in, 3) > 4*part(in, 0)) {
		t.Errorf("faded out: %.4f, then %.4f; in: %.4f, then %.4f", part(out, 0), part(out, 3), part(in, 0), part(in, 3))
	}
	if m := treatment(t, Mono, p, wish.Detail{}); rms(planes{m[0]}) != rms(planes{m[1]}) {
		t.Error("mono differs from side to side")
	}
	same := planes{p[0], append([]float32(nil), p[0]...)}
	between(t, "correlation of what was mono, made wide", func() float64 { w := treatment(t, Wide, same, wish.Detail{}); return correlation(w[0], w[1]) }(), -0.5, 0.9)
	noise := planes{hissing(4)}
	tilt := func(kind Kind, lo, hi float64) float64 {
		return 10 * math.Log10(treatedShare(treatment(t, kind, noise, wish.Detail{}), lo, hi)/treatedShare(noise, lo, hi))
	}
	between(t, "bass, dB", tilt(Bass, 20, 90)-tilt(Bass, 1000, 3000), 4.5, 6.5)
	between(t, "treble, dB", tilt(Treble, 7000, 11000)-tilt(Treble, 300, 1500), 4.5, 6.5)
}

// hissing is white noise.
func hissing(seconds int) []float32 {
	s := newScene(context.Background(), Input{Format: retake.SoundFormat{Rate: treatedRate, Channels: 1}, Frames: 1}, "test")
	x := make([]float32, seconds*treatedRate)
	for i := range x {
		x[i] = float32(0.02 * s.white())
	}
	return x
}

func TestRepairs(t *testing.T) {
	p := voice(5)
	hummed := p.clone()
	for c := range hummed {
		for n := 1.0; n <= 5; n++ {
			for i, v := range sine(treatedRate, p.frames(), 50*n, 0.03/n) {
				hummed[c][i] += v
			}
		}
	}
	clean := treatment(t, DeHum, hummed, wish.Detail{})
	for n := 1.0; n <= 4; n++ {
		fell := 10 * math.Log10(tonePower(hummed[0], 50*n, treatedRate)/tonePower(clean[0], 50*n, treatedRate))
		between(t, "a tone of the hum falls by, dB", fell, 15, 120)
	}
	if got := treatment(t, DeHum, p, wish.Detail{}); correlation(got[0], p[0]) < 0.9999 {
		t.Error("sound without hum was changed")
	}
	noisy := p.clone()
	for c := range noisy {
		for i, v := range hissing(5) {
			noisy[c][i] += v
		}
	}
	clean = treatment(t, DeNoise, noisy, wish.Detail{})
	between(t, "the pauses fall by, dB", floorOver(noisy)-floorOver(clean), 8, 18)
	if was, is := correlation(noisy[0], p[0]), correlation(clean[0], p[0]); is < was {
		t.Errorf("the voice was like the clean one by %.4f, and is by %.4f", was, is)
	}
	sharp := p.clone()
	for c := range sharp {
		for i, v := range hissing(5)[:treatedRate/4] {
			sharp[c][treatedRate+i] += 12 * v
		}
	}
	esses := func(p planes) float64 { return treatedShare(p.cut(treatedRate, treatedRate*5/4), 5000, 10000) }
	if was, is := esses(sharp), esses(treatment(t, DeEss, sharp, wish.Detail{})); is > 0.6*was {
		t.Errorf("an s has %.2f of its power on top, after de-essing %.2f", was, is)
	}
	clear := treatment(t, ClearerVoice, noisy, wish.Detail{})
	if was, is := treatedShare(noisy, 2000, 5000), treatedShare(clear, 2000, 5000); is < 1.2*was {
		t.Errorf("presence was %.3f, is %.3f", was, is)
	}
}
