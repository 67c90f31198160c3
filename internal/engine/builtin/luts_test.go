package builtin

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"retake/internal/engine/enginetest"
	"retake/internal/retake"
)

const inverted = "LUT_1D_SIZE 2\n1 1 1\n0 0 0\n"

// graded opens an engine with LUTs of the given file names.
func graded(t *testing.T, files ...string) *Engine {
	t.Helper()
	cfg := DefaultConfig()
	cfg.LUTs = t.TempDir()
	for _, name := range files {
		if err := os.WriteFile(filepath.Join(cfg.LUTs, name), []byte(inverted), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	e, err := New(cfg, hum)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestLUTs holds how a LUT is asked for, that it is applied, and what is said of one that there isn't.
func TestLUTs(t *testing.T) {
	e := graded(t, "Kodak_2383-D60.cube", "teal.cube")
	for text, want := range map[string]string{
		"with the Kodak 2383 D60 lut":       "lut [kodak 2383 d60]",
		`lut "teal"`:                        "lut [teal]",
		`lut "Kodak 2383-D60", slow motion`: "slow motion, lut [kodak 2383 d60]",
		"the lut teal, lightly":             "lut (slight) [teal]",
	} {
		r, err := e.Explain(text, retake.ReplaceVideo)
		if err != nil || r.Sentence != want || len(r.Warnings) > 0 {
			t.Errorf("%q: %v, %q, want %q; %q", text, err, r.Sentence, want, r.Warnings)
		}
	}
	r, err := e.Explain(`snow, lut "bleach"`, retake.ReplaceVideo)
	if all := strings.Join(r.Warnings, " "); err != nil || r.Sentence != "snow" || !strings.Contains(all, `There is no LUT "bleach". There are: kodak 2383 d60, teal.`) {
		t.Errorf("%v, %q, %s", err, r.Sentence, all)
	}
	for text, want := range map[string]string{`lut "bleach"`: `There is no LUT "bleach". There are: kodak`, "a lut": "was not said. There are: kodak"} {
		if _, err := e.Explain(text, retake.ReplaceVideo); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, err := open(t).(*Engine).Explain(`lut "teal"`, retake.ReplaceVideo); err == nil || !strings.Contains(err.Error(), "engine.builtin.luts") {
		t.Errorf("no folder: %v", err)
	}

	job, clip := enginetest.Job(t, retake.ReplaceVideo, "teal lut")
	take, err := e.Retake(t.Context(), job, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer take.Frames.Close()
	got, was := retake.NewFrame(job.Picture), retake.NewFrame(job.Picture)
	for i := range job.Frames {
		if err := take.Frames.Next(t.Context(), got); err != nil {
			t.Fatal(err)
		}
		clip.Draw(was, i)
		if i == 0 && !bytes.Equal(got.Data, was.Data) {
			t.Error("the first picture was changed")
		}
		if i != job.Frames/2 {
			continue
		}
		// 16 and 235 change places.
		for n := range was.Y {
			if d := int(got.Y[n]) + int(was.Y[n]) - 251; d < -2 || d > 2 {
				t.Fatalf("luma %d of the middle became %d", was.Y[n], got.Y[n])
			}
		}
	}
}

// TestLUTMistakes holds that a damaged table stops the engine at its start, by its name.
func TestLUTMistakes(t *testing.T) {
	cfg := DefaultConfig()
	cfg.LUTs = t.TempDir()
	if err := os.WriteFile(filepath.Join(cfg.LUTs, "half.cube"), []byte("LUT_3D_SIZE 2\n0 0 0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(cfg, hum); err == nil || !strings.Contains(err.Error(), "half.cube: it has 1 rows of colours, not the 8") {
		t.Error(err)
	}
}
