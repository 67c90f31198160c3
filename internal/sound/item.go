package sound

import (
	"context"
	"math"

	"retake/internal/retake"
	"retake/internal/wish"
)

// Kind is a sound that can be made. The kinds stand beside their sounds.
type Kind string

// Silence is the clip's own room tone.
const Silence Kind = "silence"

var silent = Entry{Kind: Silence, Doc: "the clip's own room tone, or nothing where the clip is digitally silent"}

// Sex of a voice; AnySex leaves it to the synthesiser.
type Sex string

// The voices there are.
const (
	AnySex Sex = ""
	Male   Sex = "male"
	Female Sex = "female"
)

// Voice says who speaks and how.
type Voice struct {
	Sex      Sex
	Child    bool
	Old      bool
	Whisper  bool
	Shout    bool
	Robot    bool
	Language string  // a BCP 47 tag such as "de" or "en-gb"; "" is the synthesiser's configured language
	Pitch    float64 // 1 is the voice's own, 1.2 a fifth higher; 0 means 1
	Speed    float64 // 1 is an ordinary pace, 1.5 half as fast again; 0 means 1. Render sets it to make the words fit
}

// Item is one sound to make.
type Item struct {
	Kind     Kind
	Strength float64 // 0 (light, distant) to 1 (heavy, near); values outside are clamped, NaN means 0.5
	Voice    Voice   // for Speech, whose words are the Detail's Text
	Mix      bool    // add to the original instead of replacing it; the original stays only if every item says so
	wish.Detail
}

// SpeakFunc speaks text and returns one channel of samples with their rate in samples a second. tempDir is for files of its own;
// "" is the system's folder for such. It need not mind Voice.Speed, where Render asks for a pace that fits. Errors for the
// user are *retake.Error.
type SpeakFunc func(ctx context.Context, text string, v Voice, tempDir string) (mono []float32, rate int, err error)

// Input is the sound around and under what is made.
type Input struct {
	Before  []float32 // interleaved; what precedes the segment, about 2 s, for level and room tone; may be empty
	Segment []float32 // interleaved; the segment's own sound: Frames × channels, or empty for a clip without sound
	After   []float32 // interleaved; what follows the segment
	Format  retake.SoundFormat
	Frames  int // sample frames in the segment
	Seed    int64
	TempDir string    // the job's folder; what is made here needs no files, a SpeakFunc may
	Speak   SpeakFunc // nil when there is no synthesiser
}

// Limits of a format.
const (
	minRate     = 4000
	maxRate     = 192000
	maxChannels = 8
	maxSeconds  = 600
)

func (in Input) validate() error {
	switch ch := in.Format.Channels; {
	case in.Format.Rate < minRate || in.Format.Rate > maxRate:
		return retake.Errorf(retake.CodeUnreadable, "Sound at %d samples a second can't be edited; between %d and %d can.", in.Format.Rate, minRate, maxRate)
	case ch < 1 || ch > maxChannels:
		return retake.Errorf(retake.CodeUnreadable, "Sound with %d channels can't be edited; 1 to %d can.", ch, maxChannels)
	case in.Frames < 1 || in.Frames > maxSeconds*in.Format.Rate:
		return retake.Errorf(retake.CodeInternal, "The segment has %d samples of sound, which can't be right.", in.Frames)
	case len(in.Segment) != 0 && len(in.Segment) != in.Frames*ch,
		len(in.Before)%ch != 0, len(in.After)%ch != 0:
		return retake.Errorf(retake.CodeInternal, "The segment's sound has another length than the segment.")
	}
	return nil
}

func (i Item) strength() float64 {
	if math.IsNaN(i.Strength) {
		return 0.5
	}
	return min(max(i.Strength, 0), 1)
}
