package mp4

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"sort"

	"retake/internal/container"
)

// Uncompressed sound has a sample for each moment of all channels: 173 million in an hour. They are laid out in groups.
const (
	groupSize = 4096
	maxFrame  = 1 << 10 // bytes of a sample in a group, and its ticks
)

// readGroups finds out whether the track is laid out in groups: sound whose samples are alike in size and duration and
// depend on nothing. What is compressed in packets of one size may be among it and loses nothing by that.
func (t *Track) readGroups() {
	if t.Handler != "soun" || t.Entry.Format == "mp4a" || t.fixed == 0 || t.fixed > maxFrame ||
		t.stbl.child("ctts") != nil || t.stbl.child("stss") != nil {
		return
	}
	times, err := t.runsOf("stts")
	if err != nil {
		return
	}
	total, ticks := int64(0), uint32(0)
	for count, value, ok := times.run(); ok; count, value, ok = times.run() {
		if ticks != 0 && ticks != value {
			return
		}
		ticks, total = value, total+int64(count)
	}
	if times.broken() == nil && ticks <= maxFrame && total == int64(t.Count) {
		t.frame = ticks
	}
}

// layOutGroups is layOut for a track that is laid out in groups. One may be in several chunks; ReadSample joins it.
func (t *Track) layOutGroups() (*layout, error) {
	l := &layout{track: t, samples: &container.Samples{}}
	if err := t.eachChunk(func(offset int64, first, count int) error {
		return l.add(offset, int64(count)*int64(t.fixed), first)
	}); err != nil {
		return nil, err
	}
	for first := 0; first < t.Count; first += groupSize {
		n := uint32(min(groupSize, t.Count-first))
		c := l.chunkOf(first)
		l.samples.Append(Sample{Offset: c.offset + int64(first-c.first)*int64(t.fixed), Size: n * t.fixed, Duration: n * t.frame,
			DTS: int64(first) * int64(t.frame), Sync: true, Ref: uint16(t.Index + 1)})
	}
	return l, nil
}

// chunkOf returns the chunk that holds a sample.
func (l *layout) chunkOf(sample int) chunk {
	return l.chunk(sort.Search(l.chunks(), func(i int) bool { return int(l.first.At(i)) > sample }) - 1)
}

// readGroup fills dst with a group's bytes from an offset inside it on.
func (f *File) readGroup(s Sample, from int64, dst []byte) error {
	t := f.Tracks[s.Ref-1]
	l, err := t.layout()
	if err != nil {
		return err
	}
	size := int64(t.fixed)
	for at := s.DTS/int64(t.frame)*size + from; len(dst) > 0; { // in the track
		c := l.chunkOf(int(at / size))
		inside := at - int64(c.first)*size
		n := min(int64(len(dst)), c.size-inside)
		if _, err := f.r.ReadAt(dst[:n], c.offset+inside); err != nil {
			return err
		}
		dst, at = dst[n:], at+n
	}
	return nil
}

// checkGrouped holds a replacement of groups to what can't change: their sizes and all else that the tables say.
func (p *Patcher) checkGrouped(c Change, r Replacement) error {
	t := p.src.Tracks[c.Track]
	if t.frame == 0 {
		return nil
	}
	groups, err := t.Samples()
	if err != nil {
		return err
	}
	if c.First < 0 || c.First+len(r.Pieces) > groups.Len() || r.CTS != nil || r.Sync != nil {
		return fmt.Errorf("patch: samples [%d, %d) of %d groups", c.First, c.First+len(r.Pieces), groups.Len())
	}
	for i, piece := range r.Pieces {
		if want := groups.Size(c.First + i); piece.Size != want {
			return fmt.Errorf("patch: group %d has %d bytes rather than %d", c.First+i, piece.Size, want)
		}
	}
	return nil
}

// writeGrouped is writeChunk for a track that is laid out in groups.
func (p *Patcher) writeGrouped(ctx context.Context, k chunk, reps []Replacement) error {
	size := int64(p.src.Tracks[k.track].fixed)
	for at, end := k.first, k.first+k.count; at < end; {
		next, piece := end, (*Piece)(nil)
		for i, c := range p.changes {
			from, to := p.stored(c)
			switch {
			case c.Track != k.track || at >= to:
			case at < from:
				next = min(next, from)
			default:
				group := at / groupSize
				piece, next = &reps[i].Pieces[group-c.First], min(end, (group+1)*groupSize)
			}
		}
		n := int64(next-at) * size
		if piece == nil {
			if err := p.copyRange(ctx, k.offset+int64(at-k.first)*size, n); err != nil {
				return err
			}
		} else {
			from := io.NewSectionReader(piece.From, piece.Offset+int64(at%groupSize)*size, n)
			if done, err := io.Copy(p.dst, from); err != nil || done != n {
				return fmt.Errorf("write sample %d: %w", at, cmp.Or(err, io.ErrUnexpectedEOF))
			}
			p.pos += n
		}
		at = next
	}
	return nil
}
