package pipeline_test

import (
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"retake/internal/pipeline"
	"retake/internal/retake"
)

// Long clips are planned and edited like short ones: an hour of 1080p60 has 216,000 pictures and 169,000 packets of sound,
// and half an hour of uncompressed sound 86 million samples.
func TestLongClips(t *testing.T) {
	if testing.Short() {
		t.Skip("half a million packets")
	}
	e := newEditor(t)
	for _, c := range []struct{ name, once, again string }{
		{"hour.mp4", "-f lavfi -i testsrc2=size=32x32:rate=60 -f lavfi -i sine=330:r=48000 -t 20 -c:v libx264 -preset ultrafast -g 120 -pix_fmt yuv420p -c:a aac -b:a 32k",
			"-stream_loop 179"},
		{"pcm.mov", "-f lavfi -i testsrc2=size=32x32:rate=5 -f lavfi -i sine=330:r=48000 -t 60 -c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p -c:a pcm_s16le",
			"-stream_loop 29"},
		{"rewritten.mov", "-f lavfi -i testsrc2=size=32x32:rate=5 -f lavfi -i sine=330:r=48000 -t 60 -c:v mpeg4 -pix_fmt yuv420p -c:a pcm_u8",
			"-stream_loop 9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			short, long := filepath.Join(dir, "short.mov"), filepath.Join(dir, c.name)
			for _, line := range []string{c.once + " " + short, c.again + " -i " + short + " -c copy " + long} {
				cmd := exec.CommandContext(t.Context(), "ffmpeg", append([]string{"-y", "-v", "error"}, strings.Fields(line)...)...)
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("ffmpeg: %v\n%s", err, out)
				}
			}
			req := retake.Request{Prompt: "snow", Input: "a", Start: 500, Duration: 2, Mode: retake.ReplaceVideo}
			planner, hash := planFor(t, e, long)
			ahead, err := planner.Preview(t.Context(), hash, c.name, req)
			if err != nil || len(ahead.Problems) > 0 || ahead.Segment == nil {
				t.Fatalf("%+v, %v", ahead.Problems, err)
			}
			report, err := e.Edit(context.Background(), pipeline.Edit{Request: req, Source: long, Out: filepath.Join(dir, "out-"+c.name)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !report.Holds || report.Exact != ahead.Exact || report.Audio.Identical != report.Audio.Total {
				b, _ := json.MarshalIndent(report, "", " ")
				t.Errorf("%s", b)
			}
		})
	}
}
