package container

import (
	"iter"

	"retake/internal/column"
)

// Sample is one sample in decode order, or a group of them where sound is uncompressed. Times are track ticks.
type Sample struct {
	Offset   int64 // in the file
	Size     uint32
	Duration uint32
	DTS      int64
	CTS      int32 // composition offset: PTS is DTS + CTS
	Sync     bool
	Ref      uint16 // for the container to find the bytes by, 0 where they lie together at Offset
}

// PTS returns the presentation time in ticks.
func (s Sample) PTS() int64 { return s.DTS + int64(s.CTS) }

// Samples are a track's samples in decode order, in about 7 bytes each. Once all are there they are safe for concurrent
// use.
type Samples struct {
	offset, size, duration, dts, cts, sync, ref column.Column
}

// NewSamples returns those of a list.
func NewSamples(list []Sample) *Samples {
	s := &Samples{}
	for _, x := range list {
		s.Append(x)
	}
	return s
}

// Append adds the next sample.
func (s *Samples) Append(x Sample) {
	key := int64(0)
	if x.Sync {
		key = 1
	}
	s.offset.Append(x.Offset)
	s.size.Append(int64(x.Size))
	s.duration.Append(int64(x.Duration))
	s.dts.Append(x.DTS)
	s.cts.Append(int64(x.CTS))
	s.sync.Append(key)
	s.ref.Append(int64(x.Ref))
}

// Len returns how many there are.
func (s *Samples) Len() int { return s.offset.Len() }

// At returns sample i.
func (s *Samples) At(i int) Sample {
	return Sample{Offset: s.Offset(i), Size: s.Size(i), Duration: uint32(s.duration.At(i)), DTS: s.DTS(i), CTS: s.CTS(i),
		Sync: s.Sync(i), Ref: uint16(s.ref.At(i))}
}

// All yields all samples by their index.
func (s *Samples) All() iter.Seq2[int, Sample] {
	return func(yield func(int, Sample) bool) {
		for i := range s.Len() {
			if !yield(i, s.At(i)) {
				return
			}
		}
	}
}

// Offset returns where sample i is in the file. Like what follows it is quicker than asking for all of the sample.
func (s *Samples) Offset(i int) int64 { return s.offset.At(i) }

// Size returns the bytes of sample i.
func (s *Samples) Size(i int) uint32 { return uint32(s.size.At(i)) }

// DTS returns when sample i is decoded, in ticks.
func (s *Samples) DTS(i int) int64 { return s.dts.At(i) }

// CTS returns the composition offset of sample i, in ticks.
func (s *Samples) CTS(i int) int32 { return int32(s.cts.At(i)) }

// PTS returns when sample i is presented, in ticks.
func (s *Samples) PTS(i int) int64 { return s.dts.At(i) + s.cts.At(i) }

// Sync reports whether sample i is listed as a keyframe.
func (s *Samples) Sync(i int) bool { return s.sync.At(i) != 0 }
