package prompt

import (
	"fmt"
	"slices"
	"strings"

	"retake/internal/retake"
)

// Effect names a change of the picture.
type Effect string

// The picture effects, in the order they are applied: what belongs to the lens first, then the light, then what
// falls between the lens and the scene, then the colour of the finished picture.
const (
	SlowMotion     Effect = "slow motion"
	BackgroundBlur Effect = "background blur"
	Night          Effect = "night"
	Rain           Effect = "rain"
	Snow           Effect = "snow"
	BlackAndWhite  Effect = "black and white"
	Warmer         Effect = "warmer"
	Cooler         Effect = "cooler"
)

// Effects lists all picture effects in the order they are applied.
func Effects() []Effect {
	return []Effect{SlowMotion, BackgroundBlur, Night, Rain, Snow, BlackAndWhite, Warmer, Cooler}
}

// Noise names a sound, or a change of the sound that is there.
type Noise string

// The sounds. Speech has words and a voice; Telephone filters the speech where there is some, else the clip's own sound.
const (
	Silence   Noise = "silence"
	RainSound Noise = "rain"
	Ocean     Noise = "ocean"
	Thunder   Noise = "thunder"
	Wind      Noise = "wind"
	Speech    Noise = "speech"
	Telephone Noise = "telephone"
)

// Noises lists all sounds in the order they are mixed.
func Noises() []Noise {
	return []Noise{Silence, RainSound, Ocean, Thunder, Wind, Speech, Telephone}
}

// Voice is the kind of speaker a prompt hints at.
type Voice string

// The voices. AnyVoice leaves the choice to the synthesiser.
const (
	AnyVoice Voice = ""
	Man      Voice = "man"
	Woman    Voice = "woman"
)

// Look is one picture effect of a plan.
type Look struct {
	Effect   Effect  `json:"effect"`
	Strength float64 `json:"strength"` // above 0, at most 1; Usual when the prompt does not say
}

// Cue is one sound of a plan.
type Cue struct {
	Noise    Noise   `json:"noise"`
	Strength float64 `json:"strength"`          // above 0, at most 1
	Text     string  `json:"text,omitempty"`    // Speech: the words to be spoken
	Voice    Voice   `json:"voice,omitempty"`   // Speech
	Whisper  bool    `json:"whisper,omitempty"` // Speech
}

// Usual is the strength of an effect the prompt puts no measure on.
const Usual = 0.6

// Plan is what a prompt asks for. Its order is fixed by Effects and Noises, not by the order of the words.
type Plan struct {
	Picture   []Look   `json:"picture,omitempty"`
	Sound     []Cue    `json:"sound,omitempty"`
	KeepSound bool     `json:"keep_sound,omitempty"` // sounds are added over the clip's own instead of replacing it
	Gusts     float64  `json:"gusts,omitempty"`      // wind that drives the snow or rain of the picture, 0 to 1
	Without   []string `json:"without,omitempty"`    // what the prompt says should not be there
	Unknown   []string `json:"unknown,omitempty"`    // words that mean something, but not to this lexicon
	Warnings  []string `json:"warnings,omitempty"`   // plain sentences for the user
	Quoted    string   `json:"-"`                    // the whole prompt, where it was one quotation
}

// Empty reports whether the plan changes nothing.
func (p Plan) Empty() bool { return len(p.Picture) == 0 && len(p.Sound) == 0 }

// Look returns the strength of an effect, 0 when the plan does not have it.
func (p Plan) Look(e Effect) float64 {
	if i := slices.IndexFunc(p.Picture, func(l Look) bool { return l.Effect == e }); i >= 0 {
		return p.Picture[i].Strength
	}
	return 0
}

// Cue returns the first cue of a noise.
func (p Plan) Cue(n Noise) (Cue, bool) {
	if i := slices.IndexFunc(p.Sound, func(c Cue) bool { return c.Noise == n }); i >= 0 {
		return p.Sound[i], true
	}
	return Cue{}, false
}

// Demonstration is the plan for a prompt that is an untouched placeholder: falling snow and wind.
func Demonstration() Plan {
	return Plan{
		Picture: []Look{{Effect: Snow, Strength: 0.7}},
		Sound:   []Cue{{Noise: Wind, Strength: Usual}},
		Gusts:   Usual,
		Warnings: []string{"The prompt is still the placeholder of the example, so this is the demonstration look: snow and wind. " +
			"Write what should change in its place."},
	}
}

// Sentence says the plan in words: "snow (heavy), night; sound: wind".
func (p Plan) Sentence() string {
	var looks, cues []string
	for _, l := range p.Picture {
		falls, kind := l.Effect == Snow || l.Effect == Rain, "colour"
		if falls {
			kind = "weather"
		}
		s := string(l.Effect) + measure(l.Strength, kind)
		if falls && p.Gusts > 0 {
			s = "wind-blown " + s
		}
		looks = append(looks, s)
	}
	for _, c := range p.Sound {
		cues = append(cues, c.sentence())
	}
	var parts []string
	if len(looks) > 0 {
		parts = append(parts, strings.Join(looks, ", "))
	}
	if len(cues) > 0 {
		sound := "sound: " + strings.Join(cues, ", ")
		if p.KeepSound {
			sound += " over the original"
		}
		parts = append(parts, sound)
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, "; ")
}

func (c Cue) sentence() string {
	switch c.Noise {
	case Silence, Telephone:
		return string(c.Noise)
	case Speech:
		who := "a voice"
		if c.Voice != AnyVoice {
			who = "a " + string(c.Voice)
		}
		verb := "says"
		if c.Whisper {
			verb = "whispers"
		}
		return fmt.Sprintf("%s %s %q", who, verb, c.Text)
	}
	kind := "sound"
	if c.Noise == RainSound {
		kind = "weather"
	}
	return string(c.Noise) + measure(c.Strength, kind)
}

// measureWords say a strength from very little to very much.
var measureWords = map[string][4]string{
	"weather": {"very light", "light", "heavy", "very heavy"},
	"colour":  {"very slight", "slight", "strong", "very strong"},
	"sound":   {"faint", "gentle", "strong", "very strong"},
}

func measure(s float64, kind string) string {
	words := measureWords[kind]
	switch {
	case s < 0.22:
		return " (" + words[0] + ")"
	case s < 0.42:
		return " (" + words[1] + ")"
	case s > 0.94:
		return " (" + words[3] + ")"
	case s > 0.74:
		return " (" + words[2] + ")"
	}
	return ""
}

// For keeps what a mode can use and warns of the rest; a prompt that is one quotation and gives the mode nothing to do
// is spoken where the mode makes sound. It returns a CodeInvalid error about the prompt when nothing
// is left, with the way out.
func (p Plan) For(mode retake.Mode) (Plan, error) {
	q := p
	q.Warnings = slices.Clone(p.Warnings)
	if !mode.Video() {
		q.Picture, q.Gusts = nil, 0
	}
	if !mode.Audio() {
		q.Sound, q.KeepSound = nil, false
	}
	if q.Empty() && mode.Audio() && p.Quoted != "" {
		return Plan{Sound: []Cue{spoken(p.Quoted)}, Quoted: p.Quoted}, nil // its wishes are for the picture
	}
	if q.Empty() {
		return Plan{}, p.useless(mode)
	}
	q.Warnings = append(q.Warnings, p.dropped(q, mode)...)
	return q, nil
}
