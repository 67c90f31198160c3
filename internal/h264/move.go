package h264

// Move rewrites the slice headers of an encoded stream, picture by picture in decode order, so that its pictures belong to
// other parameter sets: that Serves allows, or equal ones of other ids.
type Move struct {
	from     *Sets
	pps      uint32
	to       *Stream
	order    Order
	refs     uint32 // reference pictures since the last IDR, which is what frame_num counts
	pictures int    // since the last IDR
}

// NewMove prepares moving the pictures of from to the picture parameter set pps of to.
func NewMove(from, to *Sets, pps uint32) (*Move, error) {
	p := to.pictures[pps]
	if p == nil {
		return nil, malformed("no picture parameter set %d to move slices to", pps)
	}
	return &Move{from: from, to: p.stream, pps: pps}, nil
}

// Picture rewrites the slices of the next picture. changed is false where they are as they have to be.
func (m *Move) Picture(units [][]byte) (moved [][]byte, changed bool, err error) {
	first := true
	var frameNum uint32
	var count int
	for i, u := range units {
		t := Type(u)
		if t != TypeSlice && t != TypeIDR {
			if t >= TypeSlice && t <= TypeIDR {
				return nil, false, malformed("a partitioned slice can't be moved")
			}
			continue
		}
		head, err := m.from.Slice(u)
		if err != nil {
			return nil, false, err
		}
		if first {
			if frameNum, count, err = m.next(head); err != nil {
				return nil, false, err
			}
			first = false
		}
		if head.PPS == m.pps && head.Stream.counts() == m.to.counts() {
			continue
		}
		if !changed {
			moved, changed = append([][]byte(nil), units...), true
		}
		if moved[i], err = m.slice(u, frameNum, count); err != nil {
			return nil, false, err
		}
	}
	if !changed {
		return units, false, nil
	}
	return moved, true, nil
}

// counts is what the form of frame_num and of the picture order count depends on.
func (s *Stream) counts() [3]int { return [3]int{s.frameNumBits, s.OrderType, s.orderBits} }

// next counts a picture: frame_num is the number of reference pictures since the IDR (7.4.3, without gaps), and pictures
// that are not reordered are two counts apart (8.2.1.3).
func (m *Move) next(head Slice) (frameNum uint32, count int, err error) {
	if head.IDR {
		m.refs, m.pictures = 0, 0
	}
	frameNum, count = m.refs, 2*m.pictures
	if head.frameNum != frameNum&(1<<head.Stream.frameNumBits-1) {
		return 0, 0, malformed("frame_num is %d where %d is expected", head.frameNum, frameNum)
	}
	if head.Stream.OrderType == 0 {
		_, count = m.order.Next(head)
	}
	m.pictures++
	if head.Ref {
		m.refs++
	}
	return frameNum, count, nil
}

// Types of slices (table 7-6), modulo 5.
const (
	sliceP = iota
	sliceB
	sliceI
)
