package splice

import (
	"retake/internal/retake"
)

// Plan says which frames of a picture track stay, in display indices. See the package comment.
type Plan struct {
	N, Start, End, M, Total int
	// From is the decode index of the sample to decode from to see frame N.
	From int
	// Carried is the decode index of an open start whose pictures shown before it need replaced ones: those are
	// re-encoded, and it follows them as the last frame of the bridge, its slot M-1 and its bytes the original's but for
	// the mark that a decoder begins anew there. -1 for none.
	Carried int
	// Depth is how many frames late the new samples may be shown for every one to keep its decode time.
	Depth int
}

// LeadIn, Edit and Bridge return the number of frames in those spans.
func (p Plan) LeadIn() int { return p.Start - p.N }

// Edit returns the number of new frames.
func (p Plan) Edit() int { return p.End - p.Start }

// Bridge returns the number of frames between the segment and the next keyframe.
func (p Plan) Bridge() int { return p.M - p.End }

// Encoded returns the number of bridge frames that are encoded anew.
func (p Plan) Encoded() int {
	if p.Carried >= 0 {
		return p.Bridge() - 1
	}
	return p.Bridge()
}

// NewPlan plans the replacement of display frames [start, end). at tells of a decode index whether decoding can begin
// there.
func NewPlan(l *Timeline, start, end int, at func(decode int) (Start, error)) (Plan, error) {
	p := Plan{Start: start, End: end, Total: l.Len(), N: headEnd(l, start)}
	var err error
	if p.M, p.Carried, err = tailStart(l, end, at); err != nil {
		return p, err
	}
	if p.From, err = decodeFrom(l, p.N, at); err != nil {
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
	n := min(start, l.Len())
	for n > 0 && !l.closed(n-1) {
		n--
	}
	return n
}

// tailStart returns the first frame from which on the original goes on: a closed start at or after the frame end, or
// the one behind an open start, which is then carried over. Total when there is neither.
func tailStart(l *Timeline, end int, at func(int) (Start, error)) (m, carried int, err error) {
	if end >= l.Len() {
		return l.Len(), -1, nil
	}
	for i := headEnd(l, end); i < l.Len(); i++ {
		shown := l.Rank(i)
		if shown < end {
			continue
		}
		start, err := l.resume(i, at)
		switch {
		case err != nil:
			return 0, -1, err
		case start == ClosedStart:
			return i, -1, nil
		case start == OpenStart:
			return shown + 1, i, nil
		}
	}
	return l.Len(), -1, nil
}

// resume says whether and how the original can go on at a decode index. An open start before which nothing is shown that
// comes later stays one: unmarked, its picture would be counted on from those before it, which are others now, and shown
// out of its order. In either case all pictures that are shown before it are decoded by the slot of its own display index,
// and none of them later: behind that slot, decode and display order agree about what comes later.
func (l *Timeline) resume(i int, at func(int) (Start, error)) (Start, error) {
	if shown := l.Rank(i); !l.Samples.Sync(i) || shown < i || !l.closed(shown) {
		return NoStart, nil
	}
	start, err := at(i)
	switch {
	case err != nil || start == NoStart:
		return NoStart, err
	case start == OpenStart || l.Rank(i) == i:
		return start, nil
	}
	return NoStart, nil
}

// Resumes lists where the original can go on after a segment, ascending by decode index, which is the display index as
// well but for open starts. at is as in NewPlan.
func (l *Timeline) Resumes(at func(decode int) (Start, error)) (found []Resume, err error) {
	for i := range l.Len() {
		start, err := l.resume(i, at)
		if err != nil {
			return nil, err
		}
		if start != NoStart {
			found = append(found, Resume{i, start})
		}
	}
	return found, nil
}

// Resume is a decode index at which the original can go on.
type Resume struct {
	Decode int
	Start  Start
}

// decodeFrom returns the last sample from which on frame n can be decoded, 0 when there is none. Of what follows an open
// start only what is shown behind it comes out.
func decodeFrom(l *Timeline, n int, at func(int) (Start, error)) (int, error) {
	for i := min(n, l.Len()-1); i > 0; i-- {
		if !l.Samples.Sync(i) || l.Rank(i) > n || l.Rank(i) < i {
			continue
		}
		start, err := at(i)
		if err != nil || start == OpenStart || start == ClosedStart && l.Rank(i) == i {
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
	for i := range l.Len() {
		lowest = min(lowest, int64(l.Samples.CTS(i)))
	}
	for d := maxDepth; d > 0; d-- {
		fits := true
		for i := n; i < m && fits; i++ {
			fits = l.PTS(max(n, i-d)) >= l.Samples.DTS(i)+lowest
		}
		if fits {
			return d
		}
	}
	return 0
}
