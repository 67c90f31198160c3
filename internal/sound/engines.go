package sound

import "math"

// Sounds of engines.
const (
	Engine    Kind = "engine"
	Aeroplane Kind = "aeroplane"
)

var (
	engine = Entry{Kind: Engine, Doc: "a four-stroke engine: firings that are never quite alike through an exhaust, idling when weak, revving when strong", Takes: placed,
		Paint: (*scene).engine}
	aeroplane = Entry{Kind: Aeroplane, Doc: "a jet that flies over: a roar that swells and falls, brightest in the middle, and a whine that sinks as it passes", Takes: placed,
		Paint: (*scene).aeroplane}
)

func (s *scene) engine(item Item) error {
	side, firing := s.side(item, 15), 26*math.Pow(3, item.strength()) // a second
	revs := s.wander(0.5)
	pops := several(12, func() []float32 {
		x := s.struck([]mode{{s.between(66, 74), 0.016, 1}, {s.between(130, 150), 0.010, 0.6}, {s.between(280, 330), 0.006, 0.35}, {s.between(600, 700), 0.004, 0.15}})
		for i, v := range s.burst(900, 0.5, 0.001, 0.005, 0.25) {
			if i < len(x) {
				x[i] += v
			}
		}
		return x
	})
	uneven := []float64{1, 0.88, 0.95, 0.82} // the cylinders
	for n, t := 0, 0.0; t < s.seconds(); n++ {
		s.put(t, pops[s.rng.IntN(len(pops))], side, 0.4*uneven[n%4]*s.between(0.9, 1.1))
		t += s.between(0.985, 1.015) / (firing * (1 + 0.06*revs.at(min(int(t*s.rate), s.frames-1))))
	}
	for _, ch := range s.out {
		butterworth(2, 38, s.rate, highPass).run(ch)
	}
	return s.recede(item, 0.4)
}

func (s *scene) aeroplane(item Item) error {
	length := s.seconds()
	from, turn := s.between(-60, -30), s.between(0.42, 0.55)*length
	near := func(t float64) float64 { return 1 / (1 + math.Pow((t-turn)/max(0.22*length, 0.3), 2)) }
	for _, b := range []struct{ lo, hi, gain, power float64 }{{45, 320, 0.5, 0.6}, {250, 1200, 0.3, 1}, {1000, 5000, 0.12, 1.8}} {
		filter := append(butterworth(2, b.lo, s.rate, highPass), butterworth(2, b.hi, s.rate, lowPass)...)
		if err := s.noise(b.gain, filter, func(int) curve {
			own := s.wander(3)
			for i := range own {
				own[i] = math.Pow(near(float64(i)*block/s.rate), b.power) * (1 + 0.2*own[i])
			}
			return own
		}); err != nil {
			return err
		}
	}
	// The whine of the fan comes down as the aeroplane goes from coming near to going away.
	whine := s.between(1500, 1900)
	x := s.sung(length, func(t float64) float64 { return whine * (1 - 0.22*math.Tanh((t-turn)/max(0.15*length, 0.3))) },
		func(t float64) float64 { return 0.015 * near(t) * near(t) }, 1, 0.3)
	s.put(0, x, from/3, 1)
	s.lowEnd(90, 0.4)
	return s.recede(item, 0.6)
}
