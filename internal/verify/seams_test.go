package verify_test

import (
	"strings"
	"testing"

	"retake/internal/retake"
	"retake/internal/verify"
)

// A seam that can be seen or heard breaks no promise, but the report says by how much it is off.
func TestSeamsThatShow(t *testing.T) {
	original := clip(t, "gops.mp4")
	for _, tt := range []struct {
		name  string
		edit  edit
		mode  retake.Mode
		warns []string
	}{
		{"unchanged", edit{video: true, audio: true, bare: true}, retake.ReplaceAudioAndVideo, nil},
		{"brighter", edit{video: true, bare: true, luma: 5}, retake.ReplaceVideo, []string{"brightness steps by ", "at the segment's start", "at the segment's end"}},
		{"1% brighter", edit{video: true, bare: true, luma: 3}, retake.ReplaceVideo, []string{"brightness steps by ", "at the segment's start", "at the segment's end"}},
		{"far brighter", edit{video: true, bare: true, luma: 9}, retake.ReplaceVideo, []string{"brightness jumps by 9", "colours are off"}},
		{"of another colour", edit{video: true, bare: true, chroma: 8}, retake.ReplaceVideo, []string{"colour jumps by 1", "at the segment's start", "at the segment's end"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.edit.start, tt.edit.end = segment.Start, segment.End
			r := verified(t, original, tt.edit.make(t, original), verify.Options{Segment: segment, Mode: tt.mode})
			if !r.Holds {
				t.Fatalf("violations: %q", r.Violations)
			}
			said := strings.Join(r.Warnings, "\n")
			for _, want := range tt.warns {
				if !strings.Contains(said, want) {
					t.Errorf("no %q in %q", want, said)
				}
			}
			if len(tt.warns) == 0 && said != "" {
				t.Errorf("warnings: %s", said)
			}
			t.Logf("%+v %+v %+v %+v", r.Seams.LumaIn, r.Seams.ChromaIn, r.Seams.ClickIn, r.Seams.ClickOut)
		})
	}
}
