package splice_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"retake/internal/mediatest"
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

// Recordings joined without re-encoding keep the parameter sets of the later ones inside the stream. Sets of other ids are
// learnt, wherever the segment lies; sets that take the place of others are not followed.
func TestParameterSetsInsideTheStream(t *testing.T) {
	dir := t.TempDir()
	for i, id := range []int{0, 1, 0} {
		ffmpeg(t, "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=30", "-t", "4", "-c:v", "libx264", "-pix_fmt", "yuv420p",
			"-g", "30", "-x264-params", fmt.Sprintf("sps-id=%d:ref=%d", id, 1+i), fmt.Sprintf("%s/%d.ts", dir, i))
	}
	joined := func(name string, parts ...int) string {
		list, path := filepath.Join(dir, name+".txt"), filepath.Join(dir, name+".mp4")
		var text strings.Builder
		for _, p := range parts {
			fmt.Fprintf(&text, "file %d.ts\n", p)
		}
		if err := os.WriteFile(list, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		ffmpeg(t, "-f", "concat", "-i", list, "-c", "copy", path)
		return path
	}
	if got := reasonOf(t, joined("replaced", 0, 2)); !strings.Contains(got, "inside the stream") {
		t.Errorf("reason %q", got)
	}
	// Copies of the track's own sets, which every stream from a TS file carries, do no harm.
	if got := reasonOf(t, joined("single", 0)); got != "" {
		t.Errorf("a stream that repeats its own sets: %q", got)
	}
	original := joined("learnt", 0, 1)
	for i, at := range []float64{1.2, 3.2, 5.2} { // in the first, across the join, in the second
		result := filepath.Join(dir, fmt.Sprintf("out%d.mp4", i))
		p := invert(t, mediatest.Open(t), original, result, at, at+1.5)
		comparePackets(t, original, result, p)
		compareFrames(t, original, result, p)
	}
}

// With avc3, parameter sets are inside the stream, and perhaps nowhere else.
func TestSetsOnlyInsideTheStream(t *testing.T) {
	tools := mediatest.Open(t)
	both := makeClip(t, "both.mp4", "-map 0:v -c:v libx264 -preset veryfast -pix_fmt yuv420p -g 25 -tag:v avc3 -bsf:v dump_extra")
	data, err := os.ReadFile(both)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(data, []byte("avcC")) // without sets, and a box of nothing in their place
	size := binary.BigEndian.Uint32(data[at-4:])
	binary.BigEndian.PutUint32(data[at-4:], 15)
	data[at+9], data[at+10] = 0xe0, 0
	binary.BigEndian.PutUint32(data[at+11:], size-15)
	copy(data[at+15:], "free")
	bare := filepath.Join(t.TempDir(), "bare.mp4")
	if err := os.WriteFile(bare, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, original := range []string{both, bare} {
		result := filepath.Join(t.TempDir(), "out.mp4")
		p := invert(t, tools, original, result, 3, 5)
		comparePackets(t, original, result, p)
		compareFrames(t, original, result, p)
		if reason := reasonOf(t, result); reason != "" {
			t.Errorf("the result can't be edited again: %s", reason)
		}
	}
}

// Without composition offsets the file says that B-frames are shown as they are stored; the stream says otherwise.
func TestOrderThatContradictsTheStream(t *testing.T) {
	clip := makeClip(t, "clip.mp4", "-map 0:v -c:v libx264 -pix_fmt yuv420p -preset fast -g 30")
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
	tools := mediatest.Open(t)
	clip := makeClip(t, "clip.mp4", "-map 0:v -c:v libx264 -pix_fmt yuv420p -preset fast -g 1 -x264-params ref=1")
	dir := t.TempDir()
	once := filepath.Join(dir, "once.mp4")
	invert(t, tools, clip, once, 2, 4)
	var first []byte
	for i := range 4 {
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
	clip := makeClip(t, "clip.mp4", "-map 0:v -c:v libx264 -pix_fmt yuv420p -preset fast -g 30")
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
