package wish

import (
	"math"
	"testing"
)

func TestSpan(t *testing.T) {
	s := func(share, seconds float64) Moment { return Moment{Share: share, Seconds: seconds} }
	for name, c := range map[string]struct {
		when             When
		length, from, to float64
	}{
		"whole":                         {When{}, 4, 0, 4},
		"whole, suddenly":               {When{Onset: Sudden}, 4, 0, 4},
		"from the middle on":            {When{From: s(0.5, 0)}, 4, 2, 4},
		"first half":                    {When{To: s(0.5, 0)}, 4, 0, 2},
		"seconds":                       {When{From: s(0, 1), To: s(0, 3)}, 4, 1, 3},
		"two seconds before the end":    {When{From: s(1, -2)}, 5, 3, 5},
		"begins before the segment":     {When{From: s(1, -9), To: s(0, 2)}, 4, 0, 2},
		"ends after the segment":        {When{From: s(0, 3), To: s(0, 30)}, 4, 3, 4},
		"begins at the end":             {When{From: s(1, 0)}, 4, 3.8, 4},
		"lies behind the end":           {When{From: s(0, 10), To: s(0, 12)}, 4, 3.8, 4},
		"backwards":                     {When{From: s(0, 3), To: s(0, 1)}, 4, 3, 3.2},
		"shorter than the least":        {When{From: s(0, 1), To: s(0, 1.05)}, 4, 1, 1.2},
		"in less room than the least":   {When{From: s(0.5, 0)}, 0.1, 0, 0.1},
		"no length":                     {When{From: s(0.5, 0)}, 0, 0, 0},
		"a length that is not a number": {When{}, math.NaN(), 0, 0},
	} {
		from, to := c.when.Span(c.length)
		if math.Abs(from-c.from) > 1e-9 || math.Abs(to-c.to) > 1e-9 {
			t.Errorf("%s of %g s: %g to %g, want %g to %g", name, c.length, from, to, c.from, c.to)
		}
	}
}

func TestWhenString(t *testing.T) {
	for want, w := range map[string]When{
		"":                               {},
		"suddenly":                       {Onset: Sudden},
		"from the middle on":             {From: Moment{Share: 0.5}},
		"from 2 s on gradually":          {From: Moment{Seconds: 2}, To: Moment{Share: 1}, Onset: Gradual},
		"until 1.5 s":                    {To: Moment{Seconds: 1.5}},
		"from 1 s to 2 s before the end": {From: Moment{Seconds: 1}, To: Moment{Share: 1, Seconds: -2}},
		"from 25 %+1 s to 75 %":          {From: Moment{Share: 0.25, Seconds: 1}, To: Moment{Share: 0.75}},
		"from the middle to the end":     {From: Moment{Share: 0.5}, To: Moment{Share: 1, Seconds: 0.5}},
	} {
		if got := w.String(); got != want {
			t.Errorf("%+v reads %q, want %q", w, got, want)
		}
	}
}

func TestWhenWith(t *testing.T) {
	w := When{From: Moment{Seconds: 1}, Onset: Sudden}.With(When{To: Moment{Share: 0.5}, Onset: Gradual})
	if want := (When{To: Moment{Share: 0.5}, Onset: Sudden}); w != want {
		t.Errorf("%+v, want the other's part and its own onset: %+v", w, want)
	}
}
