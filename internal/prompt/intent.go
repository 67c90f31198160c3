package prompt

import (
	"slices"
)

// What a word stands for depends on what the sentence is about.

// intents settles that, before details are attached.
func (r *reader) intents() {
	r.complaints()
	r.titleFades()
	r.tones()
}

// complaints turns what a prompt complains of into what is done against it: "the hum is annoying", "there's a hiss, get rid of it".
func (r *reader) complaints() {
	for i, t := range r.terms {
		if t.sense.against != nil && r.complains(t.at) {
			r.terms[i].sense = t.sense.against
		}
	}
}

// complains reports whether the sentence around atom i is a complaint.
func (r *reader) complains(i int) bool {
	from, to := r.sentence(i)
	for j, a := range r.atoms[from:to] {
		if a.tokenKind != word {
			continue
		}
		next := from + j + 1
		if r.l.is("complaints", a.text) || a.class == removerWord && next < to && r.l.is("it", r.atoms[next].text) {
			return true
		}
	}
	return false
}

// sentence returns the atoms around atom i up to the next full stops.
func (r *reader) sentence(i int) (from, to int) {
	for from = i; from > 0 && r.atoms[from-1].tokenKind != stop; from-- {
	}
	for to = i; to < len(r.atoms) && r.atoms[to].tokenKind != stop; to++ {
	}
	return from, to
}

// titleFades drops "fading in" and the like where there is a title: it comes and goes so anyway. Times that are said with it are the title's.
func (r *reader) titleFades() {
	if slices.ContainsFunc(r.terms, term.isTitle) {
		r.terms = slices.DeleteFunc(r.terms, func(t term) bool { return t.sense.titles })
	}
}

func (t term) isTitle() bool { return t.sense.quotes && t.detail.Text != "" }

// titlesIn reports whether a title is in a clause.
func (r *reader) titlesIn(clause int) bool {
	return slices.ContainsFunc(r.terms, func(t term) bool { return t.clause == clause && t.isTitle() })
}

// toned are effects whose words are said of voices as well.
var toned = []Effect{"warmer", "cooler", "brighter", "darker", "faded", "contrast", "glow"}

// tones finds words for colour that are said of a voice: "make the voice warmer". They are not understood.
func (r *reader) tones() {
	r.terms = slices.DeleteFunc(r.terms, func(t term) bool {
		if len(t.sense.looks) != 1 || len(t.sense.cues) > 0 || !slices.Contains(toned, t.sense.looks[0].Effect) || !r.ofVoices(t.at) {
			return false
		}
		r.plan.Unknown = appendNew(r.plan.Unknown, t.text)
		return true
	})
}

// ofVoices reports whether the clause of atom i speaks of a voice, or of "it" behind one that does.
func (r *reader) ofVoices(i int) bool {
	it := false
	for j := i - 1; j >= 0 && r.atoms[j].tokenKind != stop; j-- {
		a := r.atoms[j]
		switch {
		case a.tokenKind == comma && !it:
			return false
		case a.tokenKind == word && r.l.is("voices", a.text):
			return true
		case a.tokenKind == word && (a.class == termPhrase || r.l.is("seen", a.text)):
			return false
		}
		it = it || r.l.is("it", a.text)
	}
	return false
}
