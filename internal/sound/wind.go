package sound

import "math"

// Wind is the sound's name.
const Wind Kind = "wind"

var windy = Entry{Kind: Wind, Doc: "a broad rush whose brightness follows the gusts, buffeting below it, and resonances that howl when the gusts are strong",
	Paint: func(s *scene, item Item) error { return s.wind(item.strength()) }}

// wind paints a broad rush whose brightness follows the gusts, buffeting below it, and resonances that howl when
// the gusts are strong.
func (s *scene) wind(strength float64) error {
	gusts := s.gusts(strength)
	for c, sp := range s.speakers {
		if sp.bed == 0 {
			continue
		}
		if err := s.stopped(); err != nil {
			return err
		}
		// A gust comes over the place from left to right, so channels get it a little apart.
		lag := int((0.12 + 0.1*s.rng.Float64()) * (1 + sp.azimuth/60) * s.rate / block)
		own := gusts.delayed(lag)
		flutter := s.wander(2.2)
		for i := range own {
			own[i] *= 1 + 0.18*flutter[i]
		}
		s.rush(c, sp.bed, strength, own)
		s.buffet(c, sp.bed, strength, own)
	}
	if err := s.howls(strength, gusts); err != nil {
		return err
	}
	s.lowEnd(110, 0.5)
	return nil
}

func (c curve) delayed(blocks int) curve {
	d := make(curve, len(c))
	for i := range d {
		d[i] = c[min(max(i-blocks, 0), len(c)-1)]
	}
	return d
}

// gusts is the wind's force over time, about 0.2 to 1.6: a slow movement and single gusts that rise faster than
// they fall.
func (s *scene) gusts(strength float64) curve {
	slow := s.wander(0.22)
	force := slow.mapped(func(v float64) float64 { return math.Exp(0.55*v) * 0.55 })
	every := 3.6 - 1.4*strength // seconds
	for t := s.between(-0.6, 1.2); t < s.seconds(); t += every * s.between(0.6, 1.5) {
		rise, fall := s.between(0.5, 1.1), s.between(0.9, 2.0)
		height := s.between(0.35, 0.8) * (0.65 + 0.5*strength)
		for i := range force {
			x := float64(i)*block/s.rate - t
			switch {
			case x < 0:
			case x < rise:
				force[i] += height * (0.5 - 0.5*math.Cos(math.Pi*x/rise))
			default:
				force[i] += height * math.Exp(-math.Pow((x-rise)/fall, 1.5))
			}
		}
	}
	return force
}

// rush is noise that falls with frequency, through a low-pass that opens with the force.
func (s *scene) rush(channel int, bed, strength float64, force curve) {
	dst := s.out[channel]
	base := highPass(90, 0.7, s.rate)
	var first, second svf
	var pink pinkener
	leaves := highPass(2200, 0.7, s.rate)
	rustle := (0.10 + 0.05*strength) * bed
	for i := range dst {
		f := force.at(i)
		if i%block == 0 {
			first.set(170+(420+650*strength)*f, 0.8, s.rate)
			second.set(420+(900+900*strength)*f*f, 0.7, s.rate)
		}
		w := s.white()
		p := base.tick(pink.tick(w))
		low, _ := first.tick(p)
		wide, _ := second.tick(p)
		hiss := leaves.tick(w) * rustle * f * f * f
		dst[i] += float32((low*0.9+wide*0.55)*f*f*bed + 0.35*hiss)
	}
}

// buffet is the low thumping of gusts against whatever stands in their way.
func (s *scene) buffet(channel int, bed, strength float64, force curve) {
	thump := s.wander(5)
	low := butterworth(2, 95+40*strength, s.rate, lowPass)
	high := highPass(35, 0.7, s.rate)
	gain := (0.6 + 1.3*strength) * bed
	for i := range s.out[channel] {
		f := force.at(i)
		v := high.tick(low.tick(s.white())) * max(thump.at(i)+0.15, 0)
		s.out[channel][i] += float32(v * f * f * gain)
	}
}

// howls are narrow resonances (edges, wires, gaps) whose pitch rides on the force.
func (s *scene) howls(strength float64, force curve) error {
	gains := make([]float64, len(s.speakers))
	count := 2 + int(math.Round(2*strength))
	for n := range count {
		if err := s.stopped(); err != nil {
			return err
		}
		hz := s.between(230, 330) * math.Pow(1.62, float64(n))
		q := s.between(9, 16)
		drift, presence := s.wander(0.5), s.wander(0.35)
		pan(gains, s.speakers, someAzimuth(s.rng, s.speakers))
		level := (1.1 + 6*strength) / math.Pow(1.3, float64(n))
		var f, g svf
		for i := range s.frames {
			w := force.at(i)
			if i%block == 0 {
				at := hz * (0.82 + 0.26*w + 0.07*drift[i/block])
				f.set(at, q, s.rate)
				g.set(at*1.006, q*0.7, s.rate)
			}
			_, band := f.tick(s.white())
			_, band = g.tick(band / q)
			v := band * level * w * w * max(presence.at(i)+0.35, 0)
			for c, gain := range gains {
				s.out[c][i] += float32(v * gain)
			}
		}
	}
	return nil
}

// pinkener turns white noise into noise of equal power in each octave (P. Kellet's filter, designed for 44.1 kHz;
// at other rates its corners move with the rate, which does no harm here).
type pinkener struct{ a, b, c float64 }

func (p *pinkener) tick(w float64) float64 {
	p.a = 0.99765*p.a + w*0.0990460
	p.b = 0.96300*p.b + w*0.2965164
	p.c = 0.57000*p.c + w*1.0526913
	return p.a + p.b + p.c + w*0.1848
}
