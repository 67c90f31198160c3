package pipeline_test

import (
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"retake/internal/pipeline"
	"retake/internal/retake"
)

// A rewritten file keeps its cover picture to the byte and its timecode.
func TestEditKeepsCoverAndTimecode(t *testing.T) {
	e := newEditor(t)
	poster := filepath.Join(t.TempDir(), "poster.png")
	f, err := os.Create(poster)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	const mpeg4 = " -s 64x64 -r 10 -c:v:0 mpeg4 -q:v:0 4 -c:a aac -t 5 "
	for _, c := range []struct{ name, args, timecode string }{
		{"a.mp4", "-i " + poster + " -map 0:v -map 1:a -map 2:v" + mpeg4 + "-c:v:1 copy -disposition:v:1 attached_pic -timecode 01:02:03:04", "01:02:03:4"},
		{"a.mkv", "-map 0:v -map 1:a" + mpeg4 + "-attach " + poster + " -metadata:s:t mimetype=image/png -metadata:s:t filename=poster.png", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			clip, out := makeClip(t, c.name, c.args), filepath.Join(t.TempDir(), "out"+filepath.Ext(c.name))
			report, err := e.Edit(t.Context(), pipeline.Edit{Source: clip, Out: out,
				Request: retake.Request{Prompt: "night", Start: 1, Duration: 2, Mode: retake.ReplaceVideo}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if said := strings.Join(report.Reasons, " "); strings.Contains(said, "cover") || report.Exact {
				t.Errorf("exact %v, reasons %s", report.Exact, said)
			}
			asked := func(path string, args ...string) string {
				b, err := exec.Command("ffmpeg", append([]string{"-v", "error", "-i", path}, args...)...).CombinedOutput()
				if err != nil {
					t.Fatalf("%v\n%s", err, b)
				}
				return string(b)
			}
			cover := []string{"-map", "0:v:1", "-c", "copy", "-f", "hash", "-"}
			if a, b := asked(clip, cover...), asked(out, cover...); a != b {
				t.Errorf("the cover is %s, was %s", b, a)
			}
			tags, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "stream_tags=timecode,filename", "-of", "csv", out).Output()
			if err != nil || !strings.Contains(string(tags), c.timecode) || c.name == "a.mkv" && !strings.Contains(string(tags), "poster.png") {
				t.Errorf("%v, tags %s", err, tags)
			}
		})
	}
}
