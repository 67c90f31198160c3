package prompt

import (
	"slices"
	"strings"

	"retake/internal/retake"
)

// reader walks over the atoms of a prompt once, left to right.
type reader struct {
	atoms []atom
	terms []term
	plan  Plan

	clause   int     // counts the breaks so far; a measure looks for its term inside one clause
	pending  float64 // a measure still waiting for its term, 0 for none
	boost    bool
	negated  negation
	hearing  bool // a sound word stands in this clause
	quoted   []utterance
	keep     bool
	replace  bool
	removing []string // what should be taken away
	gone     []string // words outside the lexicon that give way to something
	absent   []string // words outside the lexicon that should not be there
}

// term is one occurrence of a lexicon entry.
type term struct {
	sense    sense
	text     string
	strength float64 // as measured by the words around, 0 when they do not
	clause   int
	heard    bool // only its sound is meant
}

type utterance struct {
	text    string
	voice   Voice
	whisper bool
	loud    float64
}

// Read understands a prompt for both picture and sound; Plan.For narrows it to a mode. A prompt of which nothing is
// understood is a CodeInvalid error about the field "prompt" that lists what can be asked for.
func Read(text string) (Plan, error) {
	tokens := scan(text)
	whole := wholeQuotation(tokens)
	if whole != "" {
		tokens = scan(whole)
	}
	r := reader{atoms: atoms(tokens)}
	r.read()
	r.build()
	r.plan.Quoted = whole
	if r.plan.Empty() && whole != "" {
		return Plan{Sound: []Cue{spoken(whole)}, Quoted: whole}, nil
	}
	if r.plan.Empty() {
		return Plan{}, r.nothing()
	}
	r.warn()
	return r.plan, nil
}

func (r *reader) read() {
	for i, a := range r.atoms {
		switch a.tokenKind {
		case comma:
			r.endClause(r.negated.on && r.listGoesOn(i+1))
			continue
		case stop:
			r.endClause(false)
			r.hearing = false
			continue
		case colon:
			continue
		case quote:
			r.quotation(i)
			continue
		}
		r.word(i, a)
	}
}

func (r *reader) word(i int, a atom) {
	if slices.Contains(soundWords, a.text) {
		r.hear()
	}
	if r.negated.changes && slices.Contains(changedTo, a.text) {
		r.endClause(false)
	} else if slices.Contains(changers, a.text) && (a.class == smallWord || a.class == replaceWord) && r.changes(i) {
		r.negated = negation{on: true, changes: true}
	}
	switch a.class {
	case termPhrase:
		r.term(a)
	case measureWord:
		if a.strength == 1 && r.next(i, measureWord) {
			r.boost = true // "extremely heavy"
			return
		}
		r.measure(i, a.strength)
	case boosterWord:
		r.boost = true
		if !r.followed(i, measureWord) && r.followed(i, termPhrase) {
			r.pending = 0.85
		}
	case negatorWord, removerWord:
		if r.soften(i) || r.exception(a) {
			return
		}
		r.negated = negation{on: true, removes: a.class == removerWord,
			reaches: !slices.Contains([]string{"no", "without"}, a.words[0])}
	case addWord:
		r.keep = true
		if r.negated.removes {
			r.endClause(false) // "remove the rain and add snow"
		}
	case replaceWord:
		r.replace = true
	case smallWord:
		r.conjunction(a.text)
	case unknownWord:
		if !slices.Contains(melters, a.text) || !r.melt(i) {
			r.unknown(a.text)
		}
	}
}

// conjunction ends the clause at words that begin a new thought.
func (r *reader) conjunction(w string) {
	switch w {
	case "but", "while", "though", "although":
		r.endClause(false)
		r.hearing = false
	case "then":
		r.endClause(false)
	case "picture", "image", "video", "footage":
		r.hearing = false
	case "with", "and", "plus":
		r.endClause(r.negated.reaches || r.negated.on && w == "and" && !r.bareNo())
	}
}

func (r *reader) endClause(stillNegated bool) {
	r.clause++
	r.pending, r.boost = 0, false
	if !stillNegated {
		r.negated = negation{}
	}
}

// next reports whether the atom after i is of class c.
func (r *reader) next(i int, c class) bool { return i+1 < len(r.atoms) && r.atoms[i+1].class == c }

// followed reports whether an atom of class c follows i before the clause or its place or time ends.
func (r *reader) followed(i int, c class) bool {
	for _, a := range r.atoms[i+1:] {
		if a.tokenKind != word {
			return false
		}
		if a.class == c {
			return true
		}
		switch a.text {
		case "and", "but", "with", "while", "at", "in", "by", "during", "over", "on", "then":
			return false
		}
	}
	return false
}

func (r *reader) measure(i int, strength float64) {
	if r.boost {
		// A booster moves the measure away from the middle: heavy 0.85 to 1, light 0.3 to 0.2.
		strength = min(max(strength+(strength-0.5)*0.5, 0.08), 1)
		r.boost = false
	}
	if r.atoms[i].text == "light" && i > 0 && r.atoms[i-1].class == termPhrase && !r.followed(i, termPhrase) {
		return // the noun: "golden hour light"
	}
	adverb := strings.HasSuffix(r.atoms[i].words[0], "ly")
	last := r.last()
	free := last != nil && last.clause == r.clause && last.strength == 0
	switch {
	case adverb && free:
		last.strength = strength
	case r.followed(i, termPhrase):
		r.pending = strength
	case free || last != nil && last.strength == 0 && !r.followed(i, unknownWord):
		last.strength = strength
	}
}

func (r *reader) last() *term {
	if len(r.terms) == 0 {
		return nil
	}
	return &r.terms[len(r.terms)-1]
}

func (r *reader) term(a atom) {
	if r.negated.on {
		r.without(strings.Join(a.words, " "))
		return
	}
	r.terms = append(r.terms, term{sense: a.sense, text: strings.Join(a.words, " "), strength: r.pending, clause: r.clause,
		heard: r.hearing && len(a.sense.cues) > 0})
	r.pending, r.boost = 0, false
}

// hear marks the clause as one about sound, together with the term right before ("rain sounds").
func (r *reader) hear() {
	r.hearing = true
	if last := r.last(); last != nil && last.clause == r.clause && len(last.sense.cues) > 0 {
		last.heard = true
	}
}

func (r *reader) unknown(w string) {
	switch {
	case r.negated.changes:
		r.gone = append(r.gone, w) // whether what takes its place is understood is what matters
	case r.negated.on:
		r.without(w)
		r.absent = appendNew(r.absent, w)
	case slices.Contains(speechWords, w) || slices.Contains(manWords, w) || slices.Contains(womanWords, w):
		// Weighed in people, when it is known whether anybody speaks.
	default:
		r.plan.Unknown = appendNew(r.plan.Unknown, w)
	}
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// nothing is the error for a prompt without a single understood wish.
func (r *reader) nothing() *retake.Error {
	return nothingUnderstood(r.plan)
}
