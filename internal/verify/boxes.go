package verify

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"slices"
)

// fileBox is a box of a file's first level.
type fileBox struct {
	kind         string
	offset, size int64
}

// layout are the boxes that say where things are rather than what they are; writing a file anew moves them.
var layout = []string{"ftyp", "moov", "mdat", "free", "skip", "wide"}

// fileBoxes lists a file's first-level boxes that hold something of their own, such as metadata of cameras and
// editors. The file was checked when it was opened.
func fileBoxes(r io.ReaderAt, size int64) ([]fileBox, error) {
	var out []fileBox
	var head [16]byte
	for at := int64(0); at+8 <= size; {
		n, err := r.ReadAt(head[:], at)
		if err != nil && n < 8 {
			return nil, err
		}
		b := fileBox{string(head[4:8]), at, int64(binary.BigEndian.Uint32(head[:]))}
		switch b.size {
		case 0:
			b.size = size - at
		case 1:
			b.size = int64(binary.BigEndian.Uint64(head[8:]))
		}
		if b.size < 8 || b.size > size-at {
			break
		}
		if !slices.Contains(layout, b.kind) {
			out = append(out, b)
		}
		at += b.size
	}
	return out, nil
}

// compareFileBoxes compares what lies beside the movie header.
func (c *check) compareFileBoxes() error {
	var files [2]*os.File
	var lists [2][]fileBox
	for i, path := range []string{c.pathA, c.pathB} {
		f, err := os.Open(path)
		if err != nil {
			return fmt.Errorf("compare metadata: %w", err)
		}
		defer f.Close()
		info, err := f.Stat()
		if err == nil {
			lists[i], err = fileBoxes(f, info.Size())
		}
		if err != nil {
			return fmt.Errorf("compare metadata: %w", err)
		}
		files[i] = f
	}
	if len(lists[0]) != len(lists[1]) {
		if c.opt.AllowReencode {
			c.noteRewritten("the boxes beside the movie header")
			return nil
		}
		c.violate("The file has %s beside its movie header where the original has %d.", count(len(lists[1]), "box", "boxes"), len(lists[0]))
		return nil
	}
	for i, x := range lists[0] {
		y := lists[1][i]
		same := x.kind == y.kind && x.size == y.size
		if same {
			var err error
			if same, err = equal(io.NewSectionReader(files[0], x.offset, x.size), io.NewSectionReader(files[1], y.offset, y.size)); err != nil {
				return fmt.Errorf("compare metadata: %w", err)
			}
		}
		if !same && c.opt.AllowReencode {
			c.noteRewritten("the box " + x.kind)
		} else if !same {
			c.violate("The file's box %q changed.", x.kind)
		}
	}
	return nil
}

// brands are the boxes that an MP4 or MOV file begins with.
var brands = []string{"ftyp", "moov", "mdat", "wide", "free", "skip"}

// beginsAsMP4 reports whether a file begins as an MP4 or MOV file does.
func beginsAsMP4(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	var head [8]byte
	_, err = io.ReadFull(f, head[:])
	return err == nil && slices.Contains(brands, string(head[4:]))
}

// sameFile reports whether two files have the same bytes.
func sameFile(a, b string) (bool, error) {
	x, err := os.Open(a)
	if err != nil {
		return false, err
	}
	defer x.Close()
	y, err := os.Open(b)
	if err != nil {
		return false, err
	}
	defer y.Close()
	return equal(x, y)
}

// equal compares two streams of the same length.
func equal(a, b io.Reader) (bool, error) {
	x, y := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, errA := io.ReadFull(a, x)
		m, errB := io.ReadFull(b, y)
		if !bytes.Equal(x[:n], y[:m]) {
			return false, nil
		}
		for _, err := range []error{errA, errB} {
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				return true, nil
			}
			if err != nil {
				return false, err
			}
		}
	}
}
