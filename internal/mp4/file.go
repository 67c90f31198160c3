package mp4

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"retake/internal/container"
)

// Bounds on what is read into memory.
const (
	maxTopBoxes = 100_000
	maxTracks   = 100
)

// topBox is a box of the file's first level.
type topBox struct {
	kind         string
	offset, size int64
}

// File is an opened movie. It holds the movie header in memory but for its tables, and reads those and samples from the file.
type File struct {
	r      io.ReaderAt
	size   int64
	top    []topBox
	moov   *box
	Tracks []*Track
	// Timescale is the movie header's ticks a second; Duration is in those ticks.
	Timescale uint32
	Duration  uint64
	Brand     string // major brand, "" in old QuickTime files
}

// Open reads the box structure and the movie header of a file of size bytes. It returns an error that wraps
// ErrMalformed for what is no MP4 or a damaged one, ErrUnsupported for fragmented or compressed movie headers, ErrTooMany for more
// samples than there is room for.
func Open(r io.ReaderAt, size int64) (*File, error) {
	f := &File{r: r, size: size}
	if err := f.scan(); err != nil {
		return nil, err
	}
	if f.moov != nil && f.encrypted() {
		return nil, fmt.Errorf("%w: %w", ErrUnsupported, container.ErrEncrypted)
	}
	for _, t := range f.top {
		switch t.kind {
		case "moof", "sidx", "styp":
			return nil, unsupported("the file is fragmented")
		}
	}
	if f.moov == nil {
		return nil, malformed("there is no movie header (moov): the file is cut off or no MP4")
	}
	if f.moov.child("cmov") != nil {
		return nil, unsupported("the movie header is compressed")
	}
	for _, k := range f.moov.kids {
		if k.kind == "mvex" {
			return nil, unsupported("the file is fragmented")
		}
	}
	if err := f.readMovieHeader(); err != nil {
		return nil, err
	}
	traks := f.moov.all("trak")
	if len(traks) > maxTracks {
		return nil, malformed("more than %d tracks", maxTracks)
	}
	for _, trak := range traks {
		t, err := f.readTrack(trak)
		if err != nil {
			return nil, err
		}
		t.Index = len(f.Tracks)
		f.Tracks = append(f.Tracks, t)
	}
	if len(f.Tracks) == 0 {
		return nil, malformed("the movie has no tracks")
	}
	if err := f.checkRoom(); err != nil {
		return nil, err
	}
	return f, nil
}

// encrypted reports whether pictures or sound are (ISO/IEC 14496-12, 8.12).
func (f *File) encrypted() bool {
	for _, trak := range f.moov.all("trak") {
		if stsd := trak.child("mdia", "minf", "stbl", "stsd"); stsd != nil && len(stsd.body) >= 16 {
			switch string(stsd.body[12:16]) {
			case "encv", "enca":
				return true
			}
		}
	}
	return false
}

func (f *File) scan() error {
	var head [16]byte
	for off := int64(0); off < f.size; {
		n, err := f.r.ReadAt(head[:min(16, f.size-off)], off)
		if err != nil && err != io.EOF {
			return err
		}
		if n < 8 {
			break // a few stray bytes at the end are tolerated by every player
		}
		size, hlen := int64(binary.BigEndian.Uint32(head[:])), int64(8)
		kind := string(head[4:8])
		switch size {
		case 0:
			size = f.size - off
		case 1:
			if n < 16 {
				return malformed("a 64-bit box size is cut off")
			}
			size, hlen = int64(binary.BigEndian.Uint64(head[8:])), 16
		}
		if size < hlen || size > f.size-off {
			return malformed("box %q claims %d bytes where %d are left: the file is cut off or damaged", kind, size, f.size-off)
		}
		if len(f.top) >= maxTopBoxes {
			return malformed("more than %d boxes", maxTopBoxes)
		}
		f.top = append(f.top, topBox{kind, off, size})
		if err := f.readTop(kind, off, hlen, size); err != nil {
			return err
		}
		off += size
	}
	return nil
}

// readTop keeps what is needed of one top-level box.
func (f *File) readTop(kind string, off, hlen, size int64) error {
	switch kind {
	case "moov":
		if f.moov != nil {
			return malformed("two movie headers")
		}
		kids, _, err := (&parser{r: f.r}).inside("", off, off+size, 0)
		if err != nil {
			return err
		}
		if len(kids) != 1 {
			return malformed("the movie header can't be read")
		}
		f.moov = kids[0]
	case "ftyp":
		if size >= hlen+4 {
			var brand [4]byte
			if _, err := f.r.ReadAt(brand[:], off+hlen); err != nil {
				return err
			}
			f.Brand = string(bytes.TrimRight(brand[:], " "))
		}
	}
	return nil
}

func (f *File) readMovieHeader() error {
	version, b, err := fullBox(f.moov.child("mvhd"), 20)
	if err != nil {
		return err
	}
	if version == 1 {
		if len(b) < 28 {
			return malformed("mvhd is cut short")
		}
		f.Timescale, f.Duration = binary.BigEndian.Uint32(b[16:]), binary.BigEndian.Uint64(b[20:])
	} else {
		f.Timescale, f.Duration = binary.BigEndian.Uint32(b[8:]), uint64(binary.BigEndian.Uint32(b[12:]))
	}
	if f.Timescale == 0 {
		return malformed("the movie's timescale is 0")
	}
	return nil
}
