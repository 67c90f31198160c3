package builtin

import (
	"strings"
	"testing"

	"retake/internal/engine/enginetest"
	"retake/internal/retake"
)

// TestBounded holds that a number out of reach is told, with the one that is taken, and that others are taken as they are.
func TestBounded(t *testing.T) {
	e, err := New(DefaultConfig(), hum)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		prompt string
		want   float64
		told   string
	}{
		{"slow motion at 40 %", 0.4, ""},
		{"slow motion 3x", 3, ""},
		{"slow motion 100x", 4, "Slow motion of 100 is out of reach; it is made with 4."},
		{"slow motion at 10 %", 0.25, "Slow motion of 0.1 is out of reach; it is made with 0.25."},
		{"fast motion 1.5x", 1.5, ""},
		{"fast motion 1000x", 1.7, "Fast motion of 1000 is out of reach; it is made with 1.7."},
		{"zoom in by 20 %", 0.2, ""},
		{"zoom in 1000 %", 8, "Zoom of 10 is out of reach; it is made with 8."},
		{"stop motion 5x", 5, ""},
		{"slow motion", 0, ""},
	} {
		plan, err := e.read(tt.prompt, retake.ReplaceVideo, false)
		if err != nil {
			t.Fatal(err)
		}
		if got, told := plan.Picture[0].Amount, strings.Join(plan.Warnings, " "); got != tt.want || told != tt.told {
			t.Errorf("%q: made with %g, want %g; told %q", tt.prompt, got, tt.want, told)
		}
	}
}

// TestUnfit holds that what has no room in the segment is told.
func TestUnfit(t *testing.T) {
	for prompt, want := range map[string]string{
		"flash 100 times":         "room for 2 of the 100 times that flash",
		"lightning 100 times":     "room for 4 of the 100 times that lightning",
		"flash twice":             "",
		"snow from second 100 on": "count from the start of the segment, which is 1 s long, so this comes at its very end: snow",
		"snow from 0.5 s on":      "",
	} {
		job, _ := enginetest.Job(t, retake.ReplaceVideo, prompt)
		job.Segment = retake.Segment{Start: 3, End: 4}
		checkTold(t, job, want)
	}
	job, _ := enginetest.Job(t, retake.ReplaceVideo, "snow")
	job.Frames = 2
	checkTold(t, job, "no pictures but its first and last")
}

func checkTold(t *testing.T, job retake.Job, want string) {
	t.Helper()
	take, err := open(t).Retake(t.Context(), job, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer take.Frames.Close()
	if got := strings.Join(take.Warnings, " "); !strings.Contains(got, want) || want == "" && got != "" {
		t.Errorf("%q: %q, want %q in it", job.Prompt, got, want)
	}
}
