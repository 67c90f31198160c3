// Package webui holds the pages a browser sees. Reference pages are written on the server, and all that runs on them is
// the switch between light and dark; the Workbench and the history are a program of their own (folder web), embedded as
// it was built. None of them asks anything of another host.
//
// It renders; which page belongs to which address, and who may see it, is httpapi's business.
package webui

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"

	"retake/internal/model"
	"retake/internal/retake"
	"retake/internal/snippet"
)

//go:embed pages
var pages embed.FS

var templates = template.Must(template.ParseFS(pages, "pages/*.html"))

// Site is what pages say of the server beside its models.
type Site struct {
	Base    string `json:"base"` // this server's address, without a slash at the end
	Version string `json:"version"`
	MaxFile int64  `json:"max_file_bytes"` // of an uploaded clip
}

// App is a page that the built program draws.
type App struct {
	Page  string // "workbench" or "history"
	Title string
	Boot  Boot
}

// Boot is what the program is given along with its page, so that it need not ask before it draws.
type Boot struct {
	Site
	Models []json.RawMessage `json:"models"` // objects of the API, of those that make videos
	Sample string            `json:"sample"` // the clip a first visit starts with
	// Namespace is that of the key the page was asked for with.
	Namespace string `json:"namespace"`
}

// Render writes the page around the program, or one that says how to build it where it was left out. m is the model
// of that page's example, nil for none.
func (a App) Render(m *model.Model) ([]byte, error) {
	p, ok := builtProgram()
	if !ok {
		return renderUnbuilt(m, a.Boot.Site)
	}
	return render("workbench.html", struct {
		App
		Program program
	}{a, p})
}

func renderUnbuilt(m *model.Model, site Site) ([]byte, error) {
	call := ""
	if m != nil {
		n := m.Names()
		all, err := snippet.Render(m, map[string]any{n.Prompt: "heavy snow", n.Input: retake.SampleAddress, n.Start: 3.0, n.Duration: 4.0}, site.Base)
		if err != nil {
			return nil, err
		}
		call = code(all, "curl", snippet.Sync, snippet.Minimal)
	}
	return render("unbuilt.html", struct {
		Site
		Call string
	}{site, call})
}

// SignIn is what the sign-in page shows.
type SignIn struct {
	Next       string   // the page to go on to
	Problem    string   // what was wrong about the last try
	Namespaces []string // of the keys that the browser is signed in with
}

// SignInPage renders the page that asks for a key.
func SignInPage(v SignIn) ([]byte, error) { return render("signin.html", v) }

func render(name string, v any) ([]byte, error) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
