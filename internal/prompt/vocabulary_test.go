package prompt

import (
	"slices"
	"testing"

	"retake/internal/retake"
)

// Every entry of the lexicon is in the vocabulary once, and every example is understood without a warning and asks
// for what its term stands for.
func TestVocabularyIsTheLexicon(t *testing.T) {
	l := lex(t)
	listed := map[string]retake.Term{}
	for _, g := range l.Vocabulary() {
		if g.Title == "" || len(g.Terms) == 0 {
			t.Errorf("group %q has %d terms", g.Title, len(g.Terms))
		}
		for _, term := range g.Terms {
			if _, twice := listed[term.Label]; twice {
				t.Errorf("%q is listed twice", term.Label)
			}
			listed[term.Label] = term
			plan, err := l.Read(term.Example)
			if err != nil || len(plan.Unknown) > 0 || len(plan.Warnings) > 0 {
				t.Errorf("%s: %q is read with %v, unknown %q, warnings %q", term.Label, term.Example, err, plan.Unknown, plan.Warnings)
			}
			if term.Kind == retake.TermPicture && len(plan.Picture) == 0 || term.Kind == retake.TermSound && len(plan.Sound) == 0 {
				t.Errorf("%s is about %s; its example %q is read as %s", term.Label, term.Kind, term.Example, plan.Sentence())
			}
		}
	}
	for _, e := range l.languages[0].entries() {
		term, ok := listed[e.Phrases[0]]
		if !ok || !slices.Equal(term.Phrases, e.Phrases) {
			t.Errorf("%q is not listed with its phrases: %+v", e.Phrases[0], term)
		}
		if (term.Kind == retake.TermPicture) != (len(e.cues) == 0) || (term.Kind == retake.TermSound) != (len(e.looks) == 0) {
			t.Errorf("%q is about %s", term.Label, term.Kind)
		}
		plan, _ := l.Read(term.Example)
		for _, l := range e.looks {
			if plan.Look(l.Effect) == 0 {
				t.Errorf("the example %q of %q has no %s", term.Example, term.Label, l.Effect)
			}
		}
		for _, c := range e.cues {
			if _, ok := plan.Cue(c.Noise); !ok {
				t.Errorf("the example %q of %q has no sound of %s", term.Example, term.Label, c.Noise)
			}
		}
	}
}
