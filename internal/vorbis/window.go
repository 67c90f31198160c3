package vorbis

import "math"

// slope is the rising half of a window of size sample frames (4.3.1).
func slope(size int) []float64 {
	out := make([]float64, size/2)
	for i := range out {
		x := math.Sin((float64(i) + 0.5) / float64(len(out)) * math.Pi / 2)
		out[i] = math.Sin(math.Pi / 2 * x * x)
	}
	return out
}

// shape multiplies n sample frames by the window of a packet between neighbours of other sizes: a slope is as long as half
// the shorter of the two windows that share it.
func shape(samples []float64, before, after int) {
	n := len(samples)
	rise, fall := slope(min(before, n)), slope(min(after, n))
	from := n/4 - len(rise)/2
	for i := range n / 2 {
		switch {
		case i < from:
			samples[i] = 0
		case i < from+len(rise):
			samples[i] *= rise[i-from]
		}
	}
	from = n/4 - len(fall)/2
	for i := range n / 2 {
		switch {
		case i < from:
			samples[n-1-i] = 0
		case i < from+len(fall):
			samples[n-1-i] *= fall[i-from]
		}
	}
}

// transform is the MDCT of a window of samples, scaled as decoders expect it: n/2 values X[k] = 4/n · Σ x[i] cos(2π/n ·
// (i + 1/2 + n/4)(k + 1/2)) (4.3.7 has the inverse). It folds the window to half its length and takes a DCT of type IV.
func transform(samples []float64) []float32 {
	n := len(samples)
	half, quarter := n/2, n/4
	folded := make([]float64, half)
	for i := range quarter {
		folded[i] = -samples[3*quarter-1-i] - samples[3*quarter+i]
		folded[quarter+i] = samples[i] - samples[half-1-i]
	}
	out := make([]float32, half)
	for k, v := range cosines(folded) {
		out[k] = float32(v * 4 / float64(n))
	}
	return out
}

// cosines is the DCT of type IV, Σ x[i] cos(π/N (i + 1/2)(k + 1/2)), by a Fourier transform of half the length.
func cosines(x []float64) []float64 {
	n := len(x)
	turn := func(i int) complex128 {
		s, c := math.Sincos(-math.Pi * float64(8*i+1) / float64(8*n))
		return complex(c, s)
	}
	z := make([]complex128, n/2)
	for i := range z {
		z[i] = complex(x[2*i], x[n-1-2*i]) * turn(i)
	}
	fourier(z)
	out := make([]float64, n)
	for k := range z {
		y := z[k] * turn(k)
		out[2*k], out[n-1-2*k] = real(y), -imag(y)
	}
	return out
}

// fourier transforms a power of two of values in place.
func fourier(z []complex128) {
	n := len(z)
	if n == 1 {
		return
	}
	even, odd := make([]complex128, n/2), make([]complex128, n/2)
	for i := range even {
		even[i], odd[i] = z[2*i], z[2*i+1]
	}
	fourier(even)
	fourier(odd)
	for k := range even {
		s, c := math.Sincos(-2 * math.Pi * float64(k) / float64(n))
		t := complex(c, s) * odd[k]
		z[k], z[k+n/2] = even[k]+t, even[k]-t
	}
}
