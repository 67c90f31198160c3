package splice

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"

	"retake/internal/container"
	"retake/internal/retake"
)

// Timeline holds a track's samples in decode order and the order in which they are shown.
type Timeline struct {
	Samples   *container.Samples
	Timescale uint32
	origin    int64  // track ticks at movie time 0
	delay     int64  // ticks of nothing before it
	order     *order // nil where samples are shown in the order in which they are decoded
}

// ErrCut is wrapped, beside container.ErrUnsupported, by the error about a track of which an edit list shows parts, or some
// twice, or at another speed.
var ErrCut = errors.New("an edit list that cuts or changes the speed")

// NewTimeline lays out a track. Errors are LayOut's, and ErrCut.
func NewTimeline(t *container.Track) (*Timeline, error) {
	samples, err := t.Samples()
	if err != nil {
		return nil, err
	}
	origin, delay, ok := t.Origin()
	if !ok && samples.Len() > 0 {
		return nil, fmt.Errorf("%w: %w", container.ErrUnsupported, ErrCut)
	}
	return LayOut(samples, t.Timescale, origin, delay)
}

// LayOut makes the timeline of samples in decode order. origin is the ticks at movie time 0, delay those of nothing
// before it. It is an error for there to be no samples, or for two to share a presentation time.
func LayOut(samples *container.Samples, timescale uint32, origin, delay int64) (*Timeline, error) {
	if samples.Len() == 0 {
		return nil, fmt.Errorf("%w: the track has no samples", container.ErrMalformed)
	}
	l := &Timeline{Samples: samples, Timescale: timescale, origin: origin, delay: delay}
	ascending := func(i int) bool { return i == 0 || samples.PTS(i-1) < samples.PTS(i) }
	for i := range samples.Len() {
		if !ascending(i) {
			order, err := newOrder(samples)
			if err != nil {
				return nil, err
			}
			l.order = order
			break
		}
	}
	return l, nil
}

// Len returns the number of samples.
func (l *Timeline) Len() int { return l.Samples.Len() }

// Rank returns the display index of a decode index.
func (l *Timeline) Rank(decode int) int {
	if l.order == nil {
		return decode
	}
	return int(l.order.rank.At(decode))
}

// Display returns the decode index of a display index.
func (l *Timeline) Display(display int) int {
	if l.order == nil {
		return display
	}
	return int(l.order.display.At(display))
}

// closed reports whether the samples up to an index are the same in the order of decoding and in that of display.
func (l *Timeline) closed(i int) bool { return l.order == nil || l.order.closed.At(i) != 0 }

// reorder returns by how many pictures the deepest is out of order: those that are decoded before it and shown after it, at
// most maxReorder.
func (l *Timeline) reorder() (deepest int) {
	next := 0 // all up to here have been decoded
	var ahead []int
	for i := range l.Len() {
		r := l.Rank(i)
		later := 0
		for _, a := range ahead {
			if a > r {
				later++
			}
		}
		if deepest = max(deepest, later); deepest >= maxReorder || len(ahead) > 8*maxReorder {
			return maxReorder
		}
		ahead = append(ahead, r)
		for i := slices.Index(ahead, next); i >= 0; i = slices.Index(ahead, next) {
			ahead = slices.Delete(ahead, i, i+1)
			next++
		}
	}
	return deepest
}

// PTS returns the presentation time of a display index in ticks.
func (l *Timeline) PTS(display int) int64 { return l.Samples.PTS(l.Display(display)) }

// Time returns when a display index is shown, in seconds of the movie. Len() stands for the end of the last one.
func (l *Timeline) Time(display int) float64 {
	if display >= l.Len() {
		last := l.Samples.At(l.Display(l.Len() - 1))
		return l.seconds(last.PTS() + int64(last.Duration))
	}
	return l.seconds(l.PTS(display))
}

func (l *Timeline) seconds(pts int64) float64 {
	return float64(pts-l.origin+l.delay) / float64(l.Timescale)
}

// timeTolerance forgives times that were rounded to a millisecond.
const timeTolerance = 0.0006

// FrameAt returns the first display index that is shown at or after a time in seconds, Len() past the end.
func (l *Timeline) FrameAt(seconds float64) int {
	return sort.Search(l.Len(), func(d int) bool { return l.Time(d) >= seconds-timeTolerance })
}

// Rate returns the average frame rate as a fraction: exact where all durations are equal.
func (l *Timeline) Rate() retake.Rate {
	first, last := l.PTS(0), l.PTS(l.Len()-1)
	if l.Len() < 2 || last <= first {
		return retake.Rate{Num: 25, Den: 1}
	}
	num, den := int64(l.Len()-1)*int64(l.Timescale), last-first
	g := gcd(num, den)
	num, den = num/g, den/g
	for num > math.MaxInt32 || den > math.MaxInt32 {
		num, den = num/2, max(den/2, 1)
	}
	return retake.Rate{Num: int(num), Den: int(den)}
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, 1)
}
