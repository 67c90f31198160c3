package cli

import (
	"bytes"
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"

	"retake/internal/retake"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

func f(v float64) *float64 { return &v }

func TestWriteReport(t *testing.T) {
	held := &retake.Report{
		Holds: true, Exact: true, Summary: "All else is the original.",
		Mode: retake.ReplaceVideo, Segment: retake.Segment{Start: 2, End: 4.04},
		Video: &retake.TrackReport{
			Codec: "h264", Total: 150, Identical: 95, TimingIdentical: true, MetadataKept: true, OutsideIdentical: 95, OutsideTotal: 99,
			Spans: []retake.SpanReport{
				{Kind: retake.SpanHead, Count: 47, End: 1.88, Kept: true},
				{Kind: retake.SpanLeadIn, First: 47, Count: 3, Start: 1.88, End: 2, PSNR: f(51.25), Worst: f(50.9), SSIM: f(0.99912)},
				{Kind: retake.SpanEdit, First: 50, Count: 51, Start: 2, End: 4.04},
				{Kind: retake.SpanBridge, First: 101, Count: 1, Start: 4.04, End: 4.08, PSNR: f(100)},
				{Kind: retake.SpanTail, First: 102, Count: 48, Start: 4.08, End: 6, Kept: true},
			},
		},
		Audio: &retake.TrackReport{
			Codec: "aac", Total: 282, Identical: 282, TimingIdentical: true, MetadataKept: true, OutsideIdentical: 282, OutsideTotal: 282,
			Spans: []retake.SpanReport{{Kind: retake.SpanHead, Count: 282, End: 6, Kept: true}},
		},
		Others: []retake.OtherReport{{Kind: "subtitle", Identical: true}},
		Seams: &retake.SeamReport{LumaIn: retake.NewStep(0.21, 0.35), LumaOut: retake.NewStep(1.4, 0.7),
			ChromaIn: retake.NewStep(0.1, 0.05), ChromaOut: retake.NewStep(0.8, 0.7)},
		Warnings: []string{`"sideways" was not understood`},
	}
	broken := &retake.Report{
		Summary: "The promise does not hold: frames outside the segment differ.", Mode: retake.ReplaceAudio, Segment: retake.Segment{Start: 0, End: 6},
		Violations: []string{"12 packets of the pictures differ"}, Reasons: []string{"The sound was re-encoded."},
		Video: &retake.TrackReport{Total: 10, Spans: []retake.SpanReport{{Kind: retake.SpanHead, Count: 10, End: 6}}},
		Seams: &retake.SeamReport{ClickIn: retake.NewClick(0.01, 0.02), ClickOut: retake.NewClick(0.06, 0.02), SoundErrIn: f(-48.2)},
	}
	near := &retake.Report{
		Holds: true, Summary: "All 50 frames outside the segment were re-encoded, at 45.0 dB or better.", Mode: retake.ReplaceVideo,
		Segment: retake.Segment{Start: 0, End: 2}, Reasons: []string{"The whole picture track was re-encoded."},
		Video: &retake.TrackReport{Total: 50, TimingIdentical: true, OutsideTotal: 50, Spans: []retake.SpanReport{
			{Kind: retake.SpanHead, Count: 30, End: 1.2, Kept: true},
			{Kind: retake.SpanTail, First: 30, Count: 20, Start: 1.2, End: 2, Changed: 5, PSNR: f(45), Worst: f(44), SSIM: f(0.99)},
		}},
		Audio:  &retake.TrackReport{Total: 1, Identical: 1, Spans: []retake.SpanReport{{Kind: retake.SpanHead, Count: 1, End: 2, Kept: true}}},
		Others: []retake.OtherReport{{Kind: "further sound track"}},
	}
	for name, r := range map[string]*retake.Report{"held.txt": held, "broken.txt": broken, "near.txt": near} {
		var out bytes.Buffer
		if err := writeReport(&out, r); err != nil {
			t.Fatal(err)
		}
		golden(t, name, out.Bytes())
	}
}

// The line to repeat the proof is one that a shell takes.
func TestVerifyLine(t *testing.T) {
	c := editCommand{Input: "my clip.mp4", segmentFlags: segmentFlags{Start: 1.5, Duration: 2, Mode: "replace_video"}}
	want := "retake verify 'my clip.mp4' './-out.mp4' --start 1.5 --duration 2 --mode replace_video --allow-reencode"
	if got := c.verifyLine("-out.mp4"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	c.Input, c.Track = "https://example.org/a.mp4", 2
	want = "retake verify ORIGINAL out.mp4 --start 1.5 --duration 2 --mode replace_video --audio-track 2 --allow-reencode"
	if got := c.verifyLine("out.mp4"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCodec(t *testing.T) {
	for _, tt := range [][3]string{{"vp8", "0", "vp8"}, {"h264", "High", "h264 High"}, {"pcm_s16le", "", "PCM (s16le)"}, {"aac", "", "aac"}} {
		if got := codec(tt[0], tt[1]); got != tt[2] {
			t.Errorf("codec(%q, %q) = %q, want %q", tt[0], tt[1], got, tt[2])
		}
	}
}

// Without a terminal, progress is a line for each phase and each quarter.
func TestProgressLines(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out)
	for _, now := range []retake.Progress{
		{Phase: retake.PhaseProbing, Fraction: 0.01, ETA: -1},
		{Phase: retake.PhaseEngine, Fraction: 0.1, ETA: 3.2},
		{Phase: retake.PhaseEngine, Fraction: 0.2, ETA: 3},
		{Phase: retake.PhaseEngine, Fraction: 0.3, ETA: 75},
		{Phase: retake.PhaseEngine, Fraction: math.NaN()},
		{Phase: retake.PhaseVerifying, Fraction: 0.8, ETA: -1},
		{Phase: retake.PhaseVerifying, Fraction: 7, ETA: 0},
	} {
		p.show(now)
	}
	p.done()
	want := "  1% probing\n 10% engine, 4s left\n 30% engine, 1m15s left\n 80% verifying\n100% verifying\n"
	if d := cmp.Diff(want, out.String()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 2: "2", 4.04: "4.04", 1.0 / 3: "0.333", 10: "10", 29.97: "29.97"} {
		if got := number(v); got != want {
			t.Errorf("number(%v) = %q, want %q", v, got, want)
		}
	}
}
