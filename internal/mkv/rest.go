package mkv

import (
	"bufio"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
)

// piece is an element of the result that is no cluster: bytes, or a copy of the source's.
type piece struct {
	id   uint32
	from *element // nil for one that the source has not
	data []byte   // nil: copied
	seek bool     // a list of places, whose bytes come last
}

func (q *piece) len() int64 {
	if q.data != nil {
		return int64(len(q.data))
	}
	return q.from.head + q.from.size
}

// writeRest writes what stands behind the clusters and in front of them.
func (p *patcher) writeRest(ctx context.Context) error {
	head, err := p.pieces(p.head)
	if err != nil {
		return err
	}
	tail, err := p.pieces(p.tail)
	if err != nil {
		return err
	}
	isCues := func(q *piece) bool { return q.id == idCues }
	if !slices.ContainsFunc(head, isCues) && !slices.ContainsFunc(tail, isCues) {
		data, err := p.newCues(nil)
		if err != nil {
			return err
		}
		if len(data) > 5 { // more than its own head
			tail = append(tail, &piece{id: idCues, data: data})
		}
	}
	if !slices.ContainsFunc(head, func(q *piece) bool { return q.seek }) {
		head = append([]*piece{{id: idSeekHead, seek: true}}, head...)
	}
	if err := p.place(head, tail); err != nil {
		return err
	}
	for _, q := range tail {
		if q.data == nil {
			err = p.out.copyFrom(ctx, p.f.r, q.from.offset, q.len())
		} else {
			_, err = p.out.Write(q.data)
		}
		if err != nil {
			return err
		}
	}
	return p.writeHead(head)
}

// pieces makes what becomes of elements that are no clusters, but for lists of places.
func (p *patcher) pieces(list []element) (out []*piece, err error) {
	for i := range list {
		e := &list[i]
		q := &piece{id: e.id, from: e, seek: e.id == idSeekHead}
		switch e.id {
		case idCues:
			q.data, err = p.newCues(e)
		case idTracks:
			q.data, err = p.newTracks(e)
		case idTags:
			q.data, err = p.newTags(e)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, q)
	}
	return out, nil
}

// place settles where each piece goes, and makes the lists of places: once for their lengths, which don't depend on
// what they say, and once more.
func (p *patcher) place(head, tail []*piece) error {
	moved, cues := map[int64]int64{}, p.segment
	all := slices.Concat(head, tail)
	for _, q := range all {
		if q.from != nil {
			moved[q.from.offset] = p.segment
		}
	}
	lists := func() error {
		index := cues
		for _, q := range all {
			if !q.seek {
				continue
			}
			var err error
			if q.data, err = p.newSeekHead(q.from, moved, index); err != nil {
				return err
			}
			index = 0 // the first list is enough to name the index
		}
		return nil
	}
	if err := lists(); err != nil {
		return err
	}
	at := p.segment
	for i, q := range all {
		if i == len(head) {
			at = p.out.pos
		}
		if q.from != nil {
			moved[q.from.offset] = at
		}
		if q.id == idCues {
			cues = at
		}
		at += q.len()
	}
	return lists()
}

// writeHead writes what stands before the clusters: the EBML header, the segment's head, the pieces, a filler.
func (p *patcher) writeHead(head []*piece) error {
	begin := make([]byte, p.f.header.head+p.f.header.size)
	if _, err := p.f.r.ReadAt(begin, p.f.header.offset); err != nil {
		return fmt.Errorf("copy the header: %w", err)
	}
	begin = appendSize(appendID(begin, idSegment), p.out.pos-p.segment, 8)
	left := p.begin - int64(len(begin))
	for _, q := range head {
		left -= q.len()
	}
	if left < 2 {
		return fmt.Errorf("patch: the headers need %d bytes more than were kept free", 2-left)
	}
	if err := p.out.b.Flush(); err != nil {
		return fmt.Errorf("write clusters: %w", err)
	}
	w := bufio.NewWriter(io.NewOffsetWriter(p.dst, 0))
	w.Write(begin) // an error stays until the end
	for _, q := range head {
		if q.data != nil {
			w.Write(q.data)
		} else if _, err := io.Copy(w, io.NewSectionReader(p.f.r, q.from.offset, q.len())); err != nil {
			return fmt.Errorf("copy element %x: %w", q.id, err)
		}
	}
	w.Write(appendVoid(nil, left))
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write the header: %w", err)
	}
	return nil
}

// newTracks rebuilds the list of tracks where configurations changed or tracks are added; nil where it stays.
func (p *patcher) newTracks(e *element) ([]byte, error) {
	configs := map[uint64][]byte{}
	for i, c := range p.changes {
		if p.reps[i].Config != nil {
			t := p.f.tracks[c.Track]
			configs[t.number] = t.private(p.reps[i].Config)
		}
	}
	if len(configs) == 0 && len(p.added) == 0 {
		return nil, nil
	}
	list, err := p.f.reader().children(*e, maxLoaded)
	if err != nil {
		return nil, err
	}
	var out []byte
	for _, n := range list {
		if n.id == idCRC32 {
			continue
		}
		if n.id == idTrackEntry {
			inner, err := nodes(n.data)
			if err != nil {
				return nil, err
			}
			if config := configs[find(inner, idTrackNumber).asUint(0)]; config != nil {
				out = append(out, withConfig(inner, config)...)
				continue
			}
		}
		out = append(out, n.raw...)
	}
	for _, a := range p.added {
		out = append(out, a.entry...)
	}
	return parent(idTracks, out, hasSum(list)), nil
}

func withConfig(entry []node, config []byte) []byte {
	var out []byte
	for _, n := range entry {
		switch n.id {
		case idCRC32:
		case idCodecPrivate:
			out = appendElement(out, idCodecPrivate, config)
		default:
			out = append(out, n.raw...)
		}
	}
	return parent(idTrackEntry, out, hasSum(entry))
}

// newTags puts the byte counts of changed tracks right; nil where nothing has to be.
func (p *patcher) newTags(e *element) ([]byte, error) {
	counts := map[uint64]int64{}
	for _, c := range p.changes {
		t := p.f.tracks[c.Track]
		total := int64(0)
		for i, s := range t.samples.All() {
			size := s.Size
			if r := p.replacement(t, i); r != nil {
				size = r.piece.Size
			}
			total += int64(size)
		}
		counts[t.ID] = total
	}
	data, err := p.f.reader().load(*e, maxLoaded)
	if err != nil {
		return nil, err
	}
	out, err := withStatistics(data, counts)
	if err != nil {
		return nil, err
	}
	list, err := nodes(data)
	if err != nil {
		return nil, err
	}
	if hasSum(list) {
		out = append(crcElement(crc32.ChecksumIEEE(out)), out...)
	}
	if string(out) == string(data) {
		return nil, nil
	}
	return appendElement(nil, idTags, out), nil
}
