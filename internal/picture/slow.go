package picture

import (
	"context"
	"errors"
	"fmt"
	"io"

	"retake/internal/retake"
)

// SlowMotion is the effect's name.
const SlowMotion Kind = "slow motion"

var slowMotion = Entry{Kind: SlowMotion,
	Doc: "a speed ramp: half of the segment runs slowly (half speed unless the prompt says more or less), the rest catches up, so that the segment keeps its length and motion runs on through both seams. Pictures in between are interpolated along the motion",
	Read: func(cfg Config, source retake.FrameReader, s Setup, l Look) (retake.FrameReader, error) {
		return NewSlowReader(cfg, source, s.Format, s.Frames, l.Strength)
	}}

// SlowReader shows a segment in slow motion without changing its length: a speed ramp, as editors call it. The
// segment begins at its own speed, slows down, stays slow for about half of it, then catches up and arrives at the
// last picture at its own speed again. So motion runs on through both seams, which a plain slowing-down could only
// reach with a jump or a dissolve at the end.
//
// Pictures between two originals are interpolated along their motion; where it goes fast, pictures passed over are
// averaged, as an open shutter would. It keeps a handful of pictures, never the segment.
type SlowReader struct {
	source retake.FrameReader
	ramp   ramp
	next   int // number of the picture to be given
	last   int

	window []*retake.Frame // decoded pictures, first..first+len-1
	first  int
	spare  []*retake.Frame
	ended  bool
	format retake.PictureFormat
	mixer  mixer
}

// NewSlowReader reads frames pictures from source. strength 0.6 is half speed, 1 three tenths.
func NewSlowReader(cfg Config, source retake.FrameReader, format retake.PictureFormat, frames int, strength float64) (*SlowReader, error) {
	if frames < 1 || format.Width < 1 || format.Height < 1 {
		return nil, fmt.Errorf("slow motion: %d frames of %d×%d", frames, format.Width, format.Height)
	}
	slowest := min(max(0.8-0.5*clamp01(strength), 0.25), 0.9)
	return &SlowReader{source: source, ramp: newRamp(slowest), last: frames - 1, format: format,
		mixer: newMixer(crew{threads: max(1, cfg.Threads)}, format)}, nil
}

// Next gives the next picture, with the presentation time of the original in its place.
func (s *SlowReader) Next(ctx context.Context, dst *retake.Frame) error {
	if s.next > s.last {
		return io.EOF
	}
	place, span := s.ramp.at(s.next, s.last)
	first, count := int(place), 2
	if span > 1 {
		// An open shutter: the mean of the originals between this picture and the next.
		count = min(int(place+span)-first+1, 4)
	}
	if err := s.fill(ctx, first, count); err != nil {
		return err
	}
	s.mixer.mix(dst, s.window, first, place-float64(first), span)
	dst.Time = float64(s.next) * s.interval()
	s.next++
	return nil
}

func (s *SlowReader) interval() float64 {
	if fps := s.format.Rate.FPS(); fps > 0 {
		return 1 / fps
	}
	return 1.0 / 30
}

// fill makes the window hold count pictures from first on, fewer at the end of the source.
func (s *SlowReader) fill(ctx context.Context, first, count int) error {
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
		return fmt.Errorf("slow motion: the source has no picture %d: %w", first, io.ErrUnexpectedEOF)
	}
	return nil
}

func (s *SlowReader) frame() *retake.Frame {
	if n := len(s.spare); n > 0 {
		f := s.spare[n-1]
		s.spare = s.spare[:n-1]
		return f
	}
	return retake.NewFrame(s.format)
}

// Close closes the source.
func (s *SlowReader) Close() error { return s.source.Close() }

// ramp maps the time of the result to that of the source, both from 0 to 1. Its speed is 1 at both ends.
type ramp struct {
	speed []point
}

// point is a speed at a time; between two points it changes smoothly.
type point struct{ at, speed float64 }

func newRamp(slowest float64) ramp {
	r := ramp{speed: []point{{0, 1}, {0.14, slowest}, {0.56, slowest}, {0.76, 0}, {0.90, 0}, {1, 1}}}
	// The fast part makes up for the slow one: solve for the speed that gives the whole a mean of 1. A smooth change
	// covers the same way as a straight one.
	rest, share := 1.0, 0.0
	for i := 1; i < len(r.speed); i++ {
		a, b := r.speed[i-1], r.speed[i]
		for _, p := range []point{a, b} {
			if p.speed == 0 {
				share += (b.at - a.at) / 2
			} else {
				rest -= p.speed * (b.at - a.at) / 2
			}
		}
	}
	for i := range r.speed {
		if r.speed[i].speed == 0 {
			r.speed[i].speed = rest / share
		}
	}
	return r
}

// at returns the place in the source of picture index of 0..last, in pictures, and how far the next one is.
func (r ramp) at(index, last int) (place, span float64) {
	if index >= last {
		return float64(last), 1
	}
	n := float64(last)
	a, b := r.way(float64(index)/n)*n, r.way(float64(index+1)/n)*n
	return min(a, n), b - a
}

// way is the integral of the speed from 0 to t.
func (r ramp) way(t float64) float64 {
	way := 0.0
	for i := 1; i < len(r.speed); i++ {
		a, b := r.speed[i-1], r.speed[i]
		if t <= a.at {
			break
		}
		length := b.at - a.at
		x := min((t-a.at)/length, 1)
		// The integral of a + (b-a)·(3x²-2x³).
		way += length * (a.speed*x + (b.speed-a.speed)*(x*x*x-x*x*x*x/2))
	}
	return way
}
