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
		t.Count = len(t.samples)
		t.layOut()
		for _, s := range t.samples {
			f.first = min(f.first, s.PTS()-t.delay)
		}
	}
	if f.first == math.MaxInt64 {
		f.first = 0
	}
}

func (t *track) layOut() {
	n := len(t.samples)
	shown := make([]int64, n)
	for i, s := range t.samples {
		shown[i] = s.DTS
	}
	if t.Kind == container.Video {
		slices.Sort(shown)
	}
	for i := range t.samples {
		s := &t.samples[i]
		offset := s.DTS - shown[i]
		s.CTS = int32(max(min(offset, math.MaxInt32), math.MinInt32))
		s.DTS = shown[i]
		switch {
		case s.Duration != 0:
		case i+1 < n:
			s.Duration = uint32(max(0, min(shown[i+1]-shown[i], math.MaxUint32)))
		case t.last != 0:
			s.Duration = t.last
		case n > 1:
			s.Duration = t.samples[i-1].Duration
		}
	}
}
