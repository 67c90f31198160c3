package av1

import (
	"retake/internal/bits"
)

// Types of open bitstream units (6.2.2).
const (
	TypeSequence  = 1
	TypeDelimiter = 2
	TypeHeader    = 3
	TypeMetadata  = 5
	TypeFrame     = 6
)

// Unit is an open bitstream unit.
type Unit struct {
	Type   int
	Offset int64 // of its payload in the sample
	Size   int64 // of its payload
}

// Delimiter is the unit that begins a temporal unit, which containers leave out.
var Delimiter = []byte{TypeDelimiter<<3 | 2, 0}

// MaxUnitHead is the most bytes in front of a payload: header, extension and size.
const MaxUnitHead = 2 + 8

// ParseUnit reads the unit at an offset of a sample of size bytes; head is its beginning. next is where the one behind it
// begins.
func ParseUnit(head []byte, offset, size int64) (u Unit, next int64, err error) {
	broken := malformed("a unit that can't be read")
	if len(head) == 0 || head[0]&0x80 != 0 {
		return u, 0, broken
	}
	u.Type = int(head[0] >> 3 & 15)
	n := int64(1)
	if head[0]&4 != 0 {
		n++
	}
	u.Offset, u.Size = offset+n, size-offset-n
	if head[0]&2 != 0 {
		v, i := int64(0), int64(0)
		for {
			if n+i >= int64(len(head)) || i == 8 {
				return u, 0, broken
			}
			b := head[n+i]
			v |= int64(b&0x7f) << (7 * i)
			i++
			if b&0x80 == 0 {
				break
			}
		}
		u.Offset, u.Size = offset+n+i, v
	}
	if u.Size < 0 || u.Size > size-u.Offset {
		return u, 0, broken
	}
	return u, u.Offset + u.Size, nil
}

// Frame is what a frame header (5.9.2) begins with.
type Frame struct {
	Key     bool
	Shown   bool
	Resized bool // it may have another size than the sequence
}

// MaxHeader is how many bytes of a payload ParseFrame looks at, at most.
const MaxHeader = 24

// ParseFrame reads the payload of a frame or of a frame header.
func (s *Sequence) ParseFrame(head []byte) (Frame, error) {
	if s.reduced {
		return Frame{Key: true, Shown: true}, nil
	}
	r := &bits.Reader{Data: head}
	if r.Flag() {
		return Frame{Shown: true}, bad(r) // one that was decoded before
	}
	kind := r.Int(2)
	f := Frame{Key: kind == 0, Shown: r.Flag()}
	if f.Shown {
		if s.timed {
			r.Skip(s.timeBits)
		}
	} else {
		r.Skip(1)
	}
	if kind != 3 && !(f.Key && f.Shown) {
		r.Skip(1) // error resilient
	}
	r.Skip(1) // no update of the probabilities
	screen := s.forceScreen
	if s.chooseScreen {
		screen = r.Flag()
	}
	if screen && s.chooseIntegerMV {
		r.Skip(1)
	}
	if s.idBits > 0 {
		r.Skip(s.idBits)
	}
	f.Resized = kind == 3 || r.Flag()
	return f, bad(r)
}

func bad(r *bits.Reader) error {
	if r.Over {
		return malformed("a frame's header is cut short")
	}
	return nil
}

// ConfigUnits returns the units of the body of an av1C (AV1 Codec ISO Media File Format Binding, 2.3.3).
func ConfigUnits(config []byte) ([]byte, error) {
	if len(config) < 4 || config[0] != 0x81 {
		return nil, malformed("a decoder configuration that can't be read")
	}
	return config[4:], nil
}
