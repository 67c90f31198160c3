package sound

import (
	"math"
	"math/cmplx"
	"slices"
)

const (
	// digitalSilence is the level below which a moment holds no room tone at all: under the rounding of 16 bits.
	digitalSilence = -93.0 // dBFS, RMS
	// pauseDepth is how far a moment must lie under the programme to count as a pause of it.
	pauseDepth = 12.0 // dB
	// loudestTone is the level that room tone never exceeds.
	loudestTone = -38.0 // dBFS, RMS
)

// roomTone grows the clip's own background to the length of the segment: the spectra of its quietest moments, drawn
// at random, with new phases, overlapped. Phases turn alike in all channels, so the image stays. It is silent when the
// clip's pauses are. estimated reports that no real pause was found and the tone is a guess, far below the programme.
func (s *scene) roomTone(around []planes) (tone planes, estimated bool, err error) {
	size := 1 << int(math.Round(math.Log2(0.085*s.rate)))
	grains, level, estimated := quietGrains(around, size)
	if len(grains) == 0 {
		return s.out, false, nil
	}
	// Grains with random phases add up in power, and the squares of half-sine windows at half overlap sum to 1.
	hop := size / 2
	window, slope := hann(size), make([]float64, size)
	for i := range slope {
		slope[i] = math.Sin(math.Pi * (float64(i) + 0.5) / float64(size))
	}
	turns := make([]complex128, size/2+1)
	transform := newFFT(size)
	for start := -size; start < s.frames; start += hop {
		if err := s.stopped(); err != nil {
			return nil, false, err
		}
		grain := grains[s.rng.IntN(len(grains))]
		for k := range turns {
			turns[k] = cmplx.Rect(1, 2*math.Pi*s.rng.Float64())
		}
		for c := 0; c < len(s.out); c += 2 {
			other := min(c+1, len(s.out)-1)
			re, im := turned(transform, grain[c], grain[other], window, turns)
			for i := max(-start, 0); i < size && start+i < s.frames; i++ {
				s.out[c][start+i] += float32(re(i) * slope[i])
				if other != c {
					s.out[other][start+i] += float32(im(i) * slope[i])
				}
			}
		}
	}
	if have := rms(s.out); have > 0 {
		s.out.scale(gainOf(level) / have)
	}
	return s.out, estimated, nil
}

// turned gives two channels' windowed grains new phases, the same for both. They go through one transform as real
// and imaginary part: turning bin k and -k by opposite angles is a real filter, so they stay apart.
func turned(f *fourier, a, b []float32, window []float64, turns []complex128) (re, im func(i int) float64) {
	x, n := f.buffer, len(f.buffer)
	for i := range x {
		x[i] = complex(float64(a[i])*window[i], float64(b[i])*window[i])
	}
	f.run(x, false)
	x[0], x[n/2] = 0, 0
	for k := 1; k < n/2; k++ {
		x[k] *= turns[k]
		x[n-k] *= cmplx.Conj(turns[k])
	}
	f.run(x, true)
	return func(i int) float64 { return real(x[i]) }, func(i int) float64 { return imag(x[i]) }
}

// quietGrains returns stretches of size samples cut from the quietest moments, and the level in dBFS that tone made
// of them should have. There are none when those moments are digitally silent.
func quietGrains(around []planes, size int) (grains []planes, level float64, estimated bool) {
	type moment struct {
		grain planes
		level float64
	}
	var moments []moment
	for _, p := range around {
		for at := 0; at+size <= p.frames(); at += size / 4 {
			g := make(planes, len(p))
			for c := range p {
				g[c] = p[c][at : at+size]
			}
			moments = append(moments, moment{g, decibels(steadyLevel(g))})
		}
	}
	if len(moments) == 0 {
		return nil, 0, false
	}
	slices.SortStableFunc(moments, func(a, b moment) int {
		switch {
		case a.level < b.level:
			return -1
		case a.level > b.level:
			return 1
		}
		return 0
	})
	// A little digital silence (a fade at the clip's very start) says nothing of the room; a lot of it is the room.
	silent := 0
	for silent < len(moments) && moments[silent].level < digitalSilence {
		silent++
	}
	if silent*8 > len(moments) {
		return nil, 0, false
	}
	moments = moments[silent:]
	quiet := moments[0].level
	programme := moments[len(moments)*9/10].level
	for i, m := range moments {
		if i >= 4 && (m.level > quiet+4 || i > len(moments)/3+4) {
			break
		}
		grains = append(grains, m.grain)
	}
	level = moments[len(grains)/2].level
	if quiet > programme-pauseDepth && programme > loudestTone {
		return grains, min(level, programme-30, loudestTone-10), true
	}
	return grains, min(level, loudestTone), false
}

// steadyLevel is the RMS of the loudest of four parts, so that a moment with a word's beginning in it is no pause.
func steadyLevel(p planes) float64 {
	n := p.frames() / 4
	var top float64
	for k := range 4 {
		part := make(planes, len(p))
		for c := range p {
			part[c] = p[c][k*n : (k+1)*n]
		}
		top = max(top, rms(part))
	}
	return top
}

func rms(p planes) float64 {
	var sum float64
	for _, ch := range p {
		for _, v := range ch {
			sum += float64(v) * float64(v)
		}
	}
	if n := len(p) * p.frames(); n > 0 {
		return math.Sqrt(sum / float64(n))
	}
	return 0
}
