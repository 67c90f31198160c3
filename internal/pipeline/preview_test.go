package pipeline_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"retake/internal/aac"
	"retake/internal/blob/local"
	"retake/internal/pipeline"
	"retake/internal/retake"
)

// planFor makes a planner and files the clip at a path with it.
func planFor(t testing.TB, e *pipeline.Editor, path string) (*pipeline.Planner, string) {
	t.Helper()
	blobs, err := local.Open(local.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { blobs.Close() })
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	hash, _, err := blobs.Put(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return pipeline.NewPlanner(e.Tools, blobs, e.Config), hash
}

// What is foretold is what the run's own report says: segment, spans, what is exact. TestEditSaysWhatItReencodes holds
// other codecs to that.
func TestPreviewIsWhatTheRunReports(t *testing.T) {
	e := newEditor(t)
	const x264 = "-c:v libx264 -preset veryfast -pix_fmt yuv420p -map 0:v "
	type want struct {
		name, args  string
		start, long float64
		modes       []retake.Mode
	}
	every, both := retake.Modes(), []retake.Mode{retake.ReplaceAudioAndVideo}
	for _, c := range []want{
		{"to-the-end.mp4", exactH264 + "-g 30", 3, 16, every},
		{"from-the-start.mp4", exactH264 + "-g 30", 0, 2, every},
		{"at-a-keyframe.mp4", x264 + "-map 1:a -c:a aac -x264-params keyint=30:min-keyint=30:scenecut=0:bframes=0", 2, 2, both},
		{"turned.mp4", exactH264 + "-g 30 -metadata:s:v rotate=90", 2.2, 2.5, both},
		{"pcm.mov", x264 + "-map 1:a -g 30 -c:a pcm_s16le", 2.5, 2.5, every},
		{"hevc-open.mp4", "-map 0:v -map 1:a -c:v libx265 -preset ultrafast -x265-params log-level=none:open-gop=1:keyint=40:min-keyint=40:scenecut=0:bframes=4 -pix_fmt yuv420p -c:a aac", 2.5, 2.1, both},
		{"hevc-open.ts", "-map 0:v -map 1:a -c:v libx265 -preset ultrafast -x265-params log-level=none:open-gop=1:keyint=40:min-keyint=40:scenecut=0:bframes=4 -pix_fmt yuv420p -c:a aac", 2.5, 2.1, both},
		{"at-a-keyframe.mkv", x264 + "-map 1:a -c:a aac -x264-params keyint=30:min-keyint=30:scenecut=0:bframes=0", 2, 2, both},
		{"h264.ts", x264 + "-map 1:a -c:a aac -g 30", 2.5, 2.5, every},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			clip := makeClip(t, c.name, c.args)
			planner, hash := planFor(t, e, clip)
			for _, mode := range c.modes {
				req := retake.Request{Prompt: "heavy snow, wind howling, rain", Input: c.name, Start: c.start, Duration: c.long, Mode: mode}
				ahead, err := planner.Preview(t.Context(), hash, c.name, req)
				if err != nil {
					t.Fatal(err)
				}
				report, err := e.Edit(t.Context(), pipeline.Edit{Request: req, Source: clip, Out: filepath.Join(t.TempDir(), "out"+filepath.Ext(clip)), AnyKind: true}, nil)
				if err != nil {
					t.Errorf("%s: %v", mode, err)
					continue
				}
				sameAsReport(t, mode, ahead, report)
			}
		})
	}
}

func sameAsReport(t *testing.T, mode retake.Mode, ahead retake.Preview, report *retake.Report) {
	t.Helper()
	// ffprobe tells times to the microsecond, and containers in milliseconds.
	near := cmp.Options{cmpopts.IgnoreFields(retake.SpanReport{}, "Changed", "PSNR", "Worst", "SSIM"), cmpopts.EquateEmpty(),
		cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 0.0011 })}
	var video, audio []retake.SpanReport
	if report.Video != nil {
		video = report.Video.Spans
	}
	if report.Audio != nil {
		audio = report.Audio.Spans
	}
	if ahead.Segment == nil {
		t.Errorf("%s: no segment: %+v", mode, ahead)
		return
	}
	audio = ungrown(t, audio, ahead.Spans.Audio)
	diff := cmp.Diff(report.Segment, ahead.Segment.Segment, near) + cmp.Diff(video, ahead.Spans.Video, near) + cmp.Diff(audio, ahead.Spans.Audio, near)
	if diff != "" {
		b, _ := json.Marshal(report)
		t.Errorf("%s: the report is not what was foretold:\n%s\n%s", mode, diff, b)
	}
	if ahead.Exact != report.Exact || len(ahead.Problems) > 0 {
		t.Errorf("%s: foretold exact %v with problems %v, the report says %v", mode, ahead.Exact, ahead.Problems, report.Exact)
	}
}

// ungrown takes back by how many packets new sound grew for the sake of its seams, which only its making shows.
func ungrown(t *testing.T, reported, ahead []retake.SpanReport) []retake.SpanReport {
	t.Helper()
	edit := func(spans []retake.SpanReport) int {
		return slices.IndexFunc(spans, func(s retake.SpanReport) bool { return s.Kind == retake.SpanEdit })
	}
	bounds := func(spans []retake.SpanReport) (first, last int) {
		for _, s := range spans {
			switch s.Kind {
			case retake.SpanHead:
				first = s.Count
			case retake.SpanTail:
				return first, s.First
			}
			last = s.First + s.Count
		}
		return first, last
	}
	if edit(reported) < 0 || edit(ahead) < 0 {
		return reported
	}
	p, q := bounds(reported)
	first, last := bounds(ahead)
	if p == first && q == last || p > first || q < last || first-p > aac.MaxMove || q-last > aac.MaxMove {
		return reported
	}
	if a, b := reported[edit(reported)], ahead[edit(ahead)]; a.First != b.First || a.Count != b.Count {
		return reported
	}
	t.Logf("the sound grew by %d and %d packets", first-p, q-last)
	return ahead
}
