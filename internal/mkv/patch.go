package mkv

import (
	"context"
	"fmt"
	"os"
	"sort"

	"retake/internal/container"
)

// patcher writes a copy of a file with some frames replaced: what stands in front of the clusters, room for it to grow,
// the clusters in their order, all else behind them. Of the clusters, those without a change are copied as they are.
type patcher struct {
	f       *File
	dst     *os.File
	out     *writer
	changes []container.Change
	reps    []container.Replacement
	added   []*addedTrack

	head, tail []element // what is no cluster, in front of the first one and behind
	clusters   []element
	first      int // the first cluster that is written anew
	done       int // clusters written

	segment int64           // where the segment's data begins in dst
	begin   int64           // where the clusters begin
	placed  map[int64]int64 // offset of a cluster in the source: in dst
	blocks  map[int64]int64 // offset of a block or block group in a cluster that was written anew: in dst
	before  int64           // size of the cluster before, for the next one that states it

	starts   []int64 // of the keys of blocks, those in the cluster at startsOf
	startsOf int64
}

const segmentHead = 4 + 8

func newPatcher(f *File, dst *os.File, changes []container.Change, added []*container.Sound) (*patcher, error) {
	p := &patcher{f: f, dst: dst, changes: changes, placed: map[int64]int64{}, blocks: map[int64]int64{}}
	for _, c := range changes {
		if c.Track < 0 || c.Track >= len(f.tracks) || c.First < 0 || c.Count < 0 || c.First+c.Count > f.tracks[c.Track].samples.Len() {
			return nil, fmt.Errorf("patch: a change of frames [%d, %d) of track %d", c.First, c.First+c.Count, c.Track)
		}
	}
	if err := p.addTracks(added); err != nil {
		return nil, err
	}
	for _, e := range f.top {
		switch {
		case e.id == idCluster:
			p.clusters = append(p.clusters, e)
		case len(p.clusters) == 0:
			p.head = append(p.head, e)
		default:
			p.tail = append(p.tail, e)
		}
	}
	p.first = p.firstTouched()
	p.segment = f.header.head + f.header.size + segmentHead
	p.begin = p.segment + p.room()
	var err error
	p.out, err = newWriter(dst, p.begin)
	return p, err
}

// firstTouched returns the index of the first cluster that has to wait for new frames.
func (p *patcher) firstTouched() int {
	if len(p.added) > 0 {
		return 0
	}
	for i, c := range p.clusters {
		if p.touched(c) {
			return i
		}
	}
	return len(p.clusters)
}

// touched reports whether a cluster holds a frame that is replaced.
func (p *patcher) touched(c element) bool {
	for _, change := range p.changes {
		offset := func(i int) int64 { return p.f.tracks[change.Track].samples.Offset(change.First + i) }
		i := sort.Search(change.Count, func(i int) bool { return offset(i) >= c.data() })
		if i < change.Count && offset(i) < c.end() {
			return true
		}
	}
	return false
}

// room is how many bytes what stands in front of the clusters can come to take.
func (p *patcher) room() int64 {
	total := int64(1024) // a list of places where there was none, and a filler's own head
	for _, e := range p.head {
		total += e.head + e.size
		switch e.id {
		case idSeekHead:
			total += e.size * 2
		case idCues:
			total += e.size*2 + int64(p.newKeys())*maxCue
		case idTags:
			total += 64 * int64(len(p.changes))
		case idTracks:
			total += 4096 * int64(len(p.changes))
			for _, a := range p.added {
				total += int64(len(a.entry))
			}
		}
	}
	return total
}

// newKeys is how many keyframes can be new.
func (p *patcher) newKeys() (n int) {
	for _, c := range p.changes {
		if p.f.tracks[c.Track].Kind == container.Video {
			n += c.Count
		}
	}
	return n
}

// CopyHead implements container.Patcher.
func (p *patcher) CopyHead(ctx context.Context) error { return p.copyClusters(ctx, p.first) }

func (p *patcher) copyClusters(ctx context.Context, to int) error {
	for ; p.done < to; p.done++ {
		if err := p.writeCluster(ctx, p.clusters[p.done]); err != nil {
			return err
		}
	}
	return nil
}

// Finish implements container.Patcher.
func (p *patcher) Finish(ctx context.Context, reps []container.Replacement) error {
	if len(reps) != len(p.changes) {
		return fmt.Errorf("patch: %d replacements for %d changes", len(reps), len(p.changes))
	}
	for i, r := range reps {
		if err := r.Fits(p.changes[i]); err != nil {
			return fmt.Errorf("patch: %w", err)
		}
	}
	if err := p.CopyHead(ctx); err != nil {
		return err
	}
	p.reps = reps
	if err := p.copyClusters(ctx, len(p.clusters)); err != nil {
		return err
	}
	if err := p.writeLeft(); err != nil {
		return err
	}
	return p.writeRest(ctx)
}

// replaced is a frame's replacement, nil for none: the piece and what becomes of its time and flag.
type replaced struct {
	piece container.Piece
	pts   int64 // ticks
	prev  int64 // of the frame stored before it
	sync  bool
}

// replacement returns the replacement of a track's frame.
func (p *patcher) replacement(t *track, i int) *replaced {
	for k, c := range p.changes {
		if c.Track != t.Index || i < c.First || i >= c.First+c.Count {
			continue
		}
		r, s := p.reps[k], t.samples.At(i)
		out := &replaced{piece: r.Pieces[i-c.First], pts: s.PTS(), sync: s.Sync}
		if r.CTS != nil {
			out.pts = s.DTS + int64(r.CTS[i-c.First])
		}
		if r.Sync != nil {
			out.sync = r.Sync[i-c.First]
		}
		if out.prev = out.pts; i > 0 {
			out.prev = t.samples.PTS(i - 1)
		}
		if i > c.First && r.CTS != nil {
			out.prev = t.samples.DTS(i-1) + int64(r.CTS[i-1-c.First])
		}
		return out
	}
	return nil
}
