// Package vp9 reads what frames of VP9 begin with (VP9 Bitstream & Decoding Process Specification, version 0.6).
package vp9

import (
	"errors"
	"fmt"

	"retake/internal/nal"
)

// ErrMalformed is wrapped by errors about what is no VP9 frame.
var ErrMalformed = errors.New("malformed VP9 stream")

// Frame is the uncompressed header of one frame (6.2) up to its size.
type Frame struct {
	Key    bool
	Shown  bool
	Sized  bool        // it states its own size and does not take that of another frame
	Told   bool        // it states its colour, as keyframes do
	Signal *nal.Signal // size where Sized, colour where Told
}

// MaxHeader is how many bytes of a frame ParseFrame looks at, at most.
const MaxHeader = 32

// syncCode marks frames that stand alone (6.2.3).
const syncCode = 0x498342

// ParseFrame reads a frame's header. head holds its first MaxHeader bytes, or all of a shorter one.
func ParseFrame(head []byte) (Frame, error) {
	r := &nal.Reader{Data: head}
	if r.U(2) != 2 {
		return Frame{}, fmt.Errorf("%w: no frame marker", ErrMalformed)
	}
	profile := int(r.Bit()) | int(r.Bit())<<1
	if profile == 3 && r.Bit() == 1 {
		return Frame{}, fmt.Errorf("%w: an unknown profile", ErrMalformed)
	}
	if r.Bit() == 1 {
		r.U(3)
		return Frame{Shown: true}, bad(r) // one that was decoded before
	}
	s := nal.Unsaid()
	s.Progressive = true
	f := Frame{Key: r.Bit() == 0, Signal: &s}
	f.Shown = r.Bit() == 1
	resilient := r.Bit() == 1
	switch {
	case f.Key:
		if err := readColour(r, profile, &f); err != nil {
			return f, err
		}
		f.readSize(r)
	case !f.Shown && r.Bit() == 1: // intra only
		if !resilient {
			r.U(2)
		}
		if r.U(24) != syncCode {
			return f, fmt.Errorf("%w: no sync code", ErrMalformed)
		}
		if profile > 0 {
			readFormat(r, profile, &s)
		}
		r.U(8)
		f.readSize(r)
	default:
		if !resilient {
			r.U(2)
		}
		r.U(8)
		r.U(3 * 4)
		for range 3 {
			if r.Bit() == 1 {
				return f, bad(r)
			}
		}
		f.readSize(r)
	}
	if err := bad(r); err != nil {
		return f, err
	}
	if f.Sized && !s.SizeIsSane() {
		return f, fmt.Errorf("%w: a size of %d by %d", ErrMalformed, s.Width, s.Height)
	}
	return f, nil
}

func bad(r *nal.Reader) error {
	if r.Bad {
		return fmt.Errorf("%w: a frame's header is cut short", ErrMalformed)
	}
	return nil
}

func (f *Frame) readSize(r *nal.Reader) {
	f.Sized = true
	f.Signal.Width, f.Signal.Height = int(r.U(16))+1, int(r.U(16))+1
}

func readColour(r *nal.Reader, profile int, f *Frame) error {
	if r.U(24) != syncCode {
		return fmt.Errorf("%w: no sync code", ErrMalformed)
	}
	f.Told = true
	readFormat(r, profile, f.Signal)
	return nil
}

// matrices by color_space (7.2.2), as code points of ITU-T H.273.
var matrices = [8]int{2, 5, 1, 6, 7, 9, 2, 0}

// readFormat reads color_config (6.2.2).
func readFormat(r *nal.Reader, profile int, s *nal.Signal) {
	if profile >= 2 {
		s.BitDepth = 10 + 2*int(r.Bit())
	}
	space := r.U(3)
	s.Matrix = matrices[space]
	if space == 7 {
		s.FullRange, s.ChromaFormat = true, 3
		if profile&1 == 1 {
			r.Bit()
		}
		return
	}
	s.FullRange = r.Bit() == 1
	if profile&1 == 1 {
		x, y := r.Bit(), r.Bit()
		r.Bit()
		switch {
		case x == 0 && y == 0:
			s.ChromaFormat = 3
		case x == 1 && y == 0:
			s.ChromaFormat = 2
		default:
			s.ChromaFormat, s.Uneven = 0, true // 4:4:0, or 4:2:0 in the wrong profile
		}
	}
}

// Split returns where the frames of a sample are: one, or those of a superframe (annex B), as offsets and sizes. tail is
// the sample's end, of at least MaxIndex bytes or the whole sample.
func Split(size int64, tail []byte) (frames [][2]int64, err error) {
	if size == 0 || len(tail) == 0 {
		return nil, fmt.Errorf("%w: an empty sample", ErrMalformed)
	}
	marker := tail[len(tail)-1]
	if marker&0xe0 == 0xc0 {
		n, width := int(marker&7)+1, int(marker>>3&3)+1
		length := 2 + n*width
		if length <= len(tail) && tail[len(tail)-length] == marker {
			index := tail[len(tail)-length+1:]
			at := int64(0)
			for range n {
				v := int64(0)
				for i := range width {
					v |= int64(index[i]) << (8 * i)
				}
				index = index[width:]
				if v > size-int64(length)-at {
					return nil, fmt.Errorf("%w: a superframe claims more bytes than there are", ErrMalformed)
				}
				if v > 0 {
					frames = append(frames, [2]int64{at, v})
				}
				at += v
			}
			if len(frames) == 0 {
				return nil, fmt.Errorf("%w: a superframe without frames", ErrMalformed)
			}
			return frames, nil
		}
	}
	return [][2]int64{{0, size}}, nil
}

// MaxIndex is the longest index of a superframe: 8 frames with sizes of 4 bytes.
const MaxIndex = 2 + 8*4
