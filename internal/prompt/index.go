package prompt

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"retake/internal/wish"
)

// class is what a phrase does in a sentence.
type class uint8

const (
	unknownWord class = iota
	smallWord
	termPhrase
	measureWord
	boosterWord
	negatorWord
	removerWord
	notNegator
	addWord
	replaceWord
	detailPhrase
	colourPhrase
)

// phrase is an entry of the index.
type phrase struct {
	words    []string // one may be numberSlot
	class    class
	sense    *sense      // termPhrase
	strength float64     // measureWord
	detail   wish.Detail // measureWord, detailPhrase, colourPhrase
	numbered numbered    // detailPhrase
	ends     bool        // detailPhrase: the time beside it is when something ends
	titled   wish.Place  // detailPhrase: what it stands for beside a title
	untaken  wish.Onset  // detailPhrase: what it stands for where nothing takes the detail
}

// numberSlot stands for a number in a phrase: "in the first {n} seconds".
const numberSlot = "{n}"

// numbered is what the number in a phrase is for.
type numbered struct {
	fromShare, toShare  float64 // seconds for each
	counts, times, part bool
	lasts               bool
}

// vain reports whether the numbers leave nothing of what the phrase says: "for 0 seconds", "0 times".
func (n numbered) vain(v, last float64) bool {
	when := n.apply(wish.Detail{}, v, last).When
	switch {
	case n.counts:
		return v < 1
	case n.lasts || n.times || n.part:
		return v <= 0
	case n.fromShare != 0 && n.toShare == 0:
		return n.fromShare < 0 && v <= 0 // "the last 0 seconds"; "from 0 s" is a time
	}
	return n.toShare != 0 && when.From == when.To
}

// apply puts the numbers of a phrase into d: the first and the last of them, which are the same where there is one.
func (n numbered) apply(d wish.Detail, v, last float64) wish.Detail {
	d.When.From.Seconds += v * n.fromShare
	d.When.To.Seconds += last * n.toShare
	switch {
	case n.lasts:
		d.When.To.Seconds = v
	case n.counts:
		d.Count = int(min(max(v, 1), 1000))
	case n.times:
		d.Amount = min(v, 1000)
	case n.part:
		d.Amount = min(v/100, 1000)
	}
	return d
}

// fractions are those that have a sign of their own.
var fractions = map[rune]float64{'½': 0.5, '¼': 0.25, '¾': 0.75, '⅓': 1. / 3, '⅔': 2. / 3}

// number reads digits, with a decimal point or comma, or a word for a number.
func (l *language) number(w string) (float64, bool) {
	if v, ok := l.numbers[w]; ok {
		return v, true
	}
	if last, size := utf8.DecodeLastRuneInString(w); fractions[last] > 0 { // "½", "1½"
		whole, err := strconv.ParseUint("0"+w[:len(w)-size], 10, 16)
		return float64(whole) + fractions[last], err == nil
	}
	if w == "" || w[0] < '0' || w[0] > '9' {
		return 0, false
	}
	v, err := strconv.ParseFloat(w, 64)
	return v, err == nil && v <= 1e6
}

// atom is a run of tokens read as one.
type atom struct {
	tokenKind
	phrase
	text string // its first word, as written
	raw  string // all of it, of more words than one
	n    int    // tokens it spans
	used bool   // by what was read before it
	vain bool   // its numbers leave nothing of it
}

// match reads the atom at the start of tokens: the longest known phrase, else one word.
func (l *language) match(tokens []token) atom {
	t := tokens[0]
	if t.kind != word {
		return atom{tokenKind: t.kind, text: t.text, n: 1}
	}
	candidates := l.byFirst[t.text]
	if _, number := l.number(t.text); number {
		candidates = slices.Concat(candidates, l.byFirst[numberSlot])
	}
	for _, p := range candidates {
		if n, value, last := l.spans(p, tokens); n > 0 {
			p.detail = p.numbered.apply(p.detail, value, last)
			return atom{tokenKind: word, phrase: p, text: t.text, raw: written(tokens[:n]), n: n, vain: p.numbered.vain(value, last)}
		}
	}
	c := unknownWord
	if letters := []rune(t.text); l.is("small", t.text) || len(letters) < 2 && !unicode.IsNumber(letters[0]) {
		c = smallWord
	}
	return atom{tokenKind: word, phrase: phrase{class: c}, text: t.text, n: 1}
}

// written joins words as they were written.
func written(tokens []token) string {
	var out []string
	for _, t := range tokens {
		out = append(out, t.text)
	}
	return strings.ReplaceAll(strings.Join(out, " "), " %", "%")
}

// spans returns how many tokens the phrase covers at the start of tokens, 0 when it does not match, and the first and the last of the
// numbers in its slots. At most two fillers may stand before each word but the first.
func (l *language) spans(p phrase, tokens []token) (n int, value, last float64) {
	at, numbers := 0, 0
	for i, want := range p.words {
		for skipped := 0; ; skipped++ {
			if at >= len(tokens) || tokens[at].kind != word {
				return 0, 0, 0
			}
			// A bare time is in figures: "at 2.5", but not "at half the speed".
			bare := p.numbered.fromShare != 0 && i == len(p.words)-1 && !unicode.IsDigit(rune(tokens[at].text[0]))
			if v, ok := l.number(tokens[at].text); want == numberSlot && ok && !bare {
				if last = v; numbers == 0 {
					value = v
				}
				numbers++
				break
			}
			if tokens[at].text == want || l.is("seconds", want) && l.is("seconds", tokens[at].text) {
				break
			}
			if i == 0 || skipped == 2 || !l.is("fillers", tokens[at].text) || p.class != termPhrase && p.class != detailPhrase {
				return 0, 0, 0
			}
			at++
		}
		at++
	}
	return at, value, last
}

func (l *language) atoms(tokens []token) []atom {
	var out []atom
	for len(tokens) > 0 {
		a := l.match(tokens)
		out = append(out, a)
		tokens = tokens[a.n:]
	}
	return out
}
