package h264

import (
	"iter"
	"maps"
	"slices"

	"retake/internal/nal"
)

// maxSPS bounds a sequence parameter set; real ones have under 100 bytes, with scaling lists under 500.
const maxSPS = 4096

// Stream is what the sequence parameter set says of the pictures.
type Stream struct {
	nal.Signal
	Profile        int // profile_idc: 66 baseline, 77 main, 100 high …
	Level          int
	OrderType      int // pic_order_cnt_type
	orderBits      int // of pic_order_cnt_lsb, with OrderType 0
	frameNumBits   int
	separatePlanes bool
}

// ParseSPS reads a sequence parameter set (7.3.2.1.1 and annex E). Every count in it is bounded by the format, so a
// lying set ends in an error at once.
func ParseSPS(unit []byte) (*Stream, error) {
	if len(unit) < 5 || len(unit) > maxSPS {
		return nil, malformed("a sequence parameter set of %d bytes", len(unit))
	}
	r := &nal.Reader{Data: nal.Unescape(unit[1:])}
	s := &Stream{Signal: nal.Unsaid()}
	s.Profile = int(r.U(8))
	r.U(8) // constraint flags
	s.Level = int(r.U(8))
	r.UE() // id
	switch s.Profile {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		s.readHigh(r)
	}
	s.frameNumBits = int(r.UE()) + 4
	s.OrderType = int(r.UE())
	switch s.OrderType {
	case 0:
		s.orderBits = int(r.UE()) + 4
	case 1:
		r.U(1)
		r.UE() // signed, but only skipped: the codes are of one shape
		r.UE()
		n := r.UE()
		if n > 255 {
			return nil, malformed("a sequence parameter set with %d picture order offsets", n)
		}
		for range n {
			r.UE()
		}
	}
	r.UE() // reference frames
	r.U(1)
	s.readSize(r)
	if r.U(1) == 1 {
		s.readUsability(r)
	}
	if r.Bad || s.frameNumBits > 16 || s.orderBits > 16 || s.OrderType > 2 || !s.SizeIsSane() {
		return nil, malformed("a sequence parameter set with values out of range")
	}
	return s, nil
}

// readHigh reads what the high profiles add: chroma format, bit depths, scaling lists.
func (s *Stream) readHigh(r *nal.Reader) {
	s.ChromaFormat = int(r.UE())
	lists := 8
	if s.ChromaFormat == 3 {
		s.separatePlanes = r.U(1) == 1
		lists = 12
	}
	luma, chroma := r.UE(), r.UE()
	s.BitDepth, s.Uneven = 8+int(min(max(luma, chroma), 8)), luma != chroma
	r.U(1)
	if r.U(1) == 0 {
		return
	}
	for i := range lists {
		if r.U(1) == 0 {
			continue
		}
		size := 16
		if i >= 6 {
			size = 64
		}
		last, next := 8, 8
		for range size { // 7.3.2.1.1.1
			if next != 0 {
				next = (last + r.SE() + 256) & 255
			}
			if next != 0 {
				last = next
			}
		}
	}
}

// readSize reads the picture size in macroblocks and the cropping.
func (s *Stream) readSize(r *nal.Reader) {
	width, height := int(r.UE())+1, int(r.UE())+1
	s.Progressive = r.U(1) == 1
	fields := 1
	if !s.Progressive {
		fields = 2
		r.U(1)
	}
	r.U(1)
	if width > nal.MaxSide/16 || height > nal.MaxSide/16 {
		r.Bad = true
		return
	}
	s.Width, s.Height = 16*width, 16*height*fields
	if r.U(1) == 0 {
		return
	}
	s.Crop(r.UE(), r.UE(), r.UE(), r.UE(), fields)
}

// readUsability reads the video usability information (E.1.1).
func (s *Stream) readUsability(r *nal.Reader) {
	s.ReadUsability(r)
	if r.U(1) == 1 {
		s.ReadTiming(r, 2) // a tick is a field
	}
	// What follows, the buffer model and the reordering, nobody asks for.
}

// Sets are a configuration's parameter sets, read.
type Sets struct {
	streams map[uint32]*Stream // by sequence parameter set id
	of      map[uint32]uint32  // sequence by picture parameter set id
}

// Sets reads all parameter sets.
func (c *Config) Sets() (*Sets, error) {
	out := &Sets{streams: map[uint32]*Stream{}, of: map[uint32]uint32{}}
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
		r := nal.Reader{Data: nal.Unescape(unit[1:])}
		pps, sps := r.UE(), r.UE()
		if r.Bad || out.streams[sps] == nil {
			return nil, malformed("a picture parameter set names no sequence parameter set")
		}
		out.of[pps] = sps
	}
	if len(out.of) == 0 {
		return nil, malformed("the decoder configuration has no parameter sets")
	}
	return out, nil
}

// All yields every stream once, in no order.
func (s *Sets) All() iter.Seq[*Stream] { return maps.Values(s.streams) }

// Has reports whether a configuration holds a parameter set, to the byte but for zeros behind it (B.1).
func (c *Config) Has(unit []byte) bool {
	return slices.ContainsFunc(append(slices.Clip(c.SPS), c.PPS...), func(s []byte) bool { return nal.SameUnit(s, unit) })
}
