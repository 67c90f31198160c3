package sound

import (
	"math"
	"math/cmplx"
)

// Rain is the sound's name.
const Rain Kind = "rain"

var raining = Entry{Kind: Rain, Doc: "a bed of far drops, a patter of thousands of small ticks near by, and single close drops",
	Paint: func(s *scene, item Item) error { return s.rain(item.strength()) }}

// rain paints a bed of far drops whose single sounds can't be told apart, a patter of thousands of small ticks on
// surfaces near by, and single close drops. Gusts move density and loudness slowly.
func (s *scene) rain(strength float64) error {
	gust := s.wander(0.25)
	depth := 0.30 + 0.10*strength
	flow := gust.mapped(func(v float64) float64 { return math.Exp(depth * v) })
	if err := s.rainBed(strength, flow); err != nil {
		return err
	}
	if err := s.patter(strength, flow); err != nil {
		return err
	}
	s.closeDrops(strength, flow)
	return s.stopped()
}

func (s *scene) rainBed(strength float64, flow curve) error {
	bands := []struct {
		lo, hi, gain float64
	}{
		{160, 700, 0.10 + 0.95*strength}, // the roar on roofs and ground that heavy rain has
		{700, 3200, 0.26 + 0.34*strength},
		{3000, 9500, 0.32 + 0.20*strength},
	}
	for _, b := range bands {
		filter := append(butterworth(2, b.lo, s.rate, highPass), butterworth(2, b.hi, s.rate, lowPass)...)
		err := s.noise(0.55*b.gain, filter, func(int) curve {
			own := s.wander(0.9)
			grain := s.wander(11)
			for i := range own {
				own[i] = flow[i] * (1 + 0.12*own[i]) * (1 + 0.16*grain[i])
			}
			return own
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// surface is a resonance that drops strike.
type surface struct{ hz, decay float64 } // decay in seconds

// surfaces draws what the drops fall on: many broad resonances, so that none is heard as a note.
func (s *scene) surfaces() []surface {
	const count = 28
	var list []surface
	for n := range count {
		hz := 800 * math.Pow(13.5, (float64(n)+s.rng.Float64())/count)
		if hz < 0.42*s.rate {
			list = append(list, surface{hz, s.between(0.8, 2.2) / (math.Pi * hz)})
		}
	}
	return list
}

// patter strikes a bank of resonances at random times: about 450 drops a second in light rain, 3,000 in heavy.
func (s *scene) patter(strength float64, flow curve) error {
	density := 450 + 2600*strength*strength
	type strike struct {
		at  int
		amp float64
	}
	gains := make([]float64, len(s.speakers))
	list := s.surfaces()
	for n, on := range list {
		if err := s.stopped(); err != nil {
			return err
		}
		strikes := make([][]strike, len(s.speakers))
		share := density / float64(len(list)) * (0.6 + 0.8*float64(n)/float64(len(list)))
		for t := s.rng.ExpFloat64() / share; t < s.seconds(); {
			at := int(t * s.rate)
			amp := 0.62 * min(s.spread(0.8), 5)
			if s.rng.Uint64()&1 == 0 {
				amp = -amp
			}
			pan(gains, s.speakers, someAzimuth(s.rng, s.speakers))
			for c, g := range gains {
				if g > 0.05 {
					strikes[c] = append(strikes[c], strike{at, amp * g})
				}
			}
			t += s.rng.ExpFloat64() / (share * flow.at(at))
		}
		for c, list := range strikes {
			s.ring(c, on, func(hit func(at int, amp float64)) {
				for _, k := range list {
					hit(k.at, k.amp)
				}
			})
		}
	}
	return nil
}

// ring adds a resonance struck by what play feeds it, in time order, to a channel.
func (s *scene) ring(channel int, on surface, play func(hit func(at int, amp float64))) {
	dst := s.out[channel]
	r := math.Exp(-1 / (on.decay * s.rate))
	w := 2 * math.Pi * on.hz / s.rate
	a1, a2 := 2*r*math.Cos(w), -r*r
	norm := math.Sin(w) * r / (2 * math.Sin(w/2)) // the difference below, a zero at 0 Hz, weighs this much at hz
	tail := int(9 * on.decay * s.rate)
	var y1, y2 float64
	next, quiet := 0, 0 // samples before next are done; the ringing is over at quiet
	advance := func(to int) {
		for ; next < min(to, quiet, len(dst)); next++ {
			y := a1*y1 + a2*y2
			dst[next] += float32(y - y1)
			y2, y1 = y1, y
		}
		if next < to {
			next, y1, y2 = to, 0, 0
		}
	}
	play(func(at int, amp float64) {
		advance(at)
		y1 += amp * norm
		quiet = at + tail
	})
	advance(len(dst))
}

// closeDrops adds drops one can count: a splash of noise and, for the larger ones, the rising note of the bubble
// they leave in a puddle.
func (s *scene) closeDrops(strength float64, flow curve) {
	perSecond := 9 + 34*strength
	gains := make([]float64, len(s.speakers))
	for t := s.rng.ExpFloat64() / perSecond; t < s.seconds(); {
		at := int(t * s.rate)
		size := s.spread(0.55)
		pan(gains, s.speakers, someAzimuth(s.rng, s.speakers))
		s.splash(at, gains, min(0.55*size, 1.6)*(1+0.2*strength), size)
		if s.rng.Float64() < 0.30 {
			s.bubble(at+int(s.between(0.004, 0.02)*s.rate), gains, min(0.20*size, 0.8), size)
		}
		t += s.rng.ExpFloat64() / (perSecond * flow.at(at))
	}
}

func (s *scene) splash(at int, gains []float64, amp, size float64) {
	decay := 0.0016 * size * s.rate
	body := bandPass(min(5200/size, 9000), 0.7, s.rate)
	for i := range int(7 * decay) {
		if at+i >= s.frames {
			return
		}
		v := body.tick(s.white()) * amp * math.Exp(-float64(i)/decay) * min(1, float64(i+1)/6)
		for c, g := range gains {
			s.out[c][at+i] += float32(v * g)
		}
	}
}

// bubble is a damped sine whose pitch rises as the bubble nears the surface (K. van den Doel, "Physically-based
// models for liquid sounds", 2005).
func (s *scene) bubble(at int, gains []float64, amp, size float64) {
	decay := s.between(0.006, 0.018) * size
	s.bubbleOf(at, gains, amp, s.between(900, 2600)/size, decay, s.between(0.02, 0.25)/decay)
}

// bubbleOf is one of a pitch in hertz that grows by so many times itself a second.
func (s *scene) bubbleOf(at int, gains []float64, amp, hz, decay, rise float64) {
	hz = min(hz, 0.3*s.rate)
	angle := 2 * math.Pi * hz / s.rate
	turn, bend := cmplx.Rect(math.Exp(-1/(decay*s.rate)), angle), cmplx.Rect(1, angle*rise/s.rate)
	now := complex(amp, 0)
	highest := int((0.45*s.rate/hz - 1) / rise * s.rate) // samples until the pitch stays
	for i := range min(int(6*decay*s.rate), s.frames-at) {
		v := imag(now) * min(1, float64(i)/(0.001*s.rate))
		for c, g := range gains {
			s.out[c][at+i] += float32(v * g)
		}
		now *= turn
		if i < highest {
			turn *= bend
		}
	}
}
