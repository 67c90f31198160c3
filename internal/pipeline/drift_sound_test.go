package pipeline_test

import (
	"strings"
	"testing"

	"retake/internal/engine/enginetest"
	"retake/internal/pipeline"
	"retake/internal/retake"
)

// Whatever an engine does to the sound of its window, nobody hears where its part begins and ends.
func TestDriftingSound(t *testing.T) {
	clip := driftClip(t, "320x180", "30000/1001")
	for _, d := range []struct {
		name, filter, says string
		mode               retake.Mode
	}{
		{"as it was", "anull", "", retake.ReplaceAudio},
		{"softer and late", "volume=-4dB,adelay=20:all=1", "by +4.", retake.ReplaceAudio},
		{"other", "aeval=0.1*sin(2*PI*1000*t)|0.1*sin(2*PI*1000*t),aformat=channel_layouts=stereo", "brought to the level", retake.ReplaceAudioAndVideo},
		{"silent", "volume=0", "room tone", retake.ReplaceAudio},
	} {
		t.Run(d.name, func(t *testing.T) {
			e := newEditor(t)
			e.Engines = []retake.Engine{&enginetest.Drift{Sound: d.filter}}
			report, err := e.Edit(t.Context(), pipeline.Edit{Source: clip, Out: t.TempDir() + "/out.mp4",
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
