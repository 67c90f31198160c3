package mp4

import (
	"bufio"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"retake/internal/container"
)

// The pieces of a patch by the names they have in every container.
type (
	Change      = container.Change
	Piece       = container.Piece
	Replacement = container.Replacement
)

// Patcher writes a copy of a file with some samples replaced: movie header first, then the media data in the
// original's order. Chunks keep their samples, so only offsets, sizes and what a Replacement changes differ.
type Patcher struct {
	src     *File
	dst     *os.File
	changes []Change
	added   []*soundTrack

	lanes  []*lane  // by track
	left   sequence // chunks that are still to be written
	wide   bool     // 64-bit chunk offsets and mdat size
	ftyp   []byte
	data   int64 // where the media data begins
	pos    int64 // where the next byte goes
	copied bool
}

// wideFrom is the size from which 64-bit offsets are used; the margin is for samples that grow.
const wideFrom = math.MaxUint32 - 1<<30

// Patch implements container.File with a Patcher.
func (f *File) Patch(dst *os.File, changes []Change, added []*container.Sound) (container.Patcher, error) {
	return NewPatcher(f, dst, changes, added)
}

// NewPatcher prepares writing to dst, an empty file. Added tracks are AAC.
func NewPatcher(src *File, dst *os.File, changes []Change, added []*container.Sound) (*Patcher, error) {
	p := &Patcher{src: src, dst: dst, changes: changes}
	for _, a := range added {
		if a.Codec != container.AAC || a.Frame != aacFrame {
			return nil, unsupported("a new sound track of %s", a.Codec)
		}
		p.added = append(p.added, &soundTrack{Sound: a})
	}
	for _, t := range src.Tracks {
		l, err := t.layout()
		if err != nil {
			return nil, fmt.Errorf("track %d: %w", t.ID, err)
		}
		p.lanes = append(p.lanes, newLane(l))
	}
	p.left = newSequence(p.lanes)
	p.wide = src.size > wideFrom
	return p, p.layOut()
}

func (p *Patcher) changesTrack(track int) bool {
	for _, c := range p.changes {
		if c.Track == track {
			return true
		}
	}
	return false
}

// stored returns the samples [from, to) of a change as the track's tables count them.
func (p *Patcher) stored(c Change) (from, to int) {
	if t := p.src.Tracks[c.Track]; t.frame != 0 {
		return c.First * groupSize, min((c.First+c.Count)*groupSize, t.Count)
	}
	return c.First, c.First + c.Count
}

// touched reports whether a chunk holds a sample that is replaced.
func (p *Patcher) touched(k chunk) bool {
	for _, c := range p.changes {
		if from, to := p.stored(c); c.Track == k.track && k.first < to && from < k.first+k.count {
			return true
		}
	}
	return false
}

// layOut reads ftyp and reserves room for the largest movie header that can come of the changes.
func (p *Patcher) layOut() error {
	for _, t := range p.src.top {
		if t.kind == "ftyp" {
			if t.size > 1<<16 {
				return malformed("an ftyp of %d bytes", t.size)
			}
			p.ftyp = make([]byte, t.size)
			if _, err := p.src.r.ReadAt(p.ftyp, t.offset); err != nil {
				return fmt.Errorf("read ftyp: %w", err)
			}
			break
		}
	}
	room := p.src.moov.size() + 64
	for _, a := range p.added {
		room += 4096 + int64(len(a.Packets))*12
	}
	for _, t := range p.src.Tracks {
		room += int64(p.lanes[t.Index].chunks())*4 + 64 // stco may become co64
		if !p.changesTrack(t.Index) {
			continue
		}
		room += 4096 // the sample description may grow
		if t.stbl.child("stss") == nil {
			room += 4 * int64(t.Count)
		}
		if t.frame == 0 && t.fixed != 0 {
			room += 4 * int64(t.Count)
		}
	}
	for _, c := range p.changes {
		room += int64(c.Count)*(8+4+8) + 64 // ctts, stss and sbgp entries
	}
	p.data = int64(len(p.ftyp)) + room + p.mdatHead()
	p.pos = p.data
	return nil
}

func (p *Patcher) mdatHead() int64 {
	if p.wide {
		return 16
	}
	return 8
}

// CopyHead copies the media data before the first change. It may run while the new samples are being made; Finish
// calls it when it has not been.
func (p *Patcher) CopyHead(ctx context.Context) error {
	if p.copied {
		return nil
	}
	p.copied = true
	if _, err := p.dst.Seek(p.pos, io.SeekStart); err != nil {
		return fmt.Errorf("copy media data: %w", err)
	}
	return p.copyChunks(ctx, math.MaxInt)
}

// copyChunks copies the next chunks up to one that is touched, at most so many, joining neighbours into one copy.
func (p *Patcher) copyChunks(ctx context.Context, most int) error {
	for most > 0 && len(p.left) > 0 && !p.touched(p.left.peek()) {
		from, size := p.left.peek().offset, int64(0)
		for ; most > 0 && len(p.left) > 0; most-- {
			k := p.left.peek()
			if k.offset != from+size || p.touched(k) {
				break
			}
			p.left.put(p.pos + size)
			size += k.size
		}
		if err := p.copyRange(ctx, from, size); err != nil {
			return err
		}
	}
	return nil
}

// copyRange copies bytes of the source to the end of dst.
func (p *Patcher) copyRange(ctx context.Context, from, size int64) error {
	p.pos += size
	return container.CopyRange(ctx, p.dst, p.src.r, from, size)
}

// Finish writes the rest of the media data, the boxes behind it and the movie header. reps go with the changes
// given to NewPatcher, in their order.
func (p *Patcher) Finish(ctx context.Context, reps []Replacement) error {
	if len(reps) != len(p.changes) {
		return fmt.Errorf("patch: %d replacements for %d changes", len(reps), len(p.changes))
	}
	for i, r := range reps {
		c := p.changes[i]
		if err := p.checkGrouped(c, r); err != nil {
			return err
		}
		if err := r.Fits(c); err != nil {
			return fmt.Errorf("patch: %w", err)
		}
	}
	if err := p.CopyHead(ctx); err != nil {
		return err
	}
	if err := p.writeRest(ctx, reps, p.added); err != nil {
		return err
	}
	end := p.pos
	for _, t := range p.src.top {
		if slices.Contains(structural, t.kind) {
			continue
		}
		if err := p.copyRange(ctx, t.offset, t.size); err != nil {
			return err
		}
	}
	moov, err := p.movieHeader(reps)
	if err != nil {
		return err
	}
	return p.writeHead(moov, end)
}

// writeRest writes the chunks from the first change on, with added tracks' chunks between them by time.
func (p *Patcher) writeRest(ctx context.Context, reps []Replacement, added []*soundTrack) error {
	clock, err := p.chunkTimes(added)
	if err != nil {
		return err
	}
	most := math.MaxInt
	if len(added) > 0 {
		most = 1 // others may have to come between any two
	}
	for len(p.left) > 0 {
		k := p.left.peek()
		if err := p.writeAdded(added, clock(k)); err != nil {
			return err
		}
		if p.touched(k) {
			p.left.put(p.pos)
			err = p.writeChunk(ctx, k, reps)
		} else {
			err = p.copyChunks(ctx, most)
		}
		if err != nil {
			return err
		}
	}
	return p.writeAdded(added, math.Inf(1))
}

// writeChunk writes a chunk sample by sample, taking the replaced ones from their pieces.
func (p *Patcher) writeChunk(ctx context.Context, k chunk, reps []Replacement) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if p.src.Tracks[k.track].frame != 0 {
		return p.writeGrouped(ctx, k, reps)
	}
	w := bufio.NewWriterSize(p.dst, 1<<18)
	samples := p.lanes[k.track].samples
	from := k.offset
	for i := k.first; i < k.first+k.count; i++ {
		old := int64(samples.Size(i))
		var r io.Reader = io.NewSectionReader(p.src.r, from, old)
		n := old
		for c, change := range p.changes {
			if change.Track == k.track && i >= change.First && i < change.First+change.Count {
				piece := reps[c].Pieces[i-change.First]
				n = int64(piece.Size)
				r = io.NewSectionReader(piece.From, piece.Offset, n)
			}
		}
		if done, err := io.Copy(w, r); err != nil || done != n {
			return fmt.Errorf("write sample %d: %w", i, cmp.Or(err, io.ErrUnexpectedEOF))
		}
		p.pos += n
		from += old
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write media data: %w", err)
	}
	return nil
}

// movieHeader builds the new moov.
func (p *Patcher) movieHeader(reps []Replacement) (*box, error) {
	moov := p.src.moov.clone()
	traks := moov.all("trak")
	for i, t := range p.src.Tracks {
		stbl := traks[i].child("mdia", "minf", "stbl")
		l := p.lanes[i]
		setChunkOffsets(stbl, l.chunks(), l.offsets(), p.wide || t.stbl.child("co64") != nil)
	}
	for i, c := range p.changes {
		stbl := traks[c.Track].child("mdia", "minf", "stbl")
		if err := p.applyChange(stbl, c, reps[i]); err != nil {
			return nil, err
		}
	}
	for _, a := range p.added {
		a.addTo(moov, p.src, p.wide)
	}
	return moov, nil
}

func (p *Patcher) applyChange(stbl *box, c Change, r Replacement) error {
	if r.Config != nil {
		entry := p.src.Tracks[c.Track].Entry
		changed, err := entry.withConfig(r.Config)
		if err != nil {
			return err
		}
		old := stbl.child("stsd").body
		rest := old[8+len(entry.Body):]
		body := append(append([]byte(nil), old[:8]...), changed...)
		stbl.set("stsd", append(body, rest...), "")
	}
	if p.src.Tracks[c.Track].frame != 0 {
		return nil // as many samples of the same size
	}
	samples := &container.Samples{}
	for i, s := range p.lanes[c.Track].samples.All() {
		if k := i - c.First; k >= 0 && k < c.Count {
			s.Size = r.Pieces[k].Size
			if r.CTS != nil {
				s.CTS = r.CTS[k]
			}
			if r.Sync != nil {
				s.Sync = r.Sync[k]
			}
		}
		samples.Append(s)
	}
	setSizes(stbl, samples.Len(), samples.Size)
	if r.CTS != nil {
		if err := setComposition(stbl, samples); err != nil {
			return err
		}
	}
	if r.Sync == nil {
		return nil
	}
	setSync(stbl, samples)
	return clearHints(stbl, c.First, c.Count)
}

// writeHead writes what stands before the media data, whose end is given: ftyp, moov, a free box that fills the
// reserve, and the header of mdat.
func (p *Patcher) writeHead(moov *box, end int64) error {
	pad := p.data - p.mdatHead() - int64(len(p.ftyp)) - moov.size()
	if pad < 8 {
		return fmt.Errorf("patch: the movie header needs %d bytes more than were kept free", 8-pad)
	}
	out := bufio.NewWriterSize(io.NewOffsetWriter(p.dst, 0), 1<<16)
	out.Write(p.ftyp) // an error stays until the end
	if err := moov.write(out); err != nil {
		return fmt.Errorf("write movie header: %w", err)
	}
	head := append(be32(uint32(pad)), "free"...)
	head = append(head, make([]byte, pad-8)...)
	size := uint64(end - p.data + p.mdatHead())
	if p.wide {
		head = binary.BigEndian.AppendUint32(head, 1)
		head = append(head, "mdat"...)
		head = binary.BigEndian.AppendUint64(head, size)
	} else {
		if size > math.MaxUint32 {
			return fmt.Errorf("patch: the result grew past 4 GiB")
		}
		head = binary.BigEndian.AppendUint32(head, uint32(size))
		head = append(head, "mdat"...)
	}
	out.Write(head)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write movie header: %w", err)
	}
	return nil
}
