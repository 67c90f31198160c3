package prompt

import (
	"slices"
)

// What a word stands for depends on what the sentence is about.

// intents settles that, before details are attached.
func (r *reader) intents() {
	r.complaints()
	r.repaints()
	r.titleFades()
	r.titleWords()
	r.tones()
}

// complaints turns what a prompt complains of into what is done against it: "the hum is annoying", "there's a hiss, get rid of it". What there is
// nothing against isn't made, and said to stay.
func (r *reader) complaints() {
	var wished []term
	for _, t := range r.terms {
		if !t.sense.mends() && r.complains(t.at) {
			if t.sense = t.sense.against; t.sense == nil {
				r.stays(t.text)
				continue
			}
		}
		wished = append(wished, t)
	}
	r.terms = wished
}

// repaints finds what should take the place of something that is seen and is known as a sound alone: "replace the background with a beach". It
// isn't understood: who wants to see a beach doesn't ask for the sound of one.
func (r *reader) repaints() {
	r.terms = slices.DeleteFunc(r.terms, func(t term) bool {
		if t.heard || !t.sense.soundOnly() || !r.repainted(t.at) {
			return false
		}
		r.plan.Unknown = appendNew(r.plan.Unknown, t.text)
		return true
	})
}

// repainted reports whether atom i is what a sight is to become: behind "replace the sky with", "make the street look like".
func (r *reader) repainted(i int) bool {
	verb := func(a atom) bool { return r.l.is("changers", a.text) || r.l.is("makers", a.text) }
	into, sight := false, false
	for j := i - 1; j >= 0 && r.atoms[j].tokenKind == word; j-- {
		a := r.atoms[j]
		switch {
		case r.l.is("hearing", a.text):
			return false
		case into && verb(a):
			return sight
		case r.l.is("changed_to", a.text) || r.l.is("likened", a.text):
			into = true
		}
		sight = sight || into && r.l.is("sights", a.text)
	}
	return false
}

// mending are effects and treatments that words of complaint stand for themselves: "too yellow", "shaky footage".
var mending = []string{"stabilise", "denoise", "deband", "sharpen", "contrast", "brighter", "darker", "warmer", "cooler", "more colour", "less colour",
	"de-hum", "de-noise", "de-ess", "clearer voice", "louder", "quieter"}

// mends reports whether it stands for a remedy.
func (s *sense) mends() bool {
	return len(s.looks)+len(s.cues) > 0 &&
		!slices.ContainsFunc(s.looks, func(l Look) bool { return !slices.Contains(mending, string(l.Effect)) }) &&
		!slices.ContainsFunc(s.cues, func(c Cue) bool { return !slices.Contains(mending, string(c.Noise)) })
}

// complains reports whether a complaint is about the term at atom i: behind it ("the hum is annoying"), right before it with an article ("the
// nasty hum"), by a word for mending before it ("fix the hum") or in a clause of its own ("shaky, fix it"), or by taking "it" away.
func (r *reader) complains(i int) bool {
	from, to := r.part(i)
	pointed := false // at something that is there already
	for j := from; j < i; j++ {
		text := r.atoms[j].text
		if r.l.is("menders", text) || pointed && r.l.is("complaints", text) {
			return true
		}
		pointed = pointed || r.l.is("pointing", text)
	}
	for j := i + 1; j < to; j++ {
		if r.l.is("complaints", r.atoms[j].text) {
			return true
		}
	}
	return r.mendsIt(i)
}

// mendsIt reports whether a later clause of the sentence that has no wish of its own, or the next sentence, mends or removes "it".
func (r *reader) mendsIt(i int) bool {
	_, end := r.part(i)
	end = r.listed(end)
	for j := end; j < len(r.atoms); j++ {
		a := r.atoms[j]
		if a.tokenKind != word {
			continue
		}
		last := j+1 >= len(r.atoms) || r.atoms[j+1].tokenKind != word
		ends := func(k int) bool {
			return k+1 >= len(r.atoms) || r.atoms[k+1].tokenKind != word || r.l.is("menders", r.atoms[k+1].text)
		}
		switch {
		case a.class == termPhrase:
			return false
		case r.l.is("menders", a.text) && (last || r.l.is("it", r.atoms[j+1].text) && ends(j+1) || r.atoms[j+1].class == smallWord && ends(j+1)):
			return true
		case a.class == removerWord && !last && r.l.is("it", r.atoms[j+1].text) && ends(j+1):
			return true
		}
	}
	return false
}

// listed returns where a list ends whose first parts end at atom i, "hum" in "hum and hiss, remove them": it may hold what is complained of alone.
func (r *reader) listed(i int) int {
	for i < len(r.atoms) && (r.atoms[i].tokenKind == comma || r.l.is("and", r.atoms[i].text)) {
		from, to := r.part(i + 1)
		if from >= len(r.atoms) || !slices.ContainsFunc(r.atoms[from:to], func(a atom) bool { return a.class == termPhrase && a.sense.against != nil }) {
			break
		}
		i = to
	}
	return i
}

// part returns the atoms around atom i up to the next commas, full stops and words that begin another thought.
func (r *reader) part(i int) (from, to int) {
	bound := func(a atom) bool {
		return a.tokenKind != word || a.class != termPhrase && (r.l.is("and", a.text) || r.l.is("but", a.text) || r.l.is("then", a.text))
	}
	for from = i; from > 0 && !bound(r.atoms[from-1]); from-- {
	}
	for to = i + 1; to < len(r.atoms) && !bound(r.atoms[to]); to++ {
	}
	return from, to
}

// titleFades drops "fading in" and the like beside a title: it comes and goes so anyway. Times that are said with it are the title's.
func (r *reader) titleFades() {
	r.terms = slices.DeleteFunc(r.terms, func(t term) bool {
		return t.sense.titles && slices.ContainsFunc(r.terms, func(o term) bool { return o.isTitle() && r.together(o.at, t.at) })
	})
}

// titleWords drops further words for a title beside one that has its text: "the title \"One\" in gold letters".
func (r *reader) titleWords() {
	r.terms = slices.DeleteFunc(r.terms, func(t term) bool {
		return t.sense.quotes && t.detail.Text == "" && slices.ContainsFunc(r.terms, func(o term) bool { return o.isTitle() && r.together(o.at, t.at) })
	})
}

// together reports whether two atoms are of one sentence in which no word for the picture or for sound stands between them.
func (r *reader) together(i, j int) bool {
	for _, a := range r.atoms[min(i, j):max(i, j)] {
		if a.tokenKind == stop || a.tokenKind == word && (r.l.is("seen", a.text) || r.l.is("hearing", a.text)) {
			return false
		}
	}
	return true
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
		case a.tokenKind == comma && !it, a.tokenKind == quote:
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
