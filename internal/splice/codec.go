package splice

import (
	"retake/internal/media"
	"retake/internal/nal"
)

// Start says whether decoding can begin at a picture.
type Start int

// Kinds of starts.
const (
	NoStart     Start = iota
	ClosedStart       // here, and nothing later in the file needs what comes before
	OpenStart         // here, but pictures behind it that are shown before it need what comes before
)

// codec is what the splice has to know of a kind of compressed pictures. Units are NAL units of a sample.
type codec interface {
	// name is that of the format as people know it.
	name() string
	// head returns what a decoder is given before the first picture.
	head() [][]byte
	lengthSize() int
	isSlice(unit []byte) bool
	isSet(unit []byte) bool
	// has reports whether the track's configuration holds a parameter set, to the byte.
	has(set []byte) bool
	// signals yields what every stream says that a picture of the track can belong to.
	signals() []*nal.Signal
	// order returns a function that is given the first slice of each picture in decode order, and tells the stream that
	// it belongs to and its place in presentation order: a period and a count in it. ordered is false where that is not
	// known.
	order() func(slice []byte) (s *nal.Signal, period, count int, ordered bool, err error)
	// unsupported says in a plain clause why streams of this kind can't be spliced, "" when they can.
	unsupported() string
	start(units [][]byte) Start
	// spare reports by a picture's first slice whether no other picture refers to it.
	spare(slice []byte) bool
	// skipped reports by a picture's first slice whether a decoder that begins at the keyframe before it leaves it out.
	skipped(slice []byte) bool
	// decoder returns the options by which ffmpeg reads the track's byte stream.
	decoder() []string
	// encoder returns the options by which ffmpeg encodes pictures that can stand in the track.
	encoder(v *Video, p Plan, tools *media.Tools, how Coding) ([]string, error)
	// join returns the body of the decoder configuration with the parts' parameter sets beside the track's.
	join(parts []*Part) ([]byte, error)
	// adopt makes a part's picture refer to the sets that join gave it; false when it does already.
	adopt(units [][]byte) ([][]byte, bool, error)
	// separate is given the joined pictures, those at which decoding can begin with their units, to tell neighbours apart.
	separate(v *Video, p Plan, aus []accessUnit) error
	// carry makes an OpenStart one at which a decoder begins anew, wherever it stands.
	carry(units [][]byte) [][]byte
}

// codecs by sample format: the box of the decoder configuration, and what reads it.
var codecs = map[string]struct {
	box  string
	open func(config []byte) (codec, error)
}{
	"avc1": {"avcC", openAVC},
	"hvc1": {"hvcC", openHEVC},
	"hev1": {"hvcC", openHEVC},
}
