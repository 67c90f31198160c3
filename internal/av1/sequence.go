// Package av1 reads open bitstream units of AV1: sequence headers and what frame headers begin with (AV1 Bitstream &
// Decoding Process Specification, version 1.0.0 with errata 1).
package av1

import (
	"errors"
	"fmt"

	"retake/internal/nal"
)

// ErrMalformed is wrapped by errors about what is no AV1 stream.
var ErrMalformed = errors.New("malformed AV1 stream")

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
	r := &nal.Reader{Data: data}
	s := &Sequence{Signal: nal.Unsaid(), profile: int(r.U(3))}
	s.Signal.Progressive = true
	r.Bit() // still picture
	s.reduced = r.Bit() == 1
	if s.reduced {
		r.U(5)
	} else {
		s.readOperatingPoints(r)
	}
	wide, high := int(r.U(4))+1, int(r.U(4))+1
	s.Signal.Width, s.Signal.Height = int(r.U(wide))+1, int(r.U(high))+1
	if !s.reduced && r.Bit() == 1 {
		delta := int(r.U(4)) + 2
		s.idBits = int(r.U(3)) + delta + 1
	}
	r.U(3) // 128 by 128 blocks, filter intra, intra edge
	s.chooseScreen, s.chooseIntegerMV = true, true
	if !s.reduced {
		s.readTools(r)
	}
	r.U(3) // superres, CDEF, restoration
	s.readColour(r)
	s.Grain = r.Bit() == 1
	if r.Bad || !s.Signal.SizeIsSane() || s.profile > 2 {
		return nil, fmt.Errorf("%w: a sequence header that can't be read", ErrMalformed)
	}
	return s, nil
}

func (s *Sequence) readOperatingPoints(r *nal.Reader) {
	model, delay, equal := false, 0, true
	if r.Bit() == 1 { // timing_info
		units, scale := r.U(32), r.U(32)
		if equal = r.Bit() == 1; equal {
			ticks := readUvlc(r) + 1
			if units > 0 && scale > 0 && scale < 1<<31 && units < 1<<20 && ticks < 1<<10 {
				s.Signal.TickRate, s.Signal.TickUnits = int(scale), int(units)*int(ticks)
			}
		}
		if model = r.Bit() == 1; model {
			delay = int(r.U(5)) + 1
			r.U(32)
			r.U(5)
			s.timeBits = int(r.U(5)) + 1
		}
	}
	s.timed = model && !equal
	display := r.Bit() == 1
	for range int(r.U(5)) + 1 {
		r.U(12)
		if r.U(5) > 7 {
			r.Bit()
		}
		if model && r.Bit() == 1 {
			r.U(delay)
			r.U(delay)
			r.Bit()
		}
		if display && r.Bit() == 1 {
			r.U(4)
		}
	}
}

func (s *Sequence) readTools(r *nal.Reader) {
	r.U(4) // interintra, masked, warped, dual filter
	order := r.Bit() == 1
	if order {
		r.U(2)
	}
	if s.chooseScreen = r.Bit() == 1; !s.chooseScreen {
		s.forceScreen = r.Bit() == 1
	}
	if s.chooseScreen || s.forceScreen {
		if s.chooseIntegerMV = r.Bit() == 1; !s.chooseIntegerMV {
			r.Bit()
		}
	}
	if order {
		r.U(3)
	}
}

// readColour reads color_config (5.5.2).
func (s *Sequence) readColour(r *nal.Reader) {
	g := &s.Signal
	deep := r.Bit() == 1
	switch {
	case s.profile == 2 && deep:
		g.BitDepth = 10 + 2*int(r.Bit())
	case deep:
		g.BitDepth = 10
	}
	s.mono = s.profile != 1 && r.Bit() == 1
	if r.Bit() == 1 {
		g.Primaries, g.Transfer, g.Matrix = int(r.U(8)), int(r.U(8)), int(r.U(8))
	}
	if s.mono {
		g.FullRange, g.ChromaFormat, g.Uneven = r.Bit() == 1, 0, true
		return
	}
	if g.Primaries == 1 && g.Transfer == 13 && g.Matrix == 0 {
		g.FullRange, g.ChromaFormat = true, 3
	} else {
		g.FullRange = r.Bit() == 1
		x, y := s.subsampling(r)
		switch {
		case x && y:
			g.ChromaFormat = 1
			r.U(2)
		case x:
			g.ChromaFormat = 2
		default:
			g.ChromaFormat = 3
		}
	}
	r.Bit() // separate delta of U and V
}

func (s *Sequence) subsampling(r *nal.Reader) (x, y bool) {
	switch {
	case s.profile == 0:
		return true, true
	case s.profile == 1:
		return false, false
	case s.Signal.BitDepth == 12:
		if x = r.Bit() == 1; x {
			y = r.Bit() == 1
		}
		return x, y
	}
	return true, false
}

// readUvlc reads a variable-length number (4.10.3).
func readUvlc(r *nal.Reader) uint64 {
	zeros := 0
	for r.Bit() == 0 {
		if zeros++; zeros >= 32 || r.Bad {
			return 1<<32 - 1
		}
	}
	return uint64(r.U(zeros)) + 1<<zeros - 1
}
