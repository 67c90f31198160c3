package h264

import (
	"bytes"
	"iter"
	"maps"
	"slices"
)

// maxSPS bounds a sequence parameter set; real ones have under 100 bytes, with scaling lists under 500.
const maxSPS = 4096

// Stream is what the sequence parameter set says of the pictures.
type Stream struct {
	Width, Height       int // after cropping
	Profile             int // profile_idc: 66 baseline, 77 main, 100 high …
	Level               int
	ChromaFormat        int // 1: 4:2:0
	BitDepth            int
	Progressive         bool // frame_mbs_only_flag
	SARWidth            int  // sample aspect ratio, 0 when unknown
	SARHeight           int
	FullRange           bool
	Primaries           int // code points of ITU-T H.273, 2: unspecified
	Transfer            int
	Matrix              int
	ChromaLocation      int // -1: not told
	OrderType           int // pic_order_cnt_type
	orderBits           int // of pic_order_cnt_lsb, with OrderType 0
	frameNumBits        int
	separatePlanes      bool
	TickRate, TickUnits int // frames a second as a fraction, 0 when the stream does not tell its timing
}

// ParseSPS reads a sequence parameter set (7.3.2.1.1 and annex E). Every count in it is bounded by the format, so a
// lying set ends in an error at once.
func ParseSPS(nal []byte) (*Stream, error) {
	if len(nal) < 5 || len(nal) > maxSPS {
		return nil, malformed("a sequence parameter set of %d bytes", len(nal))
	}
	r := &bitReader{data: unescape(nal[1:])}
	s := &Stream{ChromaFormat: 1, BitDepth: 8, Primaries: 2, Transfer: 2, Matrix: 2, ChromaLocation: -1}
	s.Profile = int(r.u(8))
	r.u(8) // constraint flags
	s.Level = int(r.u(8))
	r.ue() // id
	switch s.Profile {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		s.readHigh(r)
	}
	s.frameNumBits = int(r.ue()) + 4
	s.OrderType = int(r.ue())
	switch s.OrderType {
	case 0:
		s.orderBits = int(r.ue()) + 4
	case 1:
		r.u(1)
		r.ue() // signed, but only skipped: the codes are of one shape
		r.ue()
		n := r.ue()
		if n > 255 {
			return nil, malformed("a sequence parameter set with %d picture order offsets", n)
		}
		for range n {
			r.ue()
		}
	}
	r.ue() // reference frames
	r.u(1)
	s.readSize(r)
	if r.u(1) == 1 {
		s.readUsability(r)
	}
	if r.bad || s.frameNumBits > 16 || s.orderBits > 16 || s.OrderType > 2 || s.Width <= 0 || s.Height <= 0 || s.Width > maxSide || s.Height > maxSide {
		return nil, malformed("a sequence parameter set with values out of range")
	}
	return s, nil
}

// maxSide bounds a picture's width and height; level 6.2 ends at 16,888.
const maxSide = 1 << 15

// readHigh reads what the high profiles add: chroma format, bit depths, scaling lists.
func (s *Stream) readHigh(r *bitReader) {
	s.ChromaFormat = int(r.ue())
	lists := 8
	if s.ChromaFormat == 3 {
		s.separatePlanes = r.u(1) == 1
		lists = 12
	}
	s.BitDepth = 8 + int(max(r.ue(), r.ue()))
	r.u(1)
	if r.u(1) == 0 {
		return
	}
	for i := range lists {
		if r.u(1) == 0 {
			continue
		}
		size := 16
		if i >= 6 {
			size = 64
		}
		last, next := 8, 8
		for range size { // 7.3.2.1.1.1
			if next != 0 {
				next = (last + r.se() + 256) & 255
			}
			if next != 0 {
				last = next
			}
		}
	}
}

// readSize reads the picture size in macroblocks and the cropping.
func (s *Stream) readSize(r *bitReader) {
	width, height := int(r.ue())+1, int(r.ue())+1
	s.Progressive = r.u(1) == 1
	fields := 1
	if !s.Progressive {
		fields = 2
		r.u(1)
	}
	r.u(1)
	if width > maxSide/16 || height > maxSide/16 {
		r.bad = true
		return
	}
	s.Width, s.Height = 16*width, 16*height*fields
	if r.u(1) == 0 {
		return
	}
	left, right, top, bottom := int(r.ue()), int(r.ue()), int(r.ue()), int(r.ue())
	unitX, unitY := 1, fields
	if s.ChromaFormat == 1 || s.ChromaFormat == 2 {
		unitX = 2
	}
	if s.ChromaFormat == 1 {
		unitY *= 2
	}
	s.Width -= (left + right) * unitX
	s.Height -= (top + bottom) * unitY
}

// sampleAspects are the ratios of table E-1 by aspect_ratio_idc.
var sampleAspects = [...][2]int{
	{0, 0}, {1, 1}, {12, 11}, {10, 11}, {16, 11}, {40, 33}, {24, 11}, {20, 11}, {32, 11}, {80, 33}, {18, 11}, {15, 11}, {64, 33}, {160, 99}, {4, 3}, {3, 2}, {2, 1},
}

// readUsability reads the video usability information (E.1.1).
func (s *Stream) readUsability(r *bitReader) {
	if r.u(1) == 1 {
		if idc := int(r.u(8)); idc == 255 {
			s.SARWidth, s.SARHeight = int(r.u(16)), int(r.u(16))
		} else if idc < len(sampleAspects) {
			s.SARWidth, s.SARHeight = sampleAspects[idc][0], sampleAspects[idc][1]
		}
	}
	if r.u(1) == 1 { // overscan
		r.u(1)
	}
	if r.u(1) == 1 { // video signal type
		r.u(3)
		s.FullRange = r.u(1) == 1
		if r.u(1) == 1 {
			s.Primaries, s.Transfer, s.Matrix = int(r.u(8)), int(r.u(8)), int(r.u(8))
		}
	}
	if r.u(1) == 1 {
		s.ChromaLocation = int(r.ue())
		r.ue()
	}
	if r.u(1) == 1 {
		if units, scale := r.u(32), r.u(32); units > 0 && scale > 0 && scale < 1<<31 && units < 1<<30 {
			s.TickRate, s.TickUnits = int(scale), 2*int(units) // a tick is a field
		}
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
	for _, nal := range c.SPS {
		id, err := spsID(nal)
		if err != nil {
			return nil, err
		}
		if out.streams[id], err = ParseSPS(nal); err != nil {
			return nil, err
		}
	}
	for _, nal := range c.PPS {
		r := bitReader{data: unescape(nal[1:])}
		pps, sps := r.ue(), r.ue()
		if r.bad || out.streams[sps] == nil {
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

// Has reports whether a configuration holds a parameter set, to the byte.
func (c *Config) Has(nal []byte) bool {
	return slices.ContainsFunc(append(slices.Clip(c.SPS), c.PPS...), func(s []byte) bool { return bytes.Equal(s, nal) })
}
