package splice

import (
	"fmt"
	"io"
	"slices"

	"retake/internal/depth"
	"retake/internal/media"
	"retake/internal/mp4"
	"retake/internal/nal"
)

// intra is a codec each of whose samples is a whole picture: any can be replaced for itself, so there is no lead-in and no
// bridge, and no sample but the segment's is encoded anew.
type intra struct {
	title string
	// read says of the beginning of a sample what it holds. It returns a zero Width where that is too short to say.
	read func(format string, head []byte) (s nal.Signal, unusual string)
	// options are those by which ffmpeg encodes pictures that can stand in the track.
	options func(v *Video) []string
}

// How much of a sample is read to see what it is: most say so at once, a JPEG may begin with a small picture of itself.
const (
	shortHead = 1 << 10
	longHead  = 1 << 17
)

func (c *intra) inspect(v *Video) (reason string, err error) {
	buf := make([]byte, longHead)
	for i, sample := range v.Samples.All() {
		if v.Rank(i) != i {
			return "its file shows pictures in another order than its stream", nil
		}
		var s nal.Signal
		unusual := ""
		for _, n := range []uint32{shortHead, longHead} {
			head := buf[:min(n, sample.Size)]
			if err := v.file.ReadPart(sample, 0, head); err != nil {
				return "", fmt.Errorf("picture %d: %w", i, err)
			}
			if s, unusual = c.read(v.Track.Format, head); s.Width > 0 || unusual != "" || n >= sample.Size {
				break
			}
		}
		switch {
		case unusual != "":
			return unusual, nil
		case !s.SizeIsSane():
			return fmt.Sprintf("its %s stream can't be read", c.title), nil
		case v.Signal == nil:
			v.Signal = &s
		case *v.Signal != s:
			return "its picture format changes within the clip", nil
		}
	}
	return unsupportedSignal(v.Signal), nil
}

func (*intra) start([]byte) (Start, error) { return ClosedStart, nil }

func (*intra) spare(*Video, int) (bool, error) { return true, nil }

func (*intra) skipped(*Video, int) (bool, error) { return true, nil }

// stream is a QuickTime file of one track, with what the clip's own says of its samples.
func (*intra) stream(v *Video, from, to int, left map[int]bool) ([]string, io.Reader) {
	var sizes []uint32
	for i := from; i < to; i++ {
		if !left[i] {
			sizes = append(sizes, v.Samples.Size(i))
		}
	}
	return []string{"-f", "mov"}, &sampleStream{v: v, next: from, end: to, left: left, out: mp4.MovieHead(v.Track.Description(), v.Signal.Width, v.Signal.Height, sizes),
		frame: func(dst, sample []byte, _ int) ([]byte, error) { return append(dst, sample...), nil }}
}

func (c *intra) encoder(v *Video, _ Plan, tools *media.Tools, _ Coding) ([]string, error) {
	return append(c.options(v), "-threads", fmt.Sprint(tools.Threads())), nil
}

// holder is that of encoded parts, by ffmpeg's name.
func (*intra) holder() string { return "mov" }

func (*intra) join(*Video, Plan, []*Part) ([]byte, error) { return nil, nil }

func (*intra) adopt(*Part, int, []byte) ([]byte, error) { return nil, nil }

func (*intra) separates() bool { return false }

func (*intra) separate(*Video, Plan, []joined) error { return nil }

func (*intra) carry(sample []byte) ([]byte, error) { return sample, nil }

// proresProfiles are the sample formats by ffmpeg's number of the profile.
var proresProfiles = []string{"apco", "apcs", "apcn", "apch", "ap4h", "ap4x"}

func openProRes([]byte) (codec, error) {
	return &intra{title: "ProRes", read: readProRes, options: func(v *Video) []string {
		pixels := "yuv422p10le"
		if v.Format().Chroma == depth.Chroma444 { // decoded to 12 bits, encoded from 10
			pixels = "yuv444p10le"
			if v.Signal.Alpha {
				pixels = "yuva444p10le"
			}
		}
		return []string{"-vf", proresTags(v.Signal), "-c:v", "prores_ks", "-profile:v", fmt.Sprint(slices.Index(proresProfiles, v.Track.Format)), "-vendor", "apl0", "-pix_fmt", pixels}
	}}, nil
}

// proresTags is a filter that says the colours of pictures, as ffmpeg's encoder takes note of them frame by frame.
func proresTags(s *nal.Signal) string {
	filter := "setparams=range=limited"
	for _, tag := range [][2]string{{"color_primaries", primaries[s.Primaries]}, {"color_trc", transfers[s.Transfer]}, {"colorspace", matrices[s.Matrix]}} {
		if tag[1] != "" {
			filter += ":" + tag[0] + "=" + tag[1]
		}
	}
	return filter
}

// readProRes reads a frame header (SMPTE RDD 36:2015, 5.1.1, behind the frame's size and "icpf").
func readProRes(format string, b []byte) (s nal.Signal, unusual string) {
	if len(b) < 28 || string(b[4:8]) != "icpf" {
		return s, ""
	}
	b = b[8:]
	s = nal.Unsaid()
	s.Width, s.Height = int(b[8])<<8|int(b[9]), int(b[10])<<8|int(b[11])
	s.ChromaFormat, s.Progressive, s.BitDepth = int(b[12]>>6), b[12]>>2&3 == 0, 10
	if s.ChromaFormat == 3 {
		s.BitDepth = 12
	}
	s.Primaries, s.Transfer, s.Matrix = unsaidZero(b[14]), unsaidZero(b[15]), unsaidZero(b[16])
	s.Alpha = b[17]&15 != 0
	if (slices.Index(proresProfiles, format) >= 4) != (s.ChromaFormat == 3) {
		return s, "its ProRes profile and its colour sampling disagree"
	}
	return s, ""
}

// unsaidZero reads a code point of H.273 for which 0 stands for unspecified.
func unsaidZero(b byte) int {
	if b == 0 {
		return 2
	}
	return int(b)
}
