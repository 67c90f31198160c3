package container

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
)

// Kind is a file's kind of container.
type Kind string

// Kinds.
const (
	MP4      Kind = "MP4" // and M4V
	MOV      Kind = "MOV"
	Matroska Kind = "Matroska"
	WebM     Kind = "WebM"
)

// Family returns the kind that stands for all that are built alike: MP4 for MOV, Matroska for WebM.
func (k Kind) Family() Kind {
	switch k {
	case MOV:
		return MP4
	case WebM:
		return Matroska
	}
	return k
}

// Kinds lists all kinds.
func Kinds() []Kind { return []Kind{MP4, MOV, Matroska, WebM} }

// Extensions returns what the name of such a file may end in, with the dot, the usual one first.
func (k Kind) Extensions() []string {
	switch k {
	case MOV:
		return []string{".mov", ".mp4", ".m4v"}
	case Matroska:
		return []string{".mkv"}
	case WebM:
		return []string{".webm", ".mkv"}
	}
	return []string{".mp4", ".m4v", ".mov"}
}

// File is an opened clip.
type File interface {
	Kind() Kind
	List() []*Track
	// ReadPart fills dst with a sample's bytes from an offset inside it on.
	ReadPart(s Sample, from int64, dst []byte) error
	// ReadSample reads one sample's bytes into buf, which is grown when it is too small.
	ReadSample(s Sample, buf []byte) ([]byte, error)
	// Patch prepares writing a copy of the file to dst, an empty file, with the samples of changes replaced and tracks
	// added.
	Patch(dst *os.File, changes []Change, added []*Sound) (Patcher, error)
	// Parts lists what belongs to no track and does not say where things are, in its order.
	Parts() ([]Part, error)
}

// Patcher writes a copy of a file with some samples replaced: all else is copied byte for byte.
type Patcher interface {
	// CopyHead copies the media data before the first change. It may run while the new samples are being made; Finish
	// calls it when it has not been.
	CopyHead(ctx context.Context) error
	// Finish writes the rest. reps go with the changes given to Patch, in their order.
	Finish(ctx context.Context, reps []Replacement) error
}

// Change names the samples of a track that will be replaced, in decode order. Their number, decode times and
// durations stay; sizes, composition offsets and keyframe flags may change.
type Change struct {
	Track int // index in File.List
	First int
	Count int
}

// Piece is where the bytes of a new sample are.
type Piece struct {
	From   io.ReaderAt
	Offset int64
	Size   uint32
}

// Replacement gives the new samples of a Change.
type Replacement struct {
	Pieces []Piece
	CTS    []int32 // nil: keep the original's composition offsets
	Sync   []bool  // nil: keep the original's keyframe flags
	Config []byte  // the new decoder configuration, in the form of Track.Config; nil: keep
}

// Fits returns an error where there are not as many new samples as a change names.
func (r Replacement) Fits(c Change) error {
	if len(r.Pieces) != c.Count || r.CTS != nil && len(r.CTS) != c.Count || r.Sync != nil && len(r.Sync) != c.Count {
		return fmt.Errorf("%d samples given for a change of %d", len(r.Pieces), c.Count)
	}
	return nil
}

// Sound is a track of compressed sound to be added to a file that has none.
type Sound struct {
	Codec    string // as in Track
	Packets  [][]byte
	Config   []byte // the decoder configuration, as in Track
	Rate     int    // samples a second, the track's timescale
	Channels int
	Frame    int     // samples in a packet
	Priming  int64   // samples before the first one that is heard
	Duration float64 // seconds that are heard
}

// Part is one piece of a file or track that an edit has no business with, for comparing two files.
type Part struct {
	Path string // where it stands, the same for the same thing in two files of a kind
	Name string // what it is, in plain words
	Body *io.SectionReader
}

// NewPart returns a part whose bytes are in memory.
func NewPart(path, name string, body []byte) Part {
	return Part{Path: path, Name: name, Body: io.NewSectionReader(bytes.NewReader(body), 0, int64(len(body)))}
}
