package prompt

import (
	"fmt"
	"slices"
	"strings"

	"retake/internal/retake"
)

// mostNamed is how many effects or sounds a message names.
const mostNamed = 24

// Can lists what can be asked for, for messages and documents.
func (l *Lexicon) Can() string { return l.CanPicture() + "; " + l.CanSound() }

// CanPicture lists the picture effects.
func (l *Lexicon) CanPicture() string {
	return "for the picture: " + names(l.familiar(l.catalog.Picture, func(e *Entry) (out []string) {
		for _, k := range e.looks {
			out = append(out, string(k.Effect))
		}
		return out
	}), "")
}

// CanSound lists the sounds.
func (l *Lexicon) CanSound() string {
	return "for the sound: " + names(l.familiar(l.catalog.Sound, cueNames), string(Speech)) + ", words in quotation marks to be spoken"
}

func cueNames(e *Entry) (out []string) {
	for _, c := range e.cues {
		out = append(out, string(c.Noise))
	}
	return out
}

// familiar puts things into the order of the vocabulary, which begins with what is asked for most.
func (l *Lexicon) familiar(things []Thing, of func(*Entry) []string) []Thing {
	place := map[string]int{}
	for i, e := range l.languages[0].entries() {
		for _, name := range of(e) {
			if _, had := place[name]; !had {
				place[name] = i + 1
			}
		}
	}
	out := slices.Clone(things)
	slices.SortStableFunc(out, func(a, b Thing) int { return place[a.Name] - place[b.Name] })
	return out
}

func names(things []Thing, but string) string {
	var out []string
	for _, t := range things {
		if t.Name != but {
			out = append(out, t.Name)
		}
	}
	if more := len(out) - mostNamed; more > 1 {
		out = append(out[:mostNamed], fmt.Sprintf("%d more", more))
	}
	return strings.Join(out, ", ")
}

// nothingUnderstood is the error for a prompt without a single wish that can be met.
func (p Plan) nothingUnderstood() *retake.Error {
	can := p.lex.Can()
	switch {
	case len(p.Missing) > 0:
		also := ""
		if len(p.Unknown) > 0 {
			also = " It did not understand " + list(p.Unknown, 6) + "."
		}
		return retake.Invalid("prompt", "The built-in engine can't do this yet: %s.%s It can do, %s.", p.missing(), also, can)
	case len(p.Without) > 0 && len(p.Unknown) == 0:
		return retake.Invalid("prompt", "The prompt only says what should not be there (%s), and the built-in engine can't take things out of a clip. "+
			"It can do, %s.", list(p.Without, 6), can)
	case len(p.Unknown) == 0:
		return retake.Invalid("prompt", "The prompt names nothing the built-in engine can do. It can do, %s.", can)
	}
	hint := p.speechHint()
	if s := p.l.suggestions(p.Unknown); s != "" {
		hint = " " + s + hint
	}
	return retake.Invalid("prompt", "The built-in engine did not understand %s.%s It is no generative model; it can do, %s.", list(p.Unknown, 6), hint, can)
}

// missing names what nobody makes, with the prompt's own words where they are others.
func (p Plan) missing() string {
	var out []string
	for _, m := range p.Missing {
		s := m.Name
		if m.Sound {
			s = "the sound of " + s
		}
		if m.Words != m.Name {
			s += fmt.Sprintf(" (%q)", m.Words)
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// useless is the error for a plan of which the mode can use nothing.
func (p Plan) useless(mode retake.Mode) *retake.Error {
	if mode.Video() {
		return retake.Invalid("prompt", "The prompt asks for sound only (%s), but mode %s changes only the picture. "+
			"Choose mode %s, or ask for one of these, %s.", Plan{Sound: p.Sound, lex: p.lex}.short(), mode, retake.ReplaceAudio, p.lex.CanPicture())
	}
	return retake.Invalid("prompt", "The prompt asks for picture effects only (%s), but mode %s changes only the sound. "+
		"Choose mode %s, or ask for one of these, %s.%s", Plan{Picture: p.Picture, lex: p.lex}.short(), mode, retake.ReplaceVideo, p.lex.CanSound(), p.speechHint())
}

// speechHint says how to have words spoken, after a blank, when somebody is to speak but no words are quoted.
func (p Plan) speechHint() string {
	if !slices.ContainsFunc(p.Unknown, func(w string) bool { return p.l.speaks[w].Says }) {
		return ""
	}
	return ` Put the words to be spoken in quotation marks: a woman says "good morning".`
}

// short is the sentence without its measure of detail: no "sound:" in front.
func (p Plan) short() string { return strings.TrimPrefix(p.Sentence(), "sound: ") }

// name is the noise, or the words that are spoken.
func (c Cue) name() string {
	if c.Noise == Speech {
		return list([]string{c.Text}, 1)
	}
	return string(c.Noise)
}

// dropped says which wishes the mode leaves out, and which track a mode of both leaves as it was. A word that the
// mode uses in its other meaning ("rain") is not dropped.
func (p Plan) dropped(q Plan, mode retake.Mode) []string {
	var out []string
	var cues, looks []string
	for _, c := range p.Sound {
		used := q.Look(Effect(c.Noise)) > 0 || c.Noise == Wind && q.Gusts > 0
		if !mode.Audio() && !used {
			cues = append(cues, c.name())
		}
	}
	for _, l := range p.Picture {
		if _, heard := p.Cue(Noise(l.Effect)); !mode.Video() && !heard {
			looks = append(looks, string(l.Effect))
		}
	}
	if len(cues) > 0 {
		out = append(out, fmt.Sprintf("The sound (%s) is left out because mode %s changes only the picture; choose %s for both.",
			strings.Join(cues, ", "), mode, retake.ReplaceAudioAndVideo))
	}
	if len(looks) > 0 {
		out = append(out, fmt.Sprintf("The picture effects (%s) are left out because mode %s changes only the sound; choose %s for both.",
			strings.Join(looks, ", "), mode, retake.ReplaceAudioAndVideo))
	}
	if mode == retake.ReplaceAudioAndVideo && len(q.Sound) == 0 {
		out = append(out, "The prompt names no sound, so the sound stays as it was.")
	}
	if mode == retake.ReplaceAudioAndVideo && len(q.Picture) == 0 {
		out = append(out, "The prompt names no change of the picture, so the picture stays as it was.")
	}
	return out
}

// warn writes the sentences about what was not understood or can't be done.
func (r *reader) warn() {
	p := &r.plan
	if len(p.Unknown) > 0 {
		s := "Not understood, so left out: " + list(p.Unknown, 12) + "."
		if hint := p.l.suggestions(p.Unknown); hint != "" {
			s += " " + hint
		}
		p.Warnings = append(p.Warnings, s)
	}
	if len(p.Missing) > 0 {
		p.Warnings = append(p.Warnings, "The built-in engine can't do this yet, so it is left out: "+p.missing()+".")
	}
	if hint := p.speechHint(); hint != "" {
		p.Warnings = append(p.Warnings, strings.TrimSpace(hint))
	}
	stays := slices.Clone(r.removing)
	replaced := len(p.Sound) > 0 && !p.KeepSound
	for _, w := range r.absent {
		if !replaced || !r.l.is("heard", w) {
			stays = appendNew(stays, w)
		}
	}
	if len(stays) > 0 {
		p.Warnings = append(p.Warnings, "The built-in engine can't take things out of a clip, so this stays where the clip has it: "+list(stays, 6)+".")
	}
}

func list(words []string, most int) string {
	var out []string
	for i, w := range words {
		if i == most {
			return strings.Join(out, ", ") + fmt.Sprintf(" and %d more", len(words)-most)
		}
		if r := []rune(w); len(r) > 40 {
			w = string(r[:40]) + "…"
		}
		out = append(out, `"`+w+`"`)
	}
	return strings.Join(out, ", ")
}
