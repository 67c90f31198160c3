package picture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"retake/internal/retake"
)

// kept are pictures that wait on the disk, in a file that has no name any more: it goes with whoever has it open.
type kept struct {
	file *os.File
}

func newKept(dir string) (*kept, error) {
	file, err := os.CreateTemp(dir, "pictures-")
	if err != nil {
		return nil, fmt.Errorf("keep pictures: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil {
		file.Close()
		return nil, fmt.Errorf("keep pictures: %w", err)
	}
	return &kept{file: file}, nil
}

func (k *kept) add(f *retake.Frame) error {
	if _, err := k.file.Write(f.Data); err != nil {
		return fmt.Errorf("keep pictures: %w", err)
	}
	return nil
}

// load fills dst with the picture that was added as number i, counted from 0.
func (k *kept) load(dst *retake.Frame, i int) error {
	if _, err := k.file.ReadAt(dst.Data, int64(i)*int64(len(dst.Data))); err != nil {
		return fmt.Errorf("read kept pictures: %w", err)
	}
	return nil
}

// keptReader reads the pictures from..to of a segment to the disk before it shows any of them, and gives the others as they are.
type keptReader struct {
	kind     Kind
	source   retake.FrameReader
	dir      string
	format   retake.PictureFormat
	from, to int // pictures, both included
	last     int

	see  func(f *retake.Frame)                    // is shown each as it is kept; may be nil
	all  func()                                   // is told when all are; may be nil
	show func(dst *retake.Frame, index int) error // makes picture index of those that are kept

	next int
	kept *kept
}

// newKeptReader is one for a look's part of the segment.
func newKeptReader(source retake.FrameReader, s Setup, l Look) (*keptReader, error) {
	from, to, err := s.part(l)
	if err != nil {
		return nil, err
	}
	return &keptReader{kind: l.Kind, source: source, dir: s.Dir, format: s.Format, from: from, to: to, last: s.Frames - 1}, nil
}

// Next gives the next picture, whose time is that of a steady clock: the encoder puts it in the place of the original.
func (r *keptReader) Next(ctx context.Context, dst *retake.Frame) error {
	if r.next > r.last {
		return io.EOF
	}
	index := r.next
	if index < r.from || index > r.to {
		if err := r.source.Next(ctx, dst); err != nil {
			return err
		}
	} else if err := r.made(ctx, dst, index); err != nil {
		return fmt.Errorf("%s: %w", r.kind, err)
	}
	dst.Time = float64(index) / frequency(r.format)
	r.next++
	return ctx.Err()
}

func (r *keptReader) made(ctx context.Context, dst *retake.Frame, index int) error {
	if r.kept == nil {
		if err := r.keep(ctx, dst); err != nil {
			return err
		}
	}
	return r.show(dst, index)
}

// keep reads the pictures to the disk, by way of f.
func (r *keptReader) keep(ctx context.Context, f *retake.Frame) (err error) {
	if r.kept, err = newKept(r.dir); err != nil {
		return err
	}
	for i := r.from; i <= r.to; i++ {
		if err := r.source.Next(ctx, f); err != nil {
			if errors.Is(err, io.EOF) {
				err = fmt.Errorf("the source has no picture %d: %w", i, io.ErrUnexpectedEOF)
			}
			return err
		}
		if r.see != nil {
			r.see(f)
		}
		if err := r.kept.add(f); err != nil {
			return err
		}
	}
	if r.all != nil {
		r.all()
	}
	return nil
}

// load fills dst with picture index of the segment as it was.
func (r *keptReader) load(dst *retake.Frame, index int) error { return r.kept.load(dst, index-r.from) }

// Close closes the source and lets go of what was kept.
func (r *keptReader) Close() error { return errors.Join(r.source.Close(), r.kept.close()) }

// close lets go of the file. It may be called on nil.
func (k *kept) close() error {
	if k == nil {
		return nil
	}
	return k.file.Close()
}
