package prompt

import (
	"fmt"
	"strings"
)

// suggestions names the lexicon's nearest words for misspelt ones, "" when none is near.
func (l *language) suggestions(unknown []string) string {
	var out []string
	for _, w := range unknown {
		if near := l.nearest(w); near != "" && len(out) < 3 {
			out = append(out, fmt.Sprintf("%q for %q", near, w))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "Did you mean " + strings.Join(out, ", ") + "?"
}

// nearest returns the word of the lexicon with the fewest typing mistakes to w: at most one in a word of up to five
// letters, two in a longer one. Ties go to the word that stands first in the lexicon.
func (l *language) nearest(w string) string {
	letters := []rune(w)
	if len(letters) < 3 || len(letters) > 24 {
		return ""
	}
	limit := 1
	if len(letters) > 5 {
		limit = 2
	}
	best, found := limit+1, ""
	for _, e := range l.entries() {
		for _, p := range e.Phrases {
			if strings.Contains(p, " ") || p == w {
				continue
			}
			if d := typos(letters, []rune(p)); d < best {
				best, found = d, p
			}
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
