package splice

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"retake/internal/container"
	"retake/internal/mkv"
	"retake/internal/mp4"
	"retake/internal/nal"
	"retake/internal/retake"
)

// Source is an opened original.
type Source struct {
	File  container.File
	Video *Video // never nil
	Audio *Audio // nil for a clip without sound
	file  *os.File
}

// Video is the picture track. Reason says in a plain clause why its pictures can't be replaced packet by packet, ""
// when they can.
type Video struct {
	*Timeline
	Track  *container.Track
	Signal *nal.Signal // of the first picture; nil where a Reason came before it was read
	Reason string
	codec  codec
	file   container.File
}

// Interlaced is the Reason of a track whose pictures consist of fields, or may.
const Interlaced = "its pictures are interlaced"

// Open opens a clip. The error wraps container.ErrMalformed for a damaged file, container.ErrUnsupported for a sound
// one that can't be spliced in any mode.
func Open(path string) (*Source, error) { return OpenTrack(path, 0) }

// OpenTrack is Open with the sound track of a number, counted from 1, as the one to edit; 0 stands for the default one. A
// clip without that one has no Audio.
func OpenTrack(path string, audio int) (*Source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open source: %w", err)
	}
	s, err := open(f, audio)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("open source: %w", err)
	}
	return s, nil
}

func open(f *os.File, audio int) (*Source, error) {
	file, err := openContainer(f)
	if err != nil {
		return nil, err
	}
	s := &Source{File: file, file: f}
	track := container.MainVideo(file)
	if track == nil {
		return nil, fmt.Errorf("%w: there is no picture track", container.ErrUnsupported)
	}
	if s.Video, err = openVideo(file, track); err != nil {
		return nil, err
	}
	if track := container.NthAudio(file, audio); track != nil {
		if s.Audio, err = openAudio(file, track); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// openContainer opens a file by what it begins with.
func openContainer(f *os.File) (container.File, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	var head [4]byte
	if _, err := f.ReadAt(head[:], 0); err == nil && mkv.Is(head[:]) {
		return mkv.Open(f, info.Size())
	}
	return mp4.Open(f, info.Size())
}

// Obstacles returns why the tracks that a mode changes can't be spliced, "" where they can.
func (s *Source) Obstacles(mode retake.Mode) (video, audio string) {
	if mode.Video() {
		video = s.Video.Reason
	}
	if mode.Audio() && s.Audio != nil {
		audio = s.Audio.Reason
	}
	return video, audio
}

// Close closes the file.
func (s *Source) Close() error { return s.file.Close() }

// Duration returns when the last picture ends, in seconds: at the end of the track, or where its edit list ends it.
func (s *Source) Duration() float64 {
	v := s.Video
	end := v.Time(v.Len())
	if shown, limited := v.Track.Shown(); limited {
		end = min(end, float64(shown+v.delay)/float64(v.Timescale))
	}
	return end
}

func openVideo(file container.File, track *container.Track) (*Video, error) {
	l, err := NewTimeline(track)
	if err != nil {
		return nil, err
	}
	v := &Video{Timeline: l, Track: track, file: file}
	v.Reason, err = v.inspect()
	return v, err
}

// inspect reads the decoder configuration and returns why the track can't be spliced, if it can't.
func (v *Video) inspect() (reason string, err error) {
	t := v.Track
	open, known := codecs[t.Codec]
	switch {
	case t.Format == "dvh1" || t.Format == "dvhe" || t.Format == "dva1" || t.Format == "dvav":
		return "its pictures are Dolby Vision, whose base layer does not stand alone", nil
	case !known:
		return fmt.Sprintf("its pictures are %s", pictureFormat(t.Format)), nil
	case t.Entries != 1:
		return "its picture format changes within the clip", nil
	}
	if v.codec, err = open(t.Config); err != nil {
		return "", err
	}
	return v.codec.inspect(v)
}

// pictureFormat names a format that no codec here reads, for people; what a file calls its own is quoted.
func pictureFormat(format string) string {
	name, matroska := strings.CutPrefix(format, "V_")
	switch {
	case matroska:
		return name
	case format == "mp4v":
		return "MPEG-4 part 2"
	case format == "mjpa":
		return "Motion JPEG"
	}
	return strconv.Quote(format)
}

// Sample reads a picture's bytes into buf, which is grown when it is too small.
func (v *Video) Sample(decode int, buf []byte) ([]byte, error) {
	data, err := v.file.ReadSample(v.Samples.At(decode), buf)
	if err != nil {
		err = fmt.Errorf("read picture %d: %w", decode, err)
	}
	return data, err
}

// Reorder bound of H.264 and HEVC: a decoder holds at most 16 frames (A.3.1, A.4.2).
const maxReorder = 16

// Start says whether decoding can begin at a decode index.
func (v *Video) Start(decode int) (Start, error) {
	if _, everywhere := v.codec.(*intra); everywhere {
		return ClosedStart, nil // samples can be large
	}
	sample, err := v.Sample(decode, nil)
	if err != nil {
		return NoStart, err
	}
	return v.codec.start(sample)
}

// StartFor returns the last sample at which decoding can begin to see display frame d, 0 when there is none.
func (v *Video) StartFor(d int) (int, error) { return decodeFrom(v.Timeline, d, v.Start) }

// Plan plans the replacement of the frames shown in [start, end) seconds. at is as in NewPlan; Video.Start is one.
func (l *Timeline) Plan(start, end float64, at func(decode int) (Start, error)) (Plan, error) {
	p, err := NewPlan(l, l.FrameAt(start), l.FrameAt(end), at)
	if err == nil && p.LeadIn() > maxReorder {
		err = fmt.Errorf("%w: %d frames are stored behind ones that are shown later", container.ErrMalformed, p.LeadIn())
	}
	return p, err
}
