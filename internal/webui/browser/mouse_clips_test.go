package browser

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
)

// namespace is that of the server's key.
func (s *server) namespace() string {
	s.t.Helper()
	var storage struct{ Namespace string }
	s.getJSON(&storage, "/api/storage")
	return storage.Namespace
}

// getJSON reads a JSON answer.
func (s *server) getJSON(into any, path string) {
	s.t.Helper()
	if err := json.Unmarshal(s.call("GET", path, nil), into); err != nil {
		s.t.Fatalf("%s: %v", path, err)
	}
}

// enter signs in and opens the Workbench with a clip of the server's and a request.
func (p *page) enter(clip string, params map[string]string) {
	p.t.Helper()
	query := url.Values{"model": {"lightricks-ltx-2-retake"}, "input_video": {clip}}
	for name, value := range params {
		query.Set(name, value)
	}
	p.visitSignedIn("/ai/workbench?" + query.Encode())
	p.drawn(filepath.Base(clip))
}

// visitSignedIn signs in by the server's link and goes on to a page.
func (p *page) visitSignedIn(path string) {
	p.t.Helper()
	p.visit(p.s.signIn[len(p.s.url):] + "&next=" + url.QueryEscape(path))
	p.wait("being signed in", `document.querySelector('.menu > summary')`)
}

// drawn waits until the timeline shows a clip.
func (p *page) drawn(name string) {
	p.t.Helper()
	p.wait("the clip "+name, fmt.Sprintf(`document.querySelector('.source .what strong')?.innerText === %q && document.querySelector('[data-testid=filmstrip]').dataset.drawn === 'yes' && document.querySelector('.half-a video')?.readyState > 1 && document.querySelector('.source .badge')`, name))
}
