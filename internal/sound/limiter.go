package sound

import "math"

// Ceiling is the highest true peak of what is made, in dBFS.
const Ceiling = -1.0

const (
	peakPhases = 4
	peakTaps   = 12 // for each phase, as in BS.1770-4 annex 2
)

// peakKernel interpolates at quarter samples: a Blackman-windowed sinc for each of the phases 1 to 3.
var peakKernel = func() (k [peakPhases][peakTaps]float64) {
	for ph := 1; ph < peakPhases; ph++ {
		var sum float64
		for t := range peakTaps {
			x := float64(t-peakTaps/2+1) - float64(ph)/peakPhases
			w := x / (peakTaps / 2)
			k[ph][t] = math.Sin(math.Pi*x) / (math.Pi * x) * (0.42 + 0.5*math.Cos(math.Pi*w) + 0.08*math.Cos(2*math.Pi*w))
			sum += k[ph][t]
		}
		for t := range peakTaps {
			k[ph][t] /= sum
		}
	}
	return k
}()

// truePeakAt returns the largest magnitude from sample i up to the next one. Where the neighbourhood is below floor
// it returns just the sample's own.
func truePeakAt(x []float32, i int, floor float32) float64 {
	top := math.Abs(float64(x[i]))
	from, to := i-peakTaps/2+1, i+peakTaps/2+1
	if from < 0 || to > len(x) {
		return top
	}
	near := x[from:to:to]
	var local float32
	for _, v := range near {
		local = max(local, v, -v)
	}
	if local <= floor {
		return top
	}
	for ph := 1; ph < peakPhases; ph++ {
		var y float64
		for t, k := range peakKernel[ph] {
			y += k * float64(near[t])
		}
		top = max(top, math.Abs(y))
	}
	return top
}

// limit holds p under the ceiling with one gain for all channels that looks 4 ms ahead and returns as slowly. Where
// edge is 0 the sound is left as it is, where it is 1 the limiter has its full effect.
func limit(p planes, rate int, edge []float32) {
	n := p.frames()
	ceiling := gainOf(Ceiling) * 0.995
	need := make([]float32, n)
	hot := false
	for i := range need {
		need[i] = 1
	}
	for _, ch := range p {
		for from := 0; from < n; from += block {
			to := min(from+block, n)
			if loudestOf(ch[max(from-peakTaps, 0):min(to+peakTaps, n)]) <= float32(ceiling/2) {
				continue // no peak between such samples reaches the ceiling
			}
			for i := from; i < to; i++ {
				if top := truePeakAt(ch, i, float32(ceiling/2)); top > ceiling {
					need[i] = min(need[i], float32(ceiling/top))
					hot = true
				}
			}
		}
	}
	if !hot {
		return
	}
	half := max(rate*4/1000, peakTaps)
	gain := smooth(lowest(need, half), half)
	for _, ch := range p {
		for i := range ch {
			ch[i] *= 1 - edge[i]*(1-gain[i])
		}
	}
}

func loudestOf(x []float32) (top float32) {
	for _, v := range x {
		top = max(top, v, -v)
	}
	return top
}

// lowest returns the minimum within half samples on either side of each sample.
func lowest(x []float32, half int) []float32 {
	out := make([]float32, len(x))
	queue := make([]int, 0, 2*half+1) // indices of rising values; the first is the window's minimum
	head := 0
	for i := range len(x) + half {
		if i < len(x) {
			for len(queue) > head && x[queue[len(queue)-1]] >= x[i] {
				queue = queue[:len(queue)-1]
			}
			queue = append(queue, i)
		}
		if at := i - half; at >= 0 {
			for queue[head] < at-half {
				head++
			}
			out[at] = x[queue[head]]
		}
	}
	return out
}

// smooth averages with a triangle of the given half width; with the lowest of the same width as its input the result
// never exceeds what lowest started from.
func smooth(x []float32, half int) []float32 {
	box := half / 2
	return boxed(boxed(x, box), box)
}

func boxed(x []float32, half int) []float32 {
	out := make([]float32, len(x))
	at := func(i int) float64 { return float64(x[min(max(i, 0), len(x)-1)]) }
	var sum float64
	for i := -half; i <= half; i++ {
		sum += at(i)
	}
	for i := range out {
		out[i] = float32(sum / float64(2*half+1))
		sum += at(i+half+1) - at(i-half)
	}
	return out
}
