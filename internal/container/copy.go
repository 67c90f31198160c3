package container

import (
	"context"
	"fmt"
	"io"
	"os"
)

// copyStep bounds one copy, so that a cancel is heard within it.
const copyStep = 64 << 20

// CopyRange copies size bytes of src, from an offset on, to where dst stands. Between two files the kernel does it.
func CopyRange(ctx context.Context, dst *os.File, src io.ReaderAt, from, size int64) error {
	for size > 0 {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		n := min(size, copyStep)
		var r io.Reader = io.NewSectionReader(src, from, n)
		if file, ok := src.(*os.File); ok {
			if _, err := file.Seek(from, io.SeekStart); err != nil {
				return fmt.Errorf("copy media data: %w", err)
			}
			r = io.LimitReader(file, n)
		}
		done, err := io.Copy(dst, r)
		if err == nil && done != n {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return fmt.Errorf("copy media data: %w", err)
		}
		from, size = from+n, size-n
	}
	return nil
}
