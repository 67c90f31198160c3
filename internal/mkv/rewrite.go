package mkv

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"sort"
)

// writeCluster copies a cluster, or writes it anew where something in it changes or its size was left open.
func (p *patcher) writeCluster(ctx context.Context, c element) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	start := p.out.pos
	p.placed[c.offset] = start
	var err error
	if p.f.restate[c.offset] || len(p.added) > 0 || p.touched(c) {
		err = p.rewriteCluster(ctx, c)
	} else {
		err = p.out.copyFrom(ctx, p.f.r, c.offset, c.head+c.size)
	}
	p.before = p.out.pos - start
	return err
}

// clusterHead is the bytes in front of the data of a cluster that is written anew.
const clusterHead = 4 + 8

func (p *patcher) rewriteCluster(ctx context.Context, c element) error {
	w, start := p.out, p.out.pos
	if _, err := w.Write(appendSize(appendID(nil, idCluster), 0, 8)); err != nil {
		return err
	}
	in := p.f.reader()
	base, checked := int64(0), int64(-1)
	for at := c.data(); at < c.end(); {
		e, err := in.next(at, c.end())
		if err != nil {
			return err
		}
		at = e.end()
		switch e.id {
		case idCRC32:
			if checked = w.pos; e.offset != c.data() {
				return malformed("a checksum stands in the middle of a cluster")
			}
			_, err = w.Write(crcElement(0))
			w.sum = crc32.NewIEEE()
		case idPosition:
			err = p.restateUint(e, uint64(start-p.segment))
		case idPrevSize:
			err = p.restateUint(e, uint64(p.before))
		case idTimestamp:
			if base, err = p.f.readTime(in, e); err == nil {
				err = w.copyFrom(ctx, p.f.r, e.offset, e.head+e.size)
			}
		case idSimpleBlock, idBlockGroup:
			err = p.writeBlock(ctx, in, e, base)
		default:
			err = w.copyFrom(ctx, p.f.r, e.offset, e.head+e.size)
		}
		if err != nil {
			return err
		}
	}
	if err := p.writeAdded(base, p.nextBase()); err != nil {
		return err
	}
	return p.closeCluster(start, checked)
}

// closeCluster fills in the size and the checksum, which stands at checked, -1 for none.
func (p *patcher) closeCluster(start, checked int64) error {
	w := p.out
	if checked >= 0 {
		sum := w.sum.Sum32()
		w.sum = nil
		if err := w.at(crcElement(sum), checked); err != nil {
			return err
		}
	}
	return w.at(appendSize(appendID(nil, idCluster), w.pos-start-clusterHead, 8), start)
}

// restateUint writes a number in as many bytes as it had, or in more.
func (p *patcher) restateUint(e element, v uint64) error {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], v)
	width := int(min(max(e.size, 1), 8))
	for width < 8 && v>>(8*width) != 0 {
		width++
	}
	_, err := p.out.Write(appendElement(nil, e.id, b[8-width:]))
	return err
}

// writeBlock writes a block or block group, with its replaced frames.
func (p *patcher) writeBlock(ctx context.Context, in *reader, e element, base int64) error {
	block := e
	if e.id == idBlockGroup {
		var err error
		if block, err = blockOf(in, e); err != nil {
			return err
		}
	}
	b, err := in.peek(block.data(), int(min(block.size, 11)))
	if err != nil {
		return err
	}
	h, ok := parseBlockHead(b)
	if block.size == 0 || !ok {
		return p.out.copyFrom(ctx, p.f.r, e.offset, e.head+e.size)
	}
	if err := p.writeAdded(base, base+int64(h.time)); err != nil {
		return err
	}
	p.blocks[e.offset] = p.out.pos
	frames, err := p.framesOf(in, block, h)
	if err != nil {
		return err
	}
	if frames == nil {
		return p.out.copyFrom(ctx, p.f.r, e.offset, e.head+e.size)
	}
	data, err := p.newBlock(frames, h, b, base)
	if err != nil {
		return err
	}
	if e.id == idSimpleBlock {
		if data[h.size-1] &^= flagKey; frames.first.sync {
			data[h.size-1] |= flagKey
		}
		_, err = p.out.Write(appendElement(nil, idSimpleBlock, data))
		return err
	}
	return p.newGroup(in, e, data, frames)
}

func blockOf(in *reader, g element) (element, error) {
	for at := g.data(); at < g.end(); {
		k, err := in.next(at, g.end())
		if err != nil {
			return k, err
		}
		if k.id == idBlock {
			return k, nil
		}
		at = k.end()
	}
	return element{}, nil
}

// frames are those of a block of which some are replaced.
type frames struct {
	track *track
	first *replaced
	data  [][]byte
}

// framesOf reads a block's frames, or returns nil where none is replaced.
func (p *patcher) framesOf(in *reader, block element, h blockHead) (*frames, error) {
	t := p.f.byNum[h.number]
	if t == nil {
		return nil, nil
	}
	at, sizes := block.data()+int64(h.size), []int64{block.size - int64(h.size)}
	if h.flags&flagLacing != 0 {
		list, n, err := laceSizes(in, block, h)
		if err != nil {
			return nil, err
		}
		sizes, at = list, at+n
	}
	index := sort.Search(t.Count, func(i int) bool { return t.samples.Offset(i) >= at }) // frames without bytes share one
	out, any := &frames{track: t}, false
	for i := range sizes {
		r := p.replacement(t, index+i)
		if r == nil {
			out.data = append(out.data, nil)
			if any {
				continue
			}
			s := t.samples.At(min(index, t.Count-1))
			r = &replaced{pts: s.PTS(), sync: s.Sync}
		} else {
			any = true
			frame := make([]byte, r.piece.Size)
			if n, err := r.piece.From.ReadAt(frame, r.piece.Offset); n < len(frame) {
				return nil, fmt.Errorf("read new frame %d: %w", index+i, err)
			}
			stripped := len(t.prefix)
			if len(frame) < stripped || string(frame[:stripped]) != string(t.prefix) {
				return nil, unsupported("new frames don't begin as those of the track do")
			}
			out.data = append(out.data, frame[stripped:])
		}
		if i == 0 {
			out.first = r
		}
	}
	if !any {
		return nil, nil
	}
	for i, size := range sizes {
		if out.data[i] == nil && size > 0 {
			out.data[i] = make([]byte, size)
			if _, err := p.f.r.ReadAt(out.data[i], at); err != nil && err != io.EOF {
				return nil, err
			}
		}
		at += size
	}
	return out, nil
}

// newBlock returns the data of a block with new frames; head is that of the old one.
func (p *patcher) newBlock(f *frames, h blockHead, head []byte, base int64) ([]byte, error) {
	relative := f.first.pts/p.f.unit - base
	if relative < math.MinInt16 || relative > math.MaxInt16 {
		return nil, unsupported("a frame is shown too far from its cluster's time")
	}
	out := append([]byte(nil), head[:h.size]...)
	binary.BigEndian.PutUint16(out[h.size-3:], uint16(int16(relative)))
	out[h.size-1] &^= flagLacing
	if len(f.data) > 1 {
		out[h.size-1] |= lacingEBML
		out = append(out, byte(len(f.data)-1))
		last := 0
		for i, frame := range f.data[:len(f.data)-1] {
			if i == 0 {
				out = appendSize(out, int64(len(frame)), sizeWidth(int64(len(frame))))
			} else {
				out = appendDifference(out, int64(len(frame)-last))
			}
			last = len(frame)
		}
	}
	for _, frame := range f.data {
		out = append(out, frame...)
	}
	return out, nil
}

// appendDifference writes a signed number of an EBML lacing.
func appendDifference(dst []byte, d int64) []byte {
	width := 1
	for width < 8 && (d < -(1<<(7*width-1)-1) || d > 1<<(7*width-1)-1) {
		width++
	}
	return appendSize(dst, d+(1<<(7*width-1)-1), width)
}

// newGroup writes a block group around a new block.
func (p *patcher) newGroup(in *reader, g element, block []byte, f *frames) error {
	var out []byte
	for at := g.data(); at < g.end(); {
		k, err := in.next(at, g.end())
		if err != nil {
			return err
		}
		at = k.end()
		switch k.id {
		case idBlock:
			out = appendElement(out, idBlock, block)
		case idReferenceBlock, idCRC32:
		default:
			data, err := in.load(k, maxLoaded)
			if err != nil {
				return err
			}
			out = appendElement(out, k.id, data)
		}
	}
	if !f.first.sync {
		d := int16(max(math.MinInt16, min(math.MaxInt16, (f.first.prev-f.first.pts)/p.f.unit)))
		out = appendElement(out, idReferenceBlock, binary.BigEndian.AppendUint16(nil, uint16(d)))
	}
	_, err := p.out.Write(appendElement(nil, idBlockGroup, out))
	return err
}
