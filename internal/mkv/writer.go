package mkv

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"os"
)

// writer writes the result from some offset on and keeps count.
type writer struct {
	f   *os.File
	b   *bufio.Writer
	pos int64
	sum hash.Hash32 // of what is written, nil for none
}

func newWriter(f *os.File, at int64) (*writer, error) {
	if _, err := f.Seek(at, io.SeekStart); err != nil {
		return nil, fmt.Errorf("write clusters: %w", err)
	}
	return &writer{f: f, b: bufio.NewWriterSize(f, 1<<18), pos: at}, nil
}

func (w *writer) Write(p []byte) (int, error) {
	if w.sum != nil {
		w.sum.Write(p)
	}
	n, err := w.b.Write(p)
	w.pos += int64(n)
	if err != nil {
		err = fmt.Errorf("write clusters: %w", err)
	}
	return n, err
}

// at writes over what was written already.
func (w *writer) at(p []byte, offset int64) error {
	if err := w.b.Flush(); err != nil {
		return fmt.Errorf("write clusters: %w", err)
	}
	if _, err := w.f.WriteAt(p, offset); err != nil {
		return fmt.Errorf("write clusters: %w", err)
	}
	return nil
}

// copyStep bounds one copy, so that a cancel is heard within it.
const copyStep = 64 << 20

// copyFrom copies bytes of the source. Between two files the kernel does it.
func (w *writer) copyFrom(ctx context.Context, src io.ReaderAt, from, size int64) error {
	for size > 0 {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		n := min(size, copyStep)
		var err error
		if file, ok := src.(*os.File); ok && w.sum == nil && n > 1<<16 {
			if err = w.b.Flush(); err == nil {
				if _, err = file.Seek(from, io.SeekStart); err == nil {
					var done int64
					done, err = io.Copy(w.f, io.LimitReader(file, n))
					w.pos += done
					if err == nil && done != n {
						err = io.ErrUnexpectedEOF
					}
				}
			}
		} else {
			var done int64
			if done, err = io.Copy(onlyWriter{w}, io.NewSectionReader(src, from, n)); err == nil && done != n {
				err = io.ErrUnexpectedEOF
			}
		}
		if err != nil {
			return fmt.Errorf("copy media data: %w", err)
		}
		from, size = from+n, size-n
	}
	return nil
}

// onlyWriter hides what else a writer can do, which would pass its count by.
type onlyWriter struct{ io.Writer }

// crcElement is the checksum of a parent's other children (RFC 8794, 11.3.1).
func crcElement(sum uint32) []byte {
	return appendElement(nil, idCRC32, binary.LittleEndian.AppendUint32(nil, sum))
}

// parent writes an element of children; checked puts their checksum first.
func parent(id uint32, children []byte, checked bool) []byte {
	if checked {
		children = append(crcElement(crc32.ChecksumIEEE(children)), children...)
	}
	return appendElement(nil, id, children)
}
