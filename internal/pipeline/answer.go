package pipeline

import (
	"context"
	"errors"
	"io"

	"retake/internal/depth"
	"retake/internal/retake"
	"retake/internal/splice"
)

// segmentReader shows an engine the segment's pictures off the decoder.
type segmentReader struct {
	f    *footage
	view *depth.View
	own  *depth.Picture
}

func newSegmentReader(f *footage) *segmentReader {
	format := f.run.src.Video.Format()
	return &segmentReader{f, depth.NewView(format), depth.New(format)}
}

func (s *segmentReader) Next(ctx context.Context, dst *retake.Frame) error {
	if s.f.dec.Position() >= s.f.run.plan.End {
		return io.EOF
	}
	if err := s.f.Next(ctx, s.own); err != nil {
		return err
	}
	s.view.Show(s.own, dst)
	dst.Time -= s.f.run.segment.Start
	return nil
}

func (*segmentReader) Close() error { return nil }

// answer yields an engine's pictures in the clip's own form: the original's, changed by what the engine changed of the
// view. An engine may read all pictures before it answers the first, so the originals are decoded a second time.
type answer struct {
	run           *run
	view          *depth.View
	dec           *splice.Decoder // of the originals; nil where the view is the clip's own form
	shown, edited *retake.Frame
}

func (r *run) newAnswer() *answer {
	a := &answer{run: r, view: depth.NewView(r.src.Video.Format())}
	if !r.src.Video.Format().Plain() {
		a.shown, a.edited = retake.NewFrame(a.view.Format()), retake.NewFrame(a.view.Format())
	}
	return a
}

func (a *answer) Next(ctx context.Context, dst *depth.Picture) error {
	take := a.run.take.Frames
	if f := dst.Frame(); f != nil {
		return take.Next(ctx, f)
	}
	if a.dec == nil {
		v, p := a.run.src.Video, a.run.plan
		first, err := v.StartFor(p.Start)
		if err != nil {
			return err
		}
		if a.dec, err = v.Decode(ctx, a.run.Tools, first, p.Start, p.End); err != nil {
			return err
		}
	}
	if err := errors.Join(take.Next(ctx, a.edited), a.dec.Next(ctx, dst)); err != nil {
		return err
	}
	a.view.Show(dst, a.shown)
	a.view.Return(dst, a.shown, a.edited)
	return nil
}

func (a *answer) close() {
	if a.dec != nil {
		a.dec.Close()
	}
}
