package prompt

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	word  tokenKind = iota
	quote           // text holds what stands between the quotation marks
	comma
	stop // the end of a sentence or of a part between semicolons
	colon
)

type token struct {
	kind tokenKind
	text string
}

// closers maps an opening quotation mark to its closing one. The straight single quote is handled by its
// surroundings, since it is an apostrophe too.
var closers = map[rune]rune{'"': '"', '“': '”', '„': '“', '«': '»', '‘': '’', '\'': '\''}

// scan splits text into words in lower case, quotations and breaks. Invalid UTF-8 is skipped.
func scan(text string) []token {
	var out []token
	before, sign := ' ', false // sign: before is the minus of a number
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		if body, length, ok := quotation(text, r, before); ok {
			if body != "" {
				out = append(out, token{quote, body})
			}
			text, before = text[length:], '"'
			continue
		}
		switch {
		case r == utf8.RuneError && n == 1:
		case inWord(r):
			length := wordLength(text)
			w := strings.ToLower(strings.ReplaceAll(text[:length], "’", "'"))
			if w = strings.TrimSuffix(strings.Trim(w, "'&/"), "'s"); w != "" { // "a woman's voice"
				minus := (before == '-' || before == '−') && sign
				if last := len(out) - 1; last >= 0 && out[last] == (token{word, "minus"}) && w[0] >= '0' && w[0] <= '9' {
					out, minus = out[:last], true
				}
				if minus {
					w = "-" + w // is no number that anything could take
				}
				number, unit := measured(w)
				if number != "" {
					out = append(out, token{word, number})
				}
				out = append(out, token{word, unit})
			}
			text, before = text[length:], 'a'
			continue
		case r == ',' || r == '、' || r == '(' || r == ')' || r == '–' || r == '—':
			out = append(out, token{kind: comma})
		case r == '.' || r == ';' || r == '!' || r == '?' || r == '\n' || r == '…':
			out = append(out, token{kind: stop})
		case r == ':':
			out = append(out, token{kind: colon})
		}
		sign = (r == '-' || r == '−') && (before == ' ' || before == '(') && len(text) > n && text[n] >= '0' && text[n] <= '9'
		text, before = text[n:], r
	}
	return out
}

// measured parts "0.5s" into a number and its unit. Other words it returns as the unit alone, also those that only begin with
// a digit, such as "8mm", and decades: no segment lasts 1920 seconds.
func measured(w string) (number, unit string) {
	for _, unit := range []string{"secs", "sec", "fps", "s", "x", "db", "%"} {
		decade := unit == "s" && len(w) == len("1920s")
		if n, ok := strings.CutSuffix(w, unit); ok && n != "" && !decade && strings.Trim(n, "0123456789.") == "" {
			return n, unit
		}
	}
	return "", w
}

func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) || r == '&' || r == '%'
}

// wordLength returns the bytes of the word text begins with. An apostrophe, a slash or a decimal point inside a word
// belongs to it; a hyphen parts words, so that "slow-motion" is read as "slow motion".
func wordLength(text string) int {
	end := 0
	for i, r := range text {
		size := utf8.RuneLen(r)
		if r == utf8.RuneError || size < 0 {
			break
		}
		if inWord(r) {
			end = i + size
			continue
		}
		next, _ := utf8.DecodeRuneInString(text[i+size:])
		if i == 0 || !inWord(next) {
			break
		}
		previous, _ := utf8.DecodeLastRuneInString(text[:i])
		number := unicode.IsDigit(previous) && unicode.IsDigit(next)
		// "b/w" is a word, "embers/sparks" are two.
		short := r == '/' && (i <= 2 || wordLength(text[i+size:]) <= 2)
		if r == '\'' || r == '’' || short || (r == '.' && number) {
			continue
		}
		break
	}
	if end == 0 {
		_, end = utf8.DecodeRuneInString(text)
	}
	return end
}

// shown drops what steers a terminal or turns text about rather than being seen: control and format characters.
func shown(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u200d': // which joins emoji
		return -1
	}
	return r
}

// quotation reads a quotation at the start of text. before is the rune in front of it.
func quotation(text string, r, before rune) (body string, length int, ok bool) {
	closer, opens := closers[r]
	if !opens || (r == '\'' || r == '‘') && inWord(before) {
		return "", 0, false
	}
	rest := text[utf8.RuneLen(r):]
	for at, c := range rest {
		if c != closer && !(r == '„' && c == '”') {
			continue
		}
		end := at + utf8.RuneLen(c)
		next, _ := utf8.DecodeRuneInString(rest[end:])
		if (c == '\'' || c == '’') && inWord(next) {
			continue // an apostrophe inside the quotation
		}
		body = strings.Map(shown, strings.ToValidUTF8(rest[:at], ""))
		return strings.Join(strings.Fields(body), " "), utf8.RuneLen(r) + end, true
	}
	return "", 0, false
}
