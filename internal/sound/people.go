package sound

import (
	"math"
	"slices"
)

// Sounds of people.
const (
	Applause Kind = "applause"
	Murmur   Kind = "murmur"
	Crowd    Kind = "crowd"
	Cheering Kind = "cheering"
)

var (
	applause = Entry{Kind: Applause, Doc: "dozens of people who clap in a hall, each at a pace of their own; more of them when strong", Takes: placed, Paint: (*scene).applause}
	cheering = Entry{Kind: Cheering, Doc: "a crowd that cheers: open shouts that swell, whistles on two fingers, and applause", Takes: placed, Paint: (*scene).cheering}
	murmur   = Entry{Kind: Murmur, Doc: "voices that talk at once without words: glottal pulses through vowels that move, in syllables and pauses", Takes: placed,
		Paint: func(s *scene, item Item) error { return s.murmur(item, 7+int(9*item.strength()), 1) }}
	crowd = Entry{Kind: Crowd, Doc: "the voices of many people in a large place, as in murmur, so many that no one stands out", Takes: placed,
		Paint: func(s *scene, item Item) error { return s.murmur(item, 24+int(30*item.strength()), 1.7) }}
)

func (s *scene) applause(item Item) error {
	for range 18 + int(50*item.strength()) {
		if err := s.stopped(); err != nil {
			return err
		}
		side, far, pace := s.side(item, 70), s.between(0.3, 1), s.between(3, 4.6)
		hz, q := s.between(800, 2300), s.between(0.8, 1.8) // of the hollow between the hands
		claps := several(3, func() []float32 { return s.burst(hz*s.between(0.93, 1.07), q, 0.0006, 0.006, 0.8) })
		for t := s.between(0, 1/pace); t < s.seconds(); t += s.between(0.9, 1.1) / pace {
			s.put(t, claps[s.rng.IntN(3)], side, far*s.between(0.6, 1))
		}
	}
	return s.recede(item, 1.2)
}

// vowels are the first two formants of some, in hertz (G. Peterson and H. Barney, 1952).
var vowels = [][2]float64{{730, 1090}, {530, 1840}, {270, 2290}, {570, 840}, {640, 1190}, {440, 1020}}

// murmur adds so many voices, in a room that dies away in the given seconds.
func (s *scene) murmur(item Item, voices int, decay float64) error {
	muffle := butterworth(2, 2600*math.Pow(1.5, item.strength()), s.rate, lowPass)
	for range voices {
		if err := s.stopped(); err != nil {
			return err
		}
		side, far, pitch := s.side(item, 65), s.between(0.3, 1), s.between(95, 215)
		syllables := several(8, func() []float32 {
			length, from, to := s.between(0.10, 0.24), pitch*s.between(0.9, 1.2), pitch*s.between(0.85, 1.1)
			x := s.sung(length, func(t float64) float64 { return from + (to-from)*t/length }, arch(length, 0.25), slices.Repeat([]float64{0.5}, 18)...)
			v := vowels[s.rng.IntN(len(vowels))]
			s.mouth(x, mode{v[0], 5, 1}, mode{v[1], 8, 0.5}, mode{2600, 8, 0.15})
			muffle.rest()
			muffle.run(x)
			return x
		})
		for t := s.between(0, 0.5); t < s.seconds(); t += s.between(0.2, 1.1) { // a pause
			for range 4 + s.rng.IntN(12) {
				s.put(t, syllables[s.rng.IntN(8)], side, far*s.between(0.4, 1))
				t += s.between(0.13, 0.26)
			}
		}
	}
	return s.recede(item, decay)
}

func (s *scene) cheering(item Item) error {
	strong := item.strength()
	err := s.layers([]layer{
		{-23, false, func(l *scene) error { return l.shouts(item, 16+int(40*strong)) }},
		{-29, false, func(l *scene) error { return l.applause(Item{Strength: strong, Detail: item.Detail}) }},
		{-29 + 3*strong, true, func(l *scene) error { return l.whistles(item, 0.5+1.2*strong) }},
	})
	if err != nil {
		return err
	}
	return s.recede(item, 1.6)
}

// shouts are long open vowels of so many voices, driven hard, which come in swells as one takes it up from another.
func (s *scene) shouts(item Item, voices int) error {
	swell := s.wander(0.35)
	cries := several(24, func() []float32 {
		length, pitch := s.between(0.7, 1.7), s.between(190, 480)
		shake := s.between(3, 6)
		x := s.sung(length, func(t float64) float64 {
			return pitch * (0.78 + 0.3*math.Sin(math.Pi*math.Pow(t/length, 0.6))) * (1 + 0.015*math.Sin(2*math.Pi*shake*t))
		}, arch(length, 0.2), slices.Repeat([]float64{0.5}, 16)...)
		s.mouth(x, mode{s.between(700, 850), 4, 1}, mode{s.between(1150, 1400), 6, 0.7}, mode{2800, 6, 0.3})
		return x
	})
	for range voices {
		if err := s.stopped(); err != nil {
			return err
		}
		side, far, mine := s.side(item, 70), s.between(0.3, 1), s.rng.IntN(len(cries))
		for t := s.between(-0.6, 0.8); t < s.seconds(); t += s.between(0.8, 2.4) {
			at := min(max(int(t*s.rate), 0), s.frames-1)
			s.put(max(t, 0), cries[(mine+s.rng.IntN(2))%len(cries)], side, far*s.between(0.5, 1)*math.Exp(0.8*swell.at(at)))
		}
	}
	return s.stopped()
}

// whistles on fingers jump up and fall, so often a second.
func (s *scene) whistles(item Item, perSecond float64) error {
	for _, t := range s.random(perSecond) {
		length, hz := s.between(0.35, 0.8), s.between(1900, 2700)
		x := s.sung(length, func(t float64) float64 {
			x := t / length
			return hz * (0.75 + 0.45*math.Exp(-math.Pow((x-0.35)/0.22, 2)) + 0.1*x)
		}, arch(length, 0.15), 1, 0.05)
		s.put(t, x, s.side(item, 65), s.between(0.3, 1))
	}
	return s.stopped()
}
