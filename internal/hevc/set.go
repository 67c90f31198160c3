package hevc

import (
	"iter"
	"maps"
	"slices"

	"retake/internal/nal"
)

// Bounds of ids (7.4.3.1 to 7.4.3.3) and of a parameter set's size; real ones have under 300 bytes, with scaling lists
// and many reference picture sets some thousands.
const (
	maxSPS     = 15
	maxPPS     = 63
	maxSetSize = 16 << 10
)

// Stream is what a sequence parameter set says of the pictures.
type Stream struct {
	nal.Signal
	Profile        int // general_profile_idc: 1 main, 2 main 10, 3 still picture, 4 range extensions
	orderBits      int // of slice_pic_order_cnt_lsb
	separatePlanes bool
}

// Sets are a configuration's parameter sets, read.
type Sets struct {
	streams map[uint32]*Stream // by sequence parameter set id
	of      map[uint32]picture // by picture parameter set id
}

// picture is what a picture parameter set says of slice headers.
type picture struct {
	stream     *Stream
	sequence   uint32 // id of its sequence parameter set
	outputFlag bool   // output_flag_present_flag
	extraBits  int    // num_extra_slice_header_bits
}

// Sets reads all parameter sets.
func (c *Config) Sets() (*Sets, error) {
	out := &Sets{streams: map[uint32]*Stream{}, of: map[uint32]picture{}}
	for _, u := range c.sets() {
		if typeOf(u) != typeSPS {
			continue
		}
		id, s, err := parseSPS(u)
		if err != nil {
			return nil, err
		}
		out.streams[id] = s
	}
	for _, u := range c.sets() {
		if typeOf(u) != typePPS {
			continue
		}
		r := nal.Reader{Data: nal.Unescape(u[headerSize:])}
		pps, sps := r.UE(), r.UE()
		r.U(1) // dependent slice segments
		p := picture{stream: out.streams[sps], sequence: sps, outputFlag: r.U(1) == 1, extraBits: int(r.U(3))}
		if r.Bad || pps > maxPPS || p.stream == nil {
			return nil, malformed("a picture parameter set names no sequence parameter set")
		}
		out.of[pps] = p
	}
	if len(out.of) == 0 {
		return nil, malformed("the decoder configuration has no parameter sets")
	}
	return out, nil
}

// All yields every stream once, in no order.
func (s *Sets) All() iter.Seq[*Stream] { return maps.Values(s.streams) }

// parseSPS reads a sequence parameter set (7.3.2.2 and annex E). Every count in it is bounded by the format, so a lying
// set ends in an error at once.
func parseSPS(unit []byte) (id uint32, s *Stream, err error) {
	if len(unit) > maxSetSize {
		return 0, nil, malformed("a sequence parameter set of %d bytes", len(unit))
	}
	r := &nal.Reader{Data: nal.Unescape(unit[headerSize:])}
	s = &Stream{Signal: nal.Unsaid()}
	layers := s.readBeforeID(r)
	id = r.UE()
	if s.ChromaFormat = int(r.UE()); s.ChromaFormat == 3 {
		s.separatePlanes = r.U(1) == 1
	}
	s.Width, s.Height = int(r.UE()), int(r.UE())
	if r.U(1) == 1 {
		s.Crop(r.UE(), r.UE(), r.UE(), r.UE(), 1)
	}
	luma, chroma := r.UE(), r.UE()
	s.BitDepth, s.Uneven = 8+int(min(max(luma, chroma), 9)), luma != chroma
	s.orderBits = int(r.UE()) + 4
	first := layers - 1
	if r.U(1) == 1 {
		first = 0
	}
	for range layers - first {
		r.UE() // buffered pictures
		r.UE() // reordered ones
		r.UE() // latency
	}
	for range 6 { // block sizes and depths
		r.UE()
	}
	if scaled := r.U(1) == 1; scaled && r.U(1) == 1 {
		skipScalingLists(r)
	}
	r.U(2)
	if r.U(1) == 1 { // PCM
		r.U(8)
		r.UE()
		r.UE()
		r.U(1)
	}
	skipReferenceSets(r)
	if r.U(1) == 1 { // long-term references
		for range min(r.UE(), maxReferences*2) {
			r.U(s.orderBits + 1)
		}
	}
	r.U(2)
	if r.U(1) == 1 {
		s.readUsability(r)
	}
	if r.Bad || id > maxSPS || s.ChromaFormat > 3 || s.BitDepth > 16 || s.orderBits > 16 || !s.SizeIsSane() {
		return 0, nil, malformed("a sequence parameter set with values out of range")
	}
	return id, s, nil
}

// readBeforeID reads what stands before a sequence parameter set's id and returns the number of sub-layers.
func (s *Stream) readBeforeID(r *nal.Reader) (layers int) {
	r.U(4) // video parameter set
	layers = int(r.U(3)) + 1
	r.U(1)
	// profile_tier_level (7.3.3)
	r.U(3)
	s.Profile = int(r.U(5))
	r.U(32)
	progressive, interlaced := r.U(1), r.U(1)
	s.Progressive = progressive == 1 || interlaced == 0
	r.U(32)
	r.U(14)
	r.U(8) // level
	var present [8][2]uint32
	for i := range layers - 1 {
		present[i] = [2]uint32{r.U(1), r.U(1)}
	}
	if layers > 1 {
		r.U(2 * (8 - (layers - 1)))
	}
	for _, p := range present[:layers-1] {
		if p[0] == 1 {
			for range 11 {
				r.U(8)
			}
		}
		if p[1] == 1 {
			r.U(8)
		}
	}
	return layers
}

// skipScalingLists passes over scaling_list_data (7.3.4).
func skipScalingLists(r *nal.Reader) {
	for size := range 4 {
		step := 1
		if size == 3 {
			step = 3
		}
		for matrix := 0; matrix < 6; matrix += step {
			if r.U(1) == 0 {
				r.UE()
				continue
			}
			if size > 1 {
				r.SE()
			}
			for range min(64, 1<<(4+size<<1)) {
				r.SE()
			}
		}
	}
}

// Bounds of reference picture sets (7.4.3.2.1, 7.4.8): their number, and how many pictures one names.
const (
	maxReferenceSets = 64
	maxReferences    = 16
)

// skipReferenceSets passes over the short-term reference picture sets (7.3.7). The length of one can depend on the
// pictures that the one before it names, by their distance.
func skipReferenceSets(r *nal.Reader) {
	n := r.UE()
	if n > maxReferenceSets {
		r.Bad = true
		return
	}
	var earlier, later []int
	for i := range n {
		if i > 0 && r.U(1) == 1 {
			earlier, later = derivedReferences(r, earlier, later)
		} else {
			before, after := r.UE(), r.UE()
			earlier, later = references(r, before, -1), references(r, after, 1)
		}
		if len(earlier) > maxReferences || len(later) > maxReferences || r.Bad {
			r.Bad = true
			return
		}
	}
}

// references reads the distances of n pictures, each told from the one before.
func references(r *nal.Reader, n uint32, sign int) (out []int) {
	at := 0
	for range min(n, maxReferences+1) {
		at += sign * (int(r.UE()) + 1)
		r.U(1)
		out = append(out, at)
	}
	return out
}

// derivedReferences reads a set that is told by the one before it (7-61, 7-62).
func derivedReferences(r *nal.Reader, earlier, later []int) (newEarlier, newLater []int) {
	sign := 1 - 2*int(r.U(1))
	shift := sign * (int(r.UE()) + 1)
	kept := make([]bool, len(earlier)+len(later)+1)
	for i := range kept {
		used := r.U(1) == 1
		kept[i] = used || r.U(1) == 1
	}
	var all []int // that are kept, ascending
	for i, at := range slices.Concat(earlier, later, []int{0}) {
		if kept[i] && at+shift != 0 {
			all = append(all, at+shift)
		}
	}
	slices.Sort(all)
	split, _ := slices.BinarySearch(all, 0)
	newEarlier, newLater = all[:split], all[split:]
	slices.Reverse(newEarlier)
	return newEarlier, newLater
}

// readUsability reads the video usability information (E.2.1).
func (s *Stream) readUsability(r *nal.Reader) {
	s.ReadUsability(r)
	r.U(1)
	if r.U(1) == 1 { // fields coded as pictures
		s.Progressive = false
	}
	r.U(1)
	if r.U(1) == 1 { // default display window
		for range 4 {
			r.UE()
		}
	}
	if r.U(1) == 1 {
		s.ReadTiming(r, 1)
	}
	// What follows, the buffer model and bounds of the stream, nobody asks for.
}
