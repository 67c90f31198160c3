package verify_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"retake/internal/mediatest"
	"retake/internal/retake"
	"retake/internal/verify"
)

func TestGoodEditsHold(t *testing.T) {
	cases := []struct {
		name, clip string
		edit       edit
		kinds      []string // of the picture track's spans
		summary    string   // begins so
	}{
		{"pictures, one GOP", "single.mp4", edit{start: 2, end: 4, video: true},
			[]string{"head", "lead-in", "edit", "bridge"}, "49 of 100 frames outside the segment are bit-for-bit the original; 1 frame before it was re-encoded at "},
		{"pictures, several GOPs", "gops.mp4", edit{start: 1, end: 3, video: true},
			[]string{"head", "edit", "bridge", "tail"}, "95 of 100 frames outside the segment are bit-for-bit the original; 5 frames after it were re-encoded at "},
		{"pictures, from the start", "gops.mp4", edit{start: 0, end: 2.4, video: true}, nil, ""},
		{"pictures, to the end", "gops.mp4", edit{start: 3.2, end: 6, video: true}, nil, ""},
		{"sound", "single.mp4", edit{start: 2, end: 4, audio: true}, []string{"head"}, "All 150 frames are bit-for-bit the original; "},
		{"sound, to the end", "gops.mp4", edit{start: 4, end: 6, audio: true}, []string{"head"}, ""},
		{"pictures, HEVC with open GOPs", "hevc.mp4", edit{start: 2, end: 4, video: true}, []string{"head", "lead-in", "edit", "bridge", "tail"}, "78 of 100 frames outside"},
		{"both, MOV with timecode and rotation", "rotated.mov", edit{start: 2.04, end: 4.12, video: true, audio: true}, nil, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			original := clip(t, c.clip)
			r := verified(t, original, c.edit.make(t, original), verify.Options{
				Segment: retake.Segment{Start: c.edit.start, End: c.edit.end}, Mode: mode(c.edit)})
			text, err := json.Marshal(r)
			if err != nil {
				t.Fatalf("the report can't be written: %v", err)
			}
			if !r.Holds || !r.Exact || len(r.Violations) != 0 {
				t.Fatalf("holds %v, exact %v: %q", r.Holds, r.Exact, r.Violations)
			}
			t.Logf("%s\n%s", r.Summary, text)
			if !strings.HasPrefix(r.Summary, c.summary) {
				t.Errorf("summary %q, want %q…", r.Summary, c.summary)
			}
			checkSpans(t, r.Video, c.kinds)
			checkSeams(t, r, c.edit)
			if !r.Video.TimingIdentical || !r.Video.MetadataKept || !r.Video.ParametersKept {
				t.Errorf("picture track: %+v", r.Video)
			}
			if !c.edit.audio && r.Audio.Identical != r.Audio.Total {
				t.Errorf("sound: %d of %d packets identical", r.Audio.Identical, r.Audio.Total)
			}
		})
	}
}

func checkSpans(t *testing.T, v *retake.TrackReport, want []string) {
	t.Helper()
	var kinds []string
	next := 0
	for _, s := range v.Spans {
		kinds = append(kinds, s.Kind)
		if s.First != next || s.Count <= 0 || s.End <= s.Start {
			t.Errorf("span %+v does not follow frame %d", s, next)
		}
		next = s.First + s.Count
		if exact := s.Kind == retake.SpanHead || s.Kind == retake.SpanTail; exact != s.Kept {
			t.Errorf("span %+v", s)
		}
		if beside := s.Kind == retake.SpanLeadIn || s.Kind == retake.SpanBridge; beside != (s.PSNR != nil) {
			t.Errorf("span %+v", s)
		}
	}
	if next != v.Total {
		t.Errorf("spans cover %d of %d frames", next, v.Total)
	}
	if diff := cmp.Diff(want, kinds); want != nil && diff != "" {
		t.Errorf("spans (-want +got)\n%s", diff)
	}
}

func checkSeams(t *testing.T, r *retake.Report, e edit) {
	t.Helper()
	in, out := e.start > 0, e.end < 6
	if got := r.Seams.LumaIn != nil && r.Seams.ChromaIn != nil; got != (in && e.video) {
		t.Errorf("luma at the start measured: %v", got)
	}
	if got := r.Seams.LumaOut != nil && r.Seams.ChromaOut != nil; got != (out && e.video) {
		t.Errorf("luma at the end measured: %v", got)
	}
	if got := r.Seams.ClickIn != nil && r.Seams.SoundErrIn != nil; got != (in && e.audio) {
		t.Errorf("sound at the start measured: %v", got)
	}
	if got := r.Seams.ClickOut != nil && r.Seams.SoundErrOut != nil; got != (out && e.audio) {
		t.Errorf("sound at the end measured: %v", got)
	}
	for _, v := range []*float64{r.Seams.SoundErrIn, r.Seams.SoundErrOut} {
		if v != nil && *v > -40 {
			t.Errorf("a seam in the sound has an error of %.1f dBFS", *v)
		}
	}
}

// Of a clip with a picture in two seconds there is none within a second of either seam.
func TestFewPicturesHold(t *testing.T) {
	original := clip(t, "slides.mp4")
	for _, start := range []float64{8, 10, 12, 14} {
		e := edit{start: start, end: start + 4, video: true}
		r := verified(t, original, e.make(t, original), verify.Options{Segment: retake.Segment{Start: e.start, End: e.end}, Mode: mode(e)})
		if !r.Holds || !r.Exact {
			t.Errorf("from %g s: holds %v, exact %v: %q", start, r.Holds, r.Exact, r.Violations)
		}
	}
}

func TestIdenticalFilesHold(t *testing.T) {
	original := clip(t, "gops.mp4")
	for _, m := range retake.Modes() {
		r := verified(t, original, original, verify.Options{Segment: retake.Segment{Start: 2, End: 4}, Mode: m})
		if !r.Holds || !r.Exact || r.Video.Identical != 150 {
			t.Errorf("%s: %q", m, r.Violations)
		}
	}
}

func TestCancelIsAnError(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(retake.ErrCancelled)
	original := clip(t, "single.mp4")
	result := edit{start: 2, end: 4, video: true}.make(t, original)
	r, err := verify.Files(ctx, mediatest.Open(t), original, result, verify.Options{Segment: retake.Segment{Start: 2, End: 4}, Mode: retake.ReplaceVideo})
	if err == nil || !strings.Contains(err.Error(), retake.ErrCancelled.Error()) {
		t.Errorf("%v, %v", r, err)
	}
}

// A clip in which nothing was changed is its own result, also where a keyframe would be carried to another place.
func TestFilesUnchangedOpenGOP(t *testing.T) {
	original := clip(t, "hevc.mp4")
	r := verified(t, original, original, verify.Options{Segment: segment, Mode: retake.ReplaceVideo})
	if !r.Holds || !r.Exact || r.Video.OutsideIdentical != r.Video.OutsideTotal {
		t.Errorf("holds %v, exact %v, %d of %d: %q", r.Holds, r.Exact, r.Video.OutsideIdentical, r.Video.OutsideTotal, r.Violations)
	}
}
