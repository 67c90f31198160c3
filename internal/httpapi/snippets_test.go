package httpapi

import (
	"net/http"
	"strings"
	"testing"
)

func TestSnippets(t *testing.T) {
	w := newWorld(t)
	r := w.do("POST", "/api/ai/snippets", request(`,"seed":9007199254740993`))
	list, _ := r.json(t)["snippets"].([]any)
	if r.status != http.StatusOK || len(list) != 26 {
		t.Fatalf("%d, %d snippets\n%s", r.status, len(list), r.body)
	}
	for _, s := range list {
		s := s.(map[string]any)
		for _, want := range []string{w.url, "OXEN_API_KEY", "heavy snow", "9007199254740993"} {
			if !strings.Contains(s["code"].(string), want) {
				t.Errorf("%s does not hold %q:\n%s", s["title"], want, s["code"])
			}
		}
	}
}

// A form asks for snippets while it is filled in, so what is not valid yet is no error.
func TestSnippetsTakeWhatIsThere(t *testing.T) {
	w := newWorld(t)
	tests := []struct {
		body   string
		status int
		want   string
	}{
		{`{"model":"ltx-2-3-pro-retake"}`, 200, "<prompt>"},
		{`{"model":"lightricks-ltx-2-retake","prompt":"","duration":"long"}`, 200, `"duration": \"long\"`},
		{`{"prompt":"snow"}`, 400, "model is missing"},
		{`{"model":"none"}`, 404, "Model not found"},
		{`{"model":"lightricks-ltx-2-retake","input_video":"data:video/mp4;base64,` + strings.Repeat("A", 100_000) + `"}`, 400, "upload the clip"},
		{`{"model":"lightricks-ltx-2-retake","prompt":"` + strings.Repeat("s", 70_000) + `"}`, 413, "64 KiB"},
		{`{"model":"lightricks-ltx-2-retake","input_video":"https://example.com/` + strings.Repeat("a", 70_000) + `"}`, 413, "64 KiB"},
		{`[]`, 400, "JSON object"},
	}
	for _, tt := range tests {
		r := w.do("POST", "/api/ai/snippets", tt.body)
		if r.status != tt.status || !strings.Contains(strings.ReplaceAll(string(r.body), `\"duration\"`, `"duration"`), tt.want) {
			t.Errorf("%.80s: %d, want %d with %q\n%.300s", tt.body, r.status, tt.status, tt.want, r.body)
		}
	}
	if r := w.do("POST", "/api/ai/snippets", `{"model":"lightricks-ltx-2-retake"}`, "Authorization", ""); r.status != http.StatusUnauthorized {
		t.Errorf("without a key: %d", r.status)
	}
}

func TestReferencePages(t *testing.T) {
	w := newClipWorld(t)
	for path, want := range map[string]string{
		"/docs": "/docs/models/ltx-2-3-pro-retake", "/docs/models": "LTX-2 Retake", "/docs/models/ltx-2-3-pro-retake": "retake_duration",
		"/docs/models/ltx-2-3-pro-retake.md": "```python", "/docs/api": `id="generateVideo"`, "/docs/api.md": "### POST /api/ai/snippets",
		"/docs/models/lightricks-ltx-2-retake": `href="/docs/engines/builtin"`, "/docs/models/lightricks-ltx-2-retake.md": "/docs/engines/builtin)",
		"/docs/engines/builtin": "a light flurry", "/llms.txt": "/docs/api.md", "/ai/assets/docs.css": ".docs",
	} {
		r := w.do("GET", path, "", "Authorization", "")
		if r.status != http.StatusOK || !strings.Contains(string(r.body), want) {
			t.Errorf("%s: %d, want %q\n%.300s", path, r.status, want, r.body)
		}
		if kind := r.header.Get("Content-Type"); strings.HasPrefix(kind, "text/html") && !strings.Contains(r.header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s has no policy", path)
		}
	}
}

// Whoever follows a wrong link in a browser gets a page with ways on; programs get the API's error.
func TestNothingHere(t *testing.T) {
	w := newWorld(t)
	for path, why := range map[string]string{
		"/ai/nope": "There is nothing at /ai/nope.", "/docs/nope/x": "There is nothing at /docs/nope/x.", "/docs/models/nope": "Model not found: nope",
		"/docs/engines/nope": "Engine not found: nope",
	} {
		r := w.do("GET", path, "", "Authorization", "", "Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
		if body := string(r.body); r.status != 404 || !strings.Contains(body, why) || !strings.Contains(body, `href="/ai/workbench"`) || r.header.Get("Content-Type") != htmlType {
			t.Errorf("%s: %d\n%.900s", path, r.status, body)
		}
		w.do("GET", path, "", "Accept", "*/*").expect(t, 404, "resource_not_found", why)
	}
	w.do("GET", "/api/nope", "", "Accept", "text/html").expect(t, 404, "resource_not_found", "nothing at /api/nope")
}
