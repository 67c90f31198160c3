package sound

import (
	"math"
	"slices"
)

// Sounds of animals.
const (
	Birds    Kind = "birds"
	Crickets Kind = "crickets"
	Frogs    Kind = "frogs"
	Gulls    Kind = "gulls"
	Cat      Kind = "cat"
	Dog      Kind = "dog"
)

var (
	birds = Entry{Kind: Birds, Doc: "birds in several trees, each with its own song of gliding and trilling notes; more of them when strong", Takes: placed,
		Paint: (*scene).birds}
	crickets = Entry{Kind: Crickets, Doc: "crickets all around, each with its own pitch near 4.5 kHz and its own pace", Takes: placed, Paint: (*scene).crickets}
	gulls    = Entry{Kind: Gulls, Doc: "gulls that circle: long mewing cries, and now and then a row of laughs that get quicker and sink", Takes: placed, Paint: (*scene).gulls}
	frogs    = Entry{Kind: Frogs, Doc: "frogs around a pond that croak in turn", Takes: placed, Paint: (*scene).frogs}
	cat      = Entry{Kind: Cat, Doc: "a cat that mews: a voice whose mouth opens and closes again", Takes: repeated, Timed: true, ByPeak: true, Level: brief, Paint: (*scene).cat}
	dog      = Entry{Kind: Dog, Doc: "a dog that barks twice or three times, and again", Takes: repeated, Timed: true, ByPeak: true, Level: brief, Paint: (*scene).dog}
)

func (s *scene) birds(item Item) error {
	for range 3 + int(5*item.strength()) {
		if err := s.stopped(); err != nil {
			return err
		}
		side, far := s.side(item, 70), s.between(0.25, 1)
		base := min(s.between(2300, 5200), 0.3*s.rate)
		type note struct{ from, to, bend, seconds, trill, gap float64 }
		var song []note
		for range 2 + s.rng.IntN(4) {
			n := note{from: base * s.between(0.8, 1.25), to: base * s.between(0.75, 1.3), bend: s.between(-0.12, 0.2), seconds: s.between(0.06, 0.22), gap: s.between(0.03, 0.12)}
			if s.rng.Float64() < 0.35 {
				n.trill = s.between(18, 34)
			}
			song = append(song, n)
			if s.rng.Float64() < 0.4 { // said again
				song = append(song, n, n)
			}
		}
		for t := s.seconds() * s.between(0, 0.3); t < s.seconds(); t += s.between(0.8, 3.2) {
			for _, n := range song {
				rise := arch(n.seconds, 0.25)
				x := s.sung(n.seconds, func(t float64) float64 {
					x := t / n.seconds
					f := n.from + (n.to-n.from)*x + base*n.bend*math.Sin(math.Pi*x)
					return f * (1 + 0.06*math.Sin(2*math.Pi*n.trill*t))
				}, rise, 1, 0.06, 0.02)
				s.put(t, x, side, far*s.between(0.8, 1))
				t += n.seconds + n.gap
			}
		}
	}
	return s.recede(item, 1)
}

func (s *scene) crickets(item Item) error {
	for range 5 + int(8*item.strength()) {
		if err := s.stopped(); err != nil {
			return err
		}
		side, far := s.side(item, 75), s.spread(0.6)
		hz := min(s.between(4000, 5100), 0.4*s.rate)
		pulses, pace := 3+s.rng.IntN(2), s.between(2.1, 3)
		chirp := s.sung(0.019, func(float64) float64 { return hz }, arch(0.019, 0.3), 1, 0.03)
		for t := s.between(0, 1/pace); t < s.seconds(); t += s.between(0.95, 1.05) / pace {
			for k := range pulses {
				s.put(t+0.031*float64(k), chirp, side, far*(0.7+0.1*float64(k)))
			}
		}
	}
	return s.recede(item, 0.6)
}

func (s *scene) frogs(item Item) error {
	for range 4 + int(5*item.strength()) {
		if err := s.stopped(); err != nil {
			return err
		}
		side, far, size := s.side(item, 70), s.between(0.2, 1), s.between(0.8, 1.3)
		croaks := several(2, func() []float32 {
			length, pulse := s.between(0.18, 0.34), s.between(42, 75)/size
			x := s.sung(length, func(t float64) float64 { return pulse * (1 + 0.5*t) }, arch(length, 0.35), slices.Repeat([]float64{1}, 40)...)
			s.mouth(x, mode{620 / size, 5, 1}, mode{1450 / size, 6, 0.8}, mode{2500 / size, 5, 0.25})
			return x
		})
		for t := s.between(0, 0.35*s.seconds()); t < s.seconds(); t += s.between(0.55, 2.6) {
			for range 1 + s.rng.IntN(3) {
				s.put(t, croaks[s.rng.IntN(2)], side, far*s.between(0.8, 1))
				t += s.between(0.38, 0.5)
			}
		}
	}
	return s.recede(item, 0.9)
}

func (s *scene) gulls(item Item) error {
	for range 2 + int(4*item.strength()) {
		if err := s.stopped(); err != nil {
			return err
		}
		side, far, voice := s.side(item, 70), s.between(0.25, 1), s.between(0.85, 1.2)
		drift := s.between(-6, 6) // degrees a second
		cry := func(length, pitch float64) []float32 {
			x := s.sung(length, func(t float64) float64 {
				x := t / length // up at once, then down in a long bow
				return pitch * (0.72 + 0.45*min(x/0.18, 1) - 0.38*max(x-0.25, 0)/0.75)
			}, arch(length, 0.16), 0.7, 1, 0.75, 0.6, 0.35, 0.2, 0.1)
			s.mouth(x, mode{1500 * voice, 1.6, 1}, mode{2900 * voice, 2.5, 0.7}, mode{5200, 3, 0.2})
			return x
		}
		long, short := cry(s.between(0.55, 0.85), 900*voice), cry(s.between(0.2, 0.26), 860*voice)
		for t := min(0.3*s.seconds(), 2) * s.between(0, 1); t < s.seconds(); t += s.between(1.2, 4.5) {
			if s.rng.Float64() < 0.3 {
				for k, n := 0, 4+s.rng.IntN(5); k < n; k++ {
					s.put(t, short, side+drift*t, far*(1-0.05*float64(k)))
					t += 0.34 * math.Pow(0.96, float64(k))
				}
				continue
			}
			for range 1 + s.rng.IntN(3) {
				s.put(t, long, side+drift*t, far*s.between(0.7, 1))
				t += s.between(0.7, 1.1)
			}
		}
	}
	return s.recede(item, 0.9)
}

func (s *scene) cat(item Item) error {
	side, voice := s.side(item, 25), s.between(0.9, 1.15)
	for _, t := range s.turns(item, 2.2, 0.35) {
		length, top := s.between(0.6, 0.95), 640*voice*s.between(0.92, 1.08)
		level := arch(length, 0.35)
		x := s.sung(length, func(t float64) float64 {
			x := t / length
			return top * (0.68 + 0.34*math.Sin(math.Pi*math.Pow(x, 0.7)) - 0.1*x)
		}, level, 1, 0.8, 0.7, 0.55, 0.45, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1, 0.1)
		var low, high svf
		for i, v := range x {
			if i%block == 0 { // mi, a, ow
				x := float64(i) / s.rate / length
				open := math.Sin(math.Pi * math.Pow(min(x, 1), 0.8))
				low.set(voice*(480+820*open), 3.5, s.rate)
				high.set(voice*(2500-900*math.Min(1.6*x, 1)+300*open), 5, s.rate)
			}
			dry := float64(v) + 0.05*s.white()*level(float64(i)/s.rate)
			_, a := low.tick(dry)
			_, b := high.tick(dry)
			x[i] = float32(0.5*a + 0.3*b)
		}
		s.put(t, x, side, s.between(0.85, 1))
	}
	return s.recede(item, 0.5)
}

func (s *scene) dog(item Item) error {
	side, voice := s.side(item, 25), s.between(330, 440)
	var times []float64
	if item.Count > 0 {
		times = s.turns(item, 0.48, 0.25)
	} else {
		for _, t := range s.turns(item, 2.4, 0.2) {
			for range 2 + s.rng.IntN(2) {
				times = append(times, t)
				t += s.between(0.36, 0.5)
			}
		}
	}
	_, to := item.When.Span(s.seconds())
	for _, t := range times {
		if t > to {
			break
		}
		length, pitch := s.between(0.13, 0.19), voice*s.between(0.94, 1.06)
		level := arch(length, 0.18)
		x := s.sung(length, func(t float64) float64 { return pitch * (0.78 + 0.5*math.Sin(math.Pi*min(t/length, 1)*0.9)) }, level, 1, 0.9, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2, 0.15)
		for i := range x { // a bark is half breath
			x[i] += float32(0.5 * s.white() * level(float64(i)/s.rate))
		}
		s.mouth(x, mode{750, 2.2, 1}, mode{1500, 3, 0.8}, mode{2900, 3, 0.3})
		s.put(t, x, side, s.between(0.85, 1))
	}
	return s.recede(item, 0.8)
}
