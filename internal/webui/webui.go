// Package webui holds the pages a browser sees. They are static, ask nothing of other hosts and run no scripts.
//
// It renders; which page belongs to which address is httpapi's business.
package webui

import (
	"bytes"
	"embed"
	"html/template"

	"retake/internal/model"
)

//go:embed pages
var pages embed.FS

var templates = template.Must(template.ParseFS(pages, "pages/*.html"))

// Style returns the style sheet of all pages.
func Style() []byte {
	css, err := pages.ReadFile("pages/style.css")
	if err != nil {
		panic(err) // it is embedded
	}
	return css
}

// view is what a page shows.
type view struct {
	Base    string // this server's address
	Version string
	Models  []*model.Model
	Model   *model.Model // the chosen one
	Curl    string
}

// Workbench renders the start page. chosen names the model of the example; an unknown one gives the first.
func Workbench(models []*model.Model, chosen, base, version string) ([]byte, error) {
	v := view{Base: base, Version: version}
	for _, m := range models {
		if !m.MakesVideo() {
			continue
		}
		v.Models = append(v.Models, m)
		if v.Model == nil || m.ID == chosen {
			v.Model = m
		}
	}
	if v.Model != nil {
		v.Curl = v.Model.Curl(base)
	}
	return render("workbench.html", v)
}

func render(name string, v view) ([]byte, error) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
