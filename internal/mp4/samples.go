package mp4

import (
	"encoding/binary"
	"math"

	"retake/internal/container"
)

// Sample is one sample, or a group of them where sound is uncompressed. Its Ref is the index of its track plus one, 0
// for a single sample.
type Sample = container.Sample

// chunk is a run of samples that lie together.
type chunk struct {
	track  int
	offset int64
	size   int64
	index  int // in its track
	first  int // sample index
	count  int
}

// sampleCount reads the count from stsz and checks that the table behind it is there.
func (t *Track) sampleCount() (int, error) {
	_, b, err := fullBox(t.stbl.child("stsz"), 8)
	if err != nil {
		if t.stbl.child("stz2") != nil {
			return 0, unsupported("compact sample sizes (stz2)")
		}
		return 0, err
	}
	fixed, n := t.wideSamples(binary.BigEndian.Uint32(b)), int64(binary.BigEndian.Uint32(b[4:]))
	if fixed == 0 && n > int64(len(b)-8)/4 {
		return 0, malformed("a track claims %d samples and lists fewer", n)
	}
	if fixed != 0 && n*int64(fixed) > t.file.size {
		return 0, malformed("a track claims more bytes than the file has")
	}
	return int(n), nil
}

// fixedSampleSize returns the size of every sample, 0 where they differ.
func (t *Track) fixedSampleSize() uint32 {
	return t.wideSamples(binary.BigEndian.Uint32(t.stbl.child("stsz").body[4:]))
}

// sizeOf returns a function from sample index to size.
func (t *Track) sizeOf() func(i int) uint32 {
	b := t.stbl.child("stsz").body[4:]
	if fixed := t.fixedSampleSize(); fixed != 0 {
		return func(int) uint32 { return fixed }
	}
	return func(i int) uint32 { return binary.BigEndian.Uint32(b[8+4*i:]) }
}

// chunkOffsets returns the offsets of the track's chunks and whether the table is 64 bits wide.
func (t *Track) chunkOffsets() (offsets []int64, wide bool, err error) {
	kind, width := "stco", 4
	if t.stbl.child("co64") != nil {
		kind, width, wide = "co64", 8, true
	}
	_, b, err := fullBox(t.stbl.child(kind), 4)
	if err != nil {
		return nil, wide, err
	}
	n := int(binary.BigEndian.Uint32(b))
	b = b[4:]
	if n > len(b)/width {
		return nil, wide, malformed("a track claims %d chunks and lists fewer", n)
	}
	offsets = make([]int64, n)
	for i := range offsets {
		if wide {
			offsets[i] = int64(binary.BigEndian.Uint64(b[8*i:]))
		} else {
			offsets[i] = int64(binary.BigEndian.Uint32(b[4*i:]))
		}
	}
	return offsets, wide, nil
}

// chunks lays out the track's chunks and checks that each lies inside the file.
func (t *Track) chunks() ([]chunk, error) {
	offsets, _, err := t.chunkOffsets()
	if err != nil {
		return nil, err
	}
	_, b, err := fullBox(t.stbl.child("stsc"), 4)
	if err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint32(b))
	b = b[4:]
	if n > len(b)/12 {
		return nil, malformed("a track's chunk map claims %d entries and lists fewer", n)
	}
	size := t.sizeOf()
	fixed := t.fixedSampleSize()
	out := make([]chunk, 0, len(offsets))
	sample := 0
	for e := range n {
		first := int64(binary.BigEndian.Uint32(b[12*e:]))
		per := int64(binary.BigEndian.Uint32(b[12*e+4:]))
		next := int64(len(offsets)) + 1
		if e+1 < n {
			next = int64(binary.BigEndian.Uint32(b[12*(e+1):]))
		}
		if first != int64(len(out))+1 || next < first || next > int64(len(offsets))+1 || per == 0 {
			return nil, malformed("a track's chunk map is out of order")
		}
		for c := first; c < next; c++ {
			if per > int64(t.Count-sample) {
				return nil, malformed("a track's chunks hold more samples than it lists")
			}
			k := chunk{track: t.Index, index: len(out), offset: offsets[c-1], first: sample, count: int(per)}
			if fixed != 0 {
				k.size = per * int64(fixed)
			} else {
				for i := range int(per) {
					k.size += int64(size(sample + i))
				}
			}
			if k.offset < 0 || k.offset > t.file.size || k.size > t.file.size-k.offset {
				return nil, malformed("a chunk lies outside the file: it is cut off or damaged")
			}
			sample += int(per)
			out = append(out, k)
		}
	}
	if sample != t.Count {
		return nil, malformed("a track lists %d samples and its chunks hold %d", t.Count, sample)
	}
	return out, nil
}

// Samples lays out all samples in decode order. Uncompressed sound comes in groups, of 4,096 wherever they lie.
func (t *Track) Samples() ([]Sample, error) {
	if t.frame != 0 {
		return t.groups()
	}
	chunks, err := t.chunks()
	if err != nil {
		return nil, err
	}
	out := make([]Sample, t.Count)
	size := t.sizeOf()
	for _, c := range chunks {
		off := c.offset
		for i := c.first; i < c.first+c.count; i++ {
			out[i].Offset, out[i].Size = off, size(i)
			off += int64(out[i].Size)
		}
	}
	if err := t.readDurations(out); err != nil {
		return nil, err
	}
	if err := t.readOffsets(out); err != nil {
		return nil, err
	}
	return out, t.readSync(out)
}

func (t *Track) readDurations(out []Sample) error {
	i, dts := 0, int64(0)
	err := t.runs("stts", func(count, value uint32) bool {
		for ; count > 0 && i < len(out); count-- {
			out[i].DTS, out[i].Duration = dts, value
			dts += int64(value)
			i++
		}
		return count == 0
	})
	if err != nil {
		return err
	}
	if i != len(out) {
		return malformed("a track lists %d samples and times for %d", len(out), i)
	}
	return nil
}

func (t *Track) readOffsets(out []Sample) error {
	if t.stbl.child("ctts") == nil {
		return nil
	}
	i := 0
	err := t.runs("ctts", func(count, value uint32) bool {
		for ; count > 0 && i < len(out); count-- {
			out[i].CTS = int32(value)
			i++
		}
		return count == 0
	})
	if err == nil && i != len(out) {
		err = malformed("a track lists %d samples and composition times for %d", len(out), i)
	}
	return err
}

// runs calls f for each entry of a run-length table until it returns false.
func (t *Track) runs(kind string, f func(count, value uint32) bool) error {
	_, b, err := fullBox(t.stbl.child(kind), 4)
	if err != nil {
		return err
	}
	n := int(binary.BigEndian.Uint32(b))
	b = b[4:]
	if n > len(b)/8 {
		return malformed("table %q claims %d entries and lists fewer", kind, n)
	}
	for i := range n {
		if !f(binary.BigEndian.Uint32(b[8*i:]), binary.BigEndian.Uint32(b[8*i+4:])) {
			return malformed("table %q covers more samples than the track has", kind)
		}
	}
	return nil
}

func (t *Track) readSync(out []Sample) error {
	stss := t.stbl.child("stss")
	if stss == nil {
		for i := range out {
			out[i].Sync = true
		}
		return nil
	}
	_, b, err := fullBox(stss, 4)
	if err != nil {
		return err
	}
	n := int(binary.BigEndian.Uint32(b))
	b = b[4:]
	if n > len(b)/4 {
		return malformed("the list of keyframes claims %d entries and lists fewer", n)
	}
	for i := range n {
		k := binary.BigEndian.Uint32(b[4*i:])
		if k == 0 || int64(k) > int64(len(out)) {
			return malformed("the list of keyframes names sample %d of %d", k, len(out))
		}
		out[k-1].Sync = true
	}
	return nil
}

// ReadPart fills dst with a sample's bytes from an offset inside it on.
func (f *File) ReadPart(s Sample, from int64, dst []byte) error {
	if from < 0 || from+int64(len(dst)) > int64(s.Size) {
		return malformed("bytes [%d, %d) of a sample of %d", from, from+int64(len(dst)), s.Size)
	}
	if s.Ref != 0 {
		return f.readGroup(s, from, dst)
	}
	_, err := f.r.ReadAt(dst, s.Offset+from)
	return err
}

// ReadSample reads one sample's bytes into buf, which is grown when it is too small.
func (f *File) ReadSample(s Sample, buf []byte) ([]byte, error) {
	if int64(s.Size) > f.size || s.Size > math.MaxInt32 {
		return nil, malformed("a sample of %d bytes", s.Size)
	}
	if cap(buf) < int(s.Size) {
		buf = make([]byte, s.Size)
	}
	buf = buf[:s.Size]
	if s.Ref != 0 {
		return buf, f.readGroup(s, 0, buf)
	}
	_, err := f.r.ReadAt(buf, s.Offset)
	return buf, err
}
