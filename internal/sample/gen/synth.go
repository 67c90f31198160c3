package main

import "math"

const rate = 48000 // samples a second

// track is a stereo recording, samples in -1..1.
type track struct{ left, right []float64 }

func newTrack() *track {
	n := frames / fps * rate
	return &track{make([]float64, n), make([]float64, n)}
}

// add mixes a mono sound in at a time (seconds), panned from -1 (left) to 1 (right) at equal power.
func (t *track) add(sound []float64, at, pan, gain float64) {
	a := (pan + 1) * math.Pi / 4
	l, r := math.Cos(a)*gain, math.Sin(a)*gain
	start := int(at * rate)
	for i, v := range sound {
		if k := start + i; k >= 0 && k < len(t.left) {
			t.left[k] += v * l
			t.right[k] += v * r
		}
	}
}

// hiss is white noise in -1..1 that depends on its seed alone.
func hiss(n, seed int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = 2*hash(i, i>>16, seed) - 1
	}
	return out
}

// bandpass is a state-variable filter after Hal Chamberlin; its output is the band around a frequency.
type bandpass struct{ low, mid float64 }

// next filters one sample around hz, the narrower the smaller damp (0 to 2).
func (b *bandpass) next(in, hz, damp float64) float64 {
	f := 2 * math.Sin(math.Pi*math.Min(hz, rate/6.5)/rate)
	b.low += f * b.mid
	b.mid += f * (in - b.low - damp*b.mid)
	return b.mid
}

// room adds a little echo of a small open place: four combs, then two all-pass filters, after Schroeder.
func room(in []float64, wet float64) []float64 {
	sum := make([]float64, len(in))
	for _, d := range []int{1427, 1613, 1867, 2089} {
		line := make([]float64, d)
		for i, v := range in {
			out := line[i%d]
			line[i%d] = v + 0.58*out
			sum[i] += out / 4
		}
	}
	for _, d := range []int{557, 191} {
		line := make([]float64, d)
		for i, v := range sum {
			out := line[i%d] - 0.6*v
			line[i%d] = v + 0.6*out
			sum[i] = out
		}
	}
	for i, v := range in {
		sum[i] = v + wet*sum[i]
	}
	return sum
}

// level scales the whole track so that its highest sample is peak, and fades its first and last moments.
func (t *track) level(peak float64) {
	top := 0.0
	for i := range t.left {
		top = math.Max(top, math.Max(math.Abs(t.left[i]), math.Abs(t.right[i])))
	}
	n := len(t.left)
	for i := range t.left {
		g := peak / top * rise(0, 0.15*rate, float64(i)) * rise(float64(n), float64(n)-0.35*rate, float64(i))
		t.left[i] *= g
		t.right[i] *= g
	}
}
