package splice

import (
	"math"

	"retake/internal/retake"
)

// Plan says which frames of a picture track stay, in display indices. See the package comment.
type Plan struct {
	N, Start, End, M, Total int
	// From is the decode (and display) index of the IDR to decode from to see frame N.
	From int
	// Depth is how many frames late the new samples may be shown for every one to keep its decode time.
	Depth int
}

// LeadIn, Edit and Bridge return the number of frames in those spans.
func (p Plan) LeadIn() int { return p.Start - p.N }

// Edit returns the number of new frames.
func (p Plan) Edit() int { return p.End - p.Start }

// Bridge returns the number of frames between the segment and the next keyframe.
func (p Plan) Bridge() int { return p.M - p.End }

// NewPlan plans the replacement of display frames [start, end). isIDR tells of a decode index whether decoding can
// begin there and nothing shown earlier comes after it in the file.
func NewPlan(l *Timeline, start, end int, isIDR func(decode int) (bool, error)) (Plan, error) {
	p := Plan{Start: start, End: end, Total: l.Len(), N: headEnd(l, start)}
	var err error
	if p.M, err = tailStart(l, end, isIDR); err != nil {
		return p, err
	}
	if p.From, err = decodeFrom(l, p.N, isIDR); err != nil {
		return p, err
	}
	p.Depth = reorderRoom(l, p.N, p.M)
	return p, nil
}

// Spans lists what becomes of the frames, in presentation order, covering the track: which are kept is what the plan
// means to keep. A boundary of spans other than the segment's own is the same in decode and display order.
func (p Plan) Spans(l *Timeline) []retake.SpanReport {
	return l.spans([]run{
		{retake.SpanHead, 0, p.N, true},
		{retake.SpanLeadIn, p.N, p.Start, false},
		{retake.SpanEdit, p.Start, p.End, false},
		{retake.SpanBridge, p.End, p.M, false},
		{retake.SpanTail, p.M, p.Total, true},
	})
}

// SoundSpans lists what becomes of sound packets when those in [first, last) are replaced for the sake of those in
// [from, to), which sound in the segment.
func (l *Timeline) SoundSpans(first, from, to, last int) []retake.SpanReport {
	return l.spans([]run{
		{retake.SpanHead, 0, first, true},
		{retake.SpanLeadIn, first, from, false},
		{retake.SpanEdit, from, to, false},
		{retake.SpanBridge, to, last, false},
		{retake.SpanTail, last, l.Len(), true},
	})
}

// Whole is the one span of a track that no mode changes.
func (l *Timeline) Whole(kept bool) []retake.SpanReport {
	return l.spans([]run{{retake.SpanHead, 0, l.Len(), kept}})
}

// run is the frames [from, to) that are treated alike.
type run struct {
	kind     string
	from, to int
	kept     bool
}

func (l *Timeline) spans(runs []run) (spans []retake.SpanReport) {
	for _, r := range runs {
		if r.from < r.to {
			spans = append(spans, retake.SpanReport{Kind: r.kind, First: r.from, Count: r.to - r.from,
				Start: l.Time(r.from), End: l.Time(r.to), Kept: r.kept})
		}
	}
	return spans
}

// headEnd returns the length of the longest prefix in decode order that is also one in display order and ends at or
// before the frame start.
func headEnd(l *Timeline, start int) int {
	n, highest := 0, -1
	for i := range min(start, l.Len()) {
		highest = max(highest, l.Rank[i])
		if highest == i {
			n = i + 1
		}
	}
	return n
}

// tailStart returns the first IDR at or after the frame end from which on decode and display order agree about what
// comes later; Total when there is none.
func tailStart(l *Timeline, end int, isIDR func(int) (bool, error)) (int, error) {
	if end >= l.Len() {
		return l.Len(), nil
	}
	closed := l.closed()
	for i := end; i < l.Len(); i++ {
		if !closed[i] {
			continue
		}
		if ok, err := isIDR(i); err != nil || ok {
			return i, err
		}
	}
	return l.Len(), nil
}

// closed reports of each decode index whether it is a keyframe after which nothing is shown earlier.
func (l *Timeline) closed() []bool {
	at := make([]bool, l.Len())
	lowest := math.MaxInt // display index from i on
	for i := l.Len() - 1; i >= 0; i-- {
		lowest = min(lowest, l.Rank[i])
		at[i] = l.Samples[i].Sync && l.Rank[i] == i && lowest == i
	}
	return at
}

// Resumes lists where the original can go on after a segment: display indices, which are decode indices too,
// ascending. isIDR is as in NewPlan.
func (l *Timeline) Resumes(isIDR func(decode int) (bool, error)) (at []int, err error) {
	for i, closed := range l.closed() {
		if !closed {
			continue
		}
		ok, err := isIDR(i)
		if err != nil {
			return nil, err
		}
		if ok {
			at = append(at, i)
		}
	}
	return at, nil
}

// decodeFrom returns the last IDR at or before frame n, 0 when there is none.
func decodeFrom(l *Timeline, n int, isIDR func(int) (bool, error)) (int, error) {
	for i := min(n, l.Len()-1); i > 0; i-- {
		if !l.Samples[i].Sync || l.Rank[i] != i {
			continue
		}
		if ok, err := isIDR(i); err != nil || ok {
			return i, err
		}
	}
	return 0, nil
}

// maxDepth is the deepest reordering the encoder is set to: B-frames that refer to B-frames.
const maxDepth = 2

// reorderRoom returns the largest depth d ≤ maxDepth for which a sample in slot i of [n, m) may show the frame of
// slot i-d without being shown before it is decoded. Sources whose composition offsets go below zero may go as low
// as they already do.
func reorderRoom(l *Timeline, n, m int) int {
	lowest := int64(0)
	for _, s := range l.Samples {
		lowest = min(lowest, int64(s.CTS))
	}
	for d := maxDepth; d > 0; d-- {
		fits := true
		for i := n; i < m && fits; i++ {
			fits = l.PTS(max(n, i-d)) >= l.Samples[i].DTS+lowest
		}
		if fits {
			return d
		}
	}
	return 0
}
