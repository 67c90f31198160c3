package sound

import (
	"math"
	"math/cmplx"
	"testing"
)

// spectrum is the mean power in each of 1024 bins up to half the rate (Welch's method), over all channels.
func spectrum(p planes) []float64 {
	const n = 2048
	f, w := newFFT(n), hann(n)
	power := make([]float64, n/2)
	for _, ch := range p {
		for at := 0; at+n <= len(ch); at += n / 2 {
			for i := range f.buffer {
				f.buffer[i] = complex(float64(ch[at+i])*w[i], 0)
			}
			f.run(f.buffer, false)
			for k := range power {
				a := cmplx.Abs(f.buffer[k])
				power[k] += a * a
			}
		}
	}
	return power
}

// bandShare is the part of the power between two frequencies.
func bandShare(p planes, rate int, lo, hi float64) float64 {
	var in, all float64
	for k, v := range spectrum(p) {
		hz := float64(k) * float64(rate) / 2048
		if hz >= lo && hz < hi {
			in += v
		}
		all += v
	}
	return in / all
}

// centroid is the mean frequency, weighted by amplitude above 30 Hz.
func centroid(p planes, rate int) float64 {
	var sum, all float64
	for k, v := range spectrum(p) {
		if hz := float64(k) * float64(rate) / 2048; hz > 30 {
			sum += hz * math.Sqrt(v)
			all += math.Sqrt(v)
		}
	}
	return sum / all
}

// envelope is the RMS of successive spans, in dBFS.
func envelope(p planes, span int) []float64 {
	var e []float64
	for at := 0; at+span <= p.frames(); at += span {
		e = append(e, decibels(rms(p.cut(at, at+span))))
	}
	return e
}

func meanAndSpread(x []float64) (mean, deviation float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		deviation += (v - mean) * (v - mean) / float64(len(x))
	}
	return mean, math.Sqrt(deviation)
}

// correlation of two channels, -1 to 1.
func correlation(a, b []float32) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	return ab / math.Sqrt(aa*bb)
}

// roughest is the largest second difference of any channel between two samples.
func roughest(p planes, from, to int) float64 {
	var top float64
	for _, ch := range p {
		for i := max(from, 1); i < min(to, len(ch)-1); i++ {
			top = max(top, math.Abs(float64(ch[i+1])-2*float64(ch[i])+float64(ch[i-1])))
		}
	}
	return top
}

func sine(rate, frames int, hz, amp float64) []float32 {
	x := make([]float32, frames)
	for i := range x {
		x[i] = float32(amp * math.Sin(2*math.Pi*hz*float64(i)/float64(rate)))
	}
	return x
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s is %.4g, want %.4g within %.3g", what, got, want, within)
	}
}

func between(t *testing.T, what string, got, lo, hi float64) {
	t.Helper()
	if !(got >= lo && got <= hi) {
		t.Errorf("%s is %.4g, want %.4g to %.4g", what, got, lo, hi)
	}
}
