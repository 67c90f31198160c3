package pipeline_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"retake/internal/pipeline"
	"retake/internal/retake"
	"retake/internal/verify"
)

const exactH264 = "-map 0:v -map 1:a -c:v libx264 -pix_fmt yuv420p -c:a aac -preset fast "

func TestEditKeepsTheRestInEveryMode(t *testing.T) {
	e := newEditor(t)
	every, both := retake.Modes(), []retake.Mode{retake.ReplaceAudioAndVideo}
	clips := []struct {
		name, args  string
		start, long float64
		modes       []retake.Mode // scripts/prove.sh has more
	}{
		{"one-gop.mp4", exactH264 + "-g 250", 2.5, 2.5, every},
		{"baseline.mov", exactH264 + "-profile:v baseline -g 45 -r 30000/1001", 1.003, 3.21, both},
		{"variable.mp4", exactH264 + "-g 30 -vf select='lt(mod(n\\,11)\\,7)' -fps_mode vfr", 2.5, 2.5, both},
		{"silent.mp4", "-map 0:v -c:v libx264 -pix_fmt yuv420p -preset fast -g 30", 2, 3, every},
	}
	prompts := map[retake.Mode]string{
		retake.ReplaceVideo:         "heavy snow at night",
		retake.ReplaceAudio:         "rain and wind",
		retake.ReplaceAudioAndVideo: "heavy snow, wind howling",
	}
	for _, c := range clips {
		clip := makeClip(t, c.name, c.args)
		planner, hash := planFor(t, e, clip)
		for _, mode := range c.modes {
			t.Run(c.name+"/"+string(mode), func(t *testing.T) {
				out := filepath.Join(t.TempDir(), c.name)
				var phases []retake.Phase
				req := retake.Request{Prompt: prompts[mode], Input: c.name, Start: c.start, Duration: c.long, Mode: mode}
				ahead, err := planner.Preview(t.Context(), hash, c.name, req)
				if err != nil {
					t.Fatal(err)
				}
				report, err := e.Edit(t.Context(), pipeline.Edit{Request: req, Source: clip, Out: out}, func(p retake.Progress) {
					if len(phases) == 0 || phases[len(phases)-1] != p.Phase {
						phases = append(phases, p.Phase)
					}
				})
				if err != nil {
					b, _ := json.MarshalIndent(report, "", " ")
					t.Fatalf("%v\n%s", err, b)
				}
				if !report.Holds || !report.Exact {
					b, _ := json.MarshalIndent(report, "", " ")
					t.Fatalf("%s", b)
				}
				t.Log(report.Summary)
				sameAsReport(t, mode, ahead, report)
				// The edit's own proof leans on frames it decoded itself; one from the files alone must say the same.
				alone, err := verify.Files(t.Context(), e.Tools, clip, out, verify.Options{Segment: report.Segment, Mode: mode})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(alone.Video, report.Video) + cmp.Diff(alone.Audio, report.Audio) + cmp.Diff(alone.Seams, report.Seams); diff != "" {
					t.Errorf("the files alone prove something else:\n%s", diff)
				}
				if _, err := os.Stat(out); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
	left, err := os.ReadDir(e.TempDir)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
