package splice_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"retake/internal/splice"
)

func ffmpeg(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("ffmpeg", append([]string{"-nostdin", "-v", "error", "-y"}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func reasonOf(t *testing.T, path string) string {
	t.Helper()
	src, err := splice.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	return src.Video.Reason
}

// Two recordings joined without re-encoding keep the second one's parameter sets inside the stream. One of them has
// the id that an edit would choose: its pictures would be decoded with the wrong set.
func TestParameterSetsInsideTheStream(t *testing.T) {
	dir := t.TempDir()
	for i, id := range []int{0, 1} {
		ffmpeg(t, "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=30", "-t", "4", "-c:v", "libx264", "-pix_fmt", "yuv420p",
			"-g", "30", "-x264-params", fmt.Sprintf("sps-id=%d:ref=%d", id, 1+3*i), fmt.Sprintf("%s/%d.ts", dir, i))
	}
	list := filepath.Join(dir, "list.txt")
	if err := os.WriteFile(list, []byte("file 0.ts\nfile 1.ts\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	joined, single := filepath.Join(dir, "joined.mp4"), filepath.Join(dir, "single.mp4")
	ffmpeg(t, "-f", "concat", "-i", list, "-c", "copy", joined)
	ffmpeg(t, "-i", dir+"/0.ts", "-c", "copy", single)
	if got := reasonOf(t, joined); !strings.Contains(got, "inside the stream") {
		t.Errorf("reason %q", got)
	}
	// Copies of the track's own sets, which every stream from a TS file carries, do no harm.
	if got := reasonOf(t, single); got != "" {
		t.Errorf("a stream that repeats its own sets: %q", got)
	}
}

// Without composition offsets the file says that B-frames are shown as they are stored; the stream says otherwise.
func TestOrderThatContradictsTheStream(t *testing.T) {
	clip := makeClip(t, "clip.mp4", "-map 0:v -c:v libx264 -pix_fmt yuv420p -preset fast -g 60")
	data, err := os.ReadFile(clip)
	if err != nil {
		t.Fatal(err)
	}
	if reason := reasonOf(t, clip); reason != "" {
		t.Fatal(reason)
	}
	for _, kind := range []string{"ctts", "edts"} {
		at := bytes.LastIndex(data, []byte(kind))
		if at < 0 {
			t.Fatalf("no %s", kind)
		}
		copy(data[at:], "free")
	}
	bad := filepath.Join(t.TempDir(), "bad.mp4")
	if err := os.WriteFile(bad, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := reasonOf(t, bad); !strings.Contains(got, "another order") {
		t.Errorf("reason %q", got)
	}
}

// A result can be edited again, which gives it a third set of parameters, and every time the same bytes come out.
func TestEditingAnEditedClip(t *testing.T) {
	tools := openTools(t)
	clip := makeClip(t, "clip.mp4", "-map 0:v -c:v libx264 -pix_fmt yuv420p -preset fast -g 1 -x264-params ref=1")
	dir := t.TempDir()
	once := filepath.Join(dir, "once.mp4")
	invert(t, tools, clip, once, 2, 4)
	var first []byte
	for i := range 6 {
		twice := filepath.Join(dir, fmt.Sprintf("twice-%d.mp4", i))
		p := invert(t, tools, once, twice, 3, 5)
		data, err := os.ReadFile(twice)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = data
			comparePackets(t, once, twice, p)
			compareFrames(t, once, twice, p)
		} else if !bytes.Equal(first, data) {
			t.Fatal("the same edit gave other bytes")
		}
	}
}

// A still in front of the film is not the film.
func TestStillInFront(t *testing.T) {
	dir := t.TempDir()
	clip := makeClip(t, "clip.mp4", "-map 0:v -c:v libx264 -pix_fmt yuv420p -preset fast -g 60")
	both := filepath.Join(dir, "both.mp4")
	ffmpeg(t, "-f", "lavfi", "-t", "1", "-i", "color=red:size=64x64:rate=1", "-i", clip, "-map", "0:v", "-map", "1:v", "-c:v:0", "mjpeg", "-c:v:1", "copy", both)
	src, err := splice.Open(both)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if d := src.Duration(); d < 7.9 || src.Video.Track.Format != "avc1" {
		t.Errorf("%.2f s of %s", d, src.Video.Track.Format)
	}
}
