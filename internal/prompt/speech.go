package prompt

import (
	"slices"
	"strings"

	"retake/internal/wish"
)

// wholeQuotation returns what stands between the quotation marks of a prompt that is nothing but one quotation with
// words in it, "" of any other.
func wholeQuotation(tokens []token) string {
	for len(tokens) > 1 && tokens[len(tokens)-1].kind == stop {
		tokens = tokens[:len(tokens)-1]
	}
	if len(tokens) != 1 || tokens[0].kind != quote || !utterable(tokens[0].text) {
		return ""
	}
	return tokens[0].text
}

// spoken is the cue of words that nobody in particular says.
func spoken(text string) Cue {
	return Cue{Noise: Speech, Strength: Usual, Detail: wish.Detail{Text: text}}
}

// quotation takes the quoted words at atom i as speech when the prompt speaks of a speaker, when they are a clause of
// their own, or when they are not themselves a wish the lexicon knows. Otherwise the quotation marks are taken for
// emphasis.
func (r *reader) quotation(i int) {
	text := r.atoms[i].text
	if r.title(i, text) {
		return
	}
	if !utterable(text) {
		r.unknown(text)
		return
	}
	inner := reader{lex: r.lex, l: r.l, atoms: r.l.atoms(scan(unquoted(text)))}
	if !r.speaks(i) && !r.stands(i, inner.atoms) {
		inner.read()
		if len(inner.terms) > 0 && len(inner.plan.Unknown) == 0 {
			for _, t := range inner.terms {
				if r.negated.on {
					r.without(t.text)
					continue
				}
				t.clause, t.at = r.clause, i
				r.terms = append(r.terms, t)
			}
			return
		}
	}
	if r.negated.on {
		r.without("speech")
		return
	}
	q := r.l.speechOf(r.atoms, i)
	q.text, q.phase, q.clause = text, r.phase, r.clause
	r.quoted = append(r.quoted, q)
}

// speaks reports whether a word for speaking stands anywhere near the quotation at i.
func (r *reader) speaks(i int) bool {
	lo, hi := max(0, i-8), min(len(r.atoms), i+6)
	return slices.ContainsFunc(r.atoms[lo:hi], func(a atom) bool { return a.tokenKind == word && r.l.speaks[a.text].Says })
}

// stands reports whether the quotation at i, which holds inner, is a clause of its own. Behind "and" and the like, where
// quotation marks may well be emphasis ("snow and 'heavy wind'"), it takes a sentence with small words in it.
func (r *reader) stands(i int, inner []atom) bool {
	text := r.atoms[i].text
	ends := strings.TrimRight(text, ".!?…") != text // a sentence with its own full stop
	if r.negated.on || !ends && i+1 < len(r.atoms) && r.atoms[i+1].tokenKind == word {
		return false
	}
	if i == 0 || r.atoms[i-1].tokenKind != word {
		return true
	}
	return r.l.is("standing", r.atoms[i-1].text) &&
		slices.ContainsFunc(inner, func(a atom) bool { return a.class == smallWord })
}

// speechOf reads who speaks from the words before the quotation, back to the previous one, and failing that from the
// words after it.
func (l *language) speechOf(all []atom, i int) utterance {
	var q utterance
	hint := func(a atom) {
		row, ok := l.speaks[a.text]
		if a.tokenKind != word || !ok {
			return
		}
		if row.Manner == Shout {
			q.loud = 0.9
		}
		pick(&q.Voice, row.Voice)
		pick(&q.Age, row.Age)
		pick(&q.Manner, row.Manner)
		pick(&q.Speed, row.Speed)
		pick(&q.Pitch, row.Pitch)
	}
	for j := i - 1; j >= 0 && all[j].tokenKind != quote; j-- {
		hint(all[j])
	}
	for j := i + 1; j < len(all) && all[j].tokenKind != quote && all[j].tokenKind != stop; j++ {
		if q.Voice != AnyVoice && all[j].tokenKind == comma {
			break
		}
		hint(all[j])
	}
	return q
}

// pick keeps what was said first.
func pick[T comparable](to *T, from T) {
	var none T
	if *to == none {
		*to = from
	}
}

// unquoted drops quotation marks, so that reading a quotation can't nest.
func unquoted(s string) string {
	out := []rune(s)
	return string(slices.DeleteFunc(out, func(c rune) bool {
		_, opens := closers[c]
		return opens || c == '”' || c == '’' || c == '»'
	}))
}
