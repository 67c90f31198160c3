package browser

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// clipOf makes a clip of moving colours and a tone, with a keyframe a second unless extra arguments of ffmpeg say
// otherwise. It returns the file's path.
func clipOf(t *testing.T, name, size string, rate, seconds int, extra ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	args := append([]string{
		"-v", "error", "-f", "lavfi", "-i", fmt.Sprintf("testsrc2=size=%s:rate=%d:duration=%d", size, rate, seconds),
		"-f", "lavfi", "-i", fmt.Sprintf("sine=frequency=440:sample_rate=48000:duration=%d", seconds),
		"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", fmt.Sprint(rate), "-c:a", "aac", "-b:a", "64k", "-movflags", "+faststart",
	}, extra...)
	if out, err := exec.Command("ffmpeg", append(args, path)...).CombinedOutput(); err != nil {
		t.Fatalf("make a clip: %v\n%s", err, out)
	}
	return path
}

// makeClip makes a small clip, quick to edit: 320x180 at 25 frames a second.
func makeClip(t *testing.T, name string, seconds int, extra ...string) string {
	t.Helper()
	return clipOf(t, name, "320x180", 25, seconds, extra...)
}

// sampleClip is the address of the clip that every server starts with.
const sampleClip = "/api/repos/ox/Oxen-AI-Assets/file/main/images/winter_summer_ox.mp4"

var shrunk struct {
	once sync.Once
	data []byte
	err  error
}

// smallSample returns the sample clip at a quarter of its width and height, made once.
func smallSample(t *testing.T) []byte {
	t.Helper()
	shrunk.once.Do(func() {
		path := filepath.Join(t.TempDir(), "small.mp4")
		cmd := exec.Command("ffmpeg", "-v", "error", "-i", "../../sample/sample.mp4", "-vf", "scale=480:270",
			"-c:v", "libx264", "-preset", "veryfast", "-g", "72", "-c:a", "copy", path)
		if out, err := cmd.CombinedOutput(); err != nil {
			shrunk.err = fmt.Errorf("make the sample small: %w\n%s", err, out)
			return
		}
		shrunk.data, shrunk.err = os.ReadFile(path)
	})
	if shrunk.err != nil {
		t.Fatal(shrunk.err)
	}
	return shrunk.data
}

// tinyRate is the frames a second of the tiny clip.
const tinyRate = 25

// tinyClip gives the server a small clip of 6 s with a keyframe every two seconds, and returns its address.
func tinyClip(t *testing.T, s *server, name string) string {
	t.Helper()
	return s.put(makeClip(t, name, 6, "-g", "50"))
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

// takeOf makes a take of a clip past the page, and waits for its end.
func takeOf(t *testing.T, s *server, address, prompt string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"model": retakeModel, "prompt": prompt, "mode": "replace_video", "start_time": 2, "duration": 3, "input_video": address})
	if err != nil {
		t.Fatal(err)
	}
	s.call("POST", "/api/ai/videos/generate", body)
}
