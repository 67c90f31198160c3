package browser

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"retake/internal/servertest"
)

// A program built without Node serves everything but the page, and that says how to get it.
func TestUnbuilt(t *testing.T) {
	program(t) // the assets are there, and hidden from the build below
	assets, err := filepath.Glob("../built/assets/*")
	if err != nil || len(assets) == 0 {
		t.Fatalf("no assets to hide: %v", err)
	}
	replace := map[string]string{}
	for _, name := range assets {
		if name, err = filepath.Abs(name); err != nil {
			t.Fatal(err)
		}
		replace[name] = "" // the build sees no such file
	}
	dir := t.TempDir()
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	bin, err := servertest.Build(dir, "-overlay", filepath.Join(dir, "overlay.json"))
	if err != nil {
		t.Fatal(err)
	}
	s := startProgram(t, bin)
	p := open(t, s, 1440, 900)
	p.visit(s.signIn[len(s.url):])
	p.wait("the page", `document.querySelector('h1')`)
	p.shows("h1", "built without its Workbench")
	p.shows("pre", "make build")
	p.shows("pre", s.url+"/api/ai/videos/generate")
	p.visit("/ai/history")
	p.shows("h1", "built without its Workbench")
	p.visit("/docs/models")
	p.shows("body", "LTX-2 Retake")
}
