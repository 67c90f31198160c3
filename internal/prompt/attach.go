package prompt

import (
	"slices"
	"strings"

	"retake/internal/wish"
)

// say notes a detail, to be given to the term it is about when all terms are known.
func (r *reader) say(i int, d wish.Detail) {
	if d == (wish.Detail{}) || r.negated.on {
		return
	}
	text := r.atoms[i].text
	if words := r.atoms[i].words; len(words) > 1 {
		text = strings.Join(words, " ")
	}
	r.details = append(r.details, said{at: i, clause: r.clause, detail: d, text: text})
}

// attach gives details to the terms they are about: a time to all terms of its clause, else to those of the clause behind it or
// the one before; anything else to the nearest term of its clause that makes use of it. A colour or a side that nothing takes is
// among the words not understood.
func (r *reader) attach() {
	r.besides()
	for _, s := range r.details {
		when := s.detail.When
		if when != (wish.When{}) {
			for _, t := range r.timed(s.clause) {
				r.terms[t].detail = r.terms[t].detail.With(wish.Detail{When: when})
			}
		}
		rest := s.detail
		rest.When = wish.When{}
		params := rest.Said()
		if len(params) == 0 {
			continue
		}
		if t := r.taker(s, params); t >= 0 {
			r.terms[t].detail = r.terms[t].detail.With(rest)
		} else if s.detail.To.Said() && !r.l.is("small", s.text) || s.detail.Place != "" || s.detail.Direction != "" {
			r.plan.Unknown = appendNew(r.plan.Unknown, s.text)
		}
	}
}

// besides turns terms that are mere details of another one in their clause into that: "slow" in "slow zoom".
func (r *reader) besides() {
	for i := 0; i < len(r.terms); i++ {
		t := r.terms[i]
		if t.sense.beside == nil {
			continue
		}
		s := said{at: t.at, clause: t.clause, detail: *t.sense.beside, text: t.text}
		r.terms[i].sense = &sense{} // it can't take its own detail
		if r.taker(s, s.detail.Said()) < 0 {
			r.terms[i].sense = t.sense
			continue
		}
		r.details = append(r.details, s)
		r.terms = slices.Delete(r.terms, i, i+1)
		i--
	}
}

// timed returns the terms that a time said in a clause is about.
func (r *reader) timed(clause int) []int {
	in := func(c int) (out []int) {
		for i, t := range r.terms {
			if t.clause == c {
				out = append(out, i)
			}
		}
		return out
	}
	for _, c := range []int{clause, clause + 1, clause - 1} {
		if list := in(c); len(list) > 0 {
			return list
		}
	}
	return nil
}

// taker returns the nearest term of the clause, or of a neighbouring one where that has none, that takes one of params, else -1.
func (r *reader) taker(s said, params []wish.Param) int {
	for _, clause := range []int{s.clause, s.clause - 1, s.clause + 1} {
		best, nearest, some := -1, 0, false
		for i, t := range r.terms {
			if t.clause != clause {
				continue
			}
			some = true
			if d := max(t.at-s.at, s.at-t.at); r.takes(t, params) && (best < 0 || d < nearest) {
				best, nearest = i, d
			}
		}
		if best >= 0 || some && clause == s.clause {
			return best
		}
	}
	return -1
}

func (r *reader) takes(t term, params []wish.Param) bool {
	for _, p := range params {
		takes := func(th Thing) bool { return th.takes(p) || p == wish.Tint && th.takes(wish.Colours) }
		for _, l := range t.sense.looks {
			if takes(r.lex.catalog.effect(l.Effect)) {
				return true
			}
		}
		for _, c := range t.sense.cues {
			if takes(r.lex.catalog.noise(c.Noise)) {
				return true
			}
		}
	}
	return false
}

// title takes the quotation at atom i as the text of a term beside it that takes one.
func (r *reader) title(i int, text string) bool {
	for j := i - 1; j >= 0 && j >= i-10; j-- {
		a := r.atoms[j]
		if a.tokenKind == quote || a.tokenKind == stop {
			break
		}
		if a.class != termPhrase || !a.sense.quotes {
			continue
		}
		if last := r.last(); last != nil && last.at == j && last.detail.Text == "" {
			last.detail.Text = text
		}
		return true
	}
	for j := i + 1; j < len(r.atoms) && j <= i+5 && r.atoms[j].tokenKind == word; j++ {
		if a := r.atoms[j]; a.class == termPhrase && a.sense.quotes {
			r.titled = text
			return true
		}
	}
	return false
}
