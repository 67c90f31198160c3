package h264

import (
	"iter"
	"maps"
	"slices"

	"retake/internal/nal"
)

// Sets are a configuration's parameter sets, read.
type Sets struct {
	streams  map[uint32]*Stream  // by sequence parameter set id
	pictures map[uint32]*picture // by picture parameter set id
}

// picture is what a picture parameter set (7.3.2.2) says of slice headers.
type picture struct {
	sequence   uint32 // id of its sequence parameter set
	stream     *Stream
	arithmetic bool // entropy_coding_mode_flag: CABAC
	bottom     bool // bottom_field_pic_order_in_frame_present_flag
	groups     bool // more than one slice group
	references [2]uint32
	weighted   bool   // of P slices
	bipred     uint32 // weighted_bipred_idc
	deblocking bool   // deblocking_filter_control_present_flag
	redundant  bool   // redundant_pic_cnt_present_flag
}

// Sets reads all parameter sets.
func (c *Config) Sets() (*Sets, error) {
	out := &Sets{streams: map[uint32]*Stream{}, pictures: map[uint32]*picture{}}
	for _, unit := range c.SPS {
		id, err := spsID(unit)
		if err != nil {
			return nil, err
		}
		if out.streams[id], err = ParseSPS(unit); err != nil {
			return nil, err
		}
	}
	for _, unit := range c.PPS {
		id, p, err := readPPS(unit)
		if err != nil || out.streams[p.sequence] == nil {
			return nil, malformed("a picture parameter set names no sequence parameter set")
		}
		p.stream = out.streams[p.sequence]
		out.pictures[id] = p
	}
	if len(out.pictures) == 0 {
		return nil, malformed("the decoder configuration has no parameter sets")
	}
	return out, nil
}

// readPPS reads a picture parameter set as far as slice headers depend on it. One that is cut short behind its ids is
// taken for one with slice groups, which nobody moves slices of.
func readPPS(unit []byte) (id uint32, p *picture, err error) {
	r := nal.Reader{Data: nal.Unescape(unit[1:])}
	p = &picture{}
	id, p.sequence = r.UE(), r.UE()
	if r.Bad || id > maxPPS {
		return 0, nil, malformed("a picture parameter set can't be read")
	}
	p.arithmetic, p.bottom = r.U(1) == 1, r.U(1) == 1
	if p.groups = r.UE() > 0; p.groups {
		return id, p, nil
	}
	p.references = [2]uint32{r.UE() + 1, r.UE() + 1}
	p.weighted, p.bipred = r.U(1) == 1, r.U(2)
	r.SE()
	r.SE()
	r.SE()
	p.deblocking = r.U(1) == 1
	r.U(1)
	p.redundant = r.U(1) == 1
	p.groups = r.Bad
	return id, p, nil
}

// All yields every stream once, in no order.
func (s *Sets) All() iter.Seq[*Stream] { return maps.Values(s.streams) }

// Stream returns the stream of a sequence parameter set, nil where there is none.
func (s *Sets) Stream(sps uint32) *Stream { return s.streams[sps] }

// Has reports whether a configuration holds a parameter set, to the byte but for zeros behind it (B.1).
func (c *Config) Has(unit []byte) bool {
	return slices.ContainsFunc(append(slices.Clip(c.SPS), c.PPS...), func(s []byte) bool { return nal.SameUnit(s, unit) })
}
