package sound

import (
	"math/cmplx"
	"slices"
)

// spectral sends x through a gain for each band and moment. judge is given the powers of each moment and the gains of the one
// before, which it changes.
func spectral(x []float32, size int, judge func(power, gain []float64)) []float32 {
	m := newMoments(x, size)
	gain, other := make([]float64, size/2+1), make([]float64, size/2+1)
	for k := range gain {
		gain[k] = 1
	}
	out := make([]float32, len(x))
	b := m.transform.buffer
	for start := -size + m.hop; start < len(x); start += 2 * m.hop {
		first, second := m.pair(start)
		judge(first, gain)
		copy(other, gain)
		if start+m.hop < len(x) {
			judge(second, gain)
		}
		// What is real stays real under gains that are alike at k and -k, so that both moments go back together, too.
		for k := 1; k < size/2; k++ {
			one, two := unpaired(b[k], b[size-k])
			one, two = one*complex(other[k], 0), two*complex(gain[k], 0)
			b[k] = one + 1i*two
			b[size-k] = cmplx.Conj(one) + 1i*cmplx.Conj(two)
		}
		for _, k := range []int{0, size / 2} {
			b[k] = complex(real(b[k])*other[k], imag(b[k])*gain[k])
		}
		m.transform.run(b, true)
		for i := range b {
			w := m.window[i] / 1.5 // squares of Hann windows at quarter steps sum to 1.5
			if k := start + i; k >= 0 && k < len(x) {
				out[k] += float32(real(b[i]) * w)
			}
			if k := start + m.hop + i; k >= 0 && k < len(x) {
				out[k] += float32(imag(b[i]) * w)
			}
		}
	}
	return out
}

// moments are the spectra of windowed pieces of x, a quarter of their size apart, two by two through one transform: one as what is
// real and the other as what is imaginary.
type moments struct {
	x             []float32
	hop           int
	window        []float64
	transform     *fourier
	first, second []float64 // powers
}

func newMoments(x []float32, size int) *moments {
	return &moments{x: x, hop: size / 4, window: hann(size), transform: newFFT(size), first: make([]float64, size/2+1), second: make([]float64, size/2+1)}
}

// unpaired returns the values at k of two real signals, from those at k and -k of the first plus i times the second.
func unpaired(at, mirrored complex128) (one, two complex128) {
	m := cmplx.Conj(mirrored)
	return (at + m) / 2, (at - m) / 2i
}

// pair leaves the spectrum of the pieces from start on and from a hop behind it in the transform's buffer, and returns their powers.
func (m *moments) pair(start int) (first, second []float64) {
	b, size := m.transform.buffer, len(m.window)
	at := func(i int) float64 {
		if i < 0 || i >= len(m.x) {
			return 0
		}
		return float64(m.x[i])
	}
	for i, w := range m.window {
		b[i] = complex(at(start+i)*w, at(start+m.hop+i)*w)
	}
	m.transform.run(b, false)
	for k := range m.first {
		one, two := unpaired(b[k], b[(size-k)%size])
		m.first[k] = real(one)*real(one) + imag(one)*imag(one)
		m.second[k] = real(two)*real(two) + imag(two)*imag(two)
	}
	return m.first, m.second
}

// quietSpectrum is the power of each band in its quieter moments, the lower fifth, as that of noise that is always there.
func quietSpectrum(x []float32, size int) []float64 {
	m := newMoments(x, size)
	var powers [][]float64
	for start := 0; start+size+m.hop <= len(x); start += 2 * m.hop { // whole ones
		first, second := m.pair(start)
		powers = append(powers, slices.Clone(first), slices.Clone(second))
	}
	out := make([]float64, size/2+1)
	of := make([]float64, len(powers))
	for k := range out {
		for i, p := range powers {
			of[i] = p[k]
		}
		slices.Sort(of)
		// The lower fifth of an exponential distribution ends at 0.22 of its mean.
		out[k] = of[len(of)/5] / 0.22
	}
	return out
}
