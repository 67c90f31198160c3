package builtin

import (
	"cmp"
	"slices"

	"retake/internal/picture"
	"retake/internal/prompt"
	"retake/internal/retake"
	"retake/internal/sound"
)

// Ask is a prompt that asks for one effect or one sound and nothing else.
type Ask struct {
	Kind   string `json:"kind"`
	Prompt string `json:"prompt"`
	Sound  bool   `json:"sound"` // a sound or a treatment of sound, else an effect on the pictures
}

// Asks lists a prompt for each effect, then for each sound, in the order in which they are applied. It is found by
// reading what the vocabulary shows. What nobody can ask for by the vocabulary alone, such as a table of colours that only the
// user has, is not among them.
func (e *Engine) Asks() []Ask {
	found := map[Ask]Ask{} // by an Ask without its prompt
	rank := map[Ask]int{}
	for _, candidate := range e.candidates() {
		for _, a := range e.asked(candidate) {
			key := Ask{Kind: a.Kind, Sound: a.Sound}
			if r, had := rank[key]; !had || a.rank < r {
				found[key], rank[key] = a.Ask, a.rank
			}
		}
	}
	var out []Ask
	for _, p := range picture.Entries() {
		if a, ok := found[Ask{Kind: string(p.Kind)}]; ok {
			out = append(out, a)
		}
	}
	for _, s := range sound.Entries() {
		if a, ok := found[Ask{Kind: string(s.Kind), Sound: true}]; ok {
			out = append(out, a)
		}
	}
	return out
}

// candidates are the prompts of the vocabulary.
func (e *Engine) candidates() []string {
	var out []string
	for _, group := range e.words.Vocabulary() {
		for _, term := range group.Terms {
			out = append(out, term.Label, term.Example)
		}
	}
	for _, said := range slices.Clone(out) { // titles need a text
		out = append(out, said+` "Retake"`)
	}
	return out
}

type rankedAsk struct {
	Ask
	rank int // 0 is best
}

// asked returns what a prompt asks for where that is one thing.
func (e *Engine) asked(text string) []rankedAsk {
	plan, err := e.words.Read(text)
	if err == nil {
		plan, err = e.settled(plan)
	}
	if err != nil || len(plan.Missing)+len(plan.Unknown) > 0 {
		return nil
	}
	var out []rankedAsk
	add := func(kind string, strength float64, detail, sound bool, others int) {
		r := rankedAsk{Ask: Ask{Kind: kind, Prompt: text, Sound: sound}}
		if strength != prompt.Usual {
			r.rank += 2
		}
		if others > 0 {
			r.rank += 2
		}
		if detail {
			r.rank++
		}
		if kind == text {
			r.rank = -1
		}
		out = append(out, r)
	}
	if seen, err := plan.For(retake.ReplaceVideo); err == nil && len(seen.Picture) == 1 {
		l := seen.Picture[0]
		add(string(l.Effect), cmp.Or(l.Strength, prompt.Usual), len(l.Said()) > 0, false, len(plan.Sound))
	}
	if heard, err := plan.For(retake.ReplaceAudio); err == nil && len(heard.Sound) == 1 {
		c := heard.Sound[0]
		add(string(c.Noise), cmp.Or(c.Strength, prompt.Usual), len(c.Said()) > 0, true, len(plan.Picture))
	}
	return out
}
