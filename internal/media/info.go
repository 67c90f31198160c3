package media

import (
	"fmt"

	"retake/internal/retake"
)

// Info is what a file holds, as its container tells it.
type Info struct {
	Format   string  // ffprobe's name: "mov,mp4,m4a,3gp,3g2,mj2"
	Brand    string  // major brand of MP4 and MOV: "isom", "qt  "
	DocType  string  // of Matroska files: "matroska", "webm"
	Duration float64 // seconds, of the clip; 0 when unknown
	Start    float64 // earliest presentation time, seconds
	Size     int64   // bytes
	Streams  []Stream
	chosen   int // the sound track that Audio returns, counted from 1; 0 for the default one
}

// Stream is one track.
type Stream struct {
	Index    int
	Kind     string // video, audio, subtitle, data
	Codec    string // ffprobe's name: h264, aac, …; "" when unknown
	CodecTag string // avc1, mp4a, …
	Profile  string
	Language string
	Title    string
	Timecode string // of the first picture, 01:00:00:00; "" for none
	FileName string // of an attachment, and its MIME type
	MIME     string
	Duration float64 // seconds, 0 when unknown
	Frames   int     // as the container counts them, 0 when it doesn't

	Width, Height int    // as coded, before rotation
	Rotation      int    // degrees to turn the picture clockwise for display: 0, 90, 180 or 270
	Aspect        string // sample aspect ratio "1:1", "" when unknown
	PixFmt        string
	FieldOrder    string      // progressive, tt, bb, tb, bt; "" when unknown
	Rate          retake.Rate // average frames a second
	Reorder       int         // frames of delay between decoding and display
	Matrix        string      // ffmpeg's names; "" when the clip does not say
	Primaries     string
	Transfer      string
	FullRange     bool
	AttachedPic   bool // a cover, not footage
	Default       bool // what a player takes of several tracks of a kind
	DolbyAlone    bool // Dolby Vision that only its own players show rightly

	SampleRate int
	Channels   int
}

// Progressive reports whether the pictures are whole frames, as far as the container knows.
func (s *Stream) Progressive() bool { return s.FieldOrder == "" || s.FieldOrder == "progressive" }

// Name says what kind of track a stream is that is not the one edited: "timecode track", "subtitle track (fra)".
func (s *Stream) Name() string {
	name := s.Kind + " track"
	switch {
	case s.AttachedPic:
		name = "cover picture"
	case s.CodecTag == "tmcd":
		name = "timecode track"
	case s.Kind == "video":
		name = "further picture track"
	case s.Kind == "audio":
		name = "further sound track"
	}
	if s.Language != "" && s.Language != "und" {
		name += " (" + s.Language + ")"
	}
	return name
}

// Video returns the first track of moving pictures, or nil.
func (i *Info) Video() *Stream {
	moving := i.first(func(s *Stream) bool { return s.Kind == "video" && !s.AttachedPic && s.Frames != 1 })
	if moving != nil {
		return moving
	}
	return i.first(func(s *Stream) bool { return s.Kind == "video" && !s.AttachedPic })
}

// Sounds lists the sound tracks.
func (i *Info) Sounds() (out []*Stream) {
	for k := range i.Streams {
		if s := &i.Streams[k]; s.Kind == "audio" {
			out = append(out, s)
		}
	}
	return out
}

// Choose makes Audio return the sound track of a number, counted from 1; 0 stands for the default one. A clip without that
// one gives an error about audio_track.
func (i *Info) Choose(track int) error {
	if n := len(i.Sounds()); track < 0 || track > n {
		tracks := fmt.Sprintf("%d sound tracks", n)
		if n == 1 {
			tracks = "1 sound track"
		}
		return retake.Invalid("audio_track", "The clip has %s: there is no number %d.", tracks, track)
	}
	i.chosen = track
	return nil
}

// Audio returns the sound track that was chosen, else the first that a player takes by default, else the first, or nil.
func (i *Info) Audio() *Stream {
	all := i.Sounds()
	if i.chosen > 0 && i.chosen <= len(all) {
		return all[i.chosen-1]
	}
	if usual := i.first(func(s *Stream) bool { return s.Kind == "audio" && s.Default }); usual != nil {
		return usual
	}
	return i.first(func(s *Stream) bool { return s.Kind == "audio" })
}

func (i *Info) first(is func(*Stream) bool) *Stream {
	for k := range i.Streams {
		if is(&i.Streams[k]) {
			return &i.Streams[k]
		}
	}
	return nil
}

// DisplaySize returns the width and height after rotation.
func (s *Stream) DisplaySize() (width, height int) {
	if s.Rotation%180 != 0 {
		return s.Height, s.Width
	}
	return s.Width, s.Height
}

// Picture returns the format of the decoded pictures in 8-bit 4:2:0.
func (s *Stream) Picture() retake.PictureFormat {
	return retake.PictureFormat{
		Width: s.Width, Height: s.Height, Rate: s.Rate,
		Matrix: s.Matrix, Primaries: s.Primaries, Transfer: s.Transfer, FullRange: s.FullRange,
	}
}
