package mp4

import (
	"cmp"
	"encoding/binary"
	"math"

	"retake/internal/column"
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

// layout is where a track's samples are.
type layout struct {
	track   *Track
	samples *container.Samples
	offset  column.Column // by chunk
	first   column.Column // by chunk, of its samples as the tables count them
}

func (l *layout) chunks() int { return l.offset.Len() }

// end returns the sample behind a chunk's last one.
func (l *layout) end(i int) int {
	if i+1 < l.chunks() {
		return int(l.first.At(i + 1))
	}
	return l.track.Count
}

func (l *layout) chunk(i int) chunk {
	c := chunk{track: l.track.Index, offset: l.offset.At(i), index: i, first: int(l.first.At(i))}
	c.count = l.end(i) - c.first
	if l.track.fixed != 0 {
		c.size = int64(c.count) * int64(l.track.fixed)
	} else if last := l.end(i) - 1; last >= c.first {
		c.size = l.samples.Offset(last) + int64(l.samples.Size(last)) - c.offset
	}
	return c
}

// readSizes reads from stsz how many samples there are and the size of all, 0 where they differ, and checks that the
// table behind that is there.
func (t *Track) readSizes() error {
	b := t.stbl.child("stsz")
	if b == nil {
		if t.stbl.child("stz2") != nil {
			return unsupported("compact sample sizes (stz2)")
		}
		return malformed("a required box is missing")
	}
	head, err := b.begin(12)
	if err != nil {
		return err
	}
	if len(head) < 12 {
		return malformed("stsz is cut short")
	}
	n := int64(binary.BigEndian.Uint32(head[8:]))
	t.Count, t.fixed = int(n), t.wideSamples(binary.BigEndian.Uint32(head[4:]))
	if t.fixed == 0 && n > (b.reader().Size()-12)/4 {
		return malformed("a track claims %d samples and lists fewer", n)
	}
	if t.fixed != 0 && n*int64(t.fixed) > t.file.size {
		return malformed("a track claims more bytes than the file has")
	}
	return nil
}

// chunkOffsets begins to read the offsets of the track's chunks. wide says that they take 64 bits.
func (t *Track) chunkOffsets() (offsets *rows, wide bool, err error) {
	if t.stbl.child("co64") != nil {
		offsets, err = t.rowsOf("co64", 0, 8)
		return offsets, true, err
	}
	offsets, err = t.rowsOf("stco", 0, 4)
	return offsets, false, err
}

// eachChunk goes through the track's chunks.
func (t *Track) eachChunk(f func(offset int64, first, count int) error) error {
	offsets, wide, err := t.chunkOffsets()
	if err != nil {
		return err
	}
	spread, err := t.rowsOf("stsc", 0, 12)
	if err != nil {
		return err
	}
	chunks, sample := int64(0), 0
	for e := spread.next(); e != nil; {
		first, per := int64(binary.BigEndian.Uint32(e)), int64(binary.BigEndian.Uint32(e[4:]))
		next := int64(offsets.n) + 1
		if e = spread.next(); e != nil {
			next = int64(binary.BigEndian.Uint32(e))
		}
		if first != chunks+1 || next < first || next > int64(offsets.n)+1 || per == 0 {
			return malformed("a track's chunk map is out of order")
		}
		for ; chunks < next-1; chunks++ {
			o := offsets.next()
			if o == nil {
				return offsets.err
			}
			if per > int64(t.Count-sample) {
				return malformed("a track's chunks hold more samples than it lists")
			}
			offset := int64(binary.BigEndian.Uint32(o))
			if wide {
				offset = int64(binary.BigEndian.Uint64(o))
			}
			if err := f(offset, sample, int(per)); err != nil {
				return err
			}
			sample += int(per)
		}
	}
	if spread.err == nil && sample != t.Count {
		return malformed("a track lists %d samples and its chunks hold %d", t.Count, sample)
	}
	return spread.err
}

// add takes note of a chunk, which has to lie inside the file.
func (l *layout) add(offset, size int64, first int) error {
	if whole := l.track.file.size; offset < 0 || offset > whole || size > whole-offset {
		return malformed("a chunk lies outside the file: it is cut off or damaged")
	}
	l.offset.Append(offset)
	l.first.Append(int64(first))
	return nil
}

// Samples returns all samples in decode order. Uncompressed sound comes in groups, of 4,096 wherever they lie.
func (t *Track) Samples() (*container.Samples, error) {
	l, err := t.layout()
	if err != nil {
		return nil, err
	}
	return l.samples, nil
}

// layOut reads the track's tables, side by side.
func (t *Track) layOut() (*layout, error) {
	if t.frame != 0 {
		return t.layOutGroups()
	}
	r, err := t.openTables()
	if err != nil {
		return nil, err
	}
	l, dts := &layout{track: t, samples: &container.Samples{}}, int64(0)
	err = t.eachChunk(func(offset int64, first, count int) error {
		at := offset
		for i := first; i < first+count; i++ {
			s, err := r.next(i)
			if err != nil {
				return err
			}
			s.Offset, s.DTS = at, dts
			l.samples.Append(s)
			at, dts = at+int64(s.Size), dts+int64(s.Duration)
		}
		return l.add(offset, at-offset, first)
	})
	if err != nil {
		return nil, err
	}
	return l, cmp.Or(r.durations.end(), r.offsets.end())
}

// tables are those that have something of each sample.
type tables struct {
	track              *Track
	sizes              *rows // nil: all are of one size
	durations, offsets *runs
	sync               []bool // nil: all are keyframes
}

func (t *Track) openTables() (r *tables, err error) {
	r = &tables{track: t, offsets: &runs{}}
	if t.fixed == 0 {
		if r.sizes, err = t.rowsOf("stsz", 4, 4); err != nil {
			return nil, err
		}
	}
	if r.durations, err = t.runsOf("stts"); err != nil {
		return nil, err
	}
	if t.stbl.child("ctts") != nil {
		if r.offsets, err = t.runsOf("ctts"); err != nil {
			return nil, err
		}
	}
	r.sync, err = t.readSync()
	return r, err
}

// next returns what the tables say of sample i, the next one.
func (r *tables) next(i int) (s Sample, err error) {
	duration, timed := r.durations.next()
	offset, placed := r.offsets.next()
	if !timed || !placed {
		return s, cmp.Or(r.durations.broken(), r.offsets.broken(), malformed("a track lists %d samples and times for %d", r.track.Count, i))
	}
	s = Sample{Size: r.track.fixed, Duration: duration, CTS: int32(offset), Sync: r.sync == nil || r.sync[i]}
	if r.sizes != nil {
		e := r.sizes.next()
		if e == nil {
			return s, r.sizes.err
		}
		s.Size = binary.BigEndian.Uint32(e)
	}
	return s, nil
}

// readSync reads which samples are keyframes, nil for all of them.
func (t *Track) readSync() ([]bool, error) {
	if t.stbl.child("stss") == nil {
		return nil, nil
	}
	list, err := t.rowsOf("stss", 0, 4)
	if err != nil {
		return nil, err
	}
	out := make([]bool, t.Count)
	for e := list.next(); e != nil; e = list.next() {
		k := binary.BigEndian.Uint32(e)
		if k == 0 || int64(k) > int64(len(out)) {
			return nil, malformed("the list of keyframes names sample %d of %d", k, len(out))
		}
		out[k-1] = true
	}
	return out, list.err
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
