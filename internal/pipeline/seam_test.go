package pipeline_test

import (
	"path/filepath"
	"testing"

	"retake/internal/pipeline"
	"retake/internal/retake"
)

// TestSeamOfACoarseEdit holds that new pictures which fade into the clip's own arrive there, also where they are coded coarsely: the last of them
// are coded finely.
func TestSeamOfACoarseEdit(t *testing.T) {
	e := newEditor(t)
	e.Config.Quality.EditCRF = 24
	clip := makeClip(t, "slow.mp4", "-filter_complex gradients=size=640x360:rate=30:duration=7:speed=0.02:seed=3[v] -map [v] -c:v libx264 -pix_fmt yuv420p -preset veryfast -crf 20 -g 60")
	req := retake.Request{Prompt: "brighter", Start: 1, Duration: 3, Mode: retake.ReplaceVideo, Seed: new(int64(1))}
	report, err := e.Edit(t.Context(), pipeline.Edit{Request: req, Source: clip, Out: filepath.Join(t.TempDir(), "out.mp4")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s := report.Seams; s.LumaOut.Times > 0.6 || s.ChromaOut.Times > 0.6 {
		t.Errorf("steps at the end: %+v, %+v", *s.LumaOut, *s.ChromaOut)
	}
}
