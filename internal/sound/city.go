package sound

import "slices"

// Sounds of a street.
const (
	City Kind = "city"
	Horn Kind = "horn"
)

var horn = Entry{Kind: Horn, Doc: "the horn of a car, two discs a third apart, blown once and again", Takes: repeated,
	Timed: true, ByPeak: true, Level: brief, Paint: (*scene).horn}

var city = Entry{Kind: City, Doc: "a street in a town: the murmur of traffic far and near, a car that goes by, people who walk past and talk, and a horn some streets away",
	Takes: placed, Paint: (*scene).city}

func (s *scene) city(item Item) error {
	strong := item.strength()
	err := s.layers([]layer{
		{-29, false, func(l *scene) error { return l.farTraffic(1) }},
		{-21 + 3*strong, true, func(l *scene) error { return l.streetCars(strong) }},
		{-35 + 5*strong, false, func(l *scene) error {
			return l.murmur(Item{Strength: 0.2, Detail: item.Detail}, 3+int(5*strong), 0.9)
		}},
		{-31 + 3*strong, true, func(l *scene) error { return l.walkers(strong) }},
		{-27 + 2*strong, true, func(l *scene) error { return l.farHorns(strong) }},
	})
	if err != nil {
		return err
	}
	return s.recede(item, 0.7)
}

// streetCars go by across the street, a few in a minute.
func (s *scene) streetCars(strong float64) error {
	cars, err := s.vehicles()
	if err != nil {
		return err
	}
	gap := 11 - 6*strong
	for t := s.seconds() * s.between(0.3, 0.5); t < s.seconds()+2; t += gap * s.between(0.6, 1.5) {
		c := course{at: t, metres: s.between(11, 20), speed: s.between(8, 12), heading: float64(s.rng.IntN(2)*2 - 1)}
		s.passes(c, cars[s.rng.IntN(len(cars))], 11/c.metres)
	}
	return s.stopped()
}

// walkers go past at their own pace, from one side to the other.
func (s *scene) walkers(strong float64) error {
	boards := s.wood(85, 0.03) // soles
	for t := s.between(-2, 1); t < s.seconds(); t += s.between(3, 7) * (1.4 - 0.8*strong) {
		heading, nearest := float64(s.rng.IntN(2)*2-1), s.between(1.5, 3.5)
		pace, far := s.between(0.48, 0.58), s.between(2, 5)
		for n := range 16 {
			at := t + pace*(float64(n)+s.between(0, 0.08))
			c := course{at: t + 4, metres: far, speed: 1.4, heading: heading}
			_, metres, azimuth := c.heard(at)
			for _, part := range []struct{ late, weight float64 }{{0, 1}, {s.between(0.09, 0.13), 0.5}} {
				s.tread("", at+part.late, part.weight*nearest/metres*s.between(0.75, 1), azimuth, boards)
			}
		}
	}
	return s.stopped()
}

// farHorns blow once or twice, streets away, with the walls of the houses behind them.
func (s *scene) farHorns(strong float64) error {
	for t := s.seconds() * s.between(0.45, 0.7); t < s.seconds(); t += s.between(7, 16) * (1.3 - 0.6*strong) {
		pitch, side := s.between(0.92, 1.1), s.between(-60, 60)
		for range 1 + s.rng.IntN(2) {
			length := s.between(0.18, 0.55)
			s.put(t, s.hoot(length, pitch), side, 1)
			t += length + s.between(0.12, 0.2)
		}
	}
	for _, ch := range s.out {
		butterworth(2, 1500, s.rate, lowPass).run(ch)
	}
	newReverb(s.rate, 1.4, 1.9, 1800, 0.9).add(s.out, s.speakers, 0.7)
	return s.stopped()
}

func (s *scene) horn(item Item) error {
	side, pitch := s.side(item, 30), s.between(0.92, 1.1)
	gap := 0.9
	if item.Count == 0 {
		gap = 5
	}
	for _, t := range s.turns(item, gap, 0.3) {
		length := s.between(0.22, 0.6)
		s.put(t, s.hoot(length, pitch), side, 1)
		if item.Count == 0 && s.rng.Float64() < 0.5 { // once more
			s.put(t+length+s.between(0.1, 0.2), s.hoot(s.between(0.3, 0.9), pitch), side, 1)
		}
	}
	return s.recede(item, 0.9)
}

// hoot is a car's horn: two discs a major third apart, hard and nasal.
func (s *scene) hoot(length, pitch float64) []float32 {
	level := func(t float64) float64 { return min(1, t/0.012, max(length-t, 0)/0.03) }
	shares := []float64{0.5, 0.55, 0.8, 0.9, 1, 0.8, 0.6, 0.5, 0.35, 0.25, 0.2, 0.12, 0.08, 0.06}
	x := s.sung(length, func(float64) float64 { return 408 * pitch }, level, shares...)
	for i, v := range s.sung(length, func(float64) float64 { return 512 * pitch }, level, slices.Concat(shares[1:], shares[:1])...) {
		x[i] = 0.1 * (x[i] + v)
	}
	return x
}
