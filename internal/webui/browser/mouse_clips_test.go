package browser

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// makeClip makes a small clip: moving colours and a tone, 320x180 at 25 frames a second, a keyframe a second unless
// extra arguments of ffmpeg say otherwise. It returns the file's path.
func makeClip(t *testing.T, name string, seconds int, extra ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	length := fmt.Sprint(seconds)
	args := append([]string{
		"-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=" + length,
		"-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=" + length,
		"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "25", "-c:a", "aac", "-b:a", "64k", "-movflags", "+faststart",
	}, extra...)
	if out, err := exec.Command("ffmpeg", append(args, path)...).CombinedOutput(); err != nil {
		t.Fatalf("make a clip: %v\n%s", err, out)
	}
	return path
}

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

// put sends a clip to the server, past the page, and returns its address.
func (s *server) put(path string) string {
	s.t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	address := "/api/repos/" + s.namespace() + "/uploads/file/main/" + url.PathEscape(filepath.Base(path))
	s.call("PUT", address, data)
	return address
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
