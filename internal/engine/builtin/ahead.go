package builtin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"retake/internal/picture"
	"retake/internal/retake"
)

// aheadFrames is how many pictures may be in the making: one being changed, one finished, one being taken.
const aheadFrames = 3

// ahead is a FrameReader that changes pictures one ahead of who reads them, in a goroutine of its own, so that
// decoding, changing and encoding run side by side. Close stops the goroutine and waits for it.
type ahead struct {
	source retake.FrameReader
	chain  *picture.Chain
	frames int
	format retake.PictureFormat
	tell   retake.ProgressFunc

	ready, free chan *retake.Frame
	err         error // set before ready is closed
	cancel      context.CancelCauseFunc
	done        sync.WaitGroup
	once        sync.Once
	closed      error
}

var errClosed = errors.New("the reader of the new pictures was closed")

// newAhead starts the goroutine; ctx bounds it too.
func newAhead(ctx context.Context, source retake.FrameReader, chain *picture.Chain, job retake.Job, tell retake.ProgressFunc) *ahead {
	a := &ahead{source: source, chain: chain, frames: job.Frames, format: job.Picture, tell: tell,
		ready: make(chan *retake.Frame, 1), free: make(chan *retake.Frame, aheadFrames)}
	for range aheadFrames {
		a.free <- nil // memory is made when it is needed
	}
	ctx, a.cancel = context.WithCancelCause(ctx)
	a.done.Go(func() {
		defer close(a.ready)
		a.err = a.work(ctx)
	})
	return a
}

func (a *ahead) work(ctx context.Context) error {
	for index := range a.frames {
		var f *retake.Frame
		select {
		case f = <-a.free:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if f == nil {
			f = retake.NewFrame(a.format)
		}
		err := a.source.Next(ctx, f)
		if errors.Is(err, io.EOF) {
			return retake.Errorf(retake.CodeEngine, "The segment has fewer pictures than expected (%d of %d).", index, a.frames)
		}
		if err != nil {
			return fmt.Errorf("read picture %d of the segment: %w", index, err)
		}
		a.chain.Apply(f, index)
		select {
		case a.ready <- f:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		a.tell(float64(index+1) / float64(a.frames))
	}
	return io.EOF
}

// Next copies the next changed picture to dst.
func (a *ahead) Next(ctx context.Context, dst *retake.Frame) error {
	select {
	case f, ok := <-a.ready:
		if !ok {
			return a.err
		}
		if len(dst.Data) != len(f.Data) {
			return fmt.Errorf("next picture: the frame to fill has %d bytes, not %d", len(dst.Data), len(f.Data))
		}
		dst.CopyFrom(f)
		a.free <- f
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Close stops the work, waits for it and closes the source.
func (a *ahead) Close() error {
	a.once.Do(func() {
		a.cancel(errClosed)
		a.done.Wait()
		a.closed = a.source.Close()
	})
	return a.closed
}
