package prompt

import "strings"

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
)

// phrase is an entry of the index.
type phrase struct {
	words    []string
	class    class
	sense    sense
	strength float64 // measureWord
}

// byFirst finds the phrases that begin with a word, longest first.
var byFirst = index()

func index() map[string][]phrase {
	m := map[string][]phrase{}
	put := func(text string, p phrase) {
		p.words = strings.Fields(text)
		list := m[p.words[0]]
		at := len(list)
		for at > 0 && len(list[at-1].words) < len(p.words) {
			at--
		}
		list = append(list, phrase{})
		copy(list[at+1:], list[at:])
		list[at] = p
		m[p.words[0]] = list
	}
	class := func(c class, texts []string) {
		for _, t := range texts {
			put(t, phrase{class: c})
		}
	}
	class(notNegator, notNegators)
	for _, e := range lexicon {
		for _, t := range e.Phrases {
			put(t, phrase{class: termPhrase, sense: e.sense})
		}
	}
	for _, level := range measures {
		for _, t := range level.words {
			put(t, phrase{class: measureWord, strength: level.strength})
		}
	}
	class(boosterWord, boosters)
	class(removerWord, removers)
	class(negatorWord, negators)
	class(addWord, addWords)
	class(replaceWord, replaceWords)
	return m
}

// atom is a run of tokens read as one.
type atom struct {
	tokenKind
	phrase
	text string // as written
	n    int    // tokens it spans
}

// match reads the atom at the start of tokens: the longest known phrase, else one word.
func match(tokens []token) atom {
	t := tokens[0]
	if t.kind != word {
		return atom{tokenKind: t.kind, text: t.text, n: 1}
	}
	for _, p := range byFirst[t.text] {
		if n := p.spans(tokens); n > 0 {
			return atom{tokenKind: word, phrase: p, text: t.text, n: n}
		}
	}
	c := unknownWord
	if smallWords[t.text] || len([]rune(t.text)) < 2 {
		c = smallWord
	}
	return atom{tokenKind: word, phrase: phrase{class: c}, text: t.text, n: 1}
}

// spans returns how many tokens the phrase covers at the start of tokens, 0 when it does not match. At most two
// fillers may stand before each word but the first.
func (p phrase) spans(tokens []token) int {
	at := 0
	for i, want := range p.words {
		for skipped := 0; ; skipped++ {
			if at >= len(tokens) || tokens[at].kind != word {
				return 0
			}
			if tokens[at].text == want {
				break
			}
			if i == 0 || skipped == 2 || !fillers[tokens[at].text] || p.class != termPhrase {
				return 0
			}
			at++
		}
		at++
	}
	return at
}

func atoms(tokens []token) []atom {
	var out []atom
	for len(tokens) > 0 {
		a := match(tokens)
		out = append(out, a)
		tokens = tokens[a.n:]
	}
	return out
}
