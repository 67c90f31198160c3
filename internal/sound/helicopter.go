package sound

import "retake/internal/wish"

// Helicopter is the sound's name.
const Helicopter Kind = "helicopter"

var helicopter = Entry{Kind: Helicopter, Doc: "a helicopter that flies over: the slap of the blades, the tone of the tail rotor and the whine of the turbine, combed by the ground",
	Takes: []wish.Param{wish.Placing, wish.Nearness, wish.Heading, wish.Pace}, Paint: (*scene).helicopter}

func (s *scene) helicopter(item Item) error {
	one := s.single()
	one.blades(s.between(11, 14))
	copies := []struct {
		x    []float32
		gain float32
	}{
		{one.motor(one.seconds(), s.between(100, 120), true), 0.035},
		{one.tone(one.seconds(), min(s.between(3000, 3600), 0.4*s.rate), func(float64) float64 { return 1 }, 1, 0.2), 0.010},
		{one.rolling(5, chain{highPass(180, 0.7, s.rate), lowPass(1400, 0.5, s.rate)}), 0.12},
	}
	for _, c := range copies {
		for i := range one.out[0] {
			one.out[0][i] += c.gain * c.x[i%len(c.x)]
		}
	}
	c := course{at: s.between(0.45, 0.58) * s.seconds(), speed: 32 * item.pace(), heading: s.heading(item), aside: s.side(item, 0)}
	c.metres = min(max(0.2*s.seconds()*c.speed, 40), 160)
	c.height = c.metres
	s.passes(c, one.out[0], 1)
	for _, ch := range s.out {
		butterworth(2, 38, s.rate, highPass).run(ch)
	}
	s.lowEnd(90, 0.5)
	return s.recede(item, 0.7)
}

// blades slap the air so often a second: each a low push with a crack upon it, no two quite alike.
func (s *scene) blades(perSecond float64) {
	slaps := several(4, func() []float32 {
		x := s.struck([]mode{{s.between(48, 56), 0.020, 1}, {s.between(95, 110), 0.015, 0.9}, {s.between(170, 210), 0.010, 0.6}, {s.between(330, 400), 0.006, 0.35}})
		return upon(x, s.burst(750, 0.4, 0.004, 0.010, 0.45))
	})
	for n, t := 0, 0.0; t < s.seconds(); n, t = n+1, t+s.between(0.99, 1.01)/perSecond {
		weight := 0.8
		if n%2 == 0 {
			weight = 1 // one of the two blades is a little higher
		}
		s.put(t, slaps[s.rng.IntN(len(slaps))], 0, 0.5*weight*s.between(0.9, 1))
	}
}
