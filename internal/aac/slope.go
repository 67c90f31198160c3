package aac

import (
	"math"
	"sync"
)

// slopes returns the rising halves of the long windows, BlockSize values each: the sine window and the
// Kaiser-Bessel derived window with alpha 4 (ISO/IEC 14496-3, 4.6.11.3.2).
var slopes = sync.OnceValue(func() (s struct{ sine, kbd [BlockSize]float64 }) {
	var sum float64
	for n := range BlockSize + 1 {
		x := 2*float64(n)/BlockSize - 1
		sum += besselI0(math.Pi * 4 * math.Sqrt(max(0, 1-x*x)))
		if n < BlockSize {
			s.kbd[n] = sum
			s.sine[n] = math.Sin(math.Pi / (2 * BlockSize) * (float64(n) + 0.5))
		}
	}
	for n := range s.kbd {
		s.kbd[n] = math.Sqrt(s.kbd[n] / sum)
	}
	return s
})

// besselI0 is the modified Bessel function of the first kind, order 0, by its power series.
func besselI0(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-16; k++ {
		term *= x / 2 / k
		sum += term * term
		if term*term < sum*1e-18 {
			break
		}
	}
	return sum
}

// reshape prepares one block (interleaved) for an encoder that will fold it with one slope although the decoder
// unfolds it with the other, so that the packet on the new side of a seam states the wanted fold. The slope rises at
// the in seam and falls at the out seam. The packet on the other side of the block comes out wrong and is not used.
//
// The MDCT sees a block with window w only through its fold u[n] = w[n]x[n] ∓ w[m]x[m], m = 1023-n: minus where the
// window rises, plus where it falls. That is half as many values as the block has, so of all blocks with the wanted
// fold the one nearest to x is taken: x plus the difference of the folds, unfolded with the encoder's window. It
// differs from x by less than a fifth, which leaves the encoder's choices alone.
func reshape(block []float32, channels int, encoderKBD, wantKBD, falling bool) {
	if encoderKBD == wantKBD {
		return
	}
	sl := slopes()
	have, want := &sl.sine, &sl.kbd
	if encoderKBD {
		have, want = want, have
	}
	for n := range BlockSize / 2 {
		lo, hi := n, BlockSize-1-n // where the slope is low and high, whichever way it runs
		sign := -1.0
		if falling {
			lo, hi, sign = hi, lo, 1
		}
		low, high := have[n], have[BlockSize-1-n]
		dLow, dHigh := want[n]-low, want[BlockSize-1-n]-high
		for c := range channels {
			a, b := &block[lo*channels+c], &block[hi*channels+c]
			fold := dLow*float64(*a) + sign*dHigh*float64(*b)
			*a += float32(low * fold)
			*b += float32(sign * high * fold)
		}
	}
}
