package seam

import (
	"context"
	"errors"
	"fmt"

	"retake/internal/retake"
)

// reader corrects the segment's pictures as they pass. It holds a handful of pictures, however long the segment.
type reader struct {
	fit             *Fit
	original, fresh retake.FrameReader
	frames, next    int
	shown           *retake.Frame
	mask            *mask
	grain           *grain
	model           *applied
}

// Reader returns the segment's pictures: fresh, the engine's, corrected by the fit, with the pixels of original where nothing was
// changed. Both are read picture by picture, frames of each, and closed with it.
func (f *Fit) Reader(original, fresh retake.FrameReader, frames int) retake.FrameReader {
	r := &reader{fit: f, original: original, fresh: fresh, frames: frames, shown: retake.NewFrame(f.format)}
	if f.head != nil {
		r.mask, r.grain = newMask(f.format, f.tolerance), newGrain(f.have, f.want, f.seed)
	}
	return r
}

// Next implements retake.FrameReader.
func (r *reader) Next(ctx context.Context, dst *retake.Frame) error {
	if err := r.original.Next(ctx, r.shown); err != nil {
		return err
	}
	if err := r.fresh.Next(ctx, dst); err != nil {
		return fmt.Errorf("fit picture %d: %w", r.next, err)
	}
	dst.Time = r.shown.Time
	if r.fit.head != nil {
		r.correct(dst)
	}
	r.next++
	return nil
}

func (r *reader) correct(dst *retake.Frame) {
	f := r.fit
	if r.model == nil || f.head != f.tail {
		r.model = newApplied(between(f.head, f.tail, (f.before+float64(r.next)+0.5)/(f.before+float64(r.frames)+f.after)))
	}
	r.model.to(dst, dst)
	r.mask.update(dst, r.shown)
	r.grain.to(dst, r.next, r.mask)
	share := 256
	if n := f.fadeIn; r.next < n {
		share = 256 * (r.next + 1) / (n + 1)
	}
	if left := r.frames - r.next; left <= f.fadeOut {
		share = min(share, 256*left/(f.fadeOut+1))
	}
	r.mask.blend(dst, r.shown, share)
}

// Close implements retake.FrameReader.
func (r *reader) Close() error { return errors.Join(r.original.Close(), r.fresh.Close()) }
