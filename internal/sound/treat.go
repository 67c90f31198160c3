package sound

import (
	"math"

	"retake/internal/wish"
)

// treated is the clip's own sound after the treatments, each for its own time.
func (r *renderer) treated() (planes, error) {
	p := r.original
	before, free := r.original.integrated(r.rate()), false
	for _, item := range r.plan.treatments {
		made, err := r.treat(p, item)
		if err != nil {
			return nil, err
		}
		free = free || entry(item.Kind).Louder
		p = made
	}
	switch {
	case before <= Quietest:
		r.warnings = append(r.warnings, "The segment has no sound that could be treated ("+string(r.plan.treatments[0].Kind)+").")
	case !free:
		p.toLoudness(before, r.rate(), false)
	}
	return p, nil
}

// treat applies one treatment to p, which it leaves as it is.
func (r *renderer) treat(p planes, item Item) (planes, error) {
	s, e := r.scene(string(item.Kind)), entry(item.Kind)
	var made planes
	if e.Line != nil {
		made = s.ahead(e.Line(s, downmix(p, s.speakers), item))
	} else {
		var err error
		if made, err = e.Treat(s, p.clone(), item); err != nil {
			return nil, err
		}
	}
	if item.When == (wish.When{}) || e.Timed {
		return made, nil
	}
	if before := p.integrated(r.rate()); before > Quietest && !e.Louder {
		made.toLoudness(before, r.rate(), false)
	}
	for i, w := range window(p.frames(), item.When, s.rate) {
		for c := range made {
			made[c][i] = made[c][i]*w + p[c][i]*(1-w)
		}
	}
	return made, nil
}

// during keeps what lies in the given part of the segment.
func during(p planes, when wish.When, rate float64) {
	for i, w := range window(p.frames(), when, rate) {
		for c := range p {
			p[c][i] *= w
		}
	}
}

// window is 1 in the given part of the segment and 0 outside. It rises and falls over a quarter of a second, at once when that
// is said, or rises over all of the time.
func window(frames int, when wish.When, rate float64) []float32 {
	from, to := when.Span(float64(frames) / rate)
	rise := min(fadeAmbience, (to-from)/2)
	fall := rise
	switch when.Onset {
	case wish.Sudden:
		rise = min(rise, 0.01)
	case wish.Gradual:
		rise = to - from - fall
	}
	w := make([]float32, frames)
	for i := range w {
		t := (float64(i) + 0.5) / rate
		x := 1.0
		if from > 0 || when.Onset != wish.Usual {
			x = (t - from) / rise
		}
		if to < float64(frames)/rate {
			x = min(x, (to-t)/fall)
		}
		if x > 0 {
			w[i] = float32(0.5 - 0.5*math.Cos(math.Pi*min(x, 1)))
		}
	}
	return w
}
