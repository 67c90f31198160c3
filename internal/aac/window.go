package aac

import (
	"errors"

	"retake/internal/bits"
)

// errPacket says that a packet's first element can't be read.
var errPacket = errors.New("the packet has no readable channel element")

// Sequence is a window_sequence: how a packet divides its 2048 samples.
type Sequence int

// The window sequences of ISO/IEC 14496-3, table 4.109.
const (
	OnlyLong Sequence = iota
	LongStart
	EightShort
	LongStop
)

// Window is what ics_info says of a packet's first channel element.
type Window struct {
	Sequence Sequence
	KBD      bool // Kaiser-Bessel derived slope on the right, rather than a sine
	// Whole says that the window is known to hold for the whole packet: one channel, or a pair with a common window.
	Whole    bool
	shapeBit int // position of window_shape, bits from the packet's start
}

// LongLeft reports whether the window rises over a whole block.
func (w Window) LongLeft() bool { return w.Sequence == OnlyLong || w.Sequence == LongStart }

// LongRight reports whether the window falls over a whole block.
func (w Window) LongRight() bool { return w.Sequence == OnlyLong || w.Sequence == LongStop }

// Syntactic elements, table 4.85.
const (
	elementSCE = iota
	elementCPE
	elementCCE
	elementLFE
	elementDSE
	elementPCE
	elementFIL
	elementEND
)

// PeekWindow reads the window of a packet's first channel element (single, pair or LFE), skipping data, fill and
// program config elements before it. Config's channel count decides Window.Whole.
func PeekWindow(c Config, packet []byte) (Window, error) {
	r := &bits.Reader{Data: packet}
	for !r.Over {
		switch r.Read(3) {
		case elementSCE, elementLFE:
			r.Skip(4 + 8) // tag, global_gain
			return icsInfo(r, c.Channels == 1)
		case elementCPE:
			r.Skip(4)
			common := r.Flag()
			if !common {
				r.Skip(8)
			}
			return icsInfo(r, common && c.Channels == 2)
		case elementDSE:
			skipData(r)
		case elementPCE:
			programConfig(r)
		case elementFIL:
			n := r.Int(4)
			if n == 15 {
				n += r.Int(8) - 1
			}
			r.Skip(8 * n)
		default: // a coupling channel first, or the end
			return Window{}, errPacket
		}
	}
	return Window{}, errPacket
}

func skipData(r *bits.Reader) {
	r.Skip(4)
	aligned := r.Flag()
	n := r.Int(8)
	if n == 255 {
		n += r.Int(8)
	}
	if aligned {
		r.Align()
	}
	r.Skip(8 * n)
}

func icsInfo(r *bits.Reader, whole bool) (Window, error) {
	r.Flag() // reserved
	w := Window{Sequence: Sequence(r.Read(2)), Whole: whole, shapeBit: r.Pos}
	w.KBD = r.Flag()
	if r.Over {
		return Window{}, errPacket
	}
	return w, nil
}

// withShape returns a copy of the packet whose first element states the given slope. The caller sees to it that
// the window is Whole.
func withShape(packet []byte, w Window, kbd bool) []byte {
	out := append([]byte(nil), packet...)
	mask := byte(0x80) >> (w.shapeBit & 7)
	out[w.shapeBit>>3] &^= mask
	if kbd {
		out[w.shapeBit>>3] |= mask
	}
	return out
}
