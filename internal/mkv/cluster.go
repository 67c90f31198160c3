package mkv

import (
	"encoding/binary"
	"fmt"
	"math"

	"retake/internal/container"
)

// readCluster walks a cluster's blocks and returns the cluster with its end known.
func (f *File) readCluster(in *reader, c element) (element, error) {
	limit := c.end()
	if c.size == unknown {
		limit = f.segment.end()
		f.restate[c.offset] = true
	}
	base, known := int64(0), false
	at := c.data()
	for at < limit {
		e, err := in.next(at, limit)
		if err != nil {
			return c, err
		}
		if c.size == unknown && firstLevel[e.id] {
			break
		}
		if e.size == unknown {
			return c, malformed("element %x in a cluster has no size", e.id)
		}
		switch e.id {
		case idPosition, idPrevSize:
			f.restate[c.offset] = true
		case idTimestamp:
			if base, err = f.readTime(in, e); err != nil {
				return c, err
			}
			known = true
		case idSimpleBlock:
			if !known {
				return c, malformed("a block comes before its cluster's timestamp")
			}
			err = f.readBlock(in, e, base, group{simple: true})
		case idBlockGroup:
			if !known {
				return c, malformed("a block comes before its cluster's timestamp")
			}
			err = f.readGroup(in, e, base)
		}
		if err != nil {
			return c, err
		}
		at = e.end()
	}
	c.size = at - c.data()
	return c, nil
}

func (f *File) readTime(in *reader, e element) (int64, error) {
	b, err := in.peek(e.data(), int(min(e.size, 8)))
	if err != nil {
		return 0, err
	}
	v := (&node{data: b}).asUint(0)
	if e.size > 8 || v > math.MaxInt64/4/uint64(f.unit) {
		return 0, malformed("a cluster's timestamp is out of range")
	}
	return int64(v), nil
}

// group is what stands beside a block.
type group struct {
	simple   bool
	refers   bool   // to another block: it is no keyframe
	extra    bool   // something else
	duration uint64 // ticks of the file, lasts
	lasts    bool
}

func (f *File) readGroup(in *reader, e element, base int64) error {
	var g group
	var block element
	for at := e.data(); at < e.end(); {
		k, err := in.next(at, e.end())
		if err != nil {
			return err
		}
		if k.size == unknown {
			return malformed("element %x in a block group has no size", k.id)
		}
		switch k.id {
		case idBlock:
			if block.size > 0 {
				return malformed("two blocks in a group")
			}
			block = k
		case idReferenceBlock:
			g.refers = true
		case idBlockDuration:
			b, err := in.peek(k.data(), int(min(k.size, 8)))
			if err != nil {
				return err
			}
			g.duration, g.lasts = (&node{data: b}).asUint(0), true
		case idVoid, idCRC32:
		default:
			g.extra = true
		}
		at = k.end()
	}
	if block.size == 0 {
		return nil
	}
	return f.readBlock(in, block, base, g)
}

// blockHead is what a block begins with (RFC 9559, 10.1).
type blockHead struct {
	number uint64
	time   int16 // from the cluster's, in ticks of the file
	flags  byte
	size   int // bytes of it
}

const (
	flagKey    = 0x80
	flagLacing = 0x06
	lacingXiph = 0x02
	lacingSize = 0x04
	lacingEBML = 0x06
)

func parseBlockHead(b []byte) (h blockHead, ok bool) {
	number, n, _ := readVint(b, 8, false)
	if n == 0 || len(b) < n+3 {
		return h, false
	}
	return blockHead{number, int16(binary.BigEndian.Uint16(b[n:])), b[n+2], n + 3}, true
}

// readBlock adds a block's frames to its track. Blocks of tracks that the file does not list are passed over.
func (f *File) readBlock(in *reader, e element, base int64, g group) error {
	b, err := in.peek(e.data(), int(min(e.size, 11)))
	if err != nil {
		return err
	}
	h, ok := parseBlockHead(b)
	if !ok {
		return malformed("the block at byte %d can't be read", e.offset)
	}
	t := f.byNum[h.number]
	if t == nil {
		return nil
	}
	sizes := []int64{e.size - int64(h.size)}
	head := int64(h.size)
	if h.flags&flagLacing != 0 {
		var n int64
		if sizes, n, err = laceSizes(in, e, h); err != nil {
			return err
		}
		head += n
	}
	if f.frames += len(sizes); f.frames > container.MaxSamples {
		return fmt.Errorf("%w: more than %d frames", container.ErrTooMany, container.MaxSamples)
	}
	t.extra = t.extra || g.extra
	s := container.Sample{Offset: e.data() + head, DTS: (base + int64(h.time)) * f.unit, Sync: !g.refers}
	if g.simple {
		s.Sync = h.flags&flagKey != 0 || t.Kind != container.Video
	}
	if g.lasts && len(sizes) > 0 {
		s.Duration = uint32(min(g.duration/uint64(len(sizes)), math.MaxUint32/uint64(f.unit)) * uint64(f.unit))
	}
	if t.prefix != nil {
		s.Ref = uint16(t.Index + 1)
	}
	for _, size := range sizes {
		whole := size + int64(len(t.prefix))
		if whole > math.MaxInt32 {
			return malformed("a frame of %d bytes", whole)
		}
		s.Size = uint32(whole)
		t.samples.Append(s)
		s.Offset += size
		step := s.Duration
		if step == 0 {
			step = t.last
		}
		s.DTS += int64(step)
	}
	return nil
}

// laceSizes reads the sizes of a laced block's frames and how many bytes say them (RFC 9559, 10.3).
func laceSizes(in *reader, e element, h blockHead) (sizes []int64, head int64, err error) {
	// At most 255 sizes; one of Xiph's takes a byte for each 255 bytes of its frame.
	at, left := e.data()+int64(h.size), e.size-int64(h.size)
	broken := malformed("the lacing of the block at byte %d can't be read", e.offset)
	next := func() (byte, bool) {
		if head >= left {
			return 0, false
		}
		b, err := in.peek(at+head, 1)
		if err != nil || len(b) == 0 {
			return 0, false
		}
		head++
		return b[0], true
	}
	c, ok := next()
	if !ok {
		return nil, 0, broken
	}
	n := int64(c) + 1
	total := int64(0)
	switch h.flags & flagLacing {
	case lacingXiph:
		for range n - 1 {
			size := int64(0)
			for {
				c, ok := next()
				if !ok {
					return nil, 0, broken
				}
				size += int64(c)
				if c != 255 {
					break
				}
			}
			sizes, total = append(sizes, size), total+size
		}
	case lacingEBML:
		last := int64(0)
		for i := range n - 1 {
			b, err := in.peek(at+head, int(min(8, left-head)))
			if err != nil {
				return nil, 0, err
			}
			v, m, _ := readVint(b, 8, false)
			if m == 0 {
				return nil, 0, broken
			}
			head += int64(m)
			if i == 0 {
				last = int64(v)
			} else {
				last += int64(v) - (1<<(7*m-1) - 1)
			}
			if last < 0 || last > left {
				return nil, 0, broken
			}
			sizes, total = append(sizes, last), total+last
		}
	case lacingSize:
		if (left-head)%n != 0 {
			return nil, 0, broken
		}
		for range n - 1 {
			sizes = append(sizes, (left-head)/n)
		}
		total = (left - head) / n * (n - 1)
	}
	if total > left-head {
		return nil, 0, broken
	}
	return append(sizes, left-head-total), head, nil
}
