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
)

var (
	applause = Entry{Kind: Applause, Doc: "dozens of people who clap in a hall, each at a pace of their own; more of them when strong", Takes: placed, Paint: (*scene).applause}
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
