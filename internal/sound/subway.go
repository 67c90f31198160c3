package sound

import (
	"math"
)

// Subway is the sound's name.
const Subway Kind = "subway"

var subway = Entry{Kind: Subway, Doc: "a platform under the ground: a train rolls in out of the tunnel, clatters slower and slower, squeals, stops and lets its air go; it leaves again where there is time",
	Takes: placed, Paint: (*scene).subway}

// ride is how a train moves along a platform.
type ride struct {
	speed curve     // metres a second
	heard curve     // 0 far away to 1 here
	hits  []float64 // seconds at which wheels go over a joint
	stop  float64   // second in which it stands
	stops []float64 // that, and those of the trains after it
}

const (
	subwayCar  = 17.0 // metres over the couplings
	subwayTop  = 14.0 // metres a second at which it comes in
	subwayStay = 7.0  // seconds that it stands
	subwayNext = 40.0 // seconds until the next one, where the segment is longer
)

// ride plans one over the segment: it brakes evenly, stands, and, where two seconds or more are left, starts again.
func (s *scene) ride() ride {
	r := ride{stop: min(0.68*s.seconds(), 11)}
	r.speed, r.heard = make(curve, s.frames/block+2), make(curve, s.frames/block+2)
	away := r.stop + subwayStay
	if s.seconds() < away+2 {
		away = math.Inf(1)
	}
	for t := r.stop; t < s.seconds(); t += subwayNext {
		r.stops = append(r.stops, t)
	}
	next, along := 0, 0.0
	wheels := []float64{2, 4.1, 12.9, 15}
	for i := range r.speed {
		at := float64(i) * block / s.rate
		t := math.Mod(at, subwayNext)
		if t < block/s.rate {
			next, along = 0, 0
		}
		v := subwayTop * min(1, max(r.stop-t, 0)/(0.8*r.stop+0.01))
		here := min(1, t/(0.45*r.stop+0.01))
		if t > away {
			v = min(1.3*(t-away), subwayTop)
			here = math.Exp(-max(t-away-5, 0) / 2.5)
		}
		r.speed[i], r.heard[i] = v, here*here*(3-2*here)
		along += v * block / s.rate
		for ; along > math.Floor(float64(next)/4)*subwayCar+wheels[next%4]; next++ {
			r.hits = append(r.hits, at)
		}
	}
	return r
}

func (s *scene) subway(item Item) error {
	r, side := s.ride(), s.side(item, 25)
	err := s.layers([]layer{
		{-37, false, func(l *scene) error { return l.farTraffic(1.5) }}, // the fans of the station
		{-23, true, func(l *scene) error { return l.tunnel(r) }},
		{-24, true, func(l *scene) error { return l.subwayWheels(r, side) }},
		{-31, true, func(l *scene) error { return l.traction(r, side) }},
		{-27 + 3*item.strength(), true, func(l *scene) error { return l.squeals(r, side) }},
		{-26, true, func(l *scene) error { return l.brakeAir(r, side) }},
	})
	if err != nil {
		return err
	}
	s.lowEnd(100, 0.4)
	newReverb(s.rate, 1.3, 2.1, 2600, 0.15).add(s.out, s.speakers, 0.30)
	return s.recede(item, 0.8)
}

// tunnel is the wind and the rumble that a train pushes before it, then the roll of its wheels, which opens up as it comes out.
func (s *scene) tunnel(r ride) error {
	for _, b := range []struct{ lo, hi, gain, power, open float64 }{{30, 110, 0.3, 0.8, 0.3}, {90, 420, 0.14, 1, 1}, {400, 1500, 0.10, 1.4, 2}, {1400, 4500, 0.05, 1.8, 3}} {
		filter := append(butterworth(2, b.lo, s.rate, highPass), butterworth(2, b.hi, s.rate, lowPass)...)
		if err := s.noise(b.gain, filter, func(int) curve {
			own := s.wander(6)
			for i := range own {
				own[i] = math.Pow(r.speed[i]/subwayTop, b.power) * math.Pow(0.12+0.88*r.heard[i], b.open) * (1 + 0.25*own[i])
			}
			return own
		}); err != nil {
			return err
		}
	}
	return nil
}

// subwayWheels clatter over the joints at the platform.
func (s *scene) subwayWheels(r ride, side float64) error {
	clacks := s.clacks()
	for n, t := range r.hits {
		i := min(int(t*s.rate), s.frames-1)
		weight := math.Sqrt(r.speed.at(i)/subwayTop) * (0.06 + 0.94*r.heard.at(i))
		s.put(t, clacks[s.rng.IntN(len(clacks))], side+12*math.Sin(float64(n)), weight*s.between(0.75, 1))
	}
	return s.stopped()
}

// traction is the motors, whose tone is that of the wheels, and the gear that they turn.
func (s *scene) traction(r ride, side float64) error {
	for _, tone := range []struct{ perMetre, gain, side float64 }{{31, 1, -20}, {78, 0.5, 15}, {131, 0.22, 30}} {
		own := s.wander(3)
		x := s.sung(s.seconds(), func(t float64) float64 { return 18 + tone.perMetre*r.speed.at(min(int(t*s.rate), s.frames-1)) },
			func(t float64) float64 {
				i := min(int(t*s.rate), s.frames-1)
				v := r.speed.at(i)
				return tone.gain * min(v/2.5, 1) * r.heard.at(i) * (1 + 0.3*own.at(i))
			}, 1, 0.3, 0.2, 0.08)
		s.put(0, x, side+tone.side, 0.2)
	}
	return s.stopped()
}

// squeals are those of brakes, which come in spells and rise a little as the wheels slow down: a few of their many tones at a time.
func (s *scene) squeals(r ride, side float64) error {
	for _, stop := range r.stops {
		s.squeal(stop, 0.42*r.stop, side)
	}
	return s.stopped()
}

// squeal is that of the seconds before a stop in which it brakes.
func (s *scene) squeal(stop, brakes, side float64) {
	base := s.between(1900, 2500)
	for t := stop - brakes; t < stop-0.1; {
		length := min(s.between(0.4, 1.3), stop-t+0.1)
		level, hz := arch(length, 0.3), base*s.between(0.97, 1.05)
		rough, late := s.wander(40), t
		for _, part := range []struct{ ratio, gain float64 }{{1, 1}, {1.58, 0.45}, {2.03, 0.5}, {3.1, 0.15}} {
			x := s.sung(length, func(t float64) float64 { return hz * part.ratio * (1 + 0.02*t/length) }, func(t float64) float64 {
				return level(t) * (0.6 + 0.4*rough.at(min(int((late+t)*s.rate), s.frames-1)))
			}, 1)
			s.put(t, x, side+s.between(-6, 6), part.gain*s.between(0.4, 1)*(0.35+0.65*(1-(stop-t)/brakes)))
		}
		t += length * s.between(0.5, 1.2)
	}
}

// brakeAir is let go when the train stands, twice, and the doors open with a roll and a thud.
func (s *scene) brakeAir(r ride, side float64) error {
	puff := func(at, decay, gain float64) {
		x := s.burst(3600, 0.35, 0.015, decay, gain)
		s.put(at, upon(x, s.burst(7500, 0.8, 0.02, decay*0.7, 0.6*gain)), side+s.between(-15, 15), 1)
	}
	for _, stop := range r.stops {
		puff(stop+0.15, 0.30, 1)
		puff(stop+0.85, 0.12, 0.7)
		for _, door := range []float64{-35, 8, 40} {
			at := stop + 1.4 + s.between(0, 0.06)
			s.put(at, s.burst(700, 0.6, 0.15, 0.22, 0.30), side+door, 1)
			s.put(at+0.75, s.struck(s.wood(95, 0.03)), side+door, 0.25)
		}
	}
	return s.stopped()
}
