package prompt

import (
	"slices"
	"strings"

	"retake/internal/retake"
	"retake/internal/wish"
)

// reader walks over the atoms of a prompt once, left to right.
type reader struct {
	lex   *Lexicon
	l     *language
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
	details  []said
	titled   string // a quotation that waits for the term behind it
	phase    int    // counts "then"
	still    []int  // phases in which nothing is left of the one before
	alone    *term  // what a measure stands for where there is nothing that it could measure
}

// said is a detail at its place in the prompt.
type said struct {
	at, clause int
	phase      int
	detail     wish.Detail
	text       string
}

// term is one occurrence of a lexicon entry.
type term struct {
	sense    *sense
	text     string
	at       int // number of its atom
	detail   wish.Detail
	strength float64 // as measured by the words around, 0 when they do not
	clause   int
	phase    int
	heard    bool // only its sound is meant
}

type utterance struct {
	text string
	speakerRow
	loud   float64
	phase  int
	clause int
	when   wish.When
}

const mostTokens = 3000 // of a prompt

// Read understands a prompt for both picture and sound; Plan.For narrows it to a mode. Every language of the lexicon reads
// it, and the one that understands most wins. A prompt of which nothing is understood is a CodeInvalid error about the field
// "prompt" that lists what can be asked for.
func (l *Lexicon) Read(text string) (Plan, error) {
	tokens := scan(text)
	if len(tokens) > mostTokens {
		return Plan{}, retake.Invalid("prompt", "The prompt has %d words; the built-in engine reads at most %d.", len(tokens), mostTokens)
	}
	var best *reader
	for _, lang := range l.languages {
		r := reader{lex: l, l: lang}
		if r.text(tokens); best == nil || r.understood() > best.understood() {
			best = &r
		}
	}
	return best.result()
}

// text reads all of a prompt.
func (r *reader) text(tokens []token) {
	r.plan.lex, r.plan.l = r.lex, r.l
	r.plan.Quoted = wholeQuotation(tokens)
	if r.plan.Quoted != "" {
		tokens = scan(r.plan.Quoted)
	}
	r.atoms = r.l.atoms(tokens)
	r.read()
	r.build()
	if r.l != r.lex.languages[0] {
		r.plan.Language = r.l.code
	}
}

// understood weighs a reading against that in another language: what it found, less what it left.
func (r *reader) understood() int {
	score := -3 * len(r.plan.Unknown)
	for _, a := range r.atoms {
		switch {
		case a.tokenKind != word:
		case a.class == termPhrase || a.class == detailPhrase || a.class == measureWord:
			score += 2 * a.n
		case a.class != unknownWord:
			score += a.n
		}
	}
	return score
}

func (r *reader) result() (Plan, error) {
	if r.plan.Empty() && r.plan.Quoted != "" {
		return Plan{Sound: []Cue{spoken(r.plan.Quoted)}, Quoted: r.plan.Quoted, lex: r.lex, l: r.l}, nil
	}
	if r.plan.Empty() {
		return Plan{}, r.plan.nothingUnderstood()
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
		if !r.atoms[i].used {
			r.word(i, r.atoms[i])
		}
	}
}

// turn begins and ends what a word does to those behind it, whatever it stands for itself.
func (r *reader) turn(i int, a atom) {
	if r.wished(i) {
		r.endClause(false)
	}
	if r.l.is("hearing", a.text) {
		r.hear(i)
	}
	if r.negated.changes && r.l.is("changed_to", a.text) {
		r.endClause(false)
	} else if r.l.is("changers", a.text) && (a.class == smallWord || a.class == replaceWord) && r.changes(i) {
		r.negated = negation{on: true, changes: true}
	}
}

func (r *reader) word(i int, a atom) {
	if r.recolour(i) || r.bareRecolour(i) || r.likened(i) || r.shaded(i) {
		return
	}
	r.turn(i, a)
	switch a.class {
	case termPhrase:
		r.term(i, a)
	case detailPhrase:
		if len(a.words) == 1 && a.words[0] == numberSlot && !r.followed(i, termPhrase) {
			if !r.l.is("small", a.text) { // "ein Mann sagt"
				r.unknown(a.text) // a number of what?
			}
			return
		}
		r.say(i, a.detail)
	case colourPhrase:
		r.say(i, a.detail)
		r.conjunction(a.text)
	case measureWord:
		r.say(i, a.detail)
		if a.strength == 1 && r.next(i, measureWord) {
			r.boost = true // "extremely heavy"
			return
		}
		if a.sense != nil && r.alone == nil {
			r.alone = &term{sense: a.sense, text: a.text, at: i, clause: r.clause, phase: r.phase}
		}
		r.measure(i, a.strength)
	case boosterWord:
		r.boost = true
		if !r.followed(i, measureWord) && r.followed(i, termPhrase) {
			r.pending = 0.85
		}
	case negatorWord, removerWord:
		if r.ending(i) {
			return
		}
		if r.soften(i) || r.exception(a) {
			return
		}
		r.negated = negation{on: true, removes: a.class == removerWord,
			reaches: !r.l.is("bare", a.words[0])}
	case addWord:
		r.keep = true
		if last := r.last(); r.l.is("there", strings.Join(a.words, " ")) && last != nil && last.clause == r.clause {
			r.terms = r.terms[:len(r.terms)-1] // "over the cafe noise that is already there"
		}
		if r.negated.removes {
			r.endClause(false) // "remove the rain and add snow"
		}
	case replaceWord:
		r.replace = true
	case smallWord:
		r.conjunction(a.text)
	case unknownWord:
		if !r.l.is("melters", a.text) || !r.melt(i) {
			r.unknown(a.text)
		}
	}
}

// likened reads "make summer look like winter" at "like": what was named before it gives way.
func (r *reader) likened(i int) bool {
	last := r.last()
	if !r.l.is("likened", r.atoms[i].text) || last == nil || last.clause != r.clause || !r.followed(i, termPhrase) {
		return false
	}
	for j := last.at - 1; j >= 0 && r.atoms[j].tokenKind == word; j-- {
		if r.l.is("recolour", r.atoms[j].text) {
			r.plan.Without = appendNew(r.plan.Without, last.text)
			r.terms = r.terms[:len(r.terms)-1]
			return true
		}
	}
	return false
}

// shaded reads a word that is a term by itself as part of the colour behind it: "neon pink".
func (r *reader) shaded(i int) bool {
	return r.l.is("shades_other", r.atoms[i].text) && r.next(i, colourPhrase)
}

// conjunction ends the clause at words that begin a new thought.
func (r *reader) conjunction(w string) {
	switch {
	case r.l.is("but", w):
		r.endClause(false)
		r.hearing = false
	case r.l.is("then", w):
		r.endClause(false)
		r.phase++
	case r.l.is("seen", w):
		r.hearing = false
	case r.l.is("joins", w):
		r.endClause(r.negated.reaches || r.negated.on && r.l.is("and", w) && !r.bareNo())
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
		if r.l.is("bounds", a.text) {
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
	if r.l.is("noun_light", r.atoms[i].text) && i > 0 && r.atoms[i-1].class == termPhrase && !r.followed(i, termPhrase) {
		return // the noun: "golden hour light"
	}
	adverb := r.l.adverb(r.atoms[i].words[0])
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

func (r *reader) term(i int, a atom) {
	if r.negated.on && !r.removed(&a) {
		return
	}
	t := term{sense: a.sense, text: strings.Join(a.words, " "), at: i, strength: r.pending, clause: r.clause, phase: r.phase,
		heard: r.hearing && len(a.sense.cues) > 0}
	if last := r.last(); last != nil && last.clause == r.clause && last.at == i-1 && last.sense.soundOnly() && len(a.sense.cues) > 0 {
		t.heard = true // "crickets fade in"
	}
	if a.sense.quotes {
		t.detail.Text, r.titled = r.titled, ""
	}
	if a.sense.gives(LUT) && t.detail.Text == "" {
		t.detail.Text = r.nameBefore(i)
	}
	r.terms = append(r.terms, t)
	r.pending, r.boost = 0, false
	if r.takesAway(a) {
		r.negated = negation{on: true, removes: true, named: true} // "and the hiss" is to go, too
	}
}

// soundOnly reports whether nothing is seen of it.
func (s *sense) soundOnly() bool {
	return len(s.looks) == 0 && !slices.ContainsFunc(s.missing, func(m Missing) bool { return !m.Sound })
}

// nameBefore takes the words right before atom i that mean nothing else as a name: "with the Kodak 2383 LUT".
func (r *reader) nameBefore(i int) string {
	from := i
	for from > 0 && r.atoms[from-1].tokenKind == word && r.atoms[from-1].class == unknownWord {
		from--
	}
	var name []string
	for _, a := range r.atoms[from:i] {
		name = append(name, a.text)
		r.plan.Unknown = slices.DeleteFunc(r.plan.Unknown, func(w string) bool { return w == a.text })
	}
	return strings.Join(name, " ")
}

// hear marks the clause as one about sound, together with the term right before ("rain sounds"), in whatever clause that is where
// sound alone is asked for ("rain, but only the sound").
func (r *reader) hear(i int) {
	r.hearing = true
	for j := i - 1; j >= 0 && j >= i-2; j-- {
		if last := r.last(); r.l.is("only", r.atoms[j].text) && last != nil && len(last.sense.cues) > 0 && !r.followed(i, termPhrase) {
			last.heard = true
		}
	}
	if last := r.last(); last != nil && last.clause == r.clause && len(last.sense.cues) > 0 {
		last.heard = true
	}
}

func (r *reader) unknown(w string) {
	switch {
	case r.negated.changes:
		r.gone = append(r.gone, w) // whether what takes its place is understood is what matters
		r.hearing = r.hearing || r.l.is("heard", w)
	case r.negated.on:
		r.without(w)
		r.absent = appendNew(r.absent, w)
	case r.l.ofSpeakers(w):
		// Weighed in people, when it is known whether anybody speaks.
	case r.named(w):
	default:
		r.plan.Unknown = appendNew(r.plan.Unknown, w)
	}
}

// named takes a word behind "lut" as part of its name, as in "the LUT Kodak_2383.cube".
func (r *reader) named(w string) bool {
	last := r.last()
	if last == nil || last.clause != r.clause || !last.sense.gives(LUT) {
		return false
	}
	if last.detail.Text = strings.TrimSpace(last.detail.Text + " " + w); last.detail.Text == "" {
		return false
	}
	return true
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
