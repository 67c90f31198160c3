package picture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"retake/internal/retake"
	"retake/internal/wish"
)

// The names of changes of pace.
const (
	SlowMotion Kind = "slow motion"
	FastMotion Kind = "fast motion"
)

var slowMotion = Entry{Kind: SlowMotion, Takes: []wish.Param{wish.Number},
	Doc: "a speed ramp: half of the segment runs slowly (half speed unless the prompt says more or less), the rest catches up, so that the segment keeps its length and motion runs on through both seams. Pictures in between are interpolated along the motion",
	Read: func(cfg Config, source retake.FrameReader, s Setup, l Look) (retake.FrameReader, error) {
		pace := 0.8 - 0.5*clamp01(l.Strength)
		switch {
		case l.Amount > 1: // "twice as slow"
			pace = 1 / l.Amount
		case l.Amount > 0: // "at 40 %"
			pace = l.Amount
		}
		return newPacedReader(cfg, source, s, l, slowRamp(min(max(pace, slowMost), slowLeast)))
	}}

var fastMotion = Entry{Kind: FastMotion, Takes: []wish.Param{wish.Number},
	Doc: "a speed ramp: the first half of the segment runs half as fast again unless the prompt says more or less, up to 1.7 times, blurred as an open shutter would; the rest takes its time, so that the segment keeps its length and motion runs on through both seams",
	Read: func(cfg Config, source retake.FrameReader, s Setup, l Look) (retake.FrameReader, error) {
		pace := 1.2 + 0.5*clamp01(l.Strength)
		if l.Amount > 1 {
			pace = l.Amount
		}
		return newPacedReader(cfg, source, s, l, fastRamp(min(max(pace, fastLeast), fastMost)))
	}}

// pacedReader shows a segment at another pace without changing its length: a speed ramp, as editors call it. The
// segment, or the part of it that is asked for, begins at its own speed, is slow or fast for about half of it, then makes
// up for it and arrives at its last picture at its own speed again. So motion runs on through both seams, which a
// plain change of pace could only reach with a jump or a dissolve at the end.
//
// Pictures between two originals are interpolated along their motion; where it goes fast, pictures passed over are
// averaged, as an open shutter would. It keeps a handful of pictures, never the segment.
type pacedReader struct {
	source   retake.FrameReader
	ramp     ramp
	next     int // number of the picture to be given
	last     int
	from, to int // the pictures between which the pace changes

	window []*retake.Frame // decoded pictures, first..first+len-1
	first  int
	spare  []*retake.Frame
	ended  bool
	format retake.PictureFormat
	mixer  mixer
}

// newPacedReader reads the segment's pictures from source.
func newPacedReader(cfg Config, source retake.FrameReader, s Setup, l Look, r ramp) (*pacedReader, error) {
	from, to, err := s.part(l)
	if err != nil {
		return nil, err
	}
	return &pacedReader{source: source, ramp: r, last: s.Frames - 1, from: from, to: to, format: s.Format,
		mixer: newMixer(crew{threads: max(1, cfg.Threads)}, s.Format)}, nil
}

// part is the pictures between which a look changes the order or the pace, both included.
func (s Setup) part(l Look) (from, to int, err error) {
	if s.Frames < 1 || s.Format.Width < 1 || s.Format.Height < 1 {
		return 0, 0, fmt.Errorf("%s: %d frames of %d×%d", l.Kind, s.Frames, s.Format.Width, s.Format.Height)
	}
	fps := frequency(s.Format)
	a, b := l.When.Span(float64(s.Frames) / fps)
	from = min(max(int(math.Round(a*fps)), 0), s.Frames-1)
	return from, min(max(int(math.Round(b*fps)), from), s.Frames-1), nil
}

// frequency is how many pictures a second has; 30 where nobody says.
func frequency(f retake.PictureFormat) float64 {
	if fps := f.Rate.FPS(); fps > 0 {
		return fps
	}
	return 30
}

// Next gives the next picture, whose time is that of a steady clock: the encoder puts it in the place of the original.
func (s *pacedReader) Next(ctx context.Context, dst *retake.Frame) error {
	if s.next > s.last {
		return io.EOF
	}
	place, span := s.at(s.next)
	first, count := int(place), 2
	if span > 1 {
		// An open shutter: the mean of the originals between this picture and the next.
		count = min(int(place+span)-first+1, 4)
	}
	if err := s.fill(ctx, first, count); err != nil {
		return err
	}
	s.mixer.mix(dst, s.window, first, place-float64(first), span)
	dst.Time = float64(s.next) / frequency(s.format)
	s.next++
	return nil
}

// at returns the place in the source of a picture, in pictures, and how far the next one is.
func (s *pacedReader) at(index int) (place, span float64) {
	if index < s.from || index >= s.to {
		return float64(index), 1
	}
	place, span = s.ramp.at(index-s.from, s.to-s.from)
	return place + float64(s.from), span
}

// fill makes the window hold count pictures from first on, fewer at the end of the source.
func (s *pacedReader) fill(ctx context.Context, first, count int) error {
	for s.first < first && (len(s.window) > 1 || len(s.window) == 1 && !s.ended) {
		s.spare = append(s.spare, s.window[0])
		s.window = s.window[1:]
		s.first++
	}
	for !s.ended && len(s.window) < count {
		if s.first+len(s.window) > s.last {
			s.ended = true // what follows the segment is not ours to read
			break
		}
		f := s.frame()
		err := s.source.Next(ctx, f)
		if errors.Is(err, io.EOF) {
			s.ended = true
			s.spare = append(s.spare, f)
			break
		}
		if err != nil {
			return err
		}
		s.window = append(s.window, f)
		if s.first+len(s.window)-1 < first {
			// Passed over by the ramp.
			s.spare = append(s.spare, s.window[0])
			s.window = s.window[1:]
			s.first++
		}
	}
	if len(s.window) == 0 {
		return fmt.Errorf("change of pace: the source has no picture %d: %w", first, io.ErrUnexpectedEOF)
	}
	return nil
}

func (s *pacedReader) frame() *retake.Frame {
	if n := len(s.spare); n > 0 {
		f := s.spare[n-1]
		s.spare = s.spare[:n-1]
		return f
	}
	return retake.NewFrame(s.format)
}

// Close closes the source.
func (s *pacedReader) Close() error { return s.source.Close() }
