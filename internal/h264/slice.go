package h264

import "retake/internal/nal"

// Slice is the part of a slice header (7.3.3) that says which picture it belongs to.
type Slice struct {
	Stream   *Stream
	PPS      uint32 // id of its picture parameter set
	SPS      uint32 // and of the sequence parameter set of that
	IDR      bool
	Ref      bool   // other pictures may refer to it
	IDRPicID uint32 // of an IDR
	OrderLSB int    // pic_order_cnt_lsb, with OrderType 0
	frameNum uint32
	at       int // bit of the unescaped NAL unit at which idr_pic_id stands
}

// sliceHead is how many bytes of a slice hold all that Slice needs, emulation prevention included: seven codes of at
// most 63 bits.
const sliceHead = 96

// Slice reads the header of a slice NAL unit, of which sliceHead bytes are enough. Its sets are found by the picture
// parameter set it names, as a clip can have several.
func (s *Sets) Slice(unit []byte) (Slice, error) {
	if t := Type(unit); t != TypeSlice && t != TypeIDR && t != TypePartitionA {
		return Slice{}, malformed("a NAL unit of type %d where a slice is expected", t)
	}
	return s.slice(unit, nal.Unescape(unit[:min(len(unit), sliceHead)]))
}

func (s *Sets) slice(unit, rbsp []byte) (Slice, error) {
	r := nal.Reader{Data: rbsp, Pos: 8}
	r.UE() // first_mb_in_slice
	r.UE() // slice_type
	id := r.UE()
	p := s.pictures[id]
	if p == nil {
		return Slice{}, malformed("a slice names an unknown parameter set")
	}
	out := Slice{Stream: p.stream, PPS: id, SPS: p.sequence, IDR: Type(unit) == TypeIDR, Ref: unit[0]>>5&3 != 0}
	if out.Stream.separatePlanes {
		r.U(2)
	}
	out.frameNum = r.U(out.Stream.frameNumBits)
	if !out.Stream.Progressive && r.U(1) == 1 {
		r.U(1)
	}
	if out.IDR {
		out.at = r.Pos
		out.IDRPicID = r.UE()
	}
	if out.Stream.OrderType == 0 {
		out.OrderLSB = int(r.U(out.Stream.orderBits))
	}
	if r.Bad || out.IDRPicID > 1<<16-1 {
		return Slice{}, malformed("a slice header is cut short")
	}
	return out, nil
}

// IDRPicID returns idr_pic_id of the first IDR slice among units, and false when there is none.
func (s *Sets) IDRPicID(units [][]byte) (uint32, bool, error) {
	for _, u := range units {
		if Type(u) == TypeIDR {
			head, err := s.Slice(u)
			return head.IDRPicID, err == nil, err
		}
	}
	return 0, false, nil
}

// ChangeIDRPicID gives all IDR slices of an access unit another idr_pic_id, as two IDR pictures in a row must not
// share one (7.4.3). The new id is chosen so that its code is longer by exactly 8 bits: slice data then moves by a
// whole byte and its alignment, which CABAC depends on, stays.
func (s *Sets) ChangeIDRPicID(units [][]byte) ([][]byte, error) {
	out := append([][]byte(nil), units...)
	for i, u := range units {
		if Type(u) != TypeIDR {
			continue
		}
		rbsp := nal.Unescape(u)
		head, err := s.slice(u, rbsp)
		if err != nil {
			return nil, err
		}
		id := (head.IDRPicID+1)<<4 - 1 // four more leading zeros, four more digits
		if id > 1<<16-1 {
			return nil, malformed("idr_pic_id %d is too large to be moved", head.IDRPicID)
		}
		w := nal.Writer{Data: make([]byte, 0, len(rbsp)+1)}
		w.Data = append(w.Data, rbsp[:head.at>>3]...)
		w.N = len(w.Data) * 8
		r := nal.Reader{Data: rbsp, Pos: w.N}
		w.U(r.U(head.at&7), head.at&7)
		w.UE(id)
		r.UE()
		// Source and result are again at the same bit of a byte: copy up to the byte boundary, then bytes.
		n := -r.Pos & 7
		w.U(r.U(n), n)
		w.Data = append(w.Data, rbsp[r.Pos>>3:]...)
		out[i] = nal.Escape(w.Data)
	}
	return out, nil
}

// Order computes picture order counts (8.2.1) picture by picture in decode order, for OrderType 0 and 2. The counts
// of one period, from an IDR to the next, say in which order its pictures are shown.
type Order struct {
	Period   int // IDRs seen
	prevMSB  int
	prevLSB  int
	pictures int
}

// Next returns the period and the count of the next picture.
func (o *Order) Next(s Slice) (period, count int) {
	if s.IDR {
		o.Period++
		o.prevMSB, o.prevLSB = 0, 0
	}
	o.pictures++
	if s.Stream.OrderType == 2 {
		return o.Period, o.pictures // shown in decode order
	}
	msb := nal.OrderMSB(o.prevMSB, o.prevLSB, s.OrderLSB, s.Stream.orderBits)
	if s.Ref {
		o.prevMSB, o.prevLSB = msb, s.OrderLSB
	}
	return o.Period, msb + s.OrderLSB
}
