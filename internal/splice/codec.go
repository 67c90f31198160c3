package splice

import (
	"io"

	"retake/internal/container"
	"retake/internal/media"
)

// Start says whether decoding can begin at a picture.
type Start int

// Kinds of starts.
const (
	NoStart     Start = iota
	ClosedStart       // here, and nothing later in the file needs what comes before
	OpenStart         // here, but pictures behind it that are shown before it need what comes before
)

// codec is what the splice has to know of a kind of compressed pictures. A sample is all the bytes that the container
// has for one picture, whatever units it consists of.
type codec interface {
	// inspect looks at what all samples begin with. It sets v.Signal and says in a plain clause why the track can't be
	// spliced, "" when it can.
	inspect(v *Video) (reason string, err error)
	// start says whether decoding can begin at a sample.
	start(sample []byte) (Start, error)
	// spare reports by what a sample begins with whether no other picture refers to it, skipped whether a decoder that
	// begins at the keyframe before it leaves it out.
	spare(v *Video, decode int) (bool, error)
	skipped(v *Video, decode int) (bool, error)
	// stream returns the samples [from, to) but those left out as a stream, and the options by which ffmpeg reads it.
	stream(v *Video, from, to int, left map[int]bool) (options []string, r io.Reader)
	// encoder returns the options by which ffmpeg encodes pictures that can stand in the track. Parts are MP4 files, but
	// for those of codecs that only Matroska holds.
	encoder(v *Video, p Plan, tools *media.Tools, how Coding) ([]string, error)
	// join is told the parts that replace a plan's pictures and returns the decoder configuration with theirs beside the
	// track's, nil where the track's own serves.
	join(v *Video, p Plan, parts []*Part) ([]byte, error)
	// adopt makes sample i of a part one of the track's. It returns nil where the part's file has it as it has to be.
	adopt(part *Part, i int, sample []byte) (changed []byte, err error)
	// separates reports whether neighbouring pictures at which decoding can begin have to be told apart, by separate: it
	// is given all that are joined, those with their bytes.
	separates() bool
	separate(v *Video, p Plan, joined []joined) error
	// carry makes an OpenStart one at which a decoder begins anew, wherever it stands.
	carry(sample []byte) ([]byte, error)
}

// annotated is a codec whose samples also hold what viewers are told beside the pictures: captions, HDR's metadata.
type annotated interface {
	// lasting returns what a sample says of the pictures from it on.
	lasting(sample []byte) ([][]byte, error)
	// accompany gives a new sample what the original says of the picture in whose place it is shown, and what is lasting.
	// It returns nil where there is nothing to give.
	accompany(sample, original []byte, lasting [][]byte) ([]byte, error)
}

// codecs opens a track's decoder configuration.
var codecs = map[string]func(config []byte) (codec, error){
	container.H264: openAVC,
	container.HEVC: openHEVC,

	container.ProRes: openProRes,
	container.MJPEG:  openMJPEG,
	container.DNxHR:  openDNxHR,
	container.VP8:    openVP8,
	container.VP9:    openVP9,
	container.AV1:    openAV1,
}
