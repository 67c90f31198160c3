package wish

import "fmt"

// When is the part of the segment in which something happens. The zero value is the whole of it.
type When struct {
	From  Moment `json:"from,omitzero"`
	To    Moment `json:"to,omitzero"`
	Onset Onset  `json:"onset,omitempty"`
}

// Moment is a time in the segment: a share of its length, and seconds on top, which may be negative. "Two seconds before the
// end" is {1, -2}.
type Moment struct {
	Share   float64 `json:"share,omitempty"`
	Seconds float64 `json:"seconds,omitempty"`
}

// Onset is how something begins.
type Onset string

// The onsets. Usual is left to who makes it: half a second for effects on the picture.
const (
	Usual   Onset = ""
	Sudden  Onset = "sudden"
	Gradual Onset = "gradual" // grows over all of its time
)

// Whole reports whether all of the segment is meant.
func (w When) Whole() bool { return w.From == Moment{} && w.To == Moment{} }

// With returns w with the part of the segment that o names.
func (w When) With(o When) When {
	w.From, w.To = o.From, o.To
	return w
}

// leastSpan is how long something lasts at least, seconds, where the segment is that long.
const leastSpan = 0.2

// Span returns the part of a segment of the given length, in seconds. It lies within the segment, and lasts for at
// least a fifth of a second where there is room for it.
func (w When) Span(length float64) (from, to float64) {
	if !(length > 0) {
		return 0, 0
	}
	if w.Whole() {
		return 0, length
	}
	from, to = w.From.at(length), w.To.at(length)
	if w.To == (Moment{}) {
		to = length
	}
	if to < from+leastSpan {
		from = max(0, min(from, length-leastSpan))
		to = min(from+leastSpan, length)
	}
	return from, to
}

func (m Moment) at(length float64) float64 { return min(max(m.Share*length+m.Seconds, 0), length) }

// String says it as it stands in a sentence: "from 50 % on, suddenly".
func (w When) String() string {
	s := ""
	switch {
	case w.Whole():
	case w.To == Moment{} || w.To == Moment{Share: 1}:
		s = "from " + w.From.String() + " on"
	case w.From == Moment{}:
		s = "until " + w.To.String()
	default:
		s = "from " + w.From.String() + " to " + w.To.String()
	}
	switch w.Onset {
	case Sudden:
		s += " suddenly"
	case Gradual:
		s += " gradually"
	}
	if s != "" && s[0] == ' ' {
		s = s[1:]
	}
	return s
}

func (m Moment) String() string {
	switch {
	case m.Share == 0:
		return fmt.Sprintf("%g s", m.Seconds)
	case m.Share == 1 && m.Seconds < 0:
		return fmt.Sprintf("%g s before the end", -m.Seconds)
	case m.Share == 0.5 && m.Seconds == 0:
		return "the middle"
	case m.Share == 1:
		return "the end"
	}
	s := fmt.Sprintf("%.3g %%", m.Share*100)
	if m.Seconds != 0 {
		s += fmt.Sprintf("%+g s", m.Seconds)
	}
	return s
}
