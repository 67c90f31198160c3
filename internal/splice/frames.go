package splice

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"retake/internal/container"
	"retake/internal/media"
	"retake/internal/nal"
)

// frameFormat is a codec whose packets show one picture each, in the order of decoding, and that begins anew at a
// keyframe whatever came before: VP8, VP9, AV1.
type frameFormat interface {
	name() string
	fourcc() string
	// look reads what a sample of a size is, by its bytes at offsets. Errors about the stream wrap nal.ErrMalformed.
	look(size int64, read func(from int64, dst []byte) error) (seen, error)
	// wrap appends a sample to a stream for ffmpeg.
	wrap(dst, sample []byte, first bool) []byte
	// encoder returns the options by which ffmpeg encodes.
	encoder(v *Video, tools *media.Tools, how Coding) []string
}

// seen is what a sample was found to be.
type seen struct {
	key    bool        // decoding can begin here
	shown  int         // pictures
	sized  bool        // signal has a size
	told   bool        // signal has the format of pictures
	signal *nal.Signal // nil where there is neither
	resize bool        // the picture may have another size than the stream states
}

// frames is the codec of a frameFormat.
type frames struct{ frameFormat }

func (f frames) inspect(v *Video) (reason string, err error) {
	for i, s := range v.Samples.All() {
		at, err := f.look(int64(s.Size), func(from int64, dst []byte) error { return v.file.ReadPart(s, from, dst) })
		if errors.Is(err, nal.ErrMalformed) || errors.Is(err, container.ErrMalformed) {
			return fmt.Sprintf("its %s stream can't be read", f.name()), nil
		}
		if err != nil {
			return "", fmt.Errorf("picture %d: %w", i, err)
		}
		if v.Signal == nil {
			if !at.key || at.signal == nil {
				return fmt.Sprintf("its %s stream does not begin with a keyframe", f.name()), nil
			}
			v.Signal = at.signal
			tell(v.Signal, v.Track.Colour)
			if reason := unsupportedSignal(v.Signal); reason != "" {
				return reason, nil
			}
		}
		if reason := f.odd(v, at); reason != "" {
			return reason, nil
		}
		if s.CTS != 0 {
			return "its file shows pictures in another order than its stream", nil
		}
	}
	return "", nil
}

// tell fills in what the stream does not say of colour and the container does.
func tell(s *nal.Signal, c *container.Colour) {
	if c == nil {
		return
	}
	for _, point := range []struct {
		to   *int
		from int
	}{{&s.Primaries, c.Primaries}, {&s.Transfer, c.Transfer}, {&s.Matrix, c.Matrix}} {
		if *point.to == 2 {
			*point.to = point.from
		}
	}
}

// odd says what sets a sample apart from those that can be spliced.
func (f frames) odd(v *Video, at seen) string {
	s := v.Signal
	switch {
	case at.shown == 0:
		return fmt.Sprintf("its %s pictures that are not shown have packets of their own", f.name())
	case at.shown > 1:
		return fmt.Sprintf("some %s packets hold several pictures", f.name())
	case at.resize, at.sized && (at.signal.Width != s.Width || at.signal.Height != s.Height):
		return "its picture size changes within the clip"
	case at.told && (at.signal.BitDepth != s.BitDepth || at.signal.ChromaFormat != s.ChromaFormat):
		return "its picture format changes within the clip"
	}
	return ""
}

func (f frames) start(sample []byte) (Start, error) {
	at, err := f.look(int64(len(sample)), func(from int64, dst []byte) error {
		if from < 0 || from+int64(len(dst)) > int64(len(sample)) {
			return io.ErrUnexpectedEOF
		}
		copy(dst, sample[from:])
		return nil
	})
	if err != nil || !at.key {
		return NoStart, err
	}
	return ClosedStart, nil
}

func (frames) spare(*Video, int) (bool, error)   { return false, nil }
func (frames) skipped(*Video, int) (bool, error) { return false, nil }

// stream is an IVF file: a header of 32 bytes, then samples behind their size and number.
func (f frames) stream(v *Video, from, to int, left map[int]bool) ([]string, io.Reader) {
	head := append([]byte("DKIF\x00\x00\x20\x00"), f.fourcc()...)
	head = binary.LittleEndian.AppendUint16(head, uint16(v.Signal.Width))
	head = binary.LittleEndian.AppendUint16(head, uint16(v.Signal.Height))
	head = binary.LittleEndian.AppendUint32(head, 25) // ticks a second; times are of no use
	head = binary.LittleEndian.AppendUint32(head, 1)
	head = append(head, make([]byte, 8)...)
	return []string{"-f", "ivf"}, &sampleStream{v: v, next: from, end: to, left: left, out: head,
		frame: func(dst, sample []byte, decode int) ([]byte, error) {
			at := len(dst)
			dst = binary.LittleEndian.AppendUint64(append(dst, 0, 0, 0, 0), uint64(decode-from))
			dst = f.wrap(dst, sample, decode == from)
			binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-12))
			return dst, nil
		}}
}

func (f frames) encoder(v *Video, p Plan, tools *media.Tools, how Coding) ([]string, error) {
	s := v.Signal
	var tags []string
	add := func(key, value string) {
		if value != "" {
			tags = append(tags, key+"="+strings.ToLower(value))
		}
	}
	add("colorspace", matrices[s.Matrix])
	add("color_primaries", primaries[s.Primaries])
	add("color_trc", transfers[s.Transfer])
	if s.FullRange {
		add("range", "pc")
	}
	var args []string
	if len(tags) > 0 {
		args = append(args, "-vf", "setparams="+strings.Join(tags, ":"))
	}
	return append(append(args, f.frameFormat.encoder(v, tools, how)...), "-g", fmt.Sprint(v.keyint())), nil
}

// holder: MP4 has no place for VP8.
func (f frames) holder() string {
	if f.name() == "VP8" {
		return "matroska"
	}
	return "mp4"
}

// join: a keyframe says all that a decoder has to know.
func (frames) join(*Video, Plan, []*Part) ([]byte, error) { return nil, nil }

func (frames) adopt(*Part, int, []byte) ([]byte, error) { return nil, nil }

func (frames) separates() bool { return false }

func (frames) separate(*Video, Plan, []joined) error { return nil }

func (frames) carry(sample []byte) ([]byte, error) { return sample, nil }

// BridgesWithoutLoss reports whether pictures beside a segment come out as they went in with every coding, by ffmpeg's
// name of the codec and the bits of a sample. Of deeper AV1 it can't be promised: libaom's lossless mode loses steps of a
// sample there.
func BridgesWithoutLoss(codec string, bits int) bool {
	return codec == container.VP9 || codec == container.AV1 && bits == 8
}

// near reports whether pictures have to come out as they went in, as far as the codec can.
func (c Coding) near() bool { return c.Lossless || c.MaxQP > 0 }

// speed translates a preset: 0 for the slowest.
func (c Coding) speed() int { return len(Presets) - 1 - slices.Index(Presets, c.Preset) }

// readHead reads the first most bytes of a piece of a sample, or all of a shorter one.
func readHead(read func(from int64, dst []byte) error, from, size, most int64) ([]byte, error) {
	head := make([]byte, min(size, most))
	return head, read(from, head)
}
