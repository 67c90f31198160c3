package prompt

import "slices"

// quotation takes the quoted words at atom i as speech when the prompt speaks of a speaker, or when they are not
// themselves a wish the lexicon knows. Otherwise the quotation marks are taken for emphasis.
func (r *reader) quotation(i int) {
	text := r.atoms[i].text
	if !hasLetter(text) {
		return
	}
	if !r.speaks(i) {
		inner := reader{atoms: atoms(scan(unquoted(text)))}
		inner.read()
		if len(inner.terms) > 0 && len(inner.plan.Unknown) == 0 {
			for _, t := range inner.terms {
				t.clause = r.clause
				r.terms = append(r.terms, t)
			}
			return
		}
	}
	if r.negated.on {
		r.without("speech")
		return
	}
	q := speechOf(r.atoms, i)
	q.text = text
	r.quoted = append(r.quoted, q)
}

// speaks reports whether a word for speaking stands anywhere near the quotation at i.
func (r *reader) speaks(i int) bool {
	lo, hi := max(0, i-8), min(len(r.atoms), i+6)
	return slices.ContainsFunc(r.atoms[lo:hi], func(a atom) bool { return a.tokenKind == word && slices.Contains(speechWords, a.text) })
}

// speechOf reads who speaks from the words before the quotation, back to the previous one, and failing that from the
// words after it.
func speechOf(all []atom, i int) utterance {
	var q utterance
	hint := func(a atom) {
		switch {
		case a.tokenKind != word:
		case slices.Contains(whisperWords, a.text):
			q.whisper = true
		case a.text == "shouts" || a.text == "shouting" || a.text == "shout" || a.text == "yells" || a.text == "yell":
			q.loud = 0.9
		case q.voice == AnyVoice && slices.Contains(manWords, a.text):
			q.voice = Man
		case q.voice == AnyVoice && slices.Contains(womanWords, a.text):
			q.voice = Woman
		}
	}
	for j := i - 1; j >= 0 && all[j].tokenKind != quote; j-- {
		hint(all[j])
	}
	for j := i + 1; j < len(all) && all[j].tokenKind != quote && all[j].tokenKind != stop; j++ {
		if q.voice != AnyVoice && all[j].tokenKind == comma {
			break
		}
		hint(all[j])
	}
	return q
}

// unquoted drops quotation marks, so that reading a quotation can't nest.
func unquoted(s string) string {
	out := []rune(s)
	return string(slices.DeleteFunc(out, func(c rune) bool {
		_, opens := closers[c]
		return opens || c == '”' || c == '’' || c == '»'
	}))
}
