package prompt

import (
	"fmt"
	"slices"
	"strings"
)

// suggestions names what comes nearest to words that aren't understood: in meaning, or in spelling. "" when nothing does.
func (l *language) suggestions(unknown []string) string {
	var akin, misspelt []string
	for _, w := range unknown {
		if like := l.like(w); len(like) > 0 {
			akin = append(akin, fmt.Sprintf("%s for %q", strings.Join(like, ", "), w))
		} else if near := l.nearest(w); near != "" {
			misspelt = append(misspelt, fmt.Sprintf("%q for %q", near, w))
		}
	}
	var out []string
	if len(misspelt) > 0 {
		out = append(out, "Did you mean "+strings.Join(misspelt[:min(3, len(misspelt))], ", ")+"?")
	}
	if len(akin) > 0 {
		out = append(out, "What comes near: "+strings.Join(akin[:min(3, len(akin))], "; ")+".")
	}
	return strings.Join(out, " ")
}

// like returns the phrases that come near a word in meaning, as far as what they stand for is made.
func (l *language) like(w string) []string {
	var out []string
	for _, name := range l.akin[w] {
		if l.makes(name) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// makes reports whether what a phrase stands for is made.
func (l *language) makes(phrase string) bool {
	return slices.ContainsFunc(l.entries(), func(e *Entry) bool { return slices.Contains(e.Phrases, phrase) })
}

// nearest returns the word of the lexicon with the fewest typing mistakes to w that begins as it does: at most one in a word of up to seven
// letters, two in a longer one. Words that are a wish by themselves go before those of colours and of longer phrases; ties go to
// the word that stands first in the lexicon.
func (l *language) nearest(w string) string {
	letters := []rune(w)
	if len(letters) < 4 || len(letters) > 24 {
		return ""
	}
	limit := 1
	if len(letters) > 7 {
		limit = 2
	}
	var alone, parts []string
	for _, e := range l.entries() {
		for _, p := range e.Phrases {
			if words := strings.Fields(p); len(words) > 1 {
				parts = append(parts, words...)
			} else {
				alone = append(alone, p)
			}
		}
	}
	for _, c := range l.rows.colours {
		parts = append(parts, c.Words...)
	}
	if found := closest(letters, alone, limit); found != "" {
		return found
	}
	return closest(letters, slices.DeleteFunc(parts, func(p string) bool { return len(p) < 4 || l.is("fillers", p) }), limit)
}

// closest returns the word of list with the fewest typing mistakes to w, at most limit.
func closest(w []rune, list []string, limit int) string {
	best, found := limit+1, ""
	for _, p := range list {
		if p == string(w) || !strings.HasPrefix(p, string(w[:1])) {
			continue
		}
		if d := typos(w, []rune(p)); d < best {
			best, found = d, p
		}
	}
	return found
}

// typos counts the insertions, deletions, replacements and swaps of neighbours between a and b
// (optimal string alignment distance).
func typos(a, b []rune) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[0] {
		rows[0][j] = j
	}
	before, last, now := rows[2], rows[0], rows[1]
	for i := 1; i <= len(a); i++ {
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(now[j-1]+1, last[j]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}
