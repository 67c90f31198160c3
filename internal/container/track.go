package container

import "retake/internal/pcm"

// Kinds of tracks. Others have the container's own word.
const (
	Video = "video"
	Audio = "audio"
)

// Codecs of tracks, by the names that ffmpeg has for them.
const (
	H264 = "h264"
	HEVC = "hevc"
	VP8  = "vp8"
	VP9  = "vp9"
	AV1  = "av1"

	ProRes = "prores"
	MJPEG  = "mjpeg"
	DNxHR  = "dnxhd" // and DNxHD

	AAC    = "aac"
	Opus   = "opus"
	Vorbis = "vorbis"
	FLAC   = "flac"
	ALAC   = "alac"
	AC3    = "ac3"
	EAC3   = "eac3"
	MP3    = "mp3"
	PCM    = "pcm" // uncompressed, in any layout
)

// Track is one track's header.
type Track struct {
	Index     int
	ID        uint64
	Kind      string
	Name      string // in plain words: picture track, sound track …
	Enabled   bool
	Timescale uint32 // ticks a second
	Codec     string // "" for one that has no constant here
	Format    string // the container's own name of the codec: avc1, mp4a, V_VP9 …
	// Config is the decoder configuration in the form that MP4 and Matroska share: the body of avcC, hvcC or av1C, an
	// AudioSpecificConfig, an OpusHead, Vorbis's three headers as Matroska's CodecPrivate has them, FLAC's metadata blocks without their marker, an ALACSpecificConfig, the body of
	// dac3 or dec3. nil where there is none or its form is the container's own.
	Config        []byte
	Stereo        bool   // a second layer of pictures for the other eye
	Dolby         []byte // the body of dvcC, dvvC or dvwC: Dolby Vision's configuration; nil for none
	Count         int    // samples
	Entries       int    // sample descriptions, more than 1 where the format may change
	Width, Height int    // pictures
	Rate          int    // sound, samples a second
	Channels      int
	PCM           *pcm.Format // layout of uncompressed sound, nil for any other or one that can't be read
	Colour        *Colour     // of pictures, as the container tells it; nil where it does not
	Tables
}

// Colour has code points of ITU-T H.273, 2 for what is not told.
type Colour struct{ Primaries, Transfer, Matrix int }

// Tables are what a container does for a track.
type Tables interface {
	// Samples returns all samples in decode order, the same each time: they are not to be added to.
	Samples() (*Samples, error)
	// Origin returns the track time, in ticks, that is shown at movie time 0, and how many ticks of nothing come before
	// it. ok is false for an edit list that cuts, repeats or changes the speed, which has no single origin.
	Origin() (mediaTime, delay int64, ok bool)
	// Shown returns how many ticks from its origin on the container shows of the track. limited is false where it says
	// nothing of that.
	Shown() (ticks int64, limited bool)
	// Parts lists what the file says of the track beside its samples, but for Description and Config.
	Parts() []Part
	// Description returns what the file says of the format of samples, but for Config.
	Description() []byte
}

// MainVideo returns the first picture track that is not a still, such as a cover; the first still when there is nothing
// else, or nil.
func MainVideo(f File) *Track {
	for _, t := range f.List() {
		if t.Kind == Video && t.Count > 1 {
			return t
		}
	}
	return first(f, Video)
}

// NthAudio returns the sound track of a number, counted from 1, or nil; 0 stands for MainAudio.
func NthAudio(f File, track int) *Track {
	if track == 0 {
		return MainAudio(f)
	}
	for _, t := range f.List() {
		if t.Kind == Audio {
			if track--; track == 0 {
				return t
			}
		}
	}
	return nil
}

// MainAudio returns the sound track a player would choose: the first enabled one, else the first, else nil.
func MainAudio(f File) *Track {
	for _, t := range f.List() {
		if t.Kind == Audio && t.Enabled {
			return t
		}
	}
	return first(f, Audio)
}

func first(f File, kind string) *Track {
	for _, t := range f.List() {
		if t.Kind == kind {
			return t
		}
	}
	return nil
}
