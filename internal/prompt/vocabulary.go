package prompt

import (
	"slices"
	"strings"

	"retake/internal/retake"
)

// Vocabulary is the main language's lexicon for people who look for what they can ask for: every entry that can be made
// once, in the groups of its files, then how to say how much, what not, and what is to be spoken.
func (l *Lexicon) Vocabulary() []retake.TermGroup {
	lang := l.languages[0]
	var groups []retake.TermGroup
	for _, g := range lang.groups {
		t := retake.TermGroup{Title: g.Title}
		for _, e := range g.Entries {
			if e.live() && len(e.Phrases) > 0 {
				t.Terms = append(t.Terms, e.term())
			}
		}
		if len(t.Terms) > 0 {
			groups = append(groups, t)
		}
	}
	groups = append(groups, retake.TermGroup{Title: "Speech and mixing", Terms: []retake.Term{
		{Label: "spoken words", Example: `a woman says "good morning"`, Kind: retake.TermSound, Phrases: lang.speechWords()},
		{Label: "over the clip's own sound", Example: "add rain over the original sound", Kind: retake.TermSound, Phrases: slices.Clone(lang.lists["add"])},
	}})
	return append(groups, lang.howMuch(), retake.TermGroup{Title: "Not this", Terms: []retake.Term{
		{Label: "no …", Example: "snow, no rain", Kind: retake.TermBoth, Phrases: slices.Clone(lang.lists["negators"])},
	}})
}

func (l *language) speechWords() []string {
	var out []string
	for _, row := range l.rows.speakers {
		if row.Says {
			out = append(out, row.Words...)
		}
	}
	return out
}

// ofSpeakers reports whether w tells of somebody who speaks.
func (l *language) ofSpeakers(w string) bool {
	row, ok := l.speaks[w]
	return ok && !row.Everyday
}

// adverb reports whether a measure looks back to what it measures rather than ahead: "falling gently".
func (l *language) adverb(w string) bool {
	return slices.ContainsFunc(l.lists["adverbs"], func(ending string) bool { return strings.HasSuffix(w, ending) })
}

func (e *Entry) term() retake.Term {
	t := retake.Term{Label: e.Phrases[0], Example: e.Example, Kind: e.kind(), Phrases: slices.Clone(e.Phrases)}
	if t.Example == "" {
		t.Example = t.Label
	}
	return t
}

// howMuch lists the measures from the least to the most.
func (l *language) howMuch() retake.TermGroup {
	g := retake.TermGroup{Title: "How much"}
	for _, m := range l.rows.measures {
		word := m.Words[0]
		g.Terms = append(g.Terms, retake.Term{Label: word, Example: strings.TrimSuffix(word, "ly") + " snow", Kind: retake.TermBoth, Phrases: slices.Clone(m.Words)})
	}
	return g
}

// Named returns the names of the effects and the sounds that words lead to.
func (l *Lexicon) Named() (picture, sound map[string]bool) {
	picture, sound = map[string]bool{}, map[string]bool{}
	for _, lang := range l.languages {
		for _, e := range lang.entries() {
			for _, k := range e.looks {
				picture[string(k.Effect)] = true
			}
			for _, c := range e.cues {
				sound[string(c.Noise)] = true
			}
		}
	}
	return picture, sound
}
