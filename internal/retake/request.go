package retake

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Mode says which tracks of the segment are made anew.
type Mode string

// The modes, in the words of the HTTP contract.
const (
	ReplaceVideo         Mode = "replace_video"
	ReplaceAudio         Mode = "replace_audio"
	ReplaceAudioAndVideo Mode = "replace_audio_and_video"
)

// Modes lists all modes.
func Modes() []Mode { return []Mode{ReplaceAudio, ReplaceVideo, ReplaceAudioAndVideo} }

// Video reports whether the pictures are made anew.
func (m Mode) Video() bool { return m == ReplaceVideo || m == ReplaceAudioAndVideo }

// Audio reports whether the sound is made anew.
func (m Mode) Audio() bool { return m == ReplaceAudio || m == ReplaceAudioAndVideo }

// Valid reports whether m is one of Modes.
func (m Mode) Valid() bool { return m.Video() || m.Audio() }

// Bridge says how near to the original the pictures stay that have to be encoded again beside the segment.
type Bridge string

// The kinds of bridges.
const (
	BridgeNear  Bridge = "near"  // 46 dB and more: what is lost is not seen
	BridgeExact Bridge = "exact" // to the bit; not every player takes it
	BridgeFast  Bridge = "fast"  // 43 dB and more in the least time, for more bytes
)

// Bridges lists them all.
func Bridges() []Bridge { return []Bridge{BridgeNear, BridgeExact, BridgeFast} }

// Limits of a request.
const (
	MinSegment      = 2.0  // seconds
	MaxSegment      = 16.0 // seconds
	DefaultDuration = 6.0  // seconds
	MaxPrompt       = 5000 // characters
	MaxWindow       = 20.0 // seconds of footage an engine is shown
	MaxTakes        = 12   // generations of one request
	MaxTrack        = 1000 // number of a sound track
)

// Segment is the half-open span [Start, End) of the clip's presentation time, in seconds.
type Segment struct {
	Start float64 `json:"start"`
	End   float64 `json:"end"`
}

// Duration returns the length in seconds.
func (s Segment) Duration() float64 { return s.End - s.Start }

// Clamp cuts the segment at the clip's end (seconds). It is an error for the segment to start at or past the end,
// to keep less than MinSegment, or for the clip to be shorter than that.
func (s Segment) Clamp(clip float64) (Segment, error) {
	if clip < MinSegment-1e-6 {
		return s, Invalid("input_video", "The clip is %s s long; a segment needs at least %s s. Choose a longer clip.", trim(clip), trim(MinSegment))
	}
	if s.Start >= clip {
		return s, Invalid("start_time", "start_time %s s is at or past the end of the clip, which is %s s long", trim(s.Start), trim(clip))
	}
	s.End = math.Min(s.End, clip)
	if s.Duration() < MinSegment-1e-6 {
		return s, Invalid("start_time", "the segment would keep only %s s of the clip, which is %s s long; it needs at least %s s: start earlier",
			trim(s.Duration()), trim(clip), trim(MinSegment))
	}
	return s, nil
}

// Request is one retake, whichever way it was asked for.
type Request struct {
	Prompt   string
	Input    string // where the clip is: a URL, a data: URI, or a repository file of this server
	Start    float64
	Duration float64 // seconds
	Mode     Mode
	Seed     *int64 // nil: derived from the rest of the request
	Engine   string // "": the first of the model's, or one that may stand in for it
	Bridge   Bridge // "": as the settings say
	Track    int    // the sound track to edit, counted from 1; 0 is the default one
}

// Segment returns the asked-for span.
func (r Request) Segment() Segment { return Segment{Start: r.Start, End: r.Start + r.Duration} }

// IsPlaceholder reports whether the prompt is an untouched placeholder in angle brackets, such as the literal
// <prompt> of the hub's sample requests. It stands for the engine's demonstration look.
func (r Request) IsPlaceholder() bool {
	p := strings.TrimSpace(r.Prompt)
	return len(p) > 2 && p[0] == '<' && p[len(p)-1] == '>' && !strings.ContainsAny(p[1:len(p)-1], "<>")
}

// Validate checks what can be checked without the clip. The first mistake is returned as a CodeInvalid error.
func (r Request) Validate() error {
	if all := r.Mistakes(); len(all) > 0 {
		return all[0]
	}
	return nil
}

// Mistakes lists everything that can be found wrong without the clip, each a CodeInvalid error about another field.
func (r Request) Mistakes() (all []*Error) {
	bad := func(field, format string, args ...any) { all = append(all, Invalid(field, format, args...)) }
	switch n := utf8.RuneCountInString(r.Prompt); {
	case strings.TrimSpace(r.Prompt) == "":
		bad("prompt", "prompt must not be empty: say what should change")
	case n > MaxPrompt:
		bad("prompt", "prompt must be at most %d characters, got %d", MaxPrompt, n)
	}
	if r.Input == "" {
		bad("input_video", "input_video is missing: give a URL, a data: URI or a file of this server")
	}
	if !finite(r.Start) || r.Start < 0 {
		bad("start_time", "start_time must be a number of seconds from 0 up, got %v", r.Start)
	}
	if !finite(r.Duration) || r.Duration < MinSegment || r.Duration > MaxSegment {
		bad("duration", "duration must be between %s and %s seconds, got %v", trim(MinSegment), trim(MaxSegment), r.Duration)
	}
	if !r.Mode.Valid() {
		bad("mode", "mode must be one of replace_audio, replace_video, replace_audio_and_video, got %q", string(r.Mode))
	}
	if r.Track < 0 || r.Track > MaxTrack {
		bad("audio_track", "audio_track must be the number of a sound track, from 1 on, got %d", r.Track)
	}
	if r.Bridge != "" && !slices.Contains(Bridges(), r.Bridge) {
		bad("bridge", "bridge must be one of near, exact, fast, got %q", string(r.Bridge))
	}
	return all
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }
