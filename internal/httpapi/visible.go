package httpapi

import (
	"strings"
	"unicode"
)

// Characters that join the ones beside them, or keep them apart: in emoji, and in Persian and Indic words.
const (
	nonJoiner = '\u200c'
	joiner    = '\u200d'
	keycap    = '\u20e3'
)

// visible returns a name without what nobody sees in it, such as spaces of no width, byte order marks, tags and what
// turns the reading direction. Joiners and variation selectors stay where they change how their neighbours look.
func visible(name string) string {
	var b strings.Builder
	runes := []rune(name)
	before := rune(0)
	for i, r := range runes {
		after := rune(0)
		if i+1 < len(runes) {
			after = runes[i+1]
		}
		if !seen(before, r, after) {
			continue
		}
		b.WriteRune(r)
		before = r
	}
	return b.String()
}

// seen reports whether a character changes what a name looks like between two others, 0 for none.
func seen(before, r, after rune) bool {
	switch {
	case r == joiner, r == nonJoiner:
		return joins(before) && joins(after)
	case unicode.Is(unicode.Variation_Selector, r):
		return unicode.IsSymbol(before) && before > unicode.MaxASCII || unicode.Is(unicode.Han, before) || unicode.Is(unicode.Mongolian, before) || after == keycap
	}
	return unicode.IsGraphic(r) && !unicode.In(r, unicode.Bidi_Control, unicode.Other_Default_Ignorable_Code_Point)
}

// joins reports whether a character can be joined with the next one.
func joins(r rune) bool {
	return r > unicode.MaxLatin1 && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsSymbol(r))
}
