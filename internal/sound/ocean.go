package sound

import "math"

// wave is one breaker: it swells, breaks at a moment, and runs back over the beach.
type wave struct {
	at, size float64 // seconds, relative loudness
	spill    float64 // seconds the breaking lasts
	from     float64 // azimuth where it breaks first; it runs along the shore from there
	along    float64 // seconds it takes for 90 degrees
}

// Ocean is the sound's name.
const Ocean Kind = "ocean"

var ocean = Entry{Kind: Ocean, Doc: "waves that swell, break and run back, and distant surf",
	Paint: func(s *scene, item Item) error { return s.ocean(item.strength()) }}

// ocean paints the distant surf and a row of overlapping waves, six to ten seconds apart.
func (s *scene) ocean(strength float64) error {
	waves := s.waves(strength)
	far := s.wander(0.3)
	filter := append(butterworth(2, 110, s.rate, highPass), butterworth(2, 900, s.rate, lowPass)...)
	err := s.noise(0.09+0.04*strength, filter, func(int) curve {
		own := s.wander(0.5)
		for i := range own {
			own[i] = 1 + 0.25*far[i] + 0.2*own[i]
		}
		return own
	})
	if err != nil {
		return err
	}
	for c, sp := range s.speakers {
		if sp.bed == 0 {
			continue
		}
		if err := s.stopped(); err != nil {
			return err
		}
		s.surf(c, strength, waves)
	}
	s.lowEnd(100, 0.5)
	return s.stopped()
}

// waves places the breakers. The first breaks soon enough to be heard in a short segment, and the period shrinks
// where a whole one would not fit.
func (s *scene) waves(strength float64) []wave {
	length := s.seconds()
	period := s.between(6, 8.5) + 1.5*strength
	period = max(min(period, 0.62*length), min(3, length))
	var list []wave
	for t := period * s.between(0.18, 0.34); t < length+period; t += period * s.between(0.88, 1.12) {
		list = append(list, wave{
			at: t, size: s.spread(0.16), spill: (0.9 + 0.9*strength) * s.between(0.85, 1.2),
			from: s.between(-80, 80), along: s.between(0.15, 0.5),
		})
		if s.rng.Float64() < 0.35 { // a smaller one in its wake
			list = append(list, wave{
				at: t + period*s.between(0.35, 0.5), size: 0.3 * s.spread(0.2), spill: 0.6,
				from: s.between(-80, 80), along: s.between(0.15, 0.4),
			})
		}
	}
	before := wave{at: list[0].at - period, size: 0.8, spill: 1, from: 20, along: 0.3}
	return append([]wave{before}, list...)
}

// surf is the waves on one channel.
func (s *scene) surf(channel int, strength float64, waves []wave) {
	sp, dst := s.speakers[channel], s.out[channel]
	swell, crash, back := make(curve, s.frames/block+2), make(curve, s.frames/block+2), make(curve, s.frames/block+2)
	open := make(curve, len(crash))
	for i := range swell {
		t := float64(i) * block / s.rate
		open[i] = 350
		for _, w := range waves {
			x := t - w.at - math.Abs(sp.azimuth-w.from)/90*w.along
			rise, fall, run := w.shape(x)
			swell[i] += w.size * rise
			crash[i] += w.size * fall
			back[i] += w.size * run
			open[i] = max(open[i], 350+(2300+3000*strength)*fall*fall*w.size+900*rise)
		}
	}
	rumble := append(butterworth(2, 190+90*strength, s.rate, lowPass), highPass(40, 0.7, s.rate))
	hiss := append(butterworth(2, 1150, s.rate, highPass), lowPass(5200, 0.6, s.rate))
	thin := highPass(110, 0.7, s.rate)
	churn, fizz := s.wander(9), s.wander(28)
	var foam, body svf
	var pink pinkener
	for i := range dst {
		if i%block == 0 {
			foam.set(open[i/block], 0.6, s.rate)
			body.set(open[i/block]*0.28, 0.8, s.rate)
		}
		w := s.white()
		p := pink.tick(w)
		bright, _ := foam.tick(w)
		dark, _ := body.tick(p)
		v := rumble.tick(p) * (0.07 + 0.13*strength) * swell.at(i)
		v += (bright*0.80 + thin.tick(dark)*0.20) * crash.at(i) * (1 + 0.25*churn.at(i))
		v += hiss.tick(w) * 0.25 * back.at(i) * max(1+0.9*fizz.at(i), 0.2)
		dst[i] += float32(v * sp.bed)
	}
}

// shape returns the levels of a wave's swell, break and retreat, x seconds after it begins to break.
func (w wave) shape(x float64) (swell, crash, back float64) {
	const rise = 0.45 // seconds of the break itself
	if x < 0 {
		swell = math.Exp(x / 1.1)
		return swell, 0.10 * math.Exp(x/0.5), 0
	}
	swell = math.Exp(-x / 1.3)
	if x < rise {
		e := 0.5 - 0.5*math.Cos(math.Pi*x/rise)
		crash = 0.10 + 0.90*e
	} else {
		crash = math.Exp(-(x - rise) / w.spill)
	}
	if y := x - 0.5; y > 0 {
		back = y / 1.3 * math.Exp(1-y/1.3)
	}
	return swell, crash, back
}
