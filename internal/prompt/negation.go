package prompt

import (
	"slices"
	"strings"

	"retake/internal/wish"
)

// negation is what a word such as "no" does to the words after it.
type negation struct {
	on      bool
	removes bool // "remove the rain": what is there should go
	reaches bool // past "and" and "with"
	changes bool // "turn the rain into": what stands here gives way to what follows
	named   bool // what it is about has been said
}

// bareNo tells "no music and heavy snow", where the negation ends at "and", from "without rain and wind".
func (r *reader) bareNo() bool { return !r.negated.removes && !r.negated.reaches }

// listGoesOn reports whether what follows a comma at atom i belongs to a list with "or" or "nor" before its last part.
func (r *reader) listGoesOn(i int) bool {
	words := 0
	for _, a := range r.atoms[i:] {
		switch {
		case a.tokenKind == comma:
			words = 0
		case a.tokenKind != word:
			return false
		case r.l.is("or", a.text):
			return true
		case r.l.is("but", a.text) || r.l.is("joins", a.text) || words == 3:
			return false
		default:
			words++
		}
	}
	return false
}

// changes reports whether the changer at i says into what: "turn the rain into snow", but not "turn it dark".
func (r *reader) changes(i int) bool {
	for _, a := range r.atoms[i+1:] {
		if a.tokenKind != word || r.l.is("and", a.text) {
			return false
		}
		if r.l.is("changed_to", a.text) {
			return true
		}
	}
	return false
}

// exception reads "no sound except the wind": after something is taken away, "except" gives.
func (r *reader) exception(a atom) bool {
	last := r.last()
	silent := last != nil && len(last.sense.cues) == 1 && last.sense.cues[0].Noise == Silence
	if !r.l.is("except", a.words[0]) || !r.negated.on && !silent {
		return false
	}
	r.endClause(false)
	return true
}

// ending reads a remover behind what it is about, at the end of a clause: "make the rain stop".
func (r *reader) ending(i int) bool {
	a := r.atoms[i]
	last := r.last()
	if a.class != removerWord || !r.l.is("stoppers", a.text) || last == nil || last.at != i-1 || i+1 < len(r.atoms) && r.atoms[i+1].tokenKind == word && r.atoms[i+1].class != detailPhrase {
		return false
	}
	r.atoms[i].ends = true
	r.say(i, wish.Detail{})
	return true
}

// wished reports whether a negation ends at atom i, as what is wanted follows: "instead of the rain I want snow", "no rain just snow", "remove the
// hum and make it night".
func (r *reader) wished(i int) bool {
	text := r.atoms[i].text
	switch {
	case !r.negated.on || !r.negated.named:
		return false
	case r.negated.removes:
		return r.l.is("makers", text) && i > 0 && r.l.is("and", r.atoms[i-1].text)
	}
	return r.l.is("wishes", text) || r.l.is("only", text)
}

// removed reads the term at atom i where something is to go, or to be less: what is done against it, or what is wanted beside that, as remedies
// are: "less contrast and warmer". It reports whether there is anything to make.
func (r *reader) removed(a *atom) bool {
	switch {
	case r.negated.removes && a.sense.against != nil: // "reduce the hum", "less contrast"
		a.sense = a.sense.against
		r.negated.named = true
	case r.negated.removes && r.negated.named && a.sense.mends():
		r.endClause(false)
	default:
		r.without(strings.Join(a.words, " "))
		return false
	}
	return true
}

// takesAway reports whether a term says by itself that something is to go: "remove hum".
func (r *reader) takesAway(a atom) bool {
	words := strings.Join(a.words, " ")
	return a.sense.mends() && slices.ContainsFunc(r.l.lists["removers"], func(w string) bool { return strings.HasPrefix(words, w+" ") })
}

// soften reads "not too heavy" as a light measure rather than a negation.
func (r *reader) soften(i int) bool {
	if !r.l.is("only_not", r.atoms[i].words[0]) {
		return false
	}
	for j := i + 1; j < len(r.atoms) && j <= i+3; j++ {
		a := r.atoms[j]
		if a.class == measureWord && a.strength > Usual {
			r.atoms[j].strength = 0.35
			return true
		}
		if a.class != boosterWord && !r.l.is("too", a.text) {
			return false
		}
		if a.class == boosterWord {
			r.atoms[j].class = smallWord
		}
	}
	return false
}

// melt reads "the snow melts" and "melting snow": there should be no snow. It reports whether the melter at i was
// understood.
func (r *reader) melt(i int) bool {
	if r.negated.on {
		return true // "snow that never melts"
	}
	if last := r.last(); last != nil && last.clause == r.clause && last.sense.snows() {
		r.stays(last.text)
		r.terms = r.terms[:len(r.terms)-1]
		return true
	}
	for j := i + 1; j < len(r.atoms) && j <= i+3; j++ {
		a := r.atoms[j]
		if a.class == termPhrase && a.sense.snows() {
			r.stays(strings.Join(a.words, " "))
			r.atoms[j].class = smallWord
			return true
		}
		if a.tokenKind != word || a.class != measureWord && !r.l.is("melt_between", a.text) {
			return false
		}
	}
	return false
}

// stays notes what should be gone and can't be taken out of the clip.
func (r *reader) stays(what string) {
	r.plan.Without = appendNew(r.plan.Without, what)
	r.removing = appendNew(r.removing, what)
}

func (s *sense) snows() bool {
	return slices.ContainsFunc(s.looks, func(l Look) bool { return l.Effect == Snow })
}

// without notes what should not be there.
func (r *reader) without(what string) {
	r.negated.named = true
	r.plan.Without = appendNew(r.plan.Without, what)
	if r.negated.removes {
		r.removing = appendNew(r.removing, what)
	}
}
