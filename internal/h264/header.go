package h264

import (
	"slices"

	"retake/internal/nal"
)

// header is a slice header on its way from one set of counts to another: what is read is copied, but for what is dropped.
type header struct {
	nal.Reader
	w    nal.Writer
	kept int // bit up to which all has been dealt with
}

// keep copies what has been read.
func (h *header) keep() {
	back := nal.Reader{Data: h.Data, Pos: h.kept}
	h.w.Copy(&back, h.Pos-h.kept)
	h.kept = h.Pos
}

// drop leaves out what has been read since.
func (h *header) drop() { h.kept = h.Pos }

// slice rewrites one slice (7.3.3). Behind the counts the header is copied but for what is told by frame_num; its end has to be
// known for the sake of CABAC, whose data begins at a byte (7.3.4).
func (m *Move) slice(unit []byte, frameNum uint32, count int) ([]byte, error) {
	rbsp := nal.Unescape(unit)
	h := &header{Reader: nal.Reader{Data: rbsp}, w: nal.Writer{Data: make([]byte, 0, len(rbsp)+8)}}
	h.U(8)
	h.UE() // first_mb_in_slice
	kind := h.UE() % 5
	h.keep()
	p := m.from.pictures[h.UE()]
	if p == nil || kind > sliceI || p.groups || !p.stream.Progressive || p.stream.OrderType == 1 || m.to.OrderType == 1 {
		return nil, malformed("a slice of a kind that can't be moved")
	}
	h.drop()
	h.w.UE(m.pps)
	m.counts(h, p, Type(unit) == TypeIDR, frameNum, count)
	p.skipRest(&h.Reader, kind, m.references(h, p, kind), unit)
	h.keep()
	end, data := nal.StopBit(rbsp), h.Pos
	if p.arithmetic {
		data = (h.Pos + 7) &^ 7
	}
	if h.Bad || data > end {
		return nil, malformed("a slice header is cut short")
	}
	if !p.arithmetic {
		h.Pos = end + 1
		h.keep()
		return nal.Escape(h.w.Data), nil
	}
	for h.w.N&7 != 0 {
		h.w.Bit(1) // cabac_alignment_one_bit
	}
	return nal.Escape(append(h.w.Data, rbsp[data>>3:]...)), nil
}

// counts writes frame_num and the picture order count in the widths of the new stream.
func (m *Move) counts(h *header, p *picture, idr bool, frameNum uint32, count int) {
	if p.stream.separatePlanes {
		h.U(2)
	}
	h.keep()
	h.U(p.stream.frameNumBits)
	h.drop()
	h.w.U(frameNum, m.to.frameNumBits)
	if idr {
		h.UE() // idr_pic_id
		h.keep()
	}
	told := p.stream.OrderType == 0
	if told {
		h.U(p.stream.orderBits)
		h.drop()
	}
	tell := m.to.OrderType == 0
	if tell {
		h.w.U(uint32(count), m.to.orderBits)
	}
	switch { // delta_pic_order_cnt_bottom
	case !p.bottom:
	case told:
		h.SE()
		if !tell {
			h.drop()
		}
	case tell:
		h.w.UE(0)
	}
	h.keep()
}

// maxCommands bounds the loops of a slice header: two for each of 32 fields, and an end.
const maxCommands = 66

// references passes from behind the counts to the end of ref_pic_list_modification (7.3.3.1), which names pictures by how far
// frame_num goes from one to the next, modulo its width. x264 names one twice in a row for the sake of its weights, by going
// once around. It returns how many pictures each list has.
func (m *Move) references(h *header, p *picture, kind uint32) (active []uint32) {
	if p.redundant {
		h.UE()
	}
	lists := int([]uint32{sliceP: 1, sliceB: 2, sliceI: 0}[kind])
	if kind == sliceB {
		h.U(1) // direct_spatial_mv_pred_flag
	}
	active = slices.Clone(p.references[:lists])
	if lists > 0 && h.U(1) == 1 {
		for i := range lists {
			active[i] = h.UE() + 1
		}
	}
	from, to := 1<<p.stream.frameNumBits, 1<<m.to.frameNumBits
	for range lists {
		if h.U(1) == 0 {
			continue
		}
		at := 0 // from the picture's own frame_num back, 0 to -from (8.2.4.3.1)
		commands(&h.Reader, func() (command uint32, bad bool) {
			h.keep()
			command = h.UE()
			if command > 1 {
				if command == 2 {
					h.UE()
				}
				return command, command > 3
			}
			far := int(h.UE()) + 1
			h.drop()
			if command == 0 {
				far = -far
			}
			next := -((-(at+far)%from + from) % from)
			if far = next - at; far == 0 {
				far = -to
			}
			at = next
			h.w.UE(uint32(min(max(far, 0), 1)))
			h.w.UE(uint32(max(far, -far)) - 1)
			return command, false
		}, 3)
	}
	h.keep()
	return active
}

// skipRest passes over a slice header from behind the lists of references to its end. active is how many pictures these have.
func (p *picture) skipRest(r *nal.Reader, kind uint32, active []uint32, unit []byte) {
	if p.weighted && kind == sliceP || p.bipred == 1 && kind == sliceB {
		p.skipWeights(r, active)
	}
	if Type(unit) == TypeIDR {
		r.U(2)
	} else if unit[0]>>5&3 != 0 && r.U(1) == 1 { // dec_ref_pic_marking (7.3.3.3)
		commands(r, func() (command uint32, bad bool) {
			command = r.UE()
			if command != 0 && command != 5 {
				r.UE()
			}
			if command == 3 {
				r.UE()
			}
			return command, command > 6
		}, 0)
	}
	if p.arithmetic && kind != sliceI {
		r.UE() // cabac_init_idc
	}
	r.SE() // slice_qp_delta
	if p.deblocking && r.UE() != 1 {
		r.SE()
		r.SE()
	}
}

// commands reads commands until one is end.
func commands(r *nal.Reader, read func() (command uint32, bad bool), end uint32) {
	for range maxCommands {
		command, bad := read()
		if command == end && !bad {
			return
		}
		if bad || r.Bad {
			break
		}
	}
	r.Bad = true
}

// skipWeights passes over pred_weight_table (7.3.3.2).
func (p *picture) skipWeights(r *nal.Reader, references []uint32) {
	colour := p.stream.ChromaFormat != 0 && !p.stream.separatePlanes
	r.UE()
	if colour {
		r.UE()
	}
	for _, n := range references {
		if n > 32 {
			r.Bad = true
			return
		}
		for range n {
			if r.U(1) == 1 {
				r.SE()
				r.SE()
			}
			if colour && r.U(1) == 1 {
				for range 4 {
					r.SE()
				}
			}
		}
	}
}
