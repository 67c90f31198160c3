package verify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"retake/internal/depth"
	"retake/internal/measure"
	"retake/internal/retake"
	"retake/internal/splice"
)

// judgeLossless finds re-encoded spans whose pictures are the original's to the bit. Only where all luma agrees are both
// decoded again, in full, for their colour.
func (l *looker) judgeLossless(ctx context.Context) error {
	t := l.c.report.Video
	t.BitIdentical = true
	for i := range t.Spans {
		s := &t.Spans[i]
		if s.Kept || s.Kind == retake.SpanEdit {
			continue
		}
		if s.Worst != nil && *s.Worst == measure.MaxPSNR {
			var err error
			if s.Lossless, err = l.sameBits(ctx, interval{s.First, s.First + s.Count}); err != nil {
				return err
			}
		}
		t.BitIdentical = t.BitIdentical && s.Lossless
	}
	return nil
}

// sameBits decodes an interval of both clips and reports whether all planes agree.
func (l *looker) sameBits(ctx context.Context, s interval) (bool, error) {
	var decoders [2]*splice.Decoder
	for i, v := range []*splice.Video{l.c.a.Video, l.c.b.Video} {
		first, err := v.StartFor(s.from)
		if err == nil {
			decoders[i], err = v.Decode(ctx, l.c.tools, first, s.from, s.to)
		}
		if err != nil {
			return false, fmt.Errorf("compare pictures to the bit: %w", err)
		}
		defer decoders[i].Close()
	}
	x, y := depth.New(l.c.a.Video.Format()), depth.New(l.c.b.Video.Format())
	for {
		errA, errB := decoders[0].Next(ctx, x), decoders[1].Next(ctx, y)
		if errors.Is(errA, io.EOF) && errors.Is(errB, io.EOF) {
			return true, nil
		}
		if err := errors.Join(errA, errB); err != nil {
			return false, fmt.Errorf("compare pictures to the bit: %w", err)
		}
		if !bytes.Equal(x.Data, y.Data) {
			return false, nil
		}
	}
}

// lossless counts frames outside the segment that were encoded again without loss.
func lossless(t *retake.TrackReport) (n int) {
	for _, s := range t.Spans {
		if s.Lossless {
			n += s.Count
		}
	}
	return n
}
