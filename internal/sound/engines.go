package sound

import (
	"math"

	"retake/internal/wish"
)

// Sounds of engines.
const (
	Engine    Kind = "engine"
	Aeroplane Kind = "aeroplane"
)

var (
	engine = Entry{Kind: Engine, Doc: "a four-stroke engine: firings that are never quite alike through an exhaust, idling when weak, revving when strong", Takes: placed,
		Paint: (*scene).engine}
	aeroplane = Entry{Kind: Aeroplane, Doc: "a jet that flies over: a roar that swells and falls, combed by its echo from the ground, and the whine of its fans, which sinks as it passes", Takes: []wish.Param{wish.Placing, wish.Nearness, wish.Heading},
		Paint: (*scene).aeroplane}
)

func (s *scene) engine(item Item) error {
	side, firing := s.side(item, 15), 26*math.Pow(3, item.strength()) // a second
	revs := s.wander(0.5)
	pops := several(12, func() []float32 {
		x := s.struck([]mode{{s.between(66, 74), 0.016, 1}, {s.between(130, 150), 0.010, 0.6}, {s.between(280, 330), 0.006, 0.35}, {s.between(600, 700), 0.004, 0.15}})
		return upon(x, s.burst(900, 0.5, 0.001, 0.005, 0.25))
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

// aeroplane flies over at a height that lets it come and go within the segment. What its fans send ahead and its jet behind is
// changed by the way: the whine falls, and the way by the ground combs the roar.
func (s *scene) aeroplane(item Item) error {
	c := course{at: s.between(0.44, 0.54) * s.seconds(), speed: 88, heading: s.heading(item), aside: s.side(item, 0)}
	c.metres = min(max(0.17*s.seconds()*c.speed, 60), 400)
	c.height = c.metres
	roar := s.rolling(8, chain{highPass(50, 0.7, s.rate), lowPass(240, 0.5, s.rate), peaking(130, 0.7, 4, s.rate)})
	tear := s.rolling(7, chain{highPass(300, 0.6, s.rate), lowPass(1600, 0.5, s.rate)})
	for _, part := range []struct {
		x          []float32
		gain, late float64 // how much later than the nearest moment it is loudest, in units of the time to come near
	}{{roar, 1, 0.5}, {tear, 0.45, 0.25}, {s.fans(9), 0.11, -0.35}} {
		if err := s.sends(c, part.x, part.gain, part.late); err != nil {
			return err
		}
	}
	flutter := s.wander(5) // of the air in between
	for _, ch := range s.out {
		for i := range ch {
			ch[i] *= float32(1 + 0.22*flutter.at(i))
		}
	}
	s.lowEnd(90, 0.4)
	return s.recede(item, 0.6)
}

// sends adds what an aeroplane sends most of some time after it was nearest, or before.
func (s *scene) sends(c course, x []float32, gain, late float64) error {
	l := s.apart()
	l.passes(c, x, gain)
	near := c.metres / c.speed
	top := make(curve, s.frames/block+2)
	for i := range top {
		sent, _, _ := c.heard(float64(i) * block / s.rate)
		top[i] = 0.25 + 0.75/(1+math.Pow((sent-c.at-late*near)/(1.6*near), 2))
	}
	for k, ch := range l.out {
		for i, v := range ch {
			s.out[k][i] += v * float32(top.at(i))
		}
	}
	return s.stopped()
}

// fans are so many seconds of the tones of two engines, which beat: that of their blades, and those of the shaft below it.
func (s *scene) fans(seconds float64) []float32 {
	var x []float32
	for _, blades := range []float64{1650, 1662} {
		shaft := math.Round(blades/22*seconds) / seconds
		shares := make([]float64, 44)
		for n := range shares {
			shares[n] = s.between(0, 0.05)
		}
		shares[21], shares[43] = 1, 0.35
		y := s.sung(seconds, func(float64) float64 { return shaft }, func(float64) float64 { return 0.5 }, shares...)
		if x == nil {
			x = make([]float32, len(y))
		}
		for i, v := range y {
			x[i] += v
		}
	}
	return x[:max(len(x)-1, 0)]
}
