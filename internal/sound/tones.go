package sound

import (
	"math"

	"retake/internal/wish"
)

// Sounds of devices, and tones.
const (
	Static Kind = "static"
	Hum    Kind = "hum"
	Drone  Kind = "drone"
	Pad    Kind = "pad"
	Beat   Kind = "beat"
	Beep   Kind = "beep"
)

var (
	static = Entry{Kind: Static, Doc: "the noise of a receiver without a station, with crackles", Paint: (*scene).static}
	hum    = Entry{Kind: Hum, Doc: "mains hum: 50 Hz, or 60 where the prompt says so, and its harmonics, the even ones stronger", Takes: []wish.Param{wish.Variation}, Paint: (*scene).hum}
	drone  = Entry{Kind: Drone, Doc: "a low, dark chord of tones that beat with one another while a filter moves over them", Paint: (*scene).drone}
	pad    = Entry{Kind: Pad, Doc: "warm, wide chords of detuned voices that change every four seconds", Paint: (*scene).pad}
	beat   = Entry{Kind: Beat, Doc: "a plain beat of bass drum, snare and hi-hat, 92 a minute unless the prompt says faster or slower", Takes: repeated[3:], Timed: true, Paint: (*scene).beat}
	beep   = Entry{Kind: Beep, Doc: "a tone of 1 kHz, as censors use it, on and off", Takes: repeated, Timed: true, ByPeak: true, Level: brief, Paint: (*scene).beep}
)

func (s *scene) static(item Item) error {
	filter := append(butterworth(2, 180, s.rate, highPass), butterworth(2, 7500, s.rate, lowPass)...)
	if err := s.noise(0.1, filter, func(int) curve {
		return s.wander(6).mapped(func(v float64) float64 { return 1 + 0.15*v })
	}); err != nil {
		return err
	}
	for _, t := range s.random(5 + 14*item.strength()) {
		s.put(t, s.burst(s.between(900, 5000), 0.7, 0.0003, 0.002*s.spread(0.6), 0.45*min(s.spread(0.6), 4)), s.between(-40, 40), 1)
	}
	return s.stopped()
}

func (s *scene) hum(item Item) error {
	mains := 50.0
	if item.Variant == "60 Hz" {
		mains = 60
	}
	shares := []float64{0.5, 1, 0.25, 0.5, 0.12, 0.3, 0.07, 0.16, 0, 0.09, 0, 0.05}
	for c, sp := range s.speakers {
		if sp.bed == 0 {
			continue
		}
		drift := s.wander(0.8)
		x := s.tone(s.seconds(), mains, func(t float64) float64 {
			return 1 + 0.05*drift.at(min(int(t*s.rate), s.frames-1))
		}, shares...)
		for i, v := range x[:min(len(x), s.frames)] {
			s.out[c][i] += v * float32(0.2*sp.bed)
		}
	}
	return s.stopped()
}

// chord adds voices of saw-like tones, each apart from its neighbours in tune and place, over the given time.
func (s *scene) chord(at, seconds, dull float64, notes ...float64) error {
	for _, hz := range notes {
		for _, cents := range []float64{-6, 5} {
			if err := s.stopped(); err != nil {
				return err
			}
			f := hz * math.Pow(2, (cents+s.between(-2, 2))/1200)
			var shares []float64
			for n, share := 1.0, 1.0; n < 20 && share > 0.015; n++ {
				share = 1 / n / (1 + math.Pow(n*f/dull, 2))
				shares = append(shares, share)
			}
			x := s.tone(seconds, f, arch(seconds, 0.35), shares...)
			s.put(at, x, cents*8+s.between(-12, 12), 0.1)
		}
	}
	return nil
}

func (s *scene) drone(item Item) error {
	root := s.between(46, 58)
	for at := -5.0; at < s.seconds(); at += 5 { // layers that rise and fall, so that the timbre moves
		start, length := max(at, 0), 10+min(at, 0)
		if err := s.chord(start, length, s.between(160, 260+500*item.strength()), root, root*1.498, root*2, root*2.378); err != nil {
			return err
		}
	}
	newReverb(s.rate, 1.3, 3, 1800, 0.3).add(s.out, s.speakers, 0.4)
	s.lowEnd(90, 0.4)
	return s.stopped()
}

func (s *scene) pad(item Item) error {
	root := s.between(105, 135)
	chords := [][]float64{{1, 1.2599, 1.4983, 1.8877}, {0.8409, 1, 1.2599, 1.4983}, {0.6674, 1, 1.3348, 1.6818}, {0.7492, 1.1225, 1.4983, 1.8877}}
	for k, at := 0, 0.0; at < s.seconds(); k, at = k+1, at+4 {
		var notes []float64
		for _, n := range chords[k%len(chords)] {
			notes = append(notes, 2*root*n)
		}
		if err := s.chord(at, 6.5, 500+1200*item.strength(), append(notes, root*chords[k%len(chords)][0])...); err != nil {
			return err
		}
	}
	newReverb(s.rate, 1.2, 2.6, 3500, 0.2).add(s.out, s.speakers, 0.35)
	return s.stopped()
}

func (s *scene) beat(item Item) error {
	step := 60.0 / 92 / 4
	if item.Speed > 0 {
		step /= item.Speed
	}
	kick := s.sung(0.35, func(t float64) float64 { return 48 + 95*math.Exp(-t/0.028) }, func(t float64) float64 { return min(1, t/0.002) * math.Exp(-t/0.11) }, 1, 0.12)
	from, to := item.When.Span(s.seconds())
	for n, t := 0, from+min(0.26, (to-from)/8); t < to; n, t = n+1, t+step {
		if err := s.stopped(); err != nil {
			return err
		}
		if k := n % 16; k == 0 || k == 7 || k == 10 {
			s.put(t, kick, 0, 1)
		}
		if n%8 == 4 {
			s.put(t, s.struck([]mode{{185, 0.06, 0.5}, {331, 0.04, 0.3}}), 0, 0.8)
			s.put(t, s.burst(2800, 0.5, 0.001, 0.07, 0.9), 0, 0.8)
		}
		if n%2 == 0 {
			s.put(t+0.012, s.burst(min(8500, 0.4*s.rate), 1.2, 0.0008, 0.018, 0.5), 22, s.between(0.7, 1))
		}
	}
	newReverb(s.rate, 0.4, 0.5, 4000, 0.05).add(s.out, s.speakers, 0.1)
	return s.stopped()
}

func (s *scene) beep(item Item) error {
	hz := s.between(995, 1005)
	for _, t := range s.turns(item, 1, 0) {
		x := s.sung(0.5, func(float64) float64 { return hz }, func(t float64) float64 { return min(1, t/0.006, max(0.5-t, 0)/0.006) }, 1)
		s.put(t, x, s.side(item, 0), 0.5)
	}
	return s.recede(item, 0.2)
}
