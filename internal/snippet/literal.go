package snippet

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// language is how a language writes values.
type language struct {
	Language
	str           func(string) string // a string; for the shell, a word
	quote         func(string) string // a string within a value
	key           func(string) string // a member's name
	number        func(json.Number) string
	null, yes, no string
	list, object  string // what opens them; } and ] close them
	step          string // of indentation
	endsWithComma bool
	wrap          func(params []param, literal string) string // makes the body of the object
	closeList     string
}

// jsonLanguage is JSON itself, the value language of the shell.
var jsonLanguage = language{
	quote: jsonString, key: jsonString, number: json.Number.String, null: "null", yes: "true", no: "false",
	list: "[", closeList: "]", object: "{", step: "  ",
}

var languages = []language{shell(), python(), javascript(), golang()}

func shell() language {
	l := jsonLanguage
	l.Language = Language{"curl", "cURL", "A POSIX shell with curl and jq."}
	l.str = shellWord
	l.wrap = func(_ []param, literal string) string { return singleQuoted(literal) }
	return l
}

func python() language {
	l := jsonLanguage
	l.Language = Language{"python", "Python", "Python 3.8 or newer with requests."}
	l.step, l.endsWithComma = "    ", true
	l.str, l.quote, l.key = pythonString, pythonString, pythonString
	l.null, l.yes, l.no = "None", "True", "False"
	return l
}

func javascript() language {
	l := jsonLanguage
	l.Language = Language{"javascript", "JavaScript", "Node 18 or newer (node file.mjs), or a module script on a page of this server."}
	l.endsWithComma = true
	l.str, l.quote, l.key = scriptString, scriptString, scriptKey
	l.wrap = func(params []param, literal string) string {
		if slices.ContainsFunc(params, func(p param) bool { return beyondDouble(p.value) }) {
			// JavaScript's numbers would round it: send the text.
			return scriptString(jsonLanguage.value(asObject(params)))
		}
		return "JSON.stringify(" + literal + ")"
	}
	return l
}

func golang() language {
	l := jsonLanguage
	l.Language = Language{"go", "Go", "The standard library alone: go run file.go."}
	l.step, l.endsWithComma = "\t", true
	l.str, l.quote, l.key, l.number = strconv.Quote, strconv.Quote, strconv.Quote, goNumber
	l.null, l.list, l.closeList, l.object = "nil", "[]any{", "}", "map[string]any{"
	return l
}

// body writes the parameters one a line.
func (l language) body(params []param, indent string) string {
	var b strings.Builder
	b.WriteString(l.object + "\n")
	for i, p := range params {
		b.WriteString(indent + l.step + l.key(p.name) + ": " + l.value(p.value))
		if i < len(params)-1 || l.endsWithComma {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString(indent + "}")
	if l.wrap == nil {
		return b.String()
	}
	return l.wrap(params, b.String())
}

// value writes a JSON value on one line, members sorted by name.
func (l language) value(v any) string {
	switch v := plain(v).(type) {
	case nil:
		return l.null
	case bool:
		if v {
			return l.yes
		}
		return l.no
	case json.Number:
		return l.number(v)
	case string:
		return l.quote(v)
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = l.value(e)
		}
		return l.list + strings.Join(parts, ", ") + l.closeList
	case map[string]any:
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, l.key(name)+": "+l.value(v[name]))
		}
		return l.object + strings.Join(parts, ", ") + "}"
	}
	return l.null // not reached: JSON has no more
}

func asObject(params []param) map[string]any {
	object := map[string]any{}
	for _, p := range params {
		object[p.name] = p.value
	}
	return object
}

// beyondDouble reports whether v holds an integer that a float64 can't tell from its neighbours.
func beyondDouble(v any) bool {
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		return !strings.ContainsAny(string(v), ".eE") && (err != nil || math.Abs(f) > 1<<53-1)
	case []any:
		return slices.ContainsFunc(v, beyondDouble)
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), beyondDouble)
	}
	return false
}

// goNumber writes integers that no int64 holds as floats: Go takes no other constant for an any.
func goNumber(n json.Number) string {
	if _, err := n.Int64(); err == nil || strings.ContainsAny(string(n), ".eE") {
		return string(n)
	}
	return string(n) + ".0"
}
