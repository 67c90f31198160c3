package picture

import "retake/internal/wish"

// envelope is how much of an effect each picture of a segment has: exactly 0 at the first and the last, 1 in the
// middle of the effect's time, and smooth between.
type envelope struct {
	last       int     // number of the last picture
	from, to   float64 // the effect's time, in pictures
	rise, fall float64 // pictures
}

func newEnvelope(frames int, fps, seconds float64, when wish.When) envelope {
	if fps <= 0 {
		fps = 30
	}
	e := envelope{last: frames - 1, to: float64(frames - 1)}
	if !when.Whole() {
		from, to := when.Span(float64(frames) / fps)
		e.from, e.to = from*fps, min(to*fps, e.to)
	}
	// A short time still reaches full strength, in its middle.
	e.rise = min(fps*seconds, (e.to-e.from)/2)
	e.fall = e.rise
	switch when.Onset {
	case wish.Sudden:
		e.rise = 0
	case wish.Gradual:
		e.rise = max(e.rise, e.to-e.from-e.fall)
	}
	return e
}

func (e envelope) at(index int) float64 {
	x := float64(index)
	if index <= 0 || index >= e.last || x < e.from || x > e.to {
		return 0
	}
	return min(grown(x-e.from, e.rise), grown(e.to-x, e.fall))
}

// grown is how much of a ramp is passed; one of less than a picture is none.
func grown(x, ramp float64) float64 {
	if ramp < 1 {
		return 1
	}
	return smooth(x / ramp)
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
