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

	"retake/internal/container"
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

// copyAtOnce is the size from which a copy does not go through the buffer.
const copyAtOnce = 1 << 16

// copyFrom copies bytes of the source.
func (w *writer) copyFrom(ctx context.Context, src io.ReaderAt, from, size int64) error {
	if w.sum == nil && size > copyAtOnce {
		if err := w.b.Flush(); err != nil {
			return fmt.Errorf("copy media data: %w", err)
		}
		w.pos += size
		return container.CopyRange(ctx, w.f, src, from, size)
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	done, err := io.Copy(onlyWriter{w}, io.NewSectionReader(src, from, size))
	if err == nil && done != size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("copy media data: %w", err)
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
