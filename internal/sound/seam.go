package sound

import "math"

// Lengths in seconds.
const (
	fadeAmbience  = 0.25 // a sound that grows in and out
	fadeCut       = 0.10 // the original giving way to room tone
	fadeTreatment = 0.03 // the same material on both sides
	edgeRamp      = 0.003
	edgeHold      = 16 // samples at either end that are the original's own
)

// ramp returns 0 at the first and last hold samples, and between them rises to 1 and falls again over length
// samples, without corners.
func ramp(frames, hold, length int) []float32 {
	hold = min(hold, frames/4)
	length = max(min(length, frames/2-hold), 1)
	r := make([]float32, frames)
	for i := range r {
		x := float64(min(i, frames-1-i)-hold+1) / float64(length)
		switch {
		case x <= 0:
		case x >= 1:
			r[i] = 1
		default:
			r[i] = float32(0.5 - 0.5*math.Cos(math.Pi*x))
		}
	}
	return r
}

// joints says of the segment's start and end whether the sounds on both sides of the seam are alike: the same material.
type joints struct{ in, out bool }

// blend fades from original to made at the segment's start and back at its end. Unlike sounds keep their summed power
// on the way, alike ones their summed amplitude. It writes into made.
func blend(original, made planes, weight []float32, at joints) {
	for i, w := range weight {
		alike := at.in
		if 2*i >= len(weight) {
			alike = at.out
		}
		in, out := float64(w), 1-float64(w)
		switch {
		case w == 0: // exactly the original
			in, out = 0, 1
		case w == 1:
			in, out = 1, 0
		case !alike:
			in, out = math.Sincos(float64(w) * math.Pi / 2)
		}
		for c := range made {
			made[c][i] = float32(float64(made[c][i])*in + float64(original[c][i])*out)
		}
	}
}

// finish keeps p under the ceiling and under full scale, without touching the samples at the ends.
func finish(original, p planes, rate int) {
	n := p.frames()
	limit(p, rate, ramp(n, edgeHold, int(edgeRamp*float64(rate))))
	for c, ch := range p {
		for i, v := range ch {
			top := max(1, original[c][i], -original[c][i])
			ch[i] = min(max(v, -top), top)
		}
	}
}
