package mp4

import (
	"encoding/binary"
	"sort"
)

// Uncompressed sound has a sample for each moment of all channels: 173 million in an hour. They are laid out in groups.
const (
	groupSize = 4096
	maxFrame  = 1 << 10 // bytes of a sample in a group, and its ticks
)

// readGroups finds out whether the track is laid out in groups: sound whose samples are alike in size and duration and
// depend on nothing. What is compressed in packets of one size may be among it and loses nothing by that.
func (t *Track) readGroups() {
	b := t.stbl.child("stsz").body[4:]
	size := binary.BigEndian.Uint32(b)
	if t.Handler != "soun" || t.Entry.Format == "mp4a" || size == 0 || size > maxFrame ||
		t.stbl.child("ctts") != nil || t.stbl.child("stss") != nil {
		return
	}
	total, ticks, even := int64(0), uint32(0), true
	err := t.runs("stts", func(count, value uint32) bool {
		even = even && (ticks == 0 || ticks == value)
		ticks, total = value, total+int64(count)
		return true
	})
	if err == nil && even && ticks <= maxFrame && total == int64(t.Count) {
		t.frame = ticks
	}
}

// groups is Samples for a track that is laid out in groups. One may be in several chunks; ReadSample joins it.
func (t *Track) groups() ([]Sample, error) {
	chunks, err := t.layout()
	if err != nil {
		return nil, err
	}
	size := t.sizeOf()(0)
	out := make([]Sample, t.laidOut())
	for i := range out {
		first := i * groupSize
		n := uint32(min(groupSize, t.Count-first))
		c := chunkOf(chunks, first)
		out[i] = Sample{Offset: c.offset + int64(first-c.first)*int64(size), Size: n * size, Duration: n * t.frame,
			DTS: int64(first) * int64(t.frame), Sync: true, group: uint16(t.Index + 1)}
	}
	return out, nil
}

// chunkOf returns the chunk that holds a sample.
func chunkOf(chunks []chunk, sample int) chunk {
	return chunks[sort.Search(len(chunks), func(i int) bool { return chunks[i].first > sample })-1]
}

// readGroup fills dst with a group's bytes from an offset inside it on.
func (f *File) readGroup(s Sample, from int64, dst []byte) error {
	t := f.Tracks[s.group-1]
	chunks, err := t.layout()
	if err != nil {
		return err
	}
	size := int64(t.sizeOf()(0))
	for at := s.DTS/int64(t.frame)*size + from; len(dst) > 0; { // in the track
		c := chunkOf(chunks, int(at/size))
		inside := at - int64(c.first)*size
		n := min(int64(len(dst)), c.size-inside)
		if _, err := f.r.ReadAt(dst[:n], c.offset+inside); err != nil {
			return err
		}
		dst, at = dst[n:], at+n
	}
	return nil
}
