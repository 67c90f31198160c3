package cli

import (
	"strings"
	"testing"

	"retake/internal/retake"
)

func TestEditTellsItsCost(t *testing.T) {
	for _, tt := range []struct {
		cost *retake.Cost
		want string
	}{
		{&retake.Cost{Cost: "0.40", Currency: "USD"}, "\nWrote a.mp4 in 2.0 s. It cost 0.40 USD.\n"},
		{&retake.Cost{Cost: "0.25"}, "\nWrote a.mp4 in 2.0 s. It cost 0.25.\n"},
		{nil, "\nWrote a.mp4 in 2.0 s.\n"},
	} {
		var out strings.Builder
		if err := (editCommand{}).writeEdited(&out, edited{File: "a.mp4", Seconds: 2, Cost: tt.cost}); err != nil || out.String() != tt.want {
			t.Errorf("%+v: %q, %v", tt.cost, out.String(), err)
		}
	}
}

func TestEditTakesOneEngine(t *testing.T) {
	c := editCommand{Prompt: "snow", Input: "a.mp4", Engine: "builtin,ltx2"}
	c.Duration, c.Mode = 2, "replace_video"
	if _, err := c.job(&environment{}); err == nil || !strings.Contains(err.Error(), "takes one name") || exitCode(err) != exitUsage {
		t.Errorf("a list of engines: %v", err)
	}
}
