package picture

// envelope is how much of an effect each picture of a segment has: exactly 0 at the first and the last, 1 in the
// middle, and smooth between.
type envelope struct {
	last int // number of the last picture
	ramp float64
}

func newEnvelope(frames int, fps, seconds float64) envelope {
	if fps <= 0 {
		fps = 30
	}
	e := envelope{last: frames - 1, ramp: fps * seconds}
	// A short segment still reaches full strength, in its middle.
	e.ramp = min(e.ramp, float64(e.last)/2)
	return e
}

func (e envelope) at(index int) float64 {
	if index <= 0 || index >= e.last {
		return 0
	}
	if e.ramp < 1 {
		return 1
	}
	return smooth(float64(min(index, e.last-index)) / e.ramp)
}

// smooth is the cubic with flat ends through (0,0) and (1,1).
func smooth(x float64) float64 {
	x = clamp01(x)
	return x * x * (3 - 2*x)
}

func clamp01(x float64) float64 {
	if !(x > 0) {
		return 0
	}
	return min(x, 1)
}

func mix(a, b, t float64) float64 { return a + (b-a)*t }
