package pipeline_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"retake/internal/pipeline"
	"retake/internal/retake"
	"retake/internal/splice"
)

// rewrite changes a file's bytes.
func rewrite(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

// skip has the edit lists of a clip, whose movie header is its last box, show 2.5 s from the beginning and then 2.5 s from
// the fourth second on. ticks are a second of each of its tracks.
func skip(data []byte, ticks ...uint32) []byte {
	for i := len(ticks) - 1; i >= 0; i-- {
		at := 0
		for range i + 1 {
			at += 4 + bytes.Index(data[at:], []byte("elst"))
		}
		for _, around := range []string{"moov", "trak", "edts", "elst"} {
			size := data[bytes.LastIndex(data[:at], []byte(around))-4:]
			binary.BigEndian.PutUint32(size, binary.BigEndian.Uint32(size)+12)
		}
		entries := data[at+4:]
		begin := binary.BigEndian.Uint32(entries[8:])
		binary.BigEndian.PutUint32(entries, 2)
		binary.BigEndian.PutUint32(entries[4:], 2500)
		second := binary.BigEndian.AppendUint32(nil, 2500)
		second = binary.BigEndian.AppendUint32(second, begin+4*ticks[i])
		data = append(data[:at+20:at+20], append(append(second, 0, 1, 0, 0), data[at+20:]...)...)
	}
	return data
}

// What an edit list leaves out stays out: the pictures, 38 of either part, are decoded as shown and re-encoded.
func TestEditListThatCuts(t *testing.T) {
	e := newEditor(t)
	clip := makeClip(t, "cut.mp4", exactH264+"-g 30")
	rewrite(t, clip, func(data []byte) []byte { return skip(data, 15360, 48000) })
	for _, mode := range []retake.Mode{retake.ReplaceVideo, retake.ReplaceAudio} {
		prompt := map[retake.Mode]string{retake.ReplaceVideo: "snow", retake.ReplaceAudio: "rain"}[mode]
		report, err := e.Edit(t.Context(), pipeline.Edit{
			Request: retake.Request{Prompt: prompt, Start: 1, Duration: 2.5, Mode: mode},
			Source:  clip, Out: filepath.Join(t.TempDir(), "out.mp4"),
		}, nil)
		if err != nil {
			t.Fatalf("%s: %v", mode, err)
		}
		if !report.Holds || report.Exact || report.Video.Total != 76 || !strings.Contains(strings.Join(report.Reasons, " "), "edit list") {
			t.Errorf("%s: holds %v, exact %v, %d pictures, %q", mode, report.Holds, report.Exact, report.Video.Total, report.Reasons)
		}
	}
}

// A clip with a picture that nobody can decode is damaged, which is said rather than that the result broke the promise.
func TestOnePictureThatCantBeDecoded(t *testing.T) {
	e := newEditor(t)
	clip := makeClip(t, "hole.mp4", exactH264+"-g 30")
	src, err := splice.Open(clip)
	if err != nil {
		t.Fatal(err)
	}
	at := src.Video.Samples.Offset(50)
	src.Close()
	whole, err := os.ReadFile(clip)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func([]byte){
		"of broken units": func(data []byte) { copy(data[at:], "\xff\xff\xff\xff\xff\xff") },
		"of no bytes":     func(data []byte) { clear(data[bytes.Index(data, []byte("stsz"))+16+4*104:][:4]) },
	} {
		data := bytes.Clone(whole)
		change(data)
		rewrite(t, clip, func([]byte) []byte { return data })
		_, err = e.Edit(t.Context(), pipeline.Edit{
			Request: retake.Request{Prompt: "snow", Start: 2, Duration: 2, Mode: retake.ReplaceVideo},
			Source:  clip, Out: filepath.Join(t.TempDir(), "out.mp4"),
		}, nil)
		if retake.CodeOf(err) != retake.CodeUnreadable || !strings.Contains(retake.UserMessage(err), "1 of its 105 pictures") {
			t.Errorf("a picture %s: %v", name, err)
		}
	}
}

// A Matroska clip of which ffmpeg can read a part is edited in that part only, which is no edit of the clip.
func TestBlockWithBrokenLacing(t *testing.T) {
	e := newEditor(t)
	clip := makeClip(t, "laced.mkv", exactH264+"-g 30")
	src, err := splice.Open(clip)
	if err != nil {
		t.Fatal(err)
	}
	at := src.Video.Samples.Offset(50)
	src.Close()
	rewrite(t, clip, func(data []byte) []byte {
		data[at-1] |= 2 // the flags of its block: Xiph lacing (RFC 9559, 10.3), whose sizes these bytes are not
		copy(data[at:], "\xff\xff\xff\xff\xff\xff")
		return data
	})
	_, err = e.Edit(t.Context(), pipeline.Edit{
		Request: retake.Request{Prompt: "snow", Start: 2, Duration: 2, Mode: retake.ReplaceVideo},
		Source:  clip, Out: filepath.Join(t.TempDir(), "out.mkv"),
	}, nil)
	if retake.CodeOf(err) != retake.CodeUnreadable || !strings.Contains(retake.UserMessage(err), "damaged") {
		t.Errorf("%v: %v", retake.CodeOf(err), err)
	}
}

// A clip that somebody writes to meanwhile is no fault of ours, and no result is made of it.
func TestClipThatChangesMeanwhile(t *testing.T) {
	e := newEditor(t)
	original := makeClip(t, "good.mp4", exactH264+"-g 30")
	good, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	for phase, change := range map[retake.Phase]func(path string) error{
		retake.PhaseEngine:    func(path string) error { return os.Truncate(path, int64(len(good)/2)) },
		retake.PhaseSplicing:  os.Remove,
		retake.PhaseVerifying: func(path string) error { return os.WriteFile(path, append(good, "more"...), 0o600) },
	} {
		clip, out := filepath.Join(t.TempDir(), "clip.mp4"), filepath.Join(t.TempDir(), "out.mp4")
		if err := os.WriteFile(clip, good, 0o600); err != nil {
			t.Fatal(err)
		}
		done := false
		_, err := e.Edit(t.Context(), pipeline.Edit{
			Request: retake.Request{Prompt: "snow", Start: 2, Duration: 2, Mode: retake.ReplaceVideo}, Source: clip, Out: out,
		}, func(p retake.Progress) {
			if p.Phase == phase && !done {
				if done = true; change(clip) != nil {
					t.Error("the clip could not be changed")
				}
			}
		})
		if retake.CodeOf(err) != retake.CodeUnreadable || !strings.Contains(retake.UserMessage(err), "changed or removed") {
			t.Errorf("%s: %v", phase, err)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s: a result was written", phase)
		}
	}
}

// A stored clip that is stored once more meanwhile is the same one: its time alone is another.
func TestClipThatIsStoredAgainMeanwhile(t *testing.T) {
	e := newEditor(t)
	clip := makeClip(t, "kept.mp4", exactH264+"-g 30")
	for _, kept := range []bool{true, false} {
		_, err := e.Edit(t.Context(), pipeline.Edit{
			Request: retake.Request{Prompt: "snow", Start: 2, Duration: 2, Mode: retake.ReplaceVideo}, Source: clip, Out: filepath.Join(t.TempDir(), "out.mp4"), Kept: kept,
		}, func(p retake.Progress) {
			if p.Phase == retake.PhaseVerifying {
				if later := time.Now().Add(time.Hour); os.Chtimes(clip, later, later) != nil {
					t.Error("its time could not be set")
				}
			}
		})
		if (err == nil) != kept {
			t.Errorf("kept %t: %v", kept, err)
		}
	}
}
