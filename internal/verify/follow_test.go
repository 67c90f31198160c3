package verify_test

import (
	"context"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"retake/internal/measure"
	"retake/internal/mediatest"
	"retake/internal/retake"
	"retake/internal/verify"
)

func TestFollow(t *testing.T) {
	original := clip(t, "gops.mp4")
	result := good(t, original)
	r := verified(t, original, result, verify.Options{Segment: segment, Mode: retake.ReplaceVideo})
	trace, err := verify.Follow(context.Background(), mediatest.Open(t), original, result, 0, r)
	if err != nil {
		t.Fatal(err)
	}
	if len(trace.Pictures) != 150 || trace.From != 0 || math.Abs(trace.To-6) > 1e-6 {
		t.Fatalf("%d pictures from %v to %v", len(trace.Pictures), trace.From, trace.To)
	}
	for _, s := range r.Video.Spans {
		for _, m := range trace.Pictures[s.First : s.First+s.Count] {
			if (m.PSNR == measure.MaxPSNR) != s.Kept || s.Kept && m.Original != m.Result {
				t.Fatalf("%s: %+v", s.Kind, m)
			}
		}
	}
	if len(trace.Original) < 295 || len(trace.Original) != len(trace.Result) || trace.SoundNote != "" {
		t.Errorf("%d and %d levels, %s", len(trace.Original), len(trace.Result), trace.SoundNote)
	}
	for i, l := range trace.Original {
		if l != trace.Result[i] || l.DB < -30 || l.DB > -5 {
			t.Fatalf("level %d: %+v, %+v", i, l, trace.Result[i])
		}
	}
	_, err = verify.Follow(context.Background(), mediatest.Open(t), original, filepath.Join("..", "..", "README.md"), 0, r)
	if retake.CodeOf(err) != retake.CodeUnreadable || !strings.HasPrefix(retake.UserMessage(err), "There is no plot, because the result") {
		t.Errorf("no clip: %v", err)
	}
}

// Of a long clip only the segment's surroundings are decoded.
func TestFollowIsBounded(t *testing.T) {
	long := filepath.Join(t.TempDir(), "long.mp4")
	ffmpeg(t, strings.Fields("-f lavfi -i testsrc2=s=64x64:r=10 -t 120 -pix_fmt yuv420p -g 20 "+long)...)
	r := verified(t, long, long, verify.Options{Segment: retake.Segment{Start: 60, End: 64}, Mode: retake.ReplaceVideo})
	trace, err := verify.Follow(context.Background(), mediatest.Open(t), long, long, 0, r)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(trace.Pictures); n < 140 || n > 170 || trace.From != 55 || trace.To > 71 {
		t.Errorf("%d pictures from %v to %v", n, trace.From, trace.To)
	}
}
