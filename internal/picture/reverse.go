package picture

import (
	"context"
	"errors"
	"fmt"
	"io"

	"retake/internal/retake"
)

// Reverse is the effect's name.
const Reverse Kind = "reverse"

var reversed = Entry{Kind: Reverse,
	Doc: "the segment, or the part of it that the prompt names, runs backwards, dissolved from the original at its beginning and back into it at its end. Its pictures wait on the disk meanwhile: 3 MB for each of a 1080p clip",
	Read: func(cfg Config, source retake.FrameReader, s Setup, l Look) (retake.FrameReader, error) {
		from, to, err := s.part(l)
		if err != nil {
			return nil, err
		}
		return &reverseReader{source: source, crew: crew{threads: max(1, cfg.Threads)}, dir: s.Dir, format: s.Format, from: from, to: to, last: s.Frames - 1,
			fade: min(reverseFade*frequency(s.Format), float64(to-from)/2)}, nil
	}}

// reverseFade is how long each dissolve takes, seconds.
const reverseFade = 0.25

// reverseReader gives the pictures from..to backwards, and the others as they are.
type reverseReader struct {
	source   retake.FrameReader
	crew     crew
	dir      string
	format   retake.PictureFormat
	from, to int // pictures, both included
	last     int
	fade     float64 // pictures

	next  int
	kept  *kept
	other *retake.Frame // the one that is dissolved from or into
}

// Next gives the next picture, whose time is that of a steady clock: the encoder puts it in the place of the original.
func (r *reverseReader) Next(ctx context.Context, dst *retake.Frame) error {
	if r.next > r.last {
		return io.EOF
	}
	index := r.next
	if index < r.from || index > r.to || r.from == r.to {
		if err := r.source.Next(ctx, dst); err != nil {
			return err
		}
	} else {
		if r.kept == nil {
			var err error
			if r.kept, err = keepAll(ctx, r.dir, r.source, dst, r.from, r.to, nil); err != nil {
				return fmt.Errorf("reverse: %w", err)
			}
			r.other = retake.NewFrame(r.format)
		}
		if err := r.back(dst, index); err != nil {
			return fmt.Errorf("reverse: %w", err)
		}
	}
	dst.Time = float64(index) / frequency(r.format)
	r.next++
	return ctx.Err()
}

// back makes picture index: the one that stands as far from the end, and near the ends some of the original.
func (r *reverseReader) back(dst *retake.Frame, index int) error {
	own := 1 - min(grown(float64(index-r.from), r.fade), grown(float64(r.to-index), r.fade))
	if own >= 1 {
		return r.load(dst, index)
	}
	if err := r.load(dst, r.from+r.to-index); err != nil || own <= 0 {
		return err
	}
	if err := r.load(r.other, index); err != nil {
		return err
	}
	r.crew.over(dst, r.other, own)
	return nil
}

func (r *reverseReader) load(dst *retake.Frame, index int) error {
	return r.kept.load(dst, index-r.from)
}

// Close closes the source and lets go of what was kept.
func (r *reverseReader) Close() error {
	return errors.Join(r.source.Close(), r.kept.close())
}
