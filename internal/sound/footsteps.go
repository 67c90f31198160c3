package sound

import "retake/internal/wish"

// Footsteps is the sound's name. Its variants are the grounds.
const Footsteps Kind = "footsteps"

var footsteps = Entry{Kind: Footsteps, Doc: "heel and toe on a hard floor, or on wood, gravel or snow, left and right in turn",
	Takes: []wish.Param{wish.Placing, wish.Nearness, wish.Counted, wish.Pace, wish.Variation},
	Timed: true, ByPeak: true, Level: brief, Paint: (*scene).footsteps}

func (s *scene) footsteps(item Item) error {
	side, boards := s.side(item, 20), s.wood(85, 0.03)
	for n, t := range s.turns(item, 0.56, 0.08) {
		where := side + float64(n%2*8-4)
		for _, part := range []struct{ late, weight float64 }{{0, 1}, {s.between(0.09, 0.13), 0.55}} { // heel, toe
			s.tread(item.Variant, t+part.late, part.weight*s.between(0.8, 1), where, boards)
		}
	}
	return s.recede(item, 0.4)
}

func (s *scene) tread(ground string, t, weight, side float64, boards []mode) {
	s.put(t, s.struck([]mode{{70, 0.018, 0.5}, {128, 0.014, 0.3}}), side, weight)
	switch ground {
	case "gravel": // stones that grate on one another
		for range 28 + s.rng.IntN(14) {
			late := 0.012 * s.rng.ExpFloat64() * 2.2
			s.put(t+late, s.burst(s.between(1600, 6500), 2.5, 0.0004, s.between(0.001, 0.004), 0.9*s.spread(0.6)), side+s.between(-5, 5), weight*0.6)
		}
	case "snow": // crystals that break, close on one another and dull
		for range 60 {
			late := 0.17 * s.rng.Float64()
			s.put(t+late, s.burst(s.between(500, 2600), 1.6, 0.0015, s.between(0.003, 0.008), 0.5*s.spread(0.5)), side+s.between(-3, 3), weight*0.4)
		}
	case "wood":
		s.put(t, s.struck(boards), side, 0.5*weight)
		s.put(t, s.burst(900, 0.7, 0.0008, 0.006, 0.5), side, weight)
	default:
		s.put(t, s.struck([]mode{{410, 0.010, 0.3}, {1150, 0.008, 0.3}, {2300, 0.005, 0.25}}), side, weight)
		s.put(t, s.burst(2700, 0.7, 0.0006, 0.007, 0.7), side, weight)
	}
}
