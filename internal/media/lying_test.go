package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"retake/internal/mp4"
	"retake/internal/retake"
)

// ffprobe sets memory aside for as many samples as a table claims: when that is too much the clip is at fault, not its
// picture size.
func TestProbeOutOfMemory(t *testing.T) {
	tl := tools(t)
	whole := read(t, clip(t, "whole.mp4", pictures+tone+h264+aac))
	for _, kind := range []string{"stco", "stts", "stsc", "stsz", "ctts", "stss"} {
		path := filepath.Join(t.TempDir(), "clip.mp4")
		data := slices.Clone(whole)
		i := bytes.Index(data, []byte(kind))
		if i < 0 {
			continue
		}
		at := i + 8
		if kind == "stsz" {
			at += 4
		}
		binary.BigEndian.PutUint32(data[at:], 0x7fffffff)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := tl.Probe(t.Context(), path)
		t.Logf("%s: %v", kind, err)
		if e, ok := errors.AsType[*retake.Error](err); err != nil && (!ok || e.Code != retake.CodeUnreadable || e.Field != "input_video") {
			t.Errorf("%s: got %v, want CodeUnreadable of input_video", kind, err)
		} else if (kind == "stco" || kind == "stts") && (err == nil || !strings.Contains(e.Message, "damaged")) {
			t.Errorf("%s: got %v, want it to say that the clip is damaged", kind, err)
		}
	}
	memory := func(probe bool) error {
		return (&ExitError{Stderr: "clip: Cannot allocate memory"}).explain(probe)
	}
	if err := memory(true); retake.CodeOf(err) != retake.CodeUnreadable {
		t.Errorf("ffprobe: %v", err)
	}
	if err := memory(false); retake.CodeOf(err) != retake.CodeTooLarge {
		t.Errorf("ffmpeg: %v", err)
	}
}

// A table that lists more samples than the file can hold, or than can be laid out, is refused before ffprobe reads it.
func TestProbeTooManySamples(t *testing.T) {
	tl := tools(t)
	whole := read(t, clip(t, "whole.mp4", pictures+tone+h264+aac))
	at := bytes.Index(whole, []byte("stsz")) + 8
	for _, c := range []struct {
		size, count uint32
		says        string
	}{{1, 2_000_000, "damaged"}, {100, 10_000_000, "shorter"}} {
		binary.BigEndian.PutUint32(whole[at:], c.size)
		binary.BigEndian.PutUint32(whole[at+4:], c.count)
		path := filepath.Join(t.TempDir(), "clip.mp4")
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, int64(c.size)*int64(c.count)+1<<20); err != nil { // zeros that take no room
			t.Fatal(err)
		}
		for name, look := range map[string]func(context.Context, string) (*Info, error){"Probe": tl.Probe, "Inspect": tl.Inspect} {
			_, err := look(t.Context(), path)
			e, ok := errors.AsType[*retake.Error](err)
			if !ok || e.Code != retake.CodeUnreadable || !strings.Contains(e.Message, c.says) || !errors.Is(err, mp4.ErrTooMany) {
				t.Errorf("%s of %d samples of %d bytes: %v", name, c.count, c.size, err)
			}
		}
	}
}

// Ten hours in the header of a clip of one second: the frames are right.
func TestLyingDuration(t *testing.T) {
	tl := tools(t)
	path := clip(t, "a.mp4", pictures+h264)
	data := read(t, path)
	for _, box := range []string{"mvhd", "tkhd", "mdhd"} {
		i := bytes.Index(data, []byte(box)) + 4
		at := i + 16 // version 0: flags, two times, timescale, duration
		scale := uint32(1000)
		if box == "tkhd" {
			at = i + 20
		} else {
			scale = binary.BigEndian.Uint32(data[i+12:])
		}
		binary.BigEndian.PutUint32(data[at:], 36000*scale)
	}
	if e := bytes.Index(data, []byte("elst")); e >= 0 {
		binary.BigEndian.PutUint32(data[e+12:], 36000*1000)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	info, err := tl.Probe(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if !agree(info.Duration, 1) {
		t.Errorf("duration %v s, want the 1 s of its frames", info.Duration)
	}
	measured, err := tl.MeasuredDuration(t.Context(), path)
	if err != nil || math.Abs(measured-1) > 0.001 {
		t.Errorf("measured %v s (%v), want 1", measured, err)
	}
}
