package sound

import "math"

// Cafe is the sound's name.
const Cafe Kind = "cafe"

var cafe = Entry{Kind: Cafe, Doc: "a room full of tables: talk that can't be made out, cups on saucers, spoons and plates, a chair now and then, and the machine that hisses; busier when strong",
	Takes: placed, Paint: (*scene).cafe}

func (s *scene) cafe(item Item) error {
	strong := item.strength()
	err := s.layers([]layer{
		{-24, false, func(l *scene) error {
			return l.murmur(Item{Strength: 0.35, Detail: item.Detail}, 10+int(14*strong), 0.8)
		}},
		{-25 + 2*strong, true, func(l *scene) error { return l.crockery(item, 1.1+2*strong) }},
		{-30 + 2*strong, true, func(l *scene) error { return l.chairs(item, 5.5-2.5*strong) }},
		{-31 + 4*strong, true, func(l *scene) error { return l.machine(item) }},
	})
	if err != nil {
		return err
	}
	return s.recede(item, 0.7)
}

// crockery is set down and touched, so often a second.
func (s *scene) crockery(item Item, perSecond float64) error {
	cup := func() []float32 { // thick china: few modes that die soon
		hz := s.between(1700, 2900)
		return s.struck([]mode{{hz, 0.030, 0.5}, {hz * 1.52, 0.024, 0.45}, {hz * 2.31, 0.016, 0.35}, {hz * 3.4, 0.010, 0.2}, {hz * 0.22, 0.010, 0.4}})
	}
	plate := func() []float32 {
		hz := s.between(900, 1500)
		return s.struck([]mode{{hz, 0.045, 0.35}, {hz * 1.73, 0.035, 0.4}, {hz * 2.78, 0.028, 0.35}, {hz * 4.1, 0.018, 0.25}, {hz * 5.6, 0.012, 0.15}})
	}
	spoon := func() []float32 { // steel: higher, and it rings on
		hz := s.between(3100, 4600)
		return s.struck([]mode{{hz, 0.075, 0.3}, {hz * 1.47, 0.055, 0.3}, {hz * 2.1, 0.035, 0.2}, {hz * 0.61, 0.030, 0.15}})
	}
	cups, plates, spoons := several(6, cup), several(4, plate), several(6, spoon)
	side := s.side(item, 10)
	for _, t := range s.random(perSecond) {
		where, far, n := side+s.between(-60, 60), min(s.spread(0.6), 2.5)*0.5, s.rng.IntN(12)
		switch s.rng.IntN(6) {
		case 0, 1: // a cup finds its saucer: it touches, rocks and rests
			gap := s.between(0.03, 0.07)
			for k, gain := range []float64{1, 0.5, 0.3}[:1+s.rng.IntN(3)] {
				s.put(t+gap*float64(k)*math.Pow(0.8, float64(k)), cups[(n+k)%6], where, far*gain)
			}
		case 2: // a spoon stirs
			for k, turns := 0, 3+s.rng.IntN(5); k < turns; k++ {
				s.put(t+s.between(0.16, 0.2)*float64(k), spoons[n%6], where, 0.3*far*s.between(0.5, 1))
			}
		case 3:
			s.put(t, plates[n%4], where, far)
			s.put(t+s.between(0.02, 0.05), spoons[(n+1)%6], where, 0.3*far)
		default:
			s.put(t, spoons[n%6], where, 0.5*far)
			if n < 5 {
				s.put(t+s.between(0.05, 0.12), cups[n%6], where, 0.4*far)
			}
		}
	}
	return s.stopped()
}

// chairs are moved on a hard floor every so many seconds: legs that stick and slip, faster as they are pushed.
func (s *scene) chairs(item Item, every float64) error {
	side := s.side(item, 10)
	for t := s.seconds()*s.between(0.25, 0.6) - 0.3; t < s.seconds(); t += every * s.between(0.7, 1.6) {
		length, slips, where := s.between(0.25, 0.55), s.between(95, 160), side+s.between(-55, 55)
		leg := s.struck(s.wood(s.between(230, 330), 0.010))
		push := arch(length, 0.4)
		for at := 0.0; at < length; {
			force := push(at)
			s.put(t+at, leg, where, force*s.between(0.5, 1))
			at += s.between(0.9, 1.1) / (slips * (0.55 + 0.6*force))
		}
		s.put(t+length+s.between(0.02, 0.1), s.struck(s.wood(140, 0.02)), where, 0.8) // it stands
	}
	return s.stopped()
}

// machine is one for coffee: steam that rushes and roars into milk, whose tone rises as it warms.
func (s *scene) machine(item Item) error {
	where := s.side(item, 0) + s.between(25, 50)*float64(s.rng.IntN(2)*2-1)
	for t := s.seconds() * s.between(0.1, 0.45); t < s.seconds(); t += s.between(14, 24) {
		length := min(s.between(2.6, 4.2), 0.45*s.seconds())
		level, gurgle := arch(length, 0.15), s.wander(24)
		var milk svf
		hiss := append(butterworth(2, 2600, s.rate, highPass), lowPass(9000, 0.6, s.rate))
		x := make([]float32, int(length*s.rate)+1)
		for i := range x {
			at := float64(i) / s.rate
			if i%block == 0 {
				milk.set(380+420*at/length, 2.2, s.rate)
			}
			w := s.white()
			_, roar := milk.tick(w)
			steam := hiss.tick(w)
			x[i] = float32(level(at) * (0.35*steam + 0.8*roar*(0.8+0.5*gurgle.at(min(i, s.frames-1)))))
		}
		s.put(t, x, where, 1)
	}
	return s.stopped()
}
