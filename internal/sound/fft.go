package sound

import (
	"math"
	"math/bits"
	"math/cmplx"
)

// fourier is a radix-2 fast Fourier transform of one size.
type fourier struct {
	twiddle []complex128 // the first half of the unit circle, clockwise
	swap    []int        // bit-reversed indices
	buffer  []complex128 // for the caller's use
}

// newFFT prepares transforms of n values, n a power of two from 2 up.
func newFFT(n int) *fourier {
	f := &fourier{twiddle: make([]complex128, n/2), swap: make([]int, n), buffer: make([]complex128, n)}
	for k := range f.twiddle {
		f.twiddle[k] = cmplx.Rect(1, -2*math.Pi*float64(k)/float64(n))
	}
	shift := 64 - bits.TrailingZeros(uint(n))
	for i := range f.swap {
		f.swap[i] = int(bits.Reverse64(uint64(i)) >> shift)
	}
	return f
}

// run transforms x in place. The inverse is scaled by 1/len(x).
func (f *fourier) run(x []complex128, inverse bool) {
	n := len(f.swap)
	for i, j := range f.swap {
		if j > i {
			x[i], x[j] = x[j], x[i]
		}
	}
	if inverse { // the forward transform read backwards
		defer func() {
			for i, j := 1, n-1; i < j; i, j = i+1, j-1 {
				x[i], x[j] = x[j], x[i]
			}
			for i := range x {
				x[i] *= complex(1/float64(n), 0)
			}
		}()
	}
	for half := 1; half < n; half *= 2 {
		stride := n / 2 / half
		for from := 0; from < n; from += 2 * half {
			lo, hi := x[from:from+half], x[from+half:from+2*half]
			for k := range lo {
				t := hi[k] * f.twiddle[k*stride]
				lo[k], hi[k] = lo[k]+t, lo[k]-t
			}
		}
	}
}

// hann is a periodic Hann window.
func hann(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/float64(n))
	}
	return w
}
