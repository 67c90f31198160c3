package snippet

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

// escape writes s with name and value escapes: those of short, and for what can't be seen (control characters,
// marks that turn the reading direction, odd spaces) what hidden returns.
func escape(s string, short map[rune]string, hidden func(rune) string) string {
	var b strings.Builder
	for _, r := range s {
		if e, ok := short[r]; ok {
			b.WriteString(e)
		} else if isHidden(r) {
			b.WriteString(hidden(r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

var cEscapes = map[rune]string{'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`}

// jsonString writes a JSON string (RFC 8259).
func jsonString(s string) string {
	return `"` + escape(s, cEscapes, func(r rune) string {
		if hi, lo := utf16.EncodeRune(r); hi != '\uFFFD' {
			return fmt.Sprintf(`\u%04x\u%04x`, hi, lo)
		}
		return fmt.Sprintf(`\u%04x`, r)
	}) + `"`
}

// pythonString writes a Python string.
func pythonString(s string) string {
	return `"` + escape(s, cEscapes, func(r rune) string {
		if r > 0xffff {
			return fmt.Sprintf(`\U%08x`, r)
		}
		return fmt.Sprintf(`\u%04x`, r)
	}) + `"`
}

// inPage takes apart what would end a script element, or hide its end, in a page that the script is pasted into.
var inPage = strings.NewReplacer("</", `<\/`, "<!", `\x3C!`)

// scriptString writes a JavaScript string.
func scriptString(s string) string {
	return `"` + inPage.Replace(escape(s, cEscapes, func(r rune) string {
		if r > 0xffff {
			return fmt.Sprintf(`\u{%x}`, r)
		}
		return fmt.Sprintf(`\u%04x`, r)
	})) + `"`
}

var identifier = regexp.MustCompile(`^[A-Za-z_$][\w$]*$`)

// scriptKey writes a member's name. __proto__ unquoted or quoted would set the prototype.
func scriptKey(name string) string {
	switch {
	case name == "__proto__":
		return `["__proto__"]`
	case identifier.MatchString(name):
		return name
	}
	return scriptString(name)
}

var plainWord = regexp.MustCompile(`^[\w./:@%+,-]+$`)

// shellWord writes s as one word of a POSIX shell. A word that begins with - can still be taken for an option.
func shellWord(s string) string {
	switch {
	case plainWord.MatchString(s):
		return s
	case strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && isHidden(r) }):
		return spelledOut(s)
	}
	return singleQuoted(s)
}

func singleQuoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// spelledOut writes s as a word without hidden characters, which a terminal would obey when they are pasted. printf
// writes them; the newlines at the end stand outside, or the shell would take them away.
func spelledOut(s string) string {
	body := strings.TrimRight(s, "\n")
	octal := func(r rune) string {
		var b strings.Builder
		for _, c := range []byte(string(r)) {
			fmt.Fprintf(&b, `\0%03o`, c)
		}
		return b.String()
	}
	word := `"$(printf %b '` + escape(body, map[rune]string{'\n': "\n", '\\': `\\`, '\'': `'\''`}, octal) + `')"`
	if ends := s[len(body):]; ends != "" {
		word += "'" + ends + "'"
	}
	return word
}

// isHidden reports whether a reader can't see r in a program, or its place can't be trusted.
func isHidden(r rune) bool { return r != ' ' && !strconv.IsPrint(r) }
