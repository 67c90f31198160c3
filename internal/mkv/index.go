package mkv

import (
	"cmp"
	"slices"
	"sort"

	"retake/internal/container"
)

// maxCue is the most bytes of a cue point that is made here.
const maxCue = 64

// cue is a cue point for one track, or an original one with all that it says.
type cue struct {
	time uint64 // in ticks of the file
	raw  []byte
}

// newCues rebuilds the index: what points at frames that are not replaced points at where they are now, and new
// keyframes are pointed at. A file without one gets one.
func (p *patcher) newCues(old *element) ([]byte, error) {
	var list []cue
	sum := false
	if old != nil {
		points, err := p.f.reader().children(*old, maxLoaded)
		if err != nil {
			return nil, err
		}
		sum = hasSum(points)
		if list, err = p.movedCues(points); err != nil {
			return nil, err
		}
		for i, c := range p.changes {
			list = append(list, p.keyCues(p.f.tracks[c.Track], c.First, c.First+c.Count, p.reps[i].Sync)...)
		}
	} else if t := container.MainVideo(p.f); t != nil {
		list = p.spacedCues(p.f.tracks[t.Index])
	}
	slices.SortStableFunc(list, func(a, b cue) int { return cmp.Compare(a.time, b.time) })
	var out []byte
	for _, c := range list {
		out = append(out, c.raw...)
	}
	return parent(idCues, out, sum), nil
}

// movedCues points the original's cue points at where the frames are now.
func (p *patcher) movedCues(points []node) (list []cue, err error) {
	gone := map[uint64]map[uint64]bool{} // by track number: times of replaced frames
	for i, c := range p.changes {
		t := p.f.tracks[c.Track]
		if p.reps[i].Sync == nil || t.Kind != container.Video {
			continue
		}
		times := map[uint64]bool{}
		for i := range c.Count {
			times[uint64(t.samples.PTS(c.First+i)/p.f.unit)] = true
		}
		gone[t.number] = times
	}
	for _, point := range points {
		if point.id != idCuePoint {
			continue
		}
		inner, err := nodes(point.data)
		if err != nil {
			return nil, err
		}
		time := find(inner, idCueTime).asUint(0)
		var out []byte
		kept := false
		for _, n := range inner {
			if n.id != idCueTrackPosition {
				if n.id != idCRC32 {
					out = append(out, n.raw...)
				}
				continue
			}
			fields, err := nodes(n.data)
			if err != nil {
				return nil, err
			}
			if gone[find(fields, idCueTrack).asUint(0)][time] {
				continue
			}
			if moved := p.movedPosition(fields); moved != nil {
				out, kept = appendElement(out, idCueTrackPosition, moved), true
			}
		}
		if kept {
			list = append(list, cue{time, appendElement(nil, idCuePoint, out)})
		}
	}
	return list, nil
}

// movedPosition returns the data of a CueTrackPositions for where its block is now, nil where that can't be told.
func (p *patcher) movedPosition(fields []node) []byte {
	old := p.f.segment.data() + int64(find(fields, idCueCluster).asUint(0))
	cluster, ok := p.placed[old]
	if !ok {
		return nil
	}
	var out []byte
	for _, n := range fields {
		switch n.id {
		case idCRC32:
		case idCueCluster:
			out = appendUint(out, idCueCluster, uint64(cluster-p.segment))
		case idCueRelative:
			i, _ := slices.BinarySearchFunc(p.clusters, old, func(c element, at int64) int { return cmp.Compare(c.offset, at) })
			block := p.clusters[i].data() + int64(n.asUint(0))
			if at, moved := p.blocks[block]; moved {
				out = appendUint(out, idCueRelative, uint64(at-cluster-clusterHead))
			} else if !p.f.restate[old] && !p.touched(p.clusters[i]) && len(p.added) == 0 {
				out = append(out, n.raw...)
			}
		default:
			out = append(out, n.raw...)
		}
	}
	return out
}

// keyCues points at a track's keyframes among frames [from, to), of which those flagged are.
func (p *patcher) keyCues(t *track, from, to int, keys []bool) (list []cue) {
	if keys == nil || t.Kind != container.Video {
		return nil
	}
	for i := from; i < to; i++ {
		if keys[i-from] {
			if r := p.replacement(t, i); r != nil {
				list = append(list, p.cueAt(t, i, uint64(r.pts/p.f.unit))...)
			}
		}
	}
	return list
}

// spacing is how far apart cue points of a new index are at least, seconds.
const spacing = 0.5

func (p *patcher) spacedCues(t *track) (list []cue) {
	last := int64(0)
	for i, s := range t.samples.All() {
		pts, sync := s.PTS(), s.Sync
		if r := p.replacement(t, i); r != nil {
			pts, sync = r.pts, r.sync
		}
		if sync && (len(list) == 0 || float64(pts-last) >= spacing*float64(t.Timescale)) {
			list, last = append(list, p.cueAt(t, i, uint64(pts/p.f.unit))...), pts
		}
	}
	return list
}

// cueAt makes a cue point for a frame.
func (p *patcher) cueAt(t *track, i int, time uint64) []cue {
	offset := t.samples.Offset(i)
	k := sort.Search(len(p.clusters), func(k int) bool { return p.clusters[k].offset > offset }) - 1
	if k < 0 {
		return nil
	}
	cluster := p.placed[p.clusters[k].offset]
	body := appendUint(nil, idCueTrack, t.number)
	body = appendUint(body, idCueCluster, uint64(cluster-p.segment))
	if at, ok := p.blockAt(p.clusters[k], offset); ok {
		body = appendUint(body, idCueRelative, uint64(at-cluster-clusterHead))
	}
	out := appendUint(nil, idCueTime, time)
	return []cue{{time, appendElement(nil, idCuePoint, appendElement(out, idCueTrackPosition, body))}}
}

// blockAt finds where the block of a frame went, in a cluster that was written anew.
func (p *patcher) blockAt(c element, offset int64) (int64, bool) {
	if p.starts == nil || p.startsOf != c.offset {
		p.startsOf, p.starts = c.offset, nil
		for at := range p.blocks {
			if at >= c.offset && at < c.end() {
				p.starts = append(p.starts, at)
			}
		}
		slices.Sort(p.starts)
	}
	i := sort.Search(len(p.starts), func(i int) bool { return p.starts[i] > offset }) - 1
	if i < 0 {
		return 0, false
	}
	return p.blocks[p.starts[i]], true
}

// newSeekHead rebuilds a list of places. moved tells where elements of the source are in the result.
func (p *patcher) newSeekHead(old *element, moved map[int64]int64, cues int64) ([]byte, error) {
	var out []byte
	sum, listed := false, false
	add := func(id []byte, at int64) {
		out = appendElement(out, idSeek, appendUint8(appendElement(nil, idSeekID, id), idSeekPosition, uint64(at-p.segment)))
	}
	if old != nil {
		list, err := p.f.reader().children(*old, maxLoaded)
		if err != nil {
			return nil, err
		}
		sum = hasSum(list)
		for _, n := range list {
			if n.id != idSeek {
				continue
			}
			inner, err := nodes(n.data)
			if err != nil {
				return nil, err
			}
			id, to := find(inner, idSeekID), p.f.segment.data()+int64(find(inner, idSeekPosition).asUint(0))
			at, ok := moved[to]
			if !ok {
				at, ok = p.placed[to]
			}
			if id == nil || !ok || len(id.data) > 8 {
				continue
			}
			listed = listed || id.asUint(0) == idCues
			add(id.data, at)
		}
	}
	if !listed && cues > 0 {
		add(appendID(nil, idCues), cues)
	}
	return parent(idSeekHead, out, sum), nil
}
