package webui

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"retake/internal/model"
	"retake/internal/retake"
)

var update = flag.Bool("update", false, "rewrite golden files")

var site = Site{Base: "http://localhost:8000", Version: "1.2.3", MaxFile: 4 << 30}

func catalog(t testing.TB) *model.Catalog {
	t.Helper()
	c, err := model.Load(model.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// published reads the description that the server serves.
func published(t testing.TB) *Reference {
	t.Helper()
	data, err := os.ReadFile("../httpapi/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewReference(data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func docs(t *testing.T) map[string][]byte {
	t.Helper()
	style, ok := FindAsset("docs.css")
	if !ok {
		t.Fatal("no style sheet")
	}
	c, pages := catalog(t), map[string][]byte{"docs.css": style.Content}
	for name, render := range map[string]func() ([]byte, error){
		"docs":   func() ([]byte, error) { return Docs(c.Models(), site) },
		"models": func() ([]byte, error) { return Models(c.Models(), site) },
		"model": func() ([]byte, error) {
			return Model(c.Models()[0], []Words{{Name: "builtin", Title: "Built-in editor"}}, site)
		},
		"words": func() ([]byte, error) {
			return Vocabulary(Words{"builtin", "Built-in editor", []retake.TermGroup{{Title: "Weather", Terms: []retake.Term{{Label: "snow", Example: "heavy snow", Kind: retake.TermPicture, Phrases: []string{"snow", "snowy"}}}}}}, site)
		},
		"nothing": func() ([]byte, error) { return Nothing("There is nothing at <here>.") },
		"api":     func() ([]byte, error) { return API(published(t), site) },
		"none":    func() ([]byte, error) { return Models(nil, site) },
	} {
		page, err := render()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		pages[name] = page
	}
	return pages
}

var (
	ids      = regexp.MustCompile(` id="([^"]+)"`)
	anchors  = regexp.MustCompile(`href="#([^"]+)"`)
	scrolls  = regexp.MustCompile(`<(pre|div class="wide")[^>]*>`)
	headings = regexp.MustCompile(`<h([1-6])`)
)

// The pages ask nothing of other hosts, every anchor leads somewhere, what scrolls can be reached and is named, and no
// level of heading is left out.
func TestDocsAreWellMade(t *testing.T) {
	for name, page := range docs(t) {
		if bad := outside.Find(page); bad != nil {
			t.Errorf("%s holds %q", name, bad)
		}
		seen := map[string]bool{}
		for _, id := range ids.FindAllSubmatch(page, -1) {
			if seen[string(id[1])] {
				t.Errorf("%s has two of id %s", name, id[1])
			}
			seen[string(id[1])] = true
		}
		for _, a := range anchors.FindAllSubmatch(page, -1) {
			if !seen[string(a[1])] {
				t.Errorf("%s: #%s leads nowhere", name, a[1])
			}
		}
		for _, tag := range scrolls.FindAll(page, -1) {
			if !bytes.Contains(tag, []byte(`tabindex="0" role="region" aria-label="`)) {
				t.Errorf("%s: %s can't be reached or has no name", name, tag)
			}
		}
		level := byte('0')
		for _, h := range headings.FindAllSubmatch(page, -1) {
			if h[1][0] > level+1 {
				t.Errorf("%s: h%c follows h%c", name, h[1][0], level)
			}
			level = h[1][0]
		}
		if bytes.Count(page, []byte("<table")) != bytes.Count(page, []byte("<caption")) {
			t.Errorf("%s: a table has no caption", name)
		}
	}
}

func TestModelPageHasAll(t *testing.T) {
	m := catalog(t).Models()[0]
	page := docs(t)["model"]
	text, err := ModelMarkdown(m, []Words{{Name: "builtin", Title: "Built-in editor"}}, site)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range m.Fields() {
		if !bytes.Contains(page, []byte("<code>"+f.Name+"</code>")) || !bytes.Contains(text, []byte("| `"+f.Name+"` |")) {
			t.Errorf("%s is missing", f.Name)
		}
	}
	if n := bytes.Count(page, []byte("<pre")); n != 26 {
		t.Errorf("the page has %d programs", n)
	}
	if n := bytes.Count(text, []byte("```\n")); n != 26 { // each ends with it
		t.Errorf("the Markdown has %d programs", n)
	}
}

func TestGoldenMarkdown(t *testing.T) {
	for _, m := range catalog(t).Models() {
		text, err := ModelMarkdown(m, []Words{{Name: "builtin", Title: "Built-in editor"}}, site)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, m.ID+".md", text)
	}
	index, err := Index(catalog(t).Models(), site)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "llms.txt", index)
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (run with -update if this is meant):\n%s", path, diff)
	}
}

// Every operation and schema of the description is on the page and in the Markdown.
func TestAPIHasAll(t *testing.T) {
	r, page := published(t), string(docs(t)["api"])
	text, err := APIMarkdown(r, site)
	if err != nil {
		t.Fatal(err)
	}
	operations := 0
	for _, g := range r.Groups {
		for _, op := range g.Operations {
			operations++
			if !strings.Contains(page, `<h3 id="`+op.ID+`">`) || !strings.Contains(string(text), "### "+op.Method+" "+op.Path+"\n") {
				t.Errorf("%s %s is missing", op.Method, op.Path)
			}
		}
	}
	if operations < 25 || len(r.Schemas) < 16 || len(r.Errors) < 10 {
		t.Errorf("read %d operations, %d schemas, %d errors", operations, len(r.Schemas), len(r.Errors))
	}
}

func TestNewReference(t *testing.T) {
	r, err := NewReference([]byte(`{"info":{"description":"d"},"paths":{"/b":{"get":{"operationId":"b","tags":["x"],"security":[],
		"parameters":[{"name":"n","in":"query","required":true,"description":"of it","schema":{"type":"integer","minimum":1,"maximum":9,"default":2}}],
		"responses":{"200":{"description":"ok","content":{"application/json":{"schema":{"$ref":"#/components/schemas/S"}}}},"404":{"$ref":"#/components/responses/404"}}}},
		"/a":{"put":{"operationId":"a"}}},
		"components":{"schemas":{"S":{"required":["p"],"properties":{"p":{"type":"array","items":{"type":"object","properties":{"q":{"type":"string","enum":["u",null],"nullable":true}}}}}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := &Reference{
		Description: "d",
		Groups: []Group{
			{Tag: "x", Operations: []Operation{{
				ID: "b", Method: "GET", Path: "/b", Open: true, Errors: []string{"404"},
				Parameters: []Row{{Name: "n", In: "query", Type: "integer", Required: true, Default: "2", Allowed: "1 to 9", Description: "of it"}},
				Answers:    []Answer{{Status: "200", Description: "ok", Bodies: []Body{{Type: "application/json", Ref: "S"}}}},
			}}},
			{Tag: "other", Operations: []Operation{{ID: "a", Method: "PUT", Path: "/a"}}},
		},
		Schemas: []Schema{{Name: "S", Forms: [][]Row{{
			{Name: "p", Type: "array of object", Required: true}, {Name: "p[].q", Type: "string or null", Allowed: "u"},
		}}}},
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Error(diff)
	}
}

func FuzzReference(f *testing.F) {
	f.Add(`{"paths":{"/x":{"get":{"parameters":[1,{"schema":[]}],"responses":{"200":7}}}},"components":{"schemas":{"A":{"oneOf":[{}],"properties":{"b":null}}}}}`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := NewReference([]byte(text))
		if err != nil {
			return
		}
		if _, err := API(r, site); err != nil {
			t.Fatal(err)
		}
	})
}
