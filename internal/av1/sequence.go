// Package av1 reads open bitstream units of AV1: sequence headers and what frame headers begin with (AV1 Bitstream &
// Decoding Process Specification, version 1.0.0 with errata 1).
package av1

import (
	"fmt"

	"retake/internal/bits"
	"retake/internal/nal"
)

func malformed(what string) error { return fmt.Errorf("%w: AV1: %s", nal.ErrMalformed, what) }

// Sequence is what a sequence header (5.5) says that frame headers depend on, and of pictures.
type Sequence struct {
	Signal nal.Signal
	Grain  bool // frames may carry parameters of film grain

	profile         int
	mono            bool
	reduced         bool // one still picture
	timed           bool // shown frames state when: equal_picture_interval is 0 and there is a decoder model
	timeBits        int
	idBits          int // of frame ids, 0 without
	chooseScreen    bool
	forceScreen     bool
	chooseIntegerMV bool
}

// ParseSequence reads the payload of a sequence header.
func ParseSequence(data []byte) (*Sequence, error) {
	r := &bits.Reader{Data: data}
	s := &Sequence{Signal: nal.Unsaid(), profile: r.Int(3)}
	s.Signal.Progressive = true
	r.Skip(1) // still picture
	s.reduced = r.Flag()
	if s.reduced {
		r.Skip(5)
	} else {
		s.readOperatingPoints(r)
	}
	wide, high := r.Int(4)+1, r.Int(4)+1
	s.Signal.Width, s.Signal.Height = r.Int(wide)+1, r.Int(high)+1
	if !s.reduced && r.Flag() {
		delta := r.Int(4) + 2
		s.idBits = r.Int(3) + delta + 1
	}
	r.Skip(3) // 128 by 128 blocks, filter intra, intra edge
	s.chooseScreen, s.chooseIntegerMV = true, true
	if !s.reduced {
		s.readTools(r)
	}
	r.Skip(3) // superres, CDEF, restoration
	s.readColour(r)
	s.Grain = r.Flag()
	if r.Over || !s.Signal.SizeIsSane() || s.profile > 2 {
		return nil, malformed("a sequence header that can't be read")
	}
	return s, nil
}

func (s *Sequence) readOperatingPoints(r *bits.Reader) {
	model, delay, equal := false, 0, true
	if r.Flag() { // timing_info
		units, scale := r.Int(32), r.Int(32)
		if equal = r.Flag(); equal {
			ticks := readUvlc(r) + 1
			if units > 0 && scale > 0 && scale < 1<<31 && units < 1<<20 && ticks < 1<<10 {
				s.Signal.TickRate, s.Signal.TickUnits = scale, units*int(ticks)
			}
		}
		if model = r.Flag(); model {
			delay = r.Int(5) + 1
			r.Skip(32)
			r.Skip(5)
			s.timeBits = r.Int(5) + 1
		}
	}
	s.timed = model && !equal
	display := r.Flag()
	for range r.Int(5) + 1 {
		r.Skip(12)
		if r.Int(5) > 7 {
			r.Skip(1)
		}
		if model && r.Flag() {
			r.Skip(delay)
			r.Skip(delay)
			r.Skip(1)
		}
		if display && r.Flag() {
			r.Skip(4)
		}
	}
}

func (s *Sequence) readTools(r *bits.Reader) {
	r.Skip(4) // interintra, masked, warped, dual filter
	order := r.Flag()
	if order {
		r.Skip(2)
	}
	if s.chooseScreen = r.Flag(); !s.chooseScreen {
		s.forceScreen = r.Flag()
	}
	if s.chooseScreen || s.forceScreen {
		if s.chooseIntegerMV = r.Flag(); !s.chooseIntegerMV {
			r.Skip(1)
		}
	}
	if order {
		r.Skip(3)
	}
}

// readColour reads color_config (5.5.2).
func (s *Sequence) readColour(r *bits.Reader) {
	g := &s.Signal
	deep := r.Flag()
	switch {
	case s.profile == 2 && deep:
		g.BitDepth = 10 + 2*r.Int(1)
	case deep:
		g.BitDepth = 10
	}
	s.mono = s.profile != 1 && r.Flag()
	if r.Flag() {
		g.Primaries, g.Transfer, g.Matrix = r.Int(8), r.Int(8), r.Int(8)
	}
	if s.mono {
		g.FullRange, g.ChromaFormat, g.Uneven = r.Flag(), 0, true
		return
	}
	if g.Primaries == 1 && g.Transfer == 13 && g.Matrix == 0 {
		g.FullRange, g.ChromaFormat = true, 3
	} else {
		g.FullRange = r.Flag()
		x, y := s.subsampling(r)
		switch {
		case x && y:
			g.ChromaFormat = 1
			r.Skip(2)
		case x:
			g.ChromaFormat = 2
		default:
			g.ChromaFormat = 3
		}
	}
	r.Skip(1) // separate delta of U and V
}

func (s *Sequence) subsampling(r *bits.Reader) (x, y bool) {
	switch {
	case s.profile == 0:
		return true, true
	case s.profile == 1:
		return false, false
	case s.Signal.BitDepth == 12:
		if x = r.Flag(); x {
			y = r.Flag()
		}
		return x, y
	}
	return true, false
}

// readUvlc reads a variable-length number (4.10.3).
func readUvlc(r *bits.Reader) uint64 {
	zeros := 0
	for !r.Flag() {
		if zeros++; zeros >= 32 || r.Over {
			return 1<<32 - 1
		}
	}
	return r.Read(zeros) + 1<<zeros - 1
}
