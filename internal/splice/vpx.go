package splice

import (
	"fmt"

	"retake/internal/media"
	"retake/internal/vp8"
	"retake/internal/vp9"
)

// vp9Frames is VP9. Frames that are only referred to are in one superframe with the one that is shown. Its encoder has a
// mode without loss, so that pictures behind the segment come out as they went in.
type vp9Frames struct{}

func openVP9([]byte) (codec, error) { return frames{vp9Frames{}}, nil }

func (vp9Frames) name() string   { return "VP9" }
func (vp9Frames) fourcc() string { return "VP90" }

func (vp9Frames) wrap(dst, sample []byte, _ bool) []byte { return append(dst, sample...) }

func (vp9Frames) look(size int64, read func(int64, []byte) error) (seen, error) {
	tail, err := readHead(read, max(0, size-vp9.MaxIndex), min(size, vp9.MaxIndex), vp9.MaxIndex)
	if err != nil {
		return seen{}, err
	}
	list, err := vp9.Split(size, tail)
	if err != nil {
		return seen{}, err
	}
	var out seen
	for i, where := range list {
		head, err := readHead(read, where[0], where[1], vp9.MaxHeader)
		if err != nil {
			return out, err
		}
		f, err := vp9.ParseFrame(head)
		if err != nil {
			return out, err
		}
		if f.Shown {
			out.shown++
		}
		switch {
		case i == 0:
			out.key, out.sized, out.told, out.signal = f.Key, f.Sized, f.Told, f.Signal
		case f.Sized && out.sized:
			out.resize = out.resize || f.Signal.Width != out.signal.Width || f.Signal.Height != out.signal.Height
		case f.Sized:
			out.sized, out.signal = true, f.Signal
		}
	}
	return out, nil
}

// deepLossless is how libvpx codes deep pictures without loss. Its good mode, from speed 3 on, takes a block of chroma for the
// same as what foretells it where the squares of all that differs come to 0 once rounded to 8 bits, so that one step of 10
// bits is lost now and then. The realtime mode and the slow speeds code what differs.
var deepLossless = []string{"-deadline", "realtime", "-cpu-used", "5"}

func (vp9Frames) encoder(v *Video, tools *media.Tools, how Coding) []string {
	mode := []string{"-deadline", "good", "-cpu-used", fmt.Sprint(min(how.speed(), 5))}
	if how.near() && v.Signal.BitDepth > 8 {
		mode = deepLossless
	}
	args := append([]string{"-c:v", "libvpx-vp9", "-b:v", "0", "-row-mt", "1", "-threads", fmt.Sprint(tools.Threads())}, mode...)
	if how.near() {
		return append(args, "-lossless", "1")
	}
	return append(args, "-crf", fmt.Sprint(min(how.CRF+3, 63)))
}

// vp8Frames is VP8, which has no mode without loss.
type vp8Frames struct{}

func openVP8([]byte) (codec, error) { return frames{vp8Frames{}}, nil }

func (vp8Frames) name() string   { return "VP8" }
func (vp8Frames) fourcc() string { return "VP80" }

func (vp8Frames) wrap(dst, sample []byte, _ bool) []byte { return append(dst, sample...) }

func (vp8Frames) look(size int64, read func(int64, []byte) error) (seen, error) {
	head, err := readHead(read, 0, size, vp8.MaxHeader)
	if err != nil {
		return seen{}, err
	}
	f, err := vp8.ParseFrame(head)
	out := seen{key: f.Key, sized: f.Key, told: f.Key, signal: f.Signal}
	if f.Shown {
		out.shown = 1
	}
	return out, err
}

// vp8NearQ is the coarsest quantiser of near-lossless pictures, of 63 that ffmpeg counts; vp8Rate a bit rate that never
// binds.
const (
	vp8NearQ = 2
	vp8Rate  = "1G"
)

func (vp8Frames) encoder(_ *Video, tools *media.Tools, how Coding) []string {
	args := []string{"-c:v", "libvpx", "-b:v", vp8Rate, "-deadline", "good", "-cpu-used", fmt.Sprint(min(how.speed(), 5)),
		"-threads", fmt.Sprint(tools.Threads()), "-auto-alt-ref", "0"}
	if how.near() {
		return append(args, "-qmin", "0", "-qmax", fmt.Sprint(vp8NearQ), "-crf", "0")
	}
	return append(args, "-qmin", "0", "-crf", fmt.Sprint(min(max(how.CRF-7, 0), 63)))
}

func (vp8Frames) caution() string {
	return "VP8 has no way to encode without loss, so the pictures beside the segment are near-lossless."
}
