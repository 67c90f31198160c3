package pipeline_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"retake/internal/engine/enginetest"
	"retake/internal/pipeline"
	"retake/internal/retake"
)

// Whatever an engine does to the sound of its window, nobody hears where its part begins and ends.
func TestDriftingSound(t *testing.T) {
	clip := driftClip(t, "320x180", "30000/1001")
	foreign := filepath.Join(t.TempDir(), "foreign.mp4") // pictures that are never spliced
	if out, err := exec.Command("ffmpeg", "-v", "error", "-i", clip, "-c:v", "mpeg4", "-q:v", "3", "-c:a", "copy", foreign).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	for _, d := range []struct {
		name, filter, says string
		mode               retake.Mode
	}{
		{"softer and late", "volume=-4dB,adelay=20:all=1", "by +4.", retake.ReplaceAudio},
		{"silent", "volume=0", "room tone", retake.ReplaceAudio},
		{"foreign pictures", "volume=-4dB", "by +4.", retake.ReplaceAudio},
	} {
		t.Run(d.name, func(t *testing.T) {
			e := newEditor(t)
			e.Engines = []retake.Engine{&enginetest.Drift{Sound: d.filter}}
			source := clip
			if d.name == "foreign pictures" {
				source = foreign
			}
			report, err := e.Edit(t.Context(), pipeline.Edit{Source: source, Out: t.TempDir() + "/out.mp4",
				Request: retake.Request{Prompt: "rain", Start: 1.5, Duration: 2, Mode: d.mode}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			s := report.Seams
			if s.ClickIn.Times > retake.ClickLimit || s.ClickOut.Times > retake.ClickLimit {
				t.Errorf("%.2f and %.2f times as sharp", s.ClickIn.Times, s.ClickOut.Times)
			}
			said := strings.Join(report.Warnings, " ")
			if !report.Exact || !strings.Contains(said, d.says) || d.says == "" && said != "" {
				t.Errorf("exact %v, says %q", report.Exact, said)
			}
			t.Logf("clicks %.2f, %.2f; %s", s.ClickIn.Times, s.ClickOut.Times, said)
		})
	}
}
