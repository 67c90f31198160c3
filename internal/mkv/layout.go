package mkv

import (
	"math"
	"slices"

	"retake/internal/container"
)

// layOut gives the frames of all tracks their decode times and durations. Blocks state when frames are shown only, in
// the order of decoding: a frame is decoded when the one of its place in the order of display is shown.
func (f *File) layOut() {
	f.first = math.MaxInt64
	for _, t := range f.tracks {
		t.Count = t.samples.Len()
		t.layOut()
		for i := range t.Count {
			f.first = min(f.first, t.samples.PTS(i)-t.delay)
		}
	}
	if f.first == math.MaxInt64 {
		f.first = 0
	}
}

func (t *track) layOut() {
	shown := t.samples.DTS // by place in the order of display
	if t.Kind == container.Video {
		times := make([]int64, t.Count)
		for i := range times {
			times[i] = t.samples.DTS(i)
		}
		slices.Sort(times)
		shown = func(i int) int64 { return times[i] }
	}
	out, last := &container.Samples{}, uint32(0)
	for i, s := range t.samples.All() {
		offset := s.DTS - shown(i)
		s.CTS = int32(max(min(offset, math.MaxInt32), math.MinInt32))
		s.DTS = shown(i)
		switch {
		case s.Duration != 0:
		case i+1 < t.Count:
			s.Duration = uint32(max(0, min(shown(i+1)-shown(i), math.MaxUint32)))
		case t.last != 0:
			s.Duration = t.last
		default:
			s.Duration = last
		}
		last = s.Duration
		out.Append(s)
	}
	t.samples = out
}
