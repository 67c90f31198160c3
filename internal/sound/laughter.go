package sound

import (
	"math"
	"slices"
)

// Laughter is the sound of people who laugh.
const Laughter Kind = "laughter"

var laughter = Entry{Kind: Laughter, Doc: "people who laugh: runs of short vowels out of breath, about five a second, that slow down and fall in pitch; one takes it up from another",
	Takes: placed, Paint: (*scene).laughter}

// laughter has each person laugh in runs of four to nine calls. R. Provine and Y. Yong ("Laughter: a stereotyped human vocalization",
// 1991) measured calls of some 75 ms, 210 ms from one to the next, of an even vowel with harmonics.
func (s *scene) laughter(item Item) error {
	swell := s.wander(0.25)
	for range 3 + int(9*item.strength()) {
		if err := s.stopped(); err != nil {
			return err
		}
		side, far, pitch := s.side(item, 65), s.between(0.35, 1), s.between(150, 340)
		v := vowels[s.rng.IntN(2)] // open ones
		calls := several(5, func() []float32 { return s.laugh(pitch*s.between(0.95, 1.08), v) })
		for t := s.between(0, 1.2); t < s.seconds(); t += s.between(0.5, 2.2) {
			step, loud := s.between(0.17, 0.21), s.between(0.6, 1)
			for n := range 4 + s.rng.IntN(6) {
				at := min(int(t*s.rate), s.frames-1)
				s.put(t, calls[min(n/2, len(calls)-1)], side, far*loud*math.Exp(0.6*swell.at(at)))
				t += step
				step *= 1.05
				loud *= 0.88
			}
		}
	}
	return s.recede(item, 1.1)
}

// laugh is one call: breath, then a short vowel that falls.
func (s *scene) laugh(pitch float64, v [2]float64) []float32 {
	const breath, length = 0.045, 0.085
	vowel := s.sung(length, func(t float64) float64 { return pitch * (1.12 - 0.3*t/length) }, arch(length, 0.25), slices.Repeat([]float64{0.5}, 16)...)
	s.mouth(vowel, mode{v[0], 5, 1}, mode{v[1], 7, 0.6}, mode{2700, 7, 0.2})
	x := make([]float32, int(breath*s.rate)+len(vowel))
	copy(x[len(x)-len(vowel):], vowel)
	return upon(x, s.burst(v[1], 1.2, breath*0.7, 0.02, 0.25))
}
