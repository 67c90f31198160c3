package sound

import (
	"math"

	"retake/internal/wish"
)

// Train is the sound's name. Its variants are what it has besides: "horn", "steam" and "whistle", which is that of a steam train.
const Train Kind = "train"

var train = Entry{Kind: Train, Doc: "a train that comes, goes by on jointed rails and is gone: wheels that roll, and clatter over the joints in pairs, over a rumble; with a horn, steam or a whistle where the prompt says so",
	Takes: []wish.Param{wish.Placing, wish.Nearness, wish.Heading, wish.Pace, wish.Variation}, Paint: (*scene).train}

// Lengths of a train, in metres.
const (
	carriage = 25.0 // over the couplings
	rail     = 18.0 // between joints
)

// axles is where the wheels of a carriage are, in metres behind its front.
var axles = []float64{1.75, 4.25, 20.75, 23.25}

// convoy is a train on its way: its front is nearest at the second first.
type convoy struct {
	first, metres, speed, heading, aside float64
	cars                                 int
}

// course is that of what is so many metres behind the front.
func (c convoy) course(behind float64) course {
	return course{at: c.first + behind/c.speed, metres: c.metres, speed: c.speed, heading: c.heading, aside: c.aside}
}

func (s *scene) train(item Item) error {
	steam := item.Variant == "steam" || item.Variant == "whistle"
	c := convoy{metres: 9 - 3*item.strength(), speed: s.between(20, 24) * item.pace(), heading: s.heading(item), aside: s.side(item, 0)}
	if steam {
		c.speed *= 0.6
	}
	c.cars = min(max(int(0.6*s.seconds()*c.speed/carriage), 2), 24)
	c.first = 0.46 * max(s.seconds()-float64(c.cars)*carriage/c.speed, 0.3*s.seconds())
	engine := -23.0
	if item.Variant == "horn" || item.Variant == "whistle" {
		engine = -18
	}
	err := s.layers([]layer{
		{-24, true, func(l *scene) error { return l.wheels(c) }},
		{-23, true, func(l *scene) error { l.joints(c); return nil }},
		{-29, true, func(l *scene) error { return l.rumble(c) }},
		{engine, true, func(l *scene) error { return l.locomotive(c, item.Variant, steam) }},
	})
	if err != nil {
		return err
	}
	s.lowEnd(100, 0.4)
	return s.recede(item, 0.6)
}

// wheels roll on rails, the noise of which is highest from half a kilohertz to two (D. Thompson, "Railway Noise and Vibration", 2009).
func (s *scene) wheels(c convoy) error {
	shape := chain{highPass(280, 0.6, s.rate), peaking(900, 0.7, 6, s.rate), peaking(1700, 1.2, 4, s.rate), lowPass(2800, 0.6, s.rate)}
	noise := several(3, func() []float32 { return s.rolling(5, shape) })
	for k := range c.cars {
		if err := s.stopped(); err != nil {
			return err
		}
		s.passes(c.course((float64(k)+0.5)*carriage), noise[k%3], s.between(0.8, 1.2))
	}
	return nil
}

// clacks are wheels that fall into the gaps of rails.
func (s *scene) clacks() [][]float32 {
	return several(6, func() []float32 {
		x := s.struck([]mode{{s.between(62, 74), 0.024, 0.7}, {s.between(120, 150), 0.018, 0.6}, {s.between(300, 380), 0.012, 0.5}, {s.between(680, 820), 0.010, 0.5},
			{s.between(1050, 1250), 0.009, 0.4}, {s.between(1900, 2300), 0.006, 0.25}, {s.between(3200, 3800), 0.004, 0.1}})
		return upon(x, s.burst(1300, 0.5, 0.001, 0.010, 0.8))
	})
}

// joints clatter: every axle of the train goes over each of those that lie near.
func (s *scene) joints(c convoy) {
	clacks, first := s.clacks(), s.between(-0.3, 0.3)*rail
	for car := range c.cars {
		for _, axle := range axles {
			way := c.course(float64(car)*carriage + axle)
			hard := s.between(0.75, 1)
			for j := -2.0; j <= 2; j++ {
				along := first + j*rail
				metres := math.Hypot(along, c.metres)
				azimuth := c.aside + c.heading*math.Atan2(along, c.metres)*180/math.Pi
				s.put(way.at+along/c.speed+metres/soundSpeed, clacks[s.rng.IntN(len(clacks))], azimuth, hard*math.Pow(c.metres/metres, 1.5))
			}
		}
	}
}

// rumble is what the ground brings: low, from everywhere, long before the train and after it.
func (s *scene) rumble(c convoy) error {
	passing := float64(c.cars) * carriage / c.speed
	filter := append(butterworth(2, 30, s.rate, highPass), butterworth(2, 120, s.rate, lowPass)...)
	return s.noise(0.2, filter, func(int) curve {
		own := s.wander(5)
		for i := range own {
			t := float64(i)*block/s.rate - c.first
			away := max(-t, t-passing, 0) * c.speed / 22
			own[i] = math.Exp(-away/1.6) * (1 + 0.4*own[i])
		}
		return own
	})
}

// locomotive is what draws it.
func (s *scene) locomotive(c convoy, variant string, steam bool) error {
	one := s.single()
	if steam {
		one.chuff(c.speed)
	} else {
		// A diesel, turning evenly: the exhaust of twelve cylinders and the whine of what charges them.
		copy(one.out[0], one.motor(one.seconds(), 92, true))
		one.out.scale(0.5)
		breath := one.rolling(4, chain{highPass(90, 0.7, s.rate), lowPass(420, 0.6, s.rate)})
		for i := range one.out[0] {
			one.out[0][i] += 0.5 * breath[i%len(breath)]
		}
	}
	switch variant {
	case "horn":
		one.blow(c.first, []float64{255, 311.1, 370, 440, 493.9}, 0, 0.35)
	case "whistle":
		one.blow(c.first, []float64{523.3, 622.3, 740}, 0.35, 0.5)
	}
	s.passes(c.course(2), one.out[0], 1)
	return s.stopped()
}

// chuff paints the exhaust of two cylinders: four beats for each turn of wheels of 5.2 m, one of them harder.
func (s *scene) chuff(speed float64) {
	beats := several(4, func() []float32 {
		return upon(s.burst(420, 0.4, 0.012, 0.045, 1), s.burst(1900, 0.5, 0.010, 0.030, 0.5))
	})
	gap := 5.2 / 4 / speed
	for n, t := 0, 0.0; t < s.seconds(); n, t = n+1, t+gap*s.between(0.97, 1.03) {
		weight := 0.8
		if n%4 == 0 {
			weight = 1.1
		}
		s.put(t, beats[n%4], 0, weight*s.between(0.9, 1))
	}
	hiss := s.rolling(4, chain{highPass(1800, 0.7, s.rate), lowPass(6000, 0.6, s.rate)})
	for i := range s.out[0] {
		s.out[0][i] += 0.02 * hiss[i%len(hiss)]
	}
}

// blow sounds a chord twice, before the moment in which the train is there: notes in hertz, with so much breath in them.
func (s *scene) blow(there float64, notes []float64, breath, gain float64) {
	for _, call := range []struct{ before, seconds float64 }{{2.6, 1.5}, {0.7, 0.9}} {
		length := min(call.seconds, 0.4*s.seconds())
		level := arch(length, 0.12)
		for _, hz := range notes {
			bend := s.between(0.97, 1)
			x := s.sung(length, func(t float64) float64 { return hz * (1 - 0.05*math.Exp(-t/0.06)) * bend }, level, 1, 0.7, 0.55, 0.4, 0.28, 0.2, 0.12, 0.08)
			if breath > 0 {
				x = s.sung(length, func(t float64) float64 { return hz * (1 - 0.08*math.Exp(-t/0.08)) * bend }, level, 1, 0.12, 0.2, 0.03)
				for i := range x {
					x[i] += float32(breath * 0.3 * s.white() * level(float64(i)/s.rate))
				}
			}
			s.put(max(there-call.before, 0.03*s.seconds()), x, 0, gain)
		}
	}
}
