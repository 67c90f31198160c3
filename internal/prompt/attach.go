package prompt

import (
	"slices"

	"retake/internal/wish"
)

// say notes a detail, to be given to the term it is about when all terms are known.
func (r *reader) say(i int, d wish.Detail) {
	if r.atoms[i].vain {
		r.unknown(r.atoms[i].raw)
		return
	}
	if d == (wish.Detail{}) && !r.atoms[i].ends || r.negated.on {
		return
	}
	r.details = append(r.details, said{at: i, clause: r.clause, phase: r.phase, detail: d, text: r.atoms[i].raw})
}

// attach gives details to the terms they are about: a time to all terms of its clause, else to those of the clause behind it or
// the one before; anything else to the nearest term of its clause that makes use of it. What nothing takes is among
// the words not understood.
func (r *reader) attach() {
	r.besides()
	r.endings()
	r.lengths()
	r.sequence()
	for _, s := range r.details {
		if titled := r.atoms[s.at].titled; titled != "" && r.titlesIn(s.clause) {
			s.detail = wish.Detail{Place: titled}
		}
		when := s.detail.When
		if from, to := when.From, when.To; from.Share == 0 && to.Share == 0 && to.Seconds > 0 && from.Seconds > to.Seconds {
			when.From, when.To = to, from // "from 3 s to 1 s"
		}
		if when != (wish.When{}) && !r.timedWords(s) {
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
		} else if untaken := r.atoms[s.at].untaken; untaken != "" {
			for _, t := range r.timed(s.clause) {
				r.terms[t].detail.When.Onset = untaken
			}
		} else if !slices.Equal(params, []wish.Param{wish.Tint}) || !r.l.is("small", s.text) { // "the white snow" says nothing
			r.plan.Unknown = appendNew(r.plan.Unknown, s.text)
		}
	}
}

// endings turns times of a clause that says that something ends: "rain that stops after 3 seconds" lasts until then. Where no time is
// said, what the verb stands right behind is to be gone: "the rain stops"; one that has its time already ends by that.
func (r *reader) endings() {
	turned := map[int]bool{}
	for _, s := range r.details {
		if !r.atoms[s.at].ends || turned[s.clause] {
			continue
		}
		for i, o := range r.details {
			if at := o.detail.When.From; o.clause == s.clause && at != (wish.Moment{}) {
				r.details[i].detail.When = wish.When{To: at}
				turned[s.clause] = true
			}
		}
		if !turned[s.clause] {
			r.over(s)
		}
	}
}

// over takes out the term that a verb of ending without a time stands right behind.
func (r *reader) over(s said) {
	j := s.at - 1
	for j >= 0 && r.atoms[j].tokenKind == word && r.atoms[j].class == smallWord && !r.l.is("but", r.atoms[j].text) {
		j--
	}
	i := slices.IndexFunc(r.terms, func(t term) bool { return t.at == j })
	switch {
	case i >= 0 && r.terms[i].clause == s.clause:
		r.stays(r.terms[i].text)
		r.terms = slices.Delete(r.terms, i, i+1)
	case slices.ContainsFunc(r.terms, func(t term) bool { return t.phase == s.phase-1 }):
		r.still = append(r.still, s.phase) // "rain, then it stops"
	case !r.timeSaid(s.clause-1) && !r.timeSaid(s.clause-2): // "rain in the first half, then it stops" says it again
		r.plan.Unknown = appendNew(r.plan.Unknown, s.text)
	}
}

// lengths turns how long something goes on into until when, from the time on that is said beside it, or in the clause before where that of
// the length has no wish of its own.
func (r *reader) lengths() {
	for i, s := range r.details {
		if !r.atoms[s.at].numbered.lasts {
			continue
		}
		own := slices.ContainsFunc(r.terms, func(t term) bool { return t.clause == s.clause })
		for k, o := range r.details {
			from := o.detail.When.From
			if near := o.clause == s.clause || !own && o.clause == s.clause-1; near && !r.atoms[o.at].numbered.lasts && from != (wish.Moment{}) {
				onset := o.detail.When.Onset
				r.details[k].detail.When = wish.When{}
				r.details[i].detail.When = wish.When{From: from, To: wish.Moment{Share: from.Share, Seconds: from.Seconds + s.detail.When.To.Seconds}, Onset: onset}
			}
		}
	}
}

// sequence gives what is parted by "then" its share of the time, each as much, where the prompt says nothing of time.
func (r *reader) sequence() {
	var phases []int
	add := func(p int) {
		if !slices.Contains(phases, p) {
			phases = append(phases, p)
		}
	}
	for _, t := range r.terms {
		add(t.phase)
	}
	for _, q := range r.quoted {
		add(q.phase)
	}
	for _, p := range r.still {
		add(p)
	}
	if len(phases) < 2 {
		return
	}
	slices.Sort(phases)
	when := func(p int) (w wish.When) {
		i, n := float64(slices.Index(phases, p)), float64(len(phases))
		if i > 0 {
			w.From.Share = i / n
		}
		w.To.Share = (i + 1) / n
		return w
	}
	for i, t := range r.terms {
		if t.detail.When.Whole() && !r.timeSaid(t.clause) {
			r.terms[i].detail.When = r.terms[i].detail.When.With(when(t.phase))
		}
	}
	for i, q := range r.quoted {
		if q.when.Whole() {
			r.quoted[i].when = when(q.phase)
		}
	}
}

// timeSaid reports whether a part of the segment is named in a clause.
func (r *reader) timeSaid(clause int) bool {
	return slices.ContainsFunc(r.details, func(s said) bool { return s.clause == clause && !s.detail.When.Whole() })
}

// besides turns terms that are mere details of another one in their clause into that: "slow" in "slow zoom". Beside things that take
// no such detail they are among the words not understood, and only alone what they stand for.
func (r *reader) besides() {
	for i := 0; i < len(r.terms); i++ {
		t := r.terms[i]
		if t.sense.beside == nil {
			continue
		}
		s := said{at: t.at, clause: t.clause, detail: *t.sense.beside, text: t.text}
		r.terms[i].sense = &sense{} // it can't take its own detail
		switch {
		case r.taker(s, s.detail.Said()) >= 0:
			r.details = append(r.details, s)
		case len(r.terms) > 1 || len(r.quoted) > 0:
			r.plan.Unknown = appendNew(r.plan.Unknown, t.text)
		default:
			r.terms[i].sense = t.sense
			continue
		}
		r.terms = slices.Delete(r.terms, i, i+1)
		i--
	}
}

// timedWords gives a time to the words that are spoken in its clause, and reports whether there are any.
func (r *reader) timedWords(s said) bool {
	any := false
	for i, q := range r.quoted {
		if q.clause == s.clause || q.clause == s.clause-1 && len(r.terms) == 0 {
			r.quoted[i].when, any = s.detail.When, true
		}
	}
	return any
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
	for _, c := range []int{clause, clause + 1} {
		if list := in(c); len(list) > 0 {
			return list
		}
	}
	for c := clause - 1; c >= 0; c-- {
		if list := in(c); len(list) > 0 {
			return list
		}
	}
	return nil
}

// taker returns the nearest term of the clause that takes one of params, or of the nearest clause before it with a term, or of the one behind, else -1.
func (r *reader) taker(s said, params []wish.Param) int {
	in := func(clause int) (best int, some bool) {
		best, nearest := -1, 0
		for i, t := range r.terms {
			if t.clause != clause {
				continue
			}
			some = true
			if d := max(t.at-s.at, s.at-t.at); r.takes(t, params) && (best < 0 || d < nearest) {
				best, nearest = i, d
			}
		}
		return best, some
	}
	for clause := s.clause; clause >= 0; clause-- {
		if best, some := in(clause); best >= 0 || some && clause == s.clause {
			return best
		} else if some {
			break
		}
	}
	best, _ := in(s.clause + 1)
	return best
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
	says := false
	for j := i - 1; j >= 0 && j >= i-10; j-- {
		a := r.atoms[j]
		if a.tokenKind == stop || a.tokenKind == quote && says {
			break
		}
		says = says || a.tokenKind == word && r.l.speaks[a.text].Says
		if a.class != termPhrase || !a.sense.quotes {
			continue
		}
		if k := slices.IndexFunc(r.terms, func(t term) bool { return t.at == j }); k >= 0 {
			if have := r.terms[k].detail.Text; have != "" {
				text = have + "\n" + text
			}
			r.terms[k].detail.Text = text
		}
		return true
	}
	for j := i + 1; j < len(r.atoms) && j <= i+5 && r.atoms[j].tokenKind == word; j++ {
		if a := r.atoms[j]; a.class == termPhrase && a.sense.quotes {
			r.titled = text
			return true
		}
	}
	return r.placed(i, text)
}

// placed makes a title of a quotation that nobody says and that has a place or a colour beside it, or appears: `put "Paris" top left`.
func (r *reader) placed(i int, text string) bool {
	title := r.l.titles()
	if title == nil || r.speaks(i) || r.negated.on {
		return false
	}
	shown := func(j int) bool {
		a := r.atoms[j]
		switch {
		case a.used:
			return false
		case a.class == colourPhrase:
			return j > 0 && r.l.is("in_colour", r.atoms[j-1].text) // "in red"
		case a.class == detailPhrase:
			return a.detail.Place != "" && !slices.Contains([]wish.Place{wish.Background, wish.Foreground, wish.Edges}, a.detail.Place)
		}
		return r.l.is("appearing", a.text)
	}
	beside := false
	for j := i - 1; j >= max(i-3, 0) && r.atoms[j].tokenKind == word; j-- {
		beside = beside || shown(j)
	}
	for j := i + 1; j < min(i+4, len(r.atoms)) && r.atoms[j].tokenKind == word; j++ {
		beside = beside || shown(j)
	}
	if beside {
		r.terms = append(r.terms, term{sense: title, text: "title", at: i, clause: r.clause, phase: r.phase, detail: wish.Detail{Text: text}})
	}
	return beside
}
