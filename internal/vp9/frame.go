// Package vp9 reads what frames of VP9 begin with (VP9 Bitstream & Decoding Process Specification, version 0.6).
package vp9

import (
	"fmt"

	"retake/internal/bits"
	"retake/internal/nal"
)

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: VP9: %s", nal.ErrMalformed, fmt.Sprintf(format, args...))
}

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

// ParseFrame reads a frame's header. head holds its first MaxHeader bytes, or all of a shorter one. Errors wrap
// nal.ErrMalformed, as Split's do.
func ParseFrame(head []byte) (Frame, error) {
	r := &bits.Reader{Data: head}
	if r.Int(2) != 2 {
		return Frame{}, malformed("no frame marker")
	}
	profile := r.Int(1) | r.Int(1)<<1
	if profile == 3 && r.Flag() {
		return Frame{}, malformed("an unknown profile")
	}
	if r.Flag() {
		r.Skip(3)
		return Frame{Shown: true}, bad(r) // one that was decoded before
	}
	s := nal.Unsaid()
	s.Progressive = true
	f := Frame{Key: !r.Flag(), Signal: &s}
	f.Shown = r.Flag()
	resilient := r.Flag()
	switch {
	case f.Key:
		if err := readColour(r, profile, &f); err != nil {
			return f, err
		}
		f.readSize(r)
	case !f.Shown && r.Flag(): // intra only
		if !resilient {
			r.Skip(2)
		}
		if r.Int(24) != syncCode {
			return f, malformed("no sync code")
		}
		if profile > 0 {
			readFormat(r, profile, &s)
		}
		r.Skip(8)
		f.readSize(r)
	default:
		if !resilient {
			r.Skip(2)
		}
		r.Skip(8)
		r.Skip(3 * 4)
		for range 3 {
			if r.Flag() {
				return f, bad(r)
			}
		}
		f.readSize(r)
	}
	if err := bad(r); err != nil {
		return f, err
	}
	if f.Sized && !s.SizeIsSane() {
		return f, malformed("a size of %d by %d", s.Width, s.Height)
	}
	return f, nil
}

func bad(r *bits.Reader) error {
	if r.Over {
		return malformed("a frame's header is cut short")
	}
	return nil
}

func (f *Frame) readSize(r *bits.Reader) {
	f.Sized = true
	f.Signal.Width, f.Signal.Height = r.Int(16)+1, r.Int(16)+1
}

func readColour(r *bits.Reader, profile int, f *Frame) error {
	if r.Int(24) != syncCode {
		return malformed("no sync code")
	}
	f.Told = true
	readFormat(r, profile, f.Signal)
	return nil
}

// matrices by color_space (7.2.2), as code points of ITU-T H.273.
var matrices = [8]int{2, 5, 1, 6, 7, 9, 2, 0}

// readFormat reads color_config (6.2.2).
func readFormat(r *bits.Reader, profile int, s *nal.Signal) {
	if profile >= 2 {
		s.BitDepth = 10 + 2*r.Int(1)
	}
	space := r.Int(3)
	s.Matrix = matrices[space]
	if space == 7 {
		s.FullRange, s.ChromaFormat = true, 3
		if profile&1 == 1 {
			r.Skip(1)
		}
		return
	}
	s.FullRange = r.Flag()
	if profile&1 == 1 {
		x, y := r.Int(1), r.Int(1)
		r.Skip(1)
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
		return nil, malformed("an empty sample")
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
					return nil, malformed("a superframe claims more bytes than there are")
				}
				if v > 0 {
					frames = append(frames, [2]int64{at, v})
				}
				at += v
			}
			if len(frames) == 0 {
				return nil, malformed("a superframe without frames")
			}
			return frames, nil
		}
	}
	return [][2]int64{{0, size}}, nil
}

// MaxIndex is the longest index of a superframe: 8 frames with sizes of 4 bytes.
const MaxIndex = 2 + 8*4
