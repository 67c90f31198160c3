package sound

import "math"

// The names of repairs.
const (
	DeHum        Kind = "de-hum"
	DeNoise      Kind = "de-noise"
	DeEss        Kind = "de-ess"
	ClearerVoice Kind = "clearer voice"
)

var (
	withoutHum = Entry{Kind: DeHum, Doc: "the hum of the mains: notches at 50 or 60 Hz, whichever is heard, and at those of its multiples that stand out",
		Treat: func(s *scene, p planes, item Item) (planes, error) { return s.deHum(p), nil }}
	withoutNoise = Entry{Kind: DeNoise, Doc: "steady noise: what each band has in the quietest moments is taken away, up to 15 dB unless the prompt says more or less",
		Treat: func(s *scene, p planes, item Item) (planes, error) { return s.deNoise(p, 25*item.strength()) }}
	withoutHiss = Entry{Kind: DeEss, Doc: "sharp s and sh: the band from 4.5 to 10 kHz goes down where it stands out",
		Treat: func(s *scene, p planes, item Item) (planes, error) { return s.deEss(p, 4+14*item.strength()), nil }}
	clearVoice = Entry{Kind: ClearerVoice, Doc: "a voice in front: rumble and boom out, steady noise down, presence up, and levels evened out",
		Treat: func(s *scene, p planes, item Item) (planes, error) { return s.clearVoice(p, item) }}
)

const humRate = 4000 // samples a second at least in which hum is looked for

// deHum takes out the mains' hum.
func (s *scene) deHum(p planes) planes {
	mono, rate := downmix(p, s.speakers), s.rate
	if step := int(rate / humRate); step > 1 { // of which the low end is enough
		butterworth(4, 1200, rate, lowPass).run(mono)
		for i := range len(mono) / step {
			mono[i] = mono[i*step]
		}
		mono, rate = mono[:len(mono)/step], rate/float64(step)
	}
	stands := func(hz float64) bool { // over what lies on either side of it by 10 dB
		return tonePower(mono, hz, rate) > 10*max(tonePower(mono, hz-6.5, rate), tonePower(mono, hz+6.5, rate))
	}
	heard := func(mains float64) (list []float64) {
		for n := 1.0; n <= 16 && n*mains < 0.45*s.rate; n++ {
			if stands(n * mains) {
				list = append(list, n*mains)
			}
		}
		if len(list) < 2 || list[0] > 2*mains { // a voice has a few such by chance
			return nil
		}
		return list
	}
	hum := heard(50)
	if other := heard(60); len(other) > len(hum) {
		hum = other
	}
	for _, hz := range hum {
		p.filtered(notch(hz, hz/4, s.rate))
	}
	return p
}

// tonePower is that of x at one frequency (G. Goertzel, 1958).
func tonePower(x []float32, hz, rate float64) float64 {
	k := 2 * math.Cos(2*math.Pi*hz/rate)
	var a, b float64
	for i, v := range x {
		w := 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/float64(len(x)))
		a, b = float64(v)*w+k*a-b, a
	}
	return a*a + b*b - k*a*b
}

const noiseSpan = 0.043 // seconds of a piece in which noise is told from the rest

// deNoise takes at most depth decibels off what is no louder than the noise in its band (Y. Ephraim and D. Malah, "Speech enhancement using a
// minimum mean-square error short-time spectral amplitude estimator", 1984, whose decision-directed estimate keeps it from chirping).
func (s *scene) deNoise(p planes, depth float64) (planes, error) {
	size := 1 << int(math.Round(math.Log2(noiseSpan*s.rate)))
	if p.frames() < 4*size {
		return p, nil
	}
	floor := gainOf(-depth)
	for c, ch := range p {
		if err := s.stopped(); err != nil {
			return nil, err
		}
		noise := quietSpectrum(ch, size)
		p[c] = spectral(ch, size, func(power, gain []float64) {
			for k, v := range power {
				over := v/max(noise[k], 1e-20) - 1
				prior := 0.96*gain[k]*gain[k]*v/max(noise[k], 1e-20) + 0.04*max(over, 0)
				gain[k] = max(prior/(1+prior), floor)
			}
		})
	}
	return p, nil
}

// deEss lowers the band of sharp sounds by up to depth decibels where it has more than its share.
func (s *scene) deEss(p planes, depth float64) planes {
	if s.rate < 12000 {
		return p
	}
	attack, release := math.Exp(-1/(0.001*s.rate)), math.Exp(-1/(0.060*s.rate))
	for _, ch := range p {
		sharp := append([]float32(nil), ch...)
		butterworth(4, 4500, s.rate, highPass).bothWays(sharp)
		if s.rate > 24000 {
			butterworth(2, 10000, s.rate, lowPass).bothWays(sharp)
		}
		var high, all float64
		for i, v := range ch {
			follow := func(e *float64, x float32) {
				pw := float64(x) * float64(x)
				if pw > *e {
					*e = pw + (*e-pw)*attack
				} else {
					*e = pw + (*e-pw)*release
				}
			}
			follow(&high, sharp[i])
			follow(&all, v)
			over := 10 * math.Log10(max(high/max(all, 1e-14), 1e-6)/0.15) // dB over a usual share
			if over > 0 {
				ch[i] = v + sharp[i]*float32(gainOf(-min(1.6*over, depth))-1)
			}
		}
	}
	return p
}

// clearVoice brings a voice forward.
func (s *scene) clearVoice(p planes, item Item) (planes, error) {
	strong := item.strength()
	p, err := s.deNoise(p, 14*strong)
	if err != nil {
		return nil, err
	}
	for _, ch := range p {
		rumble := highPass(90, 0.7, s.rate)
		rumble.run(ch)
	}
	p.filtered(peaking(280, 0.8, -5*strong, s.rate))
	p.filtered(peaking(3200, 0.7, 8*strong, s.rate))
	for _, ch := range p {
		compress(ch, s.rate)
	}
	return p, nil
}
