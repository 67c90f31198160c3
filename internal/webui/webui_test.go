package webui

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"regexp"
	"strings"
	"testing"

	"retake/internal/model"
)

// outside matches what would make a browser ask another host, or run a script that stands in the page.
var outside = regexp.MustCompile(`(?i)(src|href)="(https?:)?//|<script>|@import|url\(|\son[a-z]+=|\sstyle=`)

func models(t *testing.T) []*model.Model {
	t.Helper()
	c, err := model.Load(model.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	return c.Models()
}

func boot(list []*model.Model, base string) Boot {
	b := Boot{Site: Site{Base: base, Version: "1.2.3"}, Sample: "/api/repos/ox/a/file/main/b.mp4"}
	for _, m := range list {
		b.Models = append(b.Models, m.JSON())
	}
	return b
}

func TestPagesStandAlone(t *testing.T) {
	list := models(t)
	const base = "http://localhost:8000"
	app, err := App{Page: "history", Title: "History", Boot: boot(list, base)}.Render(list[1])
	if err != nil {
		t.Fatal(err)
	}
	unbuilt, err := renderUnbuilt(list[1], boot(list, base).Site)
	if err != nil {
		t.Fatal(err)
	}
	signIn, err := SignInPage(SignIn{Next: "/ai/workbench", Problem: "No.", Namespaces: []string{"ox"}})
	if err != nil {
		t.Fatal(err)
	}
	style, ok := FindAsset("style.css")
	if !ok {
		t.Fatal("no style sheet")
	}
	for name, page := range map[string][]byte{"style.css": style.Content, "app": app, "unbuilt": unbuilt, "sign-in": signIn} {
		if bad := outside.Find(page); bad != nil {
			t.Errorf("%s holds %q", name, bad)
		}
	}
	for _, want := range []string{base, "1.2.3", "retake_duration", "make build"} {
		if !bytes.Contains(unbuilt, []byte(want)) {
			t.Errorf("the page of a program without its Workbench does not show %q", want)
		}
	}
}

// What the page is given comes from models' files and from the request's Host header.
func TestBootCannotBreakOut(t *testing.T) {
	nasty := Boot{Site: Site{Base: `http://x/"><script>alert(1)</script>`}, Models: []json.RawMessage{json.RawMessage(`{"id":"</script><b>"}`)}}
	var buf bytes.Buffer
	if err := templates.ExecuteTemplate(&buf, "workbench.html", struct {
		App
		Program program
	}{App{Page: "workbench", Title: "<b>", Boot: nasty}, program{}}); err != nil {
		t.Fatal(err)
	}
	text := buf.String()
	if strings.Contains(text, "<script>alert") || strings.Contains(text, "<b>") {
		t.Errorf("text became markup:\n%s", text)
	}
	_, rest, _ := strings.Cut(text, `id="boot">`)
	data, _, _ := strings.Cut(rest, "</script>")
	var got Boot
	if err := json.Unmarshal([]byte(data), &got); err != nil || got.Base != nasty.Base {
		t.Errorf("read %+v, %v from %s", got, err, data)
	}
}

func TestAssets(t *testing.T) {
	for _, name := range []string{"../pages/style.css", "workbench.html", "README.md", "manifest.json", "", "none.js"} {
		if _, ok := FindAsset(name); ok {
			t.Errorf("%q is served", name)
		}
	}
	a, ok := FindAsset("style.css")
	if !ok || a.Lasting || !strings.HasPrefix(a.ContentType, "text/css") {
		t.Fatalf("style.css: %+v", a)
	}
	r, err := gzip.NewReader(bytes.NewReader(a.Gzipped))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := io.ReadAll(r); err != nil || !bytes.Equal(plain, a.Content) {
		t.Errorf("the gzipped form is another file, %v", err)
	}
}
