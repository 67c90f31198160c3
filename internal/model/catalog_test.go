package model

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"retake/internal/retake"
)

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

const third = `
id: third
display_name: Third
endpoint: /videos/generate
input: [text, video]
output: [video]
engines: [builtin]
request: {prompt: what, input: clip, start: from, duration: long, mode: how}
schema:
  type: object
  required: [what, clip]
  properties:
    what: {type: string}
    clip: {type: string}
    from: {type: number, default: 1}
    long: {type: number, default: 3}
    how: {type: string, default: replace_audio}
`

// Adding a model is adding a file.
func TestThirdModel(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "third.yaml", third)
	write(t, dir, "text.json", `{"id": "writer", "display_name": "Writer", "endpoint": "/chat/completions", "input": ["text"], "output": ["text"]}`)
	write(t, dir, "notes.txt", "not a manifest")
	c, err := Load(Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, m := range c.Models() {
		ids = append(ids, m.ID)
	}
	if diff := cmp.Diff([]string{ltx2, ltx23, "third", "writer"}, ids); diff != "" {
		t.Error(diff)
	}
	m, _ := c.Model("third")
	got, err := m.Request(map[string]any{"what": "snow", "clip": "u"})
	want := retake.Request{Prompt: "snow", Input: "u", Start: 1, Duration: 3, Mode: retake.ReplaceAudio}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	// The schema of this one has no limits; those of the service hold, under the model's names.
	_, err = m.Request(map[string]any{"what": "snow", "clip": "u", "long": 99.0})
	if e, ok := err.(*retake.Error); !ok || e.Field != "long" || !strings.HasPrefix(e.Message, "long must be between 2 and 16") {
		t.Errorf("got %v", err)
	}
	writer, _ := c.Model("writer")
	if _, err := writer.Request(nil); retake.CodeOf(err) != retake.CodeUnsupported || retake.UserMessage(err) != ":unsupported_media_type" {
		t.Errorf("a model that makes no video: %v", err)
	}
}

func TestFileReplacesBuiltIn(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "mine.yaml", strings.Replace(third, "id: third", "id: "+ltx2, 1))
	c, err := Load(Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if m, _ := c.Model(ltx2); m.DisplayName != "Third" || len(c.Models()) != 2 {
		t.Errorf("%s, %d models", m.DisplayName, len(c.Models()))
	}
}

func TestBadManifests(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"empty":           {"", "the file is empty"},
		"unknown key":     {third + "\nsizes: 1\n", "sizes"},
		"nothing in it":   {"id: ''\n", "id is missing"},
		"no engines":      {strings.Replace(third, "engines: [builtin]", "", 1), "engines is missing"},
		"wrong mapping":   {strings.Replace(third, "input: clip", "input: film", 1), `request.input names "film"`},
		"bad schema":      {strings.Replace(third, "type: object", "type: thing", 1), "schema"},
		"foreign schema":  {strings.Replace(third, "{type: string}\n    clip", "{$ref: 'file:///etc/passwd'}\n    clip", 1), "can't refer to another document"},
		"order of nobody": {strings.Replace(third, "type: object", "type: object\n  x-order: [nobody]", 1), `x-order names "nobody"`},
		"no YAML":         {"{{{", "bad.yaml"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "bad.yaml", tt.text)
			_, err := Load(Config{Dir: dir})
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "bad.yaml") {
				t.Errorf("got %v, want one with %q that names bad.yaml", err, tt.want)
			}
		})
	}
	dir := t.TempDir()
	write(t, dir, "a.yaml", third)
	write(t, dir, "b.yaml", third)
	if _, err := Load(Config{Dir: dir}); err == nil || !strings.Contains(err.Error(), `a.yaml already has the id "third"`) {
		t.Errorf("two of one name: %v", err)
	}
}

func TestConfig(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	if err := (Config{Dir: "/nowhere/at/all"}).Validate(); err == nil || !strings.Contains(err.Error(), "dir") {
		t.Errorf("got %v", err)
	}
}

func TestSearch(t *testing.T) {
	c, err := Load(DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{"": 2, "RETAKE": 2, "2.3 pro": 1, "lightricks": 2, "zebra": 0, "ltx zebra": 0} {
		if got := len(c.Search(query)); got != want {
			t.Errorf("%q finds %d, want %d", query, got, want)
		}
	}
	if len(c.ByDeveloper("LIGHTRICKS")) != 2 || len(c.ByDeveloper("x")) != 0 || len(c.Featured()) != 2 {
		t.Error("lists are wrong")
	}
}
