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

// keepAll reads pictures from..to of a source and keeps them; each is shown to see, unless that is nil. What is returned is to be closed also
// beside an error, where it isn't nil.
func keepAll(ctx context.Context, dir string, source retake.FrameReader, f *retake.Frame, from, to int, see func(*retake.Frame)) (*kept, error) {
	k, err := newKept(dir)
	if err != nil {
		return nil, err
	}
	for i := from; i <= to; i++ {
		if err := source.Next(ctx, f); err != nil {
			if errors.Is(err, io.EOF) {
				err = fmt.Errorf("the source has no picture %d: %w", i, io.ErrUnexpectedEOF)
			}
			return k, err
		}
		if see != nil {
			see(f)
		}
		if err := k.add(f); err != nil {
			return k, err
		}
	}
	return k, nil
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

// close lets go of the file. It may be called on nil.
func (k *kept) close() error {
	if k == nil {
		return nil
	}
	return k.file.Close()
}
