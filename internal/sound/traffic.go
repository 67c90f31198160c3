package sound

import (
	"math"

	"retake/internal/wish"
)

// Traffic is the sound's name.
const Traffic Kind = "traffic"

var traffic = Entry{Kind: Traffic, Doc: "cars and now and then a lorry that go by on two lanes, with the roar of tyres and engines below it, over the traffic of other streets; more of them when strong",
	Takes: []wish.Param{wish.Placing, wish.Nearness, wish.Heading, wish.Pace}, Paint: (*scene).traffic}

func (s *scene) traffic(item Item) error {
	strong := item.strength()
	if err := s.lay(-36+4*strong, false, func(l *scene) error { return l.farTraffic(0.35) }); err != nil {
		return err
	}
	cars, err := s.vehicles()
	if err != nil {
		return err
	}
	gap := 7 * math.Pow(0.2, strong)
	aside := s.side(item, 0)
	return s.lay(-23, false, func(l *scene) error {
		for t := min(0.4*l.seconds(), 0.6*gap+1) * s.between(0.8, 1.1); t < l.seconds()+2; t += gap * s.between(0.45, 1.6) {
			if err := s.stopped(); err != nil {
				return err
			}
			// On the near lane they come from the left.
			c := course{at: t, metres: s.between(4.5, 6.5), speed: s.between(11, 17) * item.pace(), heading: 1, aside: aside}
			if s.rng.Float64() < 0.45 {
				c.metres, c.heading = s.between(8.5, 11), -1
			}
			if item.Direction != "" {
				c.heading = s.heading(item)
			}
			v := cars[s.rng.IntN(len(cars))]
			l.passes(c, v, s.spread(0.22)*5/c.metres)
		}
		l.lowEnd(110, 0.4)
		return l.recede(item, 0.6)
	})
}

// vehicles are some cars and a lorry as they sound near by.
func (s *scene) vehicles() ([][]float32, error) {
	var list [][]float32
	for n := range 4 {
		lorry := n == 3
		x, firing, motor := s.tyres(s.between(0.85, 1.2)), s.between(48, 80), 0.10
		if lorry {
			x, firing, motor = s.tyres(0.7), s.between(34, 40), 0.24
		}
		m := s.motor(float64(len(x))/s.rate, firing, lorry)
		for i := range x {
			x[i] += float32(motor) * m[i]
		}
		list = append(list, x)
		if err := s.stopped(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// tyres roll on asphalt: noise with a hump at about 1 kHz, which the pattern and the depth of the tread make (U. Sandberg, "The
// multi-coincidence peak around 1000 Hz in tyre/road noise spectra", 2003).
func (s *scene) tyres(size float64) []float32 {
	shape := chain{highPass(160*size, 0.6, s.rate), peaking(950*size, 0.9, 9, s.rate), lowPass(1500*size, 0.5, s.rate), lowPass(5200, 0.6, s.rate)}
	x := s.rolling(7, shape)
	planes{x}.scale(0.2 / max(rms(planes{x}), 1e-9))
	return x
}

// motor is an engine under load, firing so often a second: harmonics of half of that, as no two cylinders are alike, which goes round
// without a seam.
func (s *scene) motor(seconds, firing float64, rough bool) []float32 {
	half := math.Max(math.Round(firing/2*seconds), 1) / seconds
	var shares []float64
	for n := 1; n <= 24; n++ {
		share := s.between(0.15, 0.4) / (1 + float64(n)/6)
		if n%2 == 0 {
			share = s.between(0.7, 1) / (1 + float64(n)/5)
		}
		if rough {
			share *= s.between(0.5, 1.5)
		}
		shares = append(shares, share)
	}
	return s.sung(seconds, func(float64) float64 { return half }, func(float64) float64 { return 0.5 }, shares...)
}

// farTraffic is what streets behind others send over: a murmur that lies low, in which nothing can be told apart. bright is how much of
// it is above 500 Hz.
func (s *scene) farTraffic(bright float64) error {
	flow := s.wander(0.12)
	for _, b := range []struct{ lo, hi, gain, turns float64 }{{36, 110, 0.30, 0.6}, {90, 380, 0.16, 0.4}, {350, 1300, 0.10 * bright, 0.3}} {
		filter := append(butterworth(2, b.lo, s.rate, highPass), butterworth(2, b.hi, s.rate, lowPass)...)
		if err := s.noise(b.gain, filter, func(int) curve {
			own := s.wander(b.turns)
			for i := range own {
				own[i] = math.Exp(0.35*flow[i] + 0.3*own[i])
			}
			return own
		}); err != nil {
			return err
		}
	}
	s.lowEnd(90, 0.4)
	return s.stopped()
}
