package sound

import (
	"math"

	"retake/internal/wish"
)

// Sounds of old machines.
const (
	Projector Kind = "projector"
	Scratch   Kind = "record scratch"
)

var (
	projector = Entry{Kind: Projector, Doc: "a film projector: the claw that draws 18 pictures a second, the film that flutters, a motor and its fan",
		Takes: []wish.Param{wish.Placing, wish.Nearness, wish.Pace}, Paint: (*scene).projector}
	scratch = Entry{Kind: Scratch, Doc: "a record pulled back and forth under the needle: a tone and a hiss that go up and down with the hand", Takes: repeated,
		Timed: true, ByPeak: true, Level: brief, Paint: (*scene).scratches}
)

func (s *scene) projector(item Item) error {
	side, pace := s.side(item, 12), 18*item.pace()
	claws := several(6, func() []float32 {
		x := s.struck([]mode{{s.between(290, 340), 0.006, 0.35}, {s.between(820, 900), 0.005, 0.5}, {s.between(1650, 1850), 0.004, 0.45}, {s.between(3100, 3500), 0.0025, 0.3}})
		return upon(x, s.burst(2600, 0.5, 0.0008, 0.004, 0.7))
	})
	drift := s.wander(0.4)
	for n, t := 0, 0.0; t < s.seconds(); n++ {
		turn := 1 + 0.25*math.Sin(2*math.Pi*float64(n)/8) // the sprocket isn't quite round
		s.put(t, claws[s.rng.IntN(6)], side, turn*s.between(0.85, 1))
		s.put(t+0.42/pace, claws[s.rng.IntN(6)], side, 0.4*s.between(0.7, 1)) // the claw lets go
		s.put(t+s.between(0.5, 0.8)/pace, s.burst(4200, 0.8, 0.004, 0.006, 0.25), side, turn)
		t += s.between(0.985, 1.015) / (pace * (1 + 0.015*drift.at(min(int(t*s.rate), s.frames-1))))
	}
	one := s.single()
	fan, motor := one.rolling(5, chain{highPass(200, 0.7, s.rate), peaking(620, 2, 6, s.rate), lowPass(2200, 0.6, s.rate)}), one.motor(s.seconds(), 4*pace, false)
	for i := range fan {
		fan[i] *= 0.12
	}
	for at := 0.0; at < s.seconds(); at += float64(len(fan)) / s.rate {
		s.put(at, fan, side, 1)
	}
	s.put(0, motor, side, 0.05)
	return s.recede(item, 0.35)
}

// scratches are heard once, unless it is said how often.
func (s *scene) scratches(item Item) error {
	if item.Count == 0 {
		item.Count = 1
	}
	for _, t := range s.turns(item, 1.2, 0.1) {
		side := s.side(item, 8)
		// How fast the groove runs under the needle: forth, back, and away.
		for _, stroke := range []struct{ seconds, top float64 }{{s.between(0.09, 0.13), 1}, {s.between(0.13, 0.18), 0.8}, {s.between(0.28, 0.36), 1.5}} {
			length := stroke.seconds / item.pace()
			speed := func(t float64) float64 {
				return stroke.top * math.Pow(math.Sin(math.Pi*min(t/length, 1)), 0.7)
			}
			x := s.sung(length, func(t float64) float64 { return 60 + 520*speed(t) }, func(t float64) float64 { return 0.25 * speed(t) },
				0.6, 0.8, 1, 0.9, 0.7, 0.5, 0.45, 0.35, 0.3, 0.2, 0.2, 0.15)
			var groove svf
			for i := range x {
				v := speed(float64(i) / s.rate)
				if i%block == 0 {
					groove.set(300+3600*v, 1.4, s.rate)
				}
				_, hiss := groove.tick(s.white())
				x[i] += float32(0.5 * v * hiss)
			}
			s.put(t, x, side, 1)
			t += length + 0.012
		}
	}
	return s.recede(item, 0.2)
}
