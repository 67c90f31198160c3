package sound

import "math"

// sung is a tone whose pitch in hertz and level are functions of the time in seconds, with the given shares of its
// harmonics, the fundamental first. Harmonics that the rate has no room for are left out.
func (s *scene) sung(seconds float64, hz, level func(t float64) float64, harmonics ...float64) []float32 {
	x := make([]float32, min(int(seconds*s.rate)+1, s.frames))
	var phase float64
	for i := range x {
		t := float64(i) / s.rate
		f := hz(t)
		phase += 2 * math.Pi * f / s.rate
		// sin(k+1)x is 2 cos x sin kx - sin(k-1)x.
		var v, before float64
		now, cos := math.Sincos(phase)
		for n, share := range harmonics {
			if float64(n+1)*f >= 0.45*s.rate {
				break
			}
			v += share * now
			now, before = 2*cos*now-before, now
		}
		x[i] = float32(v * level(t))
	}
	return x
}

const (
	toneSamples = 2048 // of one period in a table: between two of them a straight line is right to -95 dB at the tenth harmonic
	levelStep   = 16   // samples after which the level of a steady tone is asked for again
)

// tone is sung at a pitch that stays, which a table of one period makes quick.
func (s *scene) tone(seconds, hz float64, level func(t float64) float64, harmonics ...float64) []float32 {
	x := make([]float32, min(int(seconds*s.rate)+1, s.frames))
	var table [toneSamples + 1]float64
	for n, share := range harmonics {
		if float64(n+1)*hz >= 0.45*s.rate {
			break
		}
		for i := range table {
			table[i] += share * math.Sin(2*math.Pi*float64((n+1)*i%toneSamples)/toneSamples)
		}
	}
	at, step := 0.0, hz*toneSamples/s.rate
	from := level(0)
	for i := 0; i < len(x); i += levelStep {
		to := level(float64(i+levelStep) / s.rate)
		rise := (to - from) / levelStep
		for j := i; j < min(i+levelStep, len(x)); j++ {
			if at += step; at >= toneSamples {
				at -= toneSamples
			}
			k := int(at)
			x[j] = float32((table[k] + (at-float64(k))*(table[k+1]-table[k])) * from)
			from += rise
		}
		from = to
	}
	return x
}

// arch rises and falls over the given seconds, with a rise that takes the given share.
func arch(seconds, rise float64) func(t float64) float64 {
	return func(t float64) float64 {
		x := t / seconds
		switch {
		case x <= 0 || x >= 1:
			return 0
		case x < rise:
			return 0.5 - 0.5*math.Cos(math.Pi*x/rise)
		}
		return 0.5 + 0.5*math.Cos(math.Pi*(x-rise)/(1-rise))
	}
}

// mouth sends x through the resonances of a throat; widths are q.
func (s *scene) mouth(x []float32, formants ...mode) {
	dry := append([]float32(nil), x...)
	clear(x)
	for _, f := range formants {
		band := bandPass(f.hz, f.decay, s.rate)
		for i, v := range dry {
			x[i] += float32(f.amp * band.tick(float64(v)))
		}
	}
}

// several returns so many of what make makes, from which events draw, as making each anew takes long.
func several(n int, make func() []float32) [][]float32 {
	list := [][]float32{}
	for range n {
		list = append(list, make())
	}
	return list
}
