package h264

import "retake/internal/nal"

// maxSize bounds a sequence parameter set, bytes; real ones have under 100, with scaling lists under 500.
const maxSize = 4096

// Stream is what the sequence parameter set says of the pictures.
type Stream struct {
	nal.Signal
	Profile        int // profile_idc: 66 baseline, 77 main, 100 high …
	Level          int
	OrderType      int // pic_order_cnt_type
	References     int // max_num_ref_frames
	Direct8x8      bool
	constraints    byte // constraint_set0_flag is the highest bit
	orderBits      int  // of pic_order_cnt_lsb, with OrderType 0
	frameNumBits   int
	separatePlanes bool
	bypass         bool   // qpprime_y_zero_transform_bypass_flag
	scaling        string // the bits of the scaling matrices
	coded          [2]int // macroblocks
	crop           [4]uint32
	usability      usability
}

// ParseSPS reads a sequence parameter set (7.3.2.1.1 and annex E). Every count in it is bounded by the format, so a
// lying set ends in an error at once.
func ParseSPS(unit []byte) (*Stream, error) {
	if len(unit) < 5 || len(unit) > maxSize {
		return nil, malformed("a sequence parameter set of %d bytes", len(unit))
	}
	r := &nal.Reader{Data: nal.Unescape(unit[1:])}
	s := &Stream{Signal: nal.Unsaid()}
	s.Profile = int(r.U(8))
	s.constraints = byte(r.U(8))
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
	s.References = int(min(r.UE(), 1<<16))
	r.U(1) // gaps in frame_num
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
	s.bypass = r.U(1) == 1
	from := r.Pos
	defer func() { s.scaling = bitsOf(r, from) }()
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

// bitsOf spells what has been read since a place.
func bitsOf(r *nal.Reader, from int) string {
	back := nal.Reader{Data: r.Data, Pos: from}
	out := make([]byte, 0, r.Pos-from)
	for back.Pos < r.Pos {
		out = append(out, '0'+byte(back.Bit()))
	}
	return string(out)
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
	s.Direct8x8 = r.U(1) == 1
	if width > nal.MaxSide/16 || height > nal.MaxSide/16 {
		r.Bad = true
		return
	}
	s.coded = [2]int{width, height}
	s.Width, s.Height = 16*width, 16*height*fields
	if r.U(1) == 0 {
		return
	}
	s.crop = [4]uint32{r.UE(), r.UE(), r.UE(), r.UE()}
	s.Crop(s.crop[0], s.crop[1], s.crop[2], s.crop[3], fields)
}
