package app

import (
	"log/slog"
	"strings"
	"testing"

	"retake/internal/config"
	"retake/internal/engine/enginetest"
)

// try tries a program with faults, and returns what was well and what was not.
func try(t *testing.T, faults ...string) (works bool, well, ill map[string]string) {
	t.Helper()
	well, ill = map[string]string{}, map[string]string{}
	works, err := Try(t.Context(), config.Default(), Trial{Engine: "tried", Command: enginetest.Command(faults...), Prompt: "x", Log: slog.New(slog.DiscardHandler)}, func(s TrialStep) {
		if s.OK {
			well[s.What] = s.Detail
		} else {
			ill[s.What] = s.Detail
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return works, well, ill
}

func TestTry(t *testing.T) {
	works, well, ill := try(t)
	if !works || len(ill) > 0 || len(well) != 8 || !strings.Contains(well["replace_audio_and_video"], "the promise holds") {
		t.Errorf("a good engine: well %q, ill %q", well, ill)
	}
	works, well, ill = try(t, "error=refused", "prints", "ill")
	if works || !strings.Contains(ill["replace_video"], "does not make such content") || ill["health"] == "" || !strings.Contains(ill["standard output"], "1 lines") || well["hello"] == "" {
		t.Errorf("a bad engine: well %q, ill %q", well, ill)
	}
}
