package sound

import "math"

// reverb is a feedback delay network of eight lines with a Householder mix (J.-M. Jot and A. Chaigne, "Digital delay
// networks for designing artificial reverberators", 1991).
type reverb struct {
	lines [8][]float64
	at    [8]int
	gain  [8]float64 // for each pass of a line
	damp  float64    // one-pole low-pass in each line
	state [8]float64
	pre   int // samples before the first reflection
}

var lineMillis = [8]float64{31.1, 37.3, 41.9, 47.7, 53.3, 61.7, 68.9, 76.1}

// newReverb makes a room. scale stretches the delays, rt60 is its decay in seconds at low frequencies, dull the
// frequency in hertz above which sound dies faster, wait the time before the first reflection in units of a tenth of
// a second.
func newReverb(rate, scale, rt60, dull, wait float64) *reverb {
	r := &reverb{damp: math.Exp(-2 * math.Pi * min(dull, 0.45*rate) / rate), pre: int(wait * rate / 10)}
	for k, ms := range lineMillis {
		n := max(int(ms*scale*rate/1000), 1)
		r.lines[k] = make([]float64, n)
		r.gain[k] = math.Pow(10, -3*float64(n)/rate/rt60)
	}
	return r
}

// add mixes the room's answer to p's sum into p, scaled by wet; each channel hears another mix of the lines.
func (r *reverb) add(p planes, sp []speaker, wet float64) {
	n := p.frames()
	in := make([]float64, n)
	for c := range p {
		if !sp[c].lfe {
			for i := range n {
				in[i] += float64(p[c][i]) / math.Sqrt(float64(len(p)))
			}
		}
	}
	var taps [8]float64
	for i := range n {
		x := 0.0
		if i >= r.pre {
			x = in[i-r.pre]
		}
		r.tick(x, &taps)
		for c := range p {
			if sp[c].lfe {
				continue
			}
			var y float64
			for k, v := range taps {
				if (c*k+k>>1+c)&1 == 0 { // signs that differ from channel to channel
					y += v
				} else {
					y -= v
				}
			}
			p[c][i] += float32(y * wet * sp[c].bed * 0.35)
		}
	}
}

func (r *reverb) tick(x float64, taps *[8]float64) {
	var sum float64
	for k := range taps {
		v := r.lines[k][r.at[k]]
		r.state[k] = v + (r.state[k]-v)*r.damp
		if math.Abs(r.state[k]) < 1e-18 {
			r.state[k] = 0
		}
		taps[k] = r.state[k] * r.gain[k]
		sum += taps[k]
	}
	for k := range taps {
		r.lines[k][r.at[k]] = x + taps[k] - sum/4
		if r.at[k]++; r.at[k] == len(r.lines[k]) {
			r.at[k] = 0
		}
	}
}
