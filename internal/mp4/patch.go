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
	"sort"

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

	order   []chunk   // all chunks by their place in the source
	head    int       // how many of order lie before the first change
	offsets [][]int64 // new chunk offsets by track
	wide    bool      // 64-bit chunk offsets and mdat size
	ftyp    []byte
	data    int64 // where the media data begins
	pos     int64 // where the next byte goes
	copied  bool
}

// wideFrom is the size from which 64-bit offsets are used; the margin is for samples that grow.
const wideFrom = math.MaxUint32 - 1<<30

// Patch implements container.File with a Patcher.
func (f *File) Patch(dst *os.File, changes []Change, added []*container.Sound) (container.Patcher, error) {
	return NewPatcher(f, dst, changes, added)
}

// NewPatcher prepares writing to dst, an empty file. Added tracks are AAC.
func NewPatcher(src *File, dst *os.File, changes []Change, added []*container.Sound) (*Patcher, error) {
	p := &Patcher{src: src, dst: dst, changes: changes, offsets: make([][]int64, len(src.Tracks))}
	for _, a := range added {
		if a.Codec != container.AAC || a.Frame != aacFrame {
			return nil, unsupported("a new sound track of %s", a.Codec)
		}
		p.added = append(p.added, &soundTrack{Sound: a})
	}
	for _, t := range src.Tracks {
		chunks, err := t.chunks()
		if err != nil {
			return nil, fmt.Errorf("track %d: %w", t.ID, err)
		}
		p.order = append(p.order, chunks...)
		p.offsets[t.Index] = make([]int64, len(chunks))
	}
	sort.SliceStable(p.order, func(i, j int) bool { return p.order[i].offset < p.order[j].offset })
	for p.head = 0; p.head < len(p.order) && !p.touched(p.order[p.head]); p.head++ {
	}
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
		room += int64(len(p.offsets[t.Index]))*4 + 64 // stco may become co64
		if !p.changesTrack(t.Index) {
			continue
		}
		room += 4096 // the sample description may grow
		if t.stbl.child("stss") == nil {
			room += 4 * int64(t.Count)
		}
		if t.frame == 0 && t.fixedSampleSize() != 0 {
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
	return p.copyChunks(ctx, p.order[:p.head])
}

// copyChunks copies untouched chunks, joining neighbours into one copy.
func (p *Patcher) copyChunks(ctx context.Context, chunks []chunk) error {
	for i := 0; i < len(chunks); {
		from, size := chunks[i].offset, int64(0)
		for ; i < len(chunks) && chunks[i].offset == from+size; i++ {
			p.place(chunks[i], p.pos+size)
			size += chunks[i].size
		}
		if err := p.copyRange(ctx, from, size); err != nil {
			return err
		}
	}
	return nil
}

func (p *Patcher) place(k chunk, at int64) { p.offsets[k.track][k.index] = at }

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
	moov, err := p.movieHeader(reps, p.added)
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
	for i := p.head; i < len(p.order); {
		if err := p.writeAdded(added, clock(p.order[i])); err != nil {
			return err
		}
		run := i
		for run < len(p.order) && !p.touched(p.order[run]) && (run == i || len(added) == 0) {
			run++
		}
		if run > i {
			if err := p.copyChunks(ctx, p.order[i:run]); err != nil {
				return err
			}
			i = run
			continue
		}
		if err := p.writeChunk(ctx, p.order[i], reps); err != nil {
			return err
		}
		i++
	}
	return p.writeAdded(added, math.Inf(1))
}

// writeChunk writes a chunk sample by sample, taking the replaced ones from their pieces.
func (p *Patcher) writeChunk(ctx context.Context, k chunk, reps []Replacement) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	p.place(k, p.pos)
	if p.src.Tracks[k.track].frame != 0 {
		return p.writeGrouped(ctx, k, reps)
	}
	w := bufio.NewWriterSize(p.dst, 1<<18)
	size := p.src.Tracks[k.track].sizeOf()
	from := k.offset
	for i := k.first; i < k.first+k.count; i++ {
		old := int64(size(i))
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
func (p *Patcher) movieHeader(reps []Replacement, added []*soundTrack) ([]byte, error) {
	moov := p.src.moov.clone()
	traks := moov.all("trak")
	for i, t := range p.src.Tracks {
		stbl := traks[i].child("mdia", "minf", "stbl")
		_, wide, err := t.chunkOffsets()
		if err != nil {
			return nil, err
		}
		setChunkOffsets(stbl, p.offsets[i], wide || p.wide)
	}
	for i, c := range p.changes {
		stbl := traks[c.Track].child("mdia", "minf", "stbl")
		if err := p.applyChange(stbl, c, reps[i]); err != nil {
			return nil, err
		}
	}
	for _, a := range added {
		a.addTo(moov, p.src, p.wide)
	}
	return moov.append(make([]byte, 0, moov.size())), nil
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
	samples, err := p.src.Tracks[c.Track].Samples()
	if err != nil {
		return err
	}
	sizes := make([]uint32, len(samples))
	for i := range samples {
		sizes[i] = samples[i].Size
	}
	for i, piece := range r.Pieces {
		sizes[c.First+i] = piece.Size
		if r.CTS != nil {
			samples[c.First+i].CTS = r.CTS[i]
		}
		if r.Sync != nil {
			samples[c.First+i].Sync = r.Sync[i]
		}
	}
	setSizes(stbl, sizes)
	if r.CTS != nil {
		setComposition(stbl, samples)
	}
	if r.Sync != nil {
		setSync(stbl, samples)
		clearHints(stbl, c.First, c.Count)
	}
	return nil
}

// writeHead writes what stands before the media data, whose end is given: ftyp, moov, a free box that fills the
// reserve, and the header of mdat.
func (p *Patcher) writeHead(moov []byte, end int64) error {
	pad := p.data - p.mdatHead() - int64(len(p.ftyp)+len(moov))
	if pad < 8 {
		return fmt.Errorf("patch: the movie header needs %d bytes more than were kept free", 8-pad)
	}
	head := binary.BigEndian.AppendUint32(nil, uint32(pad))
	head = append(head, "free"...)
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
	at := int64(0)
	for _, part := range [][]byte{p.ftyp, moov, head} {
		if _, err := p.dst.WriteAt(part, at); err != nil {
			return fmt.Errorf("write movie header: %w", err)
		}
		at += int64(len(part))
	}
	return nil
}
