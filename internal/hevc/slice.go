package hevc

import "retake/internal/nal"

// Slice is the part of a slice segment header (7.3.6.1) that says which picture it belongs to.
type Slice struct {
	Stream   *Stream
	PPS      uint32 // id of its picture parameter set
	SPS      uint32 // and of the sequence parameter set of that
	First    bool   // the first of its picture; only then OrderLSB is read
	OrderLSB int    // slice_pic_order_cnt_lsb, 0 for an IDR
	resets   bool   // counting begins anew
	anchors  bool   // the picture that later counts are told from (8.3.1)
}

// sliceHead is how many bytes of a slice hold all that Slice needs, emulation prevention included.
const sliceHead = 64

// Slice reads the header of a slice's NAL unit, of which sliceHead bytes are enough.
func (s *Sets) Slice(unit []byte) (Slice, error) {
	t := typeOf(unit)
	if !IsSlice(unit) {
		return Slice{}, malformed("a NAL unit of type %d where a slice is expected", t)
	}
	r := nal.Reader{Data: nal.Unescape(unit[headerSize:min(len(unit), sliceHead)])}
	out := Slice{First: r.U(1) == 1, resets: IsIDR(unit)}
	if isKey(t) {
		r.U(1) // no output of prior pictures
	}
	out.PPS = r.UE()
	p, known := s.of[out.PPS]
	if r.Bad || !known {
		return Slice{}, malformed("a slice names an unknown parameter set")
	}
	out.Stream, out.SPS = p.stream, p.sequence
	leading := t >= typeRADLN && t <= typeRASLR
	temporal := unit[1]&7 - 1
	out.anchors = temporal == 0 && !leading && (t > typeLastSub || t&1 == 1)
	if !out.First || t == typeIDR || t == typeIDRNLP {
		return out, nil
	}
	r.U(p.extraBits)
	r.UE() // slice_type
	if p.outputFlag {
		r.U(1)
	}
	if p.stream.separatePlanes {
		r.U(2)
	}
	out.OrderLSB = int(r.U(p.stream.orderBits))
	if r.Bad {
		return Slice{}, malformed("a slice header is cut short")
	}
	return out, nil
}

func isKey(t int) bool { return t >= typeBLAWLP && t <= typeLastKey }

// Order computes picture order counts (8.3.1) picture by picture in decode order. The counts of one period, from a
// picture that resets them to the next, say in which order its pictures are shown.
type Order struct {
	period  int // 0 before the first picture
	prevMSB int
	prevLSB int
}

// Next returns the period and the count of the next picture, of which s is the first slice.
func (o *Order) Next(s Slice) (period, count int) {
	msb := 0
	if s.resets || o.period == 0 {
		o.period++
	} else {
		msb = nal.OrderMSB(o.prevMSB, o.prevLSB, s.OrderLSB, s.Stream.orderBits)
	}
	if s.anchors {
		o.prevMSB, o.prevLSB = msb, s.OrderLSB
	}
	return o.period, msb + s.OrderLSB
}
