package sound

import "math"

// Fire is the sound's name.
const Fire Kind = "fire"

var fire = Entry{Kind: Fire, Doc: "the flutter of flames, a faint hiss, and wood that crackles in clusters and snaps now and then", Takes: placed, Paint: (*scene).fire}

func (s *scene) fire(item Item) error {
	flames := s.wander(4)
	for _, b := range []struct{ lo, hi, gain, turns float64 }{{40, 240, 0.22, 9}, {250, 900, 0.035, 6}, {2500, 9000, 0.012, 2}} {
		filter := append(butterworth(2, b.lo, s.rate, highPass), butterworth(2, b.hi, s.rate, lowPass)...)
		if err := s.noise(b.gain*(0.5+item.strength()), filter, func(int) curve {
			own := s.wander(b.turns)
			for i := range own {
				own[i] = max(0.75+0.4*flames[i]+0.35*own[i], 0.1)
			}
			return own
		}); err != nil {
			return err
		}
	}
	side := s.side(item, 10)
	for _, start := range s.random(3 + 5*item.strength()) {
		pop := min(s.spread(0.9), 8)
		for t, left := start, s.rng.IntN(7); left >= 0; left-- {
			decay := 0.0012 * s.spread(0.5)
			s.put(t, s.burst(s.between(1200, 6500), s.between(0.7, 2), 0.0002, decay, 0.35*pop*s.between(0.3, 1)), side+s.between(-35, 35), 1)
			t += s.rng.ExpFloat64() * 0.02
		}
		if pop > 3.5 { // a log snaps
			s.put(start, s.struck([]mode{{s.between(280, 520), 0.006, 0.6}, {s.between(900, 1400), math.Sqrt(pop) * 0.002, 0.5}}), side, 0.5)
		}
	}
	return s.recede(item, 0.3)
}
