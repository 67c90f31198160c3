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
	same := true
	err := sideBySide(ctx, l.c.tools, l.c.a.Video, l.c.b.Video, s, func(x, y *depth.Picture) (bool, error) {
		same = bytes.Equal(x.Data, y.Data)
		return same, nil
	})
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("compare pictures to the bit: %w", err)
	}
	return same, nil
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
