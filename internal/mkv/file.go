package mkv

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"retake/internal/container"
)

// Bounds on what is read into memory.
const (
	maxHeader = 1 << 16
	maxTracks = 100
	maxLoaded = 64 << 20 // of one element of the first level; attachments are not read
	maxListed = 16 << 20 // of the list of tracks: subtitles may have fonts in theirs
	maxTop    = 500_000  // elements of the first level, but for fillers: some writers begin a cluster at each keyframe
)

// File is an opened Matroska or WebM file. It holds headers and block tables in memory and reads frames from the file.
type File struct {
	r       io.ReaderAt
	size    int64
	kind    container.Kind
	header  element   // EBML
	segment element   // with its end known
	top     []element // of the segment but its fillers and checksums, with their ends known
	tracks  []*track
	byNum   map[uint64]*track
	frames  int            // of all tracks
	restate map[int64]bool // clusters, by offset, that can't be copied: they are of no stated size, or say where they are

	timescale uint32 // ticks a second, for all tracks
	unit      int64  // ticks that a timestamp counts
	first     int64  // when the earliest frame is presented, ticks
}

// Open reads the structure of a file of size bytes. It returns an error that wraps container.ErrMalformed for what is no
// Matroska or a damaged one, ErrUnsupported for several segments, ErrTooMany for more frames than there is room for.
func Open(r io.ReaderAt, size int64) (*File, error) {
	f := &File{r: r, size: size, byNum: map[uint64]*track{}, restate: map[int64]bool{}, timescale: 1000, unit: 1}
	in := &reader{r: r, size: size}
	if err := f.readHeader(in); err != nil {
		return nil, err
	}
	if err := f.scan(in); err != nil {
		return nil, err
	}
	if len(f.tracks) == 0 {
		return nil, malformed("the file has no tracks")
	}
	for _, t := range f.tracks {
		if t.encrypted && (t.Kind == container.Video || t.Kind == container.Audio) {
			return nil, fmt.Errorf("%w: %w", container.ErrUnsupported, container.ErrEncrypted)
		}
	}
	f.layOut()
	return f, nil
}

// reader returns one that has read nothing yet.
func (f *File) reader() *reader { return &reader{r: f.r, size: f.size} }

// Is reports whether a file begins as one of this package's does.
func Is(head []byte) bool {
	return len(head) >= 4 && head[0] == 0x1A && head[1] == 0x45 && head[2] == 0xDF && head[3] == 0xA3
}

func (f *File) readHeader(in *reader) error {
	e, err := in.next(0, f.size)
	if err != nil {
		return err
	}
	if e.id != idEBML || e.size == unknown {
		return malformed("this is no EBML file")
	}
	f.header = e
	list, err := in.children(e, maxHeader)
	if err != nil {
		return err
	}
	switch t := find(list, idDocType).asString(); t {
	case "webm":
		f.kind = container.WebM
	case "matroska":
		f.kind = container.Matroska
	default:
		return malformed("an EBML file of type %q", t)
	}
	at := e.end()
	for {
		if e, err = in.next(at, f.size); err != nil {
			return err
		}
		if e.id == idSegment {
			break
		}
		if e.size == unknown {
			return malformed("there is no segment")
		}
		at = e.end()
	}
	if e.size == unknown {
		e.size = f.size - e.data()
	}
	f.segment = e
	return nil
}

// scan walks the segment's elements and the blocks in its clusters.
func (f *File) scan(in *reader) error {
	for at := f.segment.data(); at < f.segment.end(); {
		e, err := in.next(at, f.segment.end())
		if err != nil {
			return err
		}
		switch {
		case e.id == idSegment || e.id == idEBML:
			return errSegments
		case e.id == idCluster:
			if e, err = f.readCluster(in, e); err != nil {
				return err
			}
		case e.size == unknown:
			return malformed("element %x has no size", e.id)
		}
		switch e.id {
		case idVoid, idCRC32: // nobody asks for these
			at = e.end()
			continue
		case idInfo:
			err = f.readInfo(in, e)
		case idTracks:
			err = f.readTracks(in, e)
		}
		if err != nil {
			return err
		}
		if len(f.top) >= maxTop {
			return fmt.Errorf("%w: more than %d elements of the first level", container.ErrTooMany, maxTop)
		}
		f.top = append(f.top, e)
		at = e.end()
	}
	if e, err := in.next(f.segment.end(), f.size); err == nil && (e.id == idSegment || e.id == idEBML) {
		return errSegments
	}
	return nil // what else may stand behind it is no clip
}

var errSegments = unsupported("the file has several segments")

// second is how many nanoseconds it has: timestamps are in multiples of one.
const second = 1_000_000_000

func (f *File) readInfo(in *reader, e element) error {
	list, err := in.children(e, maxLoaded)
	if err != nil {
		return err
	}
	scale := find(list, idTimestampScale).asUint(1_000_000)
	if scale == 0 || scale > second {
		return malformed("a timestamp scale of %d ns", scale)
	}
	if len(f.tracks) > 0 && scale != second/1000 {
		return unsupported("the timestamp scale is told behind the tracks")
	}
	g := gcd(int64(scale), second)
	f.timescale, f.unit = uint32(second/g), int64(scale)/g
	return nil
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// Kind implements container.File.
func (f *File) Kind() container.Kind { return f.kind }

// List implements container.File.
func (f *File) List() []*container.Track {
	out := make([]*container.Track, len(f.tracks))
	for i, t := range f.tracks {
		out[i] = &t.Track
	}
	return out
}

// ReadPart implements container.File.
func (f *File) ReadPart(s container.Sample, from int64, dst []byte) error {
	if from < 0 || from+int64(len(dst)) > int64(s.Size) {
		return malformed("bytes [%d, %d) of a frame of %d", from, from+int64(len(dst)), s.Size)
	}
	if s.Ref != 0 { // the bytes that were left out in front of each frame
		prefix := f.tracks[s.Ref-1].prefix
		if from < int64(len(prefix)) {
			dst = dst[copy(dst, prefix[from:]):]
			from = int64(len(prefix))
		}
		from -= int64(len(prefix))
	}
	if len(dst) == 0 {
		return nil
	}
	_, err := f.r.ReadAt(dst, s.Offset+from)
	return err
}

// ReadSample implements container.File.
func (f *File) ReadSample(s container.Sample, buf []byte) ([]byte, error) {
	if int64(s.Size) > f.size+maxHeader {
		return nil, malformed("a frame of %d bytes", s.Size)
	}
	if cap(buf) < int(s.Size) {
		buf = make([]byte, s.Size)
	}
	buf = buf[:s.Size]
	return buf, f.ReadPart(s, 0, buf)
}

// Patch implements container.File.
func (f *File) Patch(dst *os.File, changes []container.Change, added []*container.Sound) (container.Patcher, error) {
	return newPatcher(f, dst, changes, added)
}

// DocType reads what kind of EBML file this is, "" for none.
func DocType(r io.ReaderAt) string {
	f := &File{r: r, size: maxHeader, byNum: map[uint64]*track{}}
	head := make([]byte, 4096)
	n, _ := r.ReadAt(head, 0)
	in := &reader{r: bytes.NewReader(head[:n]), size: int64(n)}
	if f.readHeader(in) != nil && f.kind == "" {
		return ""
	}
	if f.kind == container.WebM {
		return "webm"
	}
	return "matroska"
}
