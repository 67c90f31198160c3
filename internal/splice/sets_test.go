package splice_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"retake/internal/container"
	"retake/internal/h264"
	"retake/internal/mediatest"
	"retake/internal/nal"
	"retake/internal/splice"
)

// crowd copies a clip with as many parameter sets as there can be in its decoder configuration, and with all of them inside
// its first sample where they are to be needed there.
func crowd(t *testing.T, clip, out string, inside bool) {
	t.Helper()
	src, err := splice.Open(clip)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	v := src.Video
	c, err := h264.ParseConfig(v.Track.Config)
	if err != nil {
		t.Fatal(err)
	}
	full := c
	for level := byte(100); len(full.SPS) < 31; level++ {
		other := *c
		other.SPS = [][]byte{slices.Clone(c.SPS[0])}
		other.SPS[0][3] = level
		if full, _, err = full.Adopt(&other, h264.Own, nil); err != nil {
			t.Fatal(err)
		}
	}
	first, err := v.Sample(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if inside {
		first = append(nal.AppendSample(nil, append(slices.Clip(full.SPS), full.PPS...)...), first...)
	}
	dst, err := os.Create(out)
	if err != nil {
		t.Fatal(err)
	}
	defer dst.Close()
	patcher, err := src.File.Patch(dst, []container.Change{{Track: v.Track.Index, First: 0, Count: 1}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = patcher.Finish(context.Background(), []container.Replacement{{
		Config: full.Bytes(), CTS: []int32{v.Samples.CTS(0)}, Sync: []bool{true},
		Pieces: []container.Piece{{From: bytes.NewReader(first), Size: uint32(len(first))}},
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// Where ids are used up, those of sets that no picture refers to are taken; where every one is needed, it is said before
// anything is made.
func TestSetsWithoutFreeIDs(t *testing.T) {
	tools, dir := mediatest.Open(t), t.TempDir()
	clip := makeClip(t, "clip.mp4", "-map 0:v -t 4 -c:v libx264 -pix_fmt yuv420p -preset veryfast -g 30")
	full, needed, result := filepath.Join(dir, "full.mp4"), filepath.Join(dir, "needed.mp4"), filepath.Join(dir, "result.mp4")
	crowd(t, clip, needed, true)
	if reason := reasonOf(t, needed); !strings.Contains(reason, "ids") {
		t.Errorf("every set is needed, but the reason is %q", reason)
	}
	crowd(t, clip, full, false)
	q := splice.DefaultQuality()
	q.Bridge = "exact" // whose pictures need a sequence parameter set of their own
	p := invertWith(t, tools, full, result, 1.2, 2.5, q)
	comparePackets(t, full, result, p)
	compareFrames(t, full, result, p)
	src, err := splice.Open(result)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	c, err := h264.ParseConfig(src.Video.Track.Config)
	if err != nil || len(c.SPS) != 31 || src.Video.Sequences() != 2 || src.Video.Reason != "" {
		t.Errorf("%d sequence parameter sets, %d of them referred to, %q, %v", len(c.SPS), src.Video.Sequences(), src.Video.Reason, err)
	}
}

// Edits of edits bring the same sets again, which are shared.
func TestSetsOfManyEdits(t *testing.T) {
	tools, dir := mediatest.Open(t), t.TempDir()
	for _, codec := range []string{
		"libx264 -preset veryfast -g 30",
		"libx265 -preset ultrafast -tag:v hvc1 -x265-params log-level=error:keyint=30",
	} {
		last := makeClip(t, "clip.mp4", "-map 0:v -t 4 -s 160x90 -pix_fmt yuv420p -c:v "+codec)
		sets := 0
		for i, at := range []float64{1, 2, 1.5, 0.4, 2.4} {
			next := filepath.Join(dir, string(rune('a'+i))+".mp4")
			p := invert(t, tools, last, next, at, at+0.6)
			comparePackets(t, last, next, p)
			compareFrames(t, last, next, p)
			src, err := splice.Open(next)
			if err != nil {
				t.Fatal(err)
			}
			n := len(src.Video.Track.Config)
			src.Close()
			if i > 1 && n != sets {
				t.Errorf("%s: edit %d has a decoder configuration of %d bytes, the one before it of %d", codec, i, n, sets)
			}
			sets, last = n, next
		}
	}
}
