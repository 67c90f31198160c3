package hosted

import "retake/internal/retake"

// Limits is what a provider's schema takes, known before anything is sent or paid. 0 is no bound.
type Limits struct {
	Upload            int64   // bytes of the window
	Shortest, Longest float64 // seconds of the segment
}

// tolerance is what the count of pictures may take from a segment, in seconds: a bound is meant, and sent, as it is.
const tolerance = 0.05

// Check tells of an order outside of them; title begins the sentences.
func (l Limits) Check(title string, o Order) error {
	if l.Upload > 0 && o.Size > l.Upload {
		return retake.Invalid("duration", "The footage around this segment takes %d MB as it is sent, and %s takes %d MB. Choose a shorter segment.", o.Size>>20, title, l.Upload>>20)
	}
	if d := o.Duration(); l.Longest > 0 && (d < l.Shortest-tolerance || d > l.Longest+tolerance) {
		return retake.Invalid("duration", "%s makes segments of %g to %g seconds anew, and this one has %.2f.", title, l.Shortest, l.Longest, d)
	}
	return nil
}

// Duration is the order's within them.
func (l Limits) Duration(o Order) float64 {
	d := max(o.Duration(), l.Shortest)
	if l.Longest > 0 {
		d = min(d, l.Longest)
	}
	return d
}
