package h264

import "retake/internal/nal"

// usability is what the video usability information says of the stream beside its colours and its clock.
type usability struct {
	unread     bool // it is cut short
	buffered   bool // there are parameters of a hypothetical decoder, which every picture's delays are told for
	structured bool // pictures say how long they are shown
	restricted bool // what follows is told
	inside     bool // motion vectors may not point outside the picture
	vectors    [2]uint32
	reorder    uint32 // max_num_reorder_frames
	frames     uint32 // max_dec_frame_buffering
}

// readUsability reads the video usability information (E.1.1). Not all encoders write its end as they should, and most of
// those who read it do not ask for it, so that is no error.
func (s *Stream) readUsability(r *nal.Reader) {
	s.ReadUsability(r)
	if r.U(1) == 1 {
		s.ReadTiming(r, 2) // a tick is a field
		r.U(1)
	}
	rest := *r
	s.usability.read(&rest)
	if rest.Bad {
		s.usability = usability{unread: true}
	}
}

func (u *usability) read(r *nal.Reader) {
	for range 2 { // of NAL units, and of slices alone
		if r.U(1) == 1 {
			u.buffered = true
			skipBufferModel(r)
		}
	}
	if u.buffered {
		r.U(1)
	}
	u.structured = r.U(1) == 1
	if u.restricted = r.U(1) == 1; !u.restricted {
		return
	}
	u.inside = r.U(1) == 0
	r.UE() // bytes of a picture
	r.UE() // bits of a macroblock
	u.vectors = [2]uint32{r.UE(), r.UE()}
	u.reorder, u.frames = r.UE(), r.UE()
}

// skipBufferModel passes over hrd_parameters (E.1.2).
func skipBufferModel(r *nal.Reader) {
	n := r.UE()
	r.U(8)
	for range min(n, 31) + 1 {
		r.UE()
		r.UE()
		r.U(1)
	}
	r.U(20)
}
