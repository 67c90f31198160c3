package snippet

import (
	"bytes"
	"embed"
	"fmt"
	"go/format"
	"strings"
	"text/template"

	"retake/internal/model"
	"retake/internal/retake"
)

//go:embed templates/*.tmpl
var files embed.FS

var templates = template.Must(template.ParseFS(files, "templates/*.tmpl"))

// Ways to wait for the result, and how many of the parameters are sent.
const (
	Sync   = "sync"   // one request that waits
	Async  = "async"  // queue, then ask until it has ended
	Events = "events" // queue, then listen to the event stream
	Any    = "any"    // the retake command has its own way

	Minimal = "minimal" // what is required or differs from the default
	All     = "all"     // every parameter of the schema
)

// Snippet is one program.
type Snippet struct {
	Language      string `json:"language"`       // a Language's ID
	LanguageTitle string `json:"language_title"` // its title
	Flow          string `json:"flow"`
	FlowTitle     string `json:"flow_title"` // for people
	Parameters    string `json:"parameters"`
	Title         string `json:"title"`
	Code          string `json:"code"` // ends with a newline
}

// Language is what a program is written in.
type Language struct {
	ID    string
	Title string // for people
	Needs string // what runs it, in a sentence
}

var retakeCommand = Language{"retake", "retake command", "The retake program. It takes a local file as well, and writes the new clip beside it."}

// Languages lists them all, in the order that Render writes them.
func Languages() []Language {
	var list []Language
	for _, l := range languages {
		list = append(list, l.Language)
	}
	return append(list, retakeCommand)
}

// flows in the hub's words.
var flows = []struct{ id, title string }{{Sync, "Sync"}, {Async, "Async"}, {Events, "Async with SSE"}}

// Render writes every program for a request of the model: three flows in each of four languages and the retake
// command, each with the fewest and with all parameters. given holds the request's parameters as decoded JSON, with
// numbers as json.Number or any kind of Go. They need not be valid: a required one that is missing gets a placeholder that
// runs, and wrong values are sent as they are. base is the server's address without a slash at the end. A clip given
// as a data: URI is a CodeInvalid error, for it would fill every program.
func Render(m *model.Model, given map[string]any, base string) ([]Snippet, error) {
	input := m.Names().Input
	if text, ok := given[input].(string); ok && len(text) >= 5 && strings.EqualFold(text[:5], "data:") {
		return nil, retake.Invalid(input, "%s is a data: URI of %d characters, too long to paste: upload the clip and give its address instead", input, len(text))
	}
	var list []Snippet
	for _, l := range languages {
		for _, f := range flows {
			for _, p := range []string{Minimal, All} {
				v := view{Base: base, language: l, params: choose(m, given, p == All, f.id != Sync)}
				code, err := run(l.ID+"-"+f.id, v)
				if err != nil {
					return nil, err
				}
				title := fmt.Sprintf("%s: %s, %s parameters", l.Title, f.title, p)
				list = append(list, Snippet{l.ID, l.Title, f.id, f.title, p, title, code})
			}
		}
	}
	for _, p := range []string{Minimal, All} {
		v := view{Base: base, language: languages[0], Command: newCommand(m, given, p == All)}
		code, err := run(retakeCommand.ID, v)
		if err != nil {
			return nil, err
		}
		list = append(list, Snippet{retakeCommand.ID, retakeCommand.Title, Any, "One command", p, retakeCommand.Title + ": " + p + " parameters", code})
	}
	return list, nil
}

func run(name string, v view) (string, error) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name+".tmpl", v); err != nil {
		return "", fmt.Errorf("write %s: %w", name, err)
	}
	if v.language.ID != "go" {
		return b.String(), nil
	}
	code, err := format.Source(b.Bytes()) // lines up the body's values
	if err != nil {
		return "", fmt.Errorf("format %s: %w", name, err)
	}
	return string(code), nil
}

// view is what a template sees.
type view struct {
	Base     string
	Command  command
	language language
	params   []param
}

// Str quotes the parts, joined, as one string of the language.
func (v view) Str(parts ...string) string { return v.language.str(strings.Join(parts, "")) }

// Body writes the request's body as the language writes it, its closing bracket indented as far as indent.
func (v view) Body(indent string) string { return v.language.body(v.params, indent) }
