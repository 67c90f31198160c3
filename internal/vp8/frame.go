// Package vp8 reads what frames of VP8 begin with (RFC 6386).
package vp8

import (
	"fmt"

	"retake/internal/nal"
)

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: VP8: %s", nal.ErrMalformed, fmt.Sprintf(format, args...))
}

// Frame is the uncompressed data chunk of a frame (9.1).
type Frame struct {
	Key    bool
	Shown  bool
	Signal *nal.Signal // of a keyframe
}

// MaxHeader is how many bytes of a frame ParseFrame looks at, at most.
const MaxHeader = 10

// ParseFrame reads a frame's header. head holds its first MaxHeader bytes, or all of a shorter one. Errors wrap
// nal.ErrMalformed.
func ParseFrame(head []byte) (Frame, error) {
	if len(head) < 3 {
		return Frame{}, malformed("a frame of %d bytes", len(head))
	}
	f := Frame{Key: head[0]&1 == 0, Shown: head[0]&0x10 != 0}
	if !f.Key {
		return f, nil
	}
	if len(head) < MaxHeader || head[3] != 0x9d || head[4] != 0x01 || head[5] != 0x2a {
		return f, malformed("a keyframe without a start code")
	}
	s := nal.Unsaid()
	s.Progressive = true
	s.Width, s.Height = int(head[6])|int(head[7]&0x3f)<<8, int(head[8])|int(head[9]&0x3f)<<8 // behind it: how to scale for display
	if !s.SizeIsSane() {
		return f, malformed("a size of %d by %d", s.Width, s.Height)
	}
	f.Signal = &s
	return f, nil
}
