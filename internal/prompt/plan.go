package prompt

import (
	"slices"

	"retake/internal/retake"
	"retake/internal/wish"
)

// Effect names a change of the picture.
type Effect string

// The effects that the reading itself has to know of; all others are the catalog's.
const (
	SlowMotion Effect = "slow motion"
	Snow       Effect = "snow"
	Rain       Effect = "rain"
	Recolour   Effect = "recolour"
	Tint       Effect = "tint"
	LUT        Effect = "lut"
)

// Noise names a sound, or a change of the sound that is there.
type Noise string

// The sounds that the reading itself has to know of. Speech has words and a voice; treatments such as Telephone change the speech
// where there is some, else the clip's own sound.
const (
	Silence   Noise = "silence"
	RainSound Noise = "rain"
	Wind      Noise = "wind"
	Speech    Noise = "speech"
)

// Voice is the kind of speaker a prompt hints at.
type Voice string

// The voices. AnyVoice leaves the choice to the synthesiser.
const (
	AnyVoice Voice = ""
	Man      Voice = "man"
	Woman    Voice = "woman"
)

// Age of a speaker, and Manner of speaking; "" is an ordinary one.
type (
	Age    string
	Manner string
)

// The ages and manners.
const (
	Child   Age    = "child"
	Old     Age    = "old"
	Whisper Manner = "whisper"
	Shout   Manner = "shout"
	Robot   Manner = "robot"
)

// Look is one picture effect of a plan.
type Look struct {
	Effect      Effect  `json:"effect"`
	Strength    float64 `json:"strength"` // above 0, at most 1; Usual when the prompt does not say
	wish.Detail         // without what the effect makes no use of
}

// Cue is one sound of a plan. The words of Speech are its Text.
type Cue struct {
	Noise    Noise   `json:"noise"`
	Strength float64 `json:"strength"` // above 0, at most 1
	wish.Detail
	Voice   Voice   `json:"voice,omitempty"`   // Speech
	Age     Age     `json:"age,omitempty"`     // Speech
	Whisper bool    `json:"whisper,omitempty"` // Speech
	Manner  Manner  `json:"manner,omitempty"`  // Speech: another one
	Pitch   float64 `json:"pitch,omitempty"`   // Speech: times the voice's own
}

// Missing is an effect or a sound that the lexicon knows and nobody makes.
type Missing struct {
	Name  string `json:"name"`
	Sound bool   `json:"sound,omitempty"`
	Words string `json:"words"` // of the prompt
}

// Usual is the strength of an effect the prompt puts no measure on.
const Usual = 0.6

// Plan is what a prompt asks for. Its order is the catalog's, not that of the words.
type Plan struct {
	Picture   []Look    `json:"picture,omitempty"`
	Sound     []Cue     `json:"sound,omitempty"`
	KeepSound bool      `json:"keep_sound,omitempty"` // sounds are added over the clip's own instead of replacing it
	Gusts     float64   `json:"gusts,omitempty"`      // wind that drives the snow or rain of the picture, 0 to 1
	Without   []string  `json:"without,omitempty"`    // what the prompt says should not be there
	Unknown   []string  `json:"unknown,omitempty"`    // words that mean something, but not to this lexicon
	Missing   []Missing `json:"missing,omitempty"`    // known, but nobody makes it
	Language  string    `json:"language,omitempty"`   // the code of the language it was read in, "" for English
	Warnings  []string  `json:"warnings,omitempty"`   // plain sentences for the user
	Quoted    string    `json:"-"`                    // the whole prompt, where it was one quotation

	lex *Lexicon // that read it
	l   *language
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
func (l *Lexicon) Demonstration() Plan {
	return Plan{
		Picture: []Look{{Effect: Snow, Strength: 0.7}},
		Sound:   []Cue{{Noise: Wind, Strength: Usual}},
		Gusts:   Usual,
		Warnings: []string{"The prompt is still the placeholder of the example, so this is the demonstration look: snow and wind. " +
			"Write what should change in its place."},
		lex: l, l: l.languages[0],
	}
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
		return Plan{Sound: []Cue{spoken(p.Quoted)}, Quoted: p.Quoted, lex: p.lex, l: p.l}, nil // its wishes are for the picture
	}
	if q.Empty() {
		return Plan{}, p.useless(mode)
	}
	q.Warnings = append(q.Warnings, p.dropped(q, mode)...)
	return q, nil
}
