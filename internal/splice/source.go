package splice

import (
	"fmt"
	"os"

	"retake/internal/depth"
	"retake/internal/mp4"
	"retake/internal/nal"
	"retake/internal/retake"
)

// Source is an opened original.
type Source struct {
	File  *mp4.File
	Video *Video // never nil
	Audio *Audio // nil for a clip without sound
	file  *os.File
}

// Video is the picture track. Reason says in a plain clause why its pictures can't be replaced packet by packet, ""
// when they can.
type Video struct {
	*Timeline
	Track  *mp4.Track
	Signal *nal.Signal // of the first picture; nil where a Reason came before it was read
	Reason string
	codec  codec
	file   *mp4.File
}

// Open opens an MP4 or MOV file. The error wraps mp4.ErrMalformed for a damaged file, mp4.ErrUnsupported for a sound
// one that can't be spliced in any mode.
func Open(path string) (*Source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open source: %w", err)
	}
	s, err := open(f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("open source: %w", err)
	}
	return s, nil
}

func open(f *os.File) (*Source, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	file, err := mp4.Open(f, info.Size())
	if err != nil {
		return nil, err
	}
	s := &Source{File: file, file: f}
	track := file.Video()
	if track == nil {
		return nil, fmt.Errorf("%w: there is no picture track", mp4.ErrUnsupported)
	}
	if s.Video, err = openVideo(file, track); err != nil {
		return nil, err
	}
	if track := file.Audio(); track != nil {
		if s.Audio, err = openAudio(file, track); err != nil {
			return nil, err
		}
	}
	return s, nil
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
	if shown := v.Track.Shown(); len(v.Track.Edits) > 0 && shown > 0 {
		end = min(end, float64(shown+v.delay)/float64(v.Timescale))
	}
	return end
}

func openVideo(file *mp4.File, track *mp4.Track) (*Video, error) {
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
	format := v.Track.Entry.Format
	kind, known := codecs[format]
	switch {
	case format == "avc3":
		return "its H.264 parameter sets are inside the stream (avc3)", nil
	case format == "encv":
		return "its pictures are encrypted", nil
	case !known:
		return fmt.Sprintf("its pictures are %s, not H.264 or HEVC", codecName(format)), nil
	case v.Track.Entries != 1:
		return "its picture format changes within the clip", nil
	}
	if v.codec, err = kind.open(v.Track.Entry.Child(kind.box)); err != nil {
		return "", err
	}
	if n := v.codec.lengthSize(); n != 4 {
		return fmt.Sprintf("its %s units have lengths of %d bytes", v.codec.name(), n), nil
	}
	if reason, err = v.scan(); reason != "" || err != nil {
		return reason, err
	}
	for _, s := range v.codec.signals() {
		if s.Width != v.Signal.Width || s.Height != v.Signal.Height {
			return "its picture size changes within the clip", nil
		}
		if reason := unsupportedSignal(s); reason != "" {
			return reason, nil
		}
	}
	return v.codec.unsupported(), nil
}

func unsupportedSignal(s *nal.Signal) string {
	switch {
	case !s.Progressive:
		return "its pictures are interlaced"
	case !(depth.Format{Bits: s.BitDepth, Chroma: depth.Chroma(s.ChromaFormat)}).Usable() || s.Uneven:
		return "its pictures are of an unusual depth or colour sampling"
	case s.Matrix == 0 && s.ChromaFormat == 3:
		return "its pictures are RGB"
	case (s.Transfer == 16 || s.Transfer == 18) && s.Matrix != 1 && s.Matrix != 2 && s.Matrix != 9:
		return "its pictures are HDR of an unusual colour matrix"
	}
	return ""
}

// codecName spells sample formats as people know them.
func codecName(format string) string {
	names := map[string]string{
		"av01": "AV1", "vp09": "VP9", "vp08": "VP8", "mp4v": "MPEG-4 part 2",
		"apch": "ProRes", "apcn": "ProRes", "apcs": "ProRes", "apco": "ProRes", "ap4h": "ProRes", "jpeg": "Motion JPEG", "mjpa": "Motion JPEG",
	}
	if name, ok := names[format]; ok {
		return name
	}
	return fmt.Sprintf("%q", format)
}

// Units reads a picture sample as NAL units.
func (v *Video) Units(decode int, buf []byte) (units [][]byte, data []byte, err error) {
	data, err = v.file.ReadSample(v.Samples[decode], buf)
	if err != nil {
		return nil, data, fmt.Errorf("read picture %d: %w", decode, err)
	}
	units, err = nal.Units(data, v.codec.lengthSize())
	return units, data, err
}

// Reorder bound of H.264 and HEVC: a decoder holds at most 16 frames (A.3.1, A.4.2).
const maxReorder = 16

// Start says whether decoding can begin at a decode index.
func (v *Video) Start(decode int) (Start, error) {
	units, _, err := v.Units(decode, nil)
	if err != nil {
		return NoStart, err
	}
	return v.codec.start(units), nil
}

// StartFor returns the last sample at which decoding can begin to see display frame d, 0 when there is none.
func (v *Video) StartFor(d int) (int, error) { return decodeFrom(v.Timeline, d, v.Start) }

// Plan plans the replacement of the frames shown in [start, end) seconds. at is as in NewPlan; Video.Start is one.
func (l *Timeline) Plan(start, end float64, at func(decode int) (Start, error)) (Plan, error) {
	p, err := NewPlan(l, l.FrameAt(start), l.FrameAt(end), at)
	if err == nil && p.LeadIn() > maxReorder {
		err = fmt.Errorf("%w: %d frames are stored behind ones that are shown later", mp4.ErrMalformed, p.LeadIn())
	}
	return p, err
}
