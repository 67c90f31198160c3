package pipeline_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"retake/internal/pipeline"
	"retake/internal/retake"
)

// A bad input gets an error that names the field and the way out; nothing is written, nothing is left behind.
func TestBadInput(t *testing.T) {
	e := newEditor(t)
	clip := makeClip(t, "good.mp4", exactH264+"-g 60 -movflags +faststart")
	whole, err := os.ReadFile(clip)
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string, data []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	moov := strings.Index(string(whole), "stsz")
	lying := append([]byte(nil), whole...)
	copy(lying[moov+12:], "\xff\xff\xff\xff")

	ask := func(change func(*retake.Request)) retake.Request {
		r := retake.Request{Prompt: "snow", Start: 2, Duration: 2, Mode: retake.ReplaceVideo}
		change(&r)
		return r
	}
	same := func(*retake.Request) {}
	for _, c := range []struct {
		name, source string
		request      retake.Request
		code         retake.Code
		field, says  string
	}{
		{"start past the end", clip, ask(func(r *retake.Request) { r.Start = 7 }), retake.CodeInvalid, "start_time", "7 s long"},
		{"too little left", clip, ask(func(r *retake.Request) { r.Start = 5.5 }), retake.CodeInvalid, "start_time", "at least 2 s"},
		{"segment too long", clip, ask(func(r *retake.Request) { r.Duration = 17 }), retake.CodeInvalid, "duration", "between 2 and 16"},
		{"not a number", clip, ask(func(r *retake.Request) { r.Start = math.NaN() }), retake.CodeInvalid, "start_time", "NaN"},
		{"empty prompt", clip, ask(func(r *retake.Request) { r.Prompt = "" }), retake.CodeInvalid, "prompt", "must not be empty"},
		{"prompt nobody understands", clip, ask(func(r *retake.Request) { r.Prompt = "xyzzy plugh" }), retake.CodeInvalid, "prompt", "snow"},
		{"unknown engine", clip, ask(func(r *retake.Request) { r.Engine = "dream" }), retake.CodeInvalid, "engine", "builtin"},
		{"unknown mode", clip, ask(func(r *retake.Request) { r.Mode = "all" }), retake.CodeInvalid, "mode", "replace_video"},
		{"text file", file("a.mp4", []byte("not a clip at all\n")), ask(same), retake.CodeUnreadable, "input_video", ""},
		{"empty file", file("b.mp4", nil), ask(same), retake.CodeUnreadable, "input_video", "empty"},
		{"truncated", file("c.mp4", whole[:len(whole)/2]), ask(same), retake.CodeUnreadable, "input_video", ""},
		{"lying sample count", file("d.mp4", lying), ask(same), retake.CodeUnreadable, "input_video", ""},
		{"picture", makeClip(t, "e.png", "-map 0:v -frames:v 1"), ask(same), retake.CodeUnreadable, "input_video", "picture"},
		{"sound only", makeClip(t, "f.mp4", "-map 1:a -c:a aac"), ask(same), retake.CodeUnreadable, "input_video", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out.mp4")
			_, err := e.Edit(context.Background(), pipeline.Edit{Request: c.request, Source: c.source, Out: out}, nil)
			got, ok := errors.AsType[*retake.Error](err)
			if !ok || got.Code != c.code || got.Field != c.field || !strings.Contains(got.Message, c.says) || len(got.Message) < 10 {
				t.Errorf("%v, want %s about %s saying %q", err, c.code, c.field, c.says)
			}
			if got != nil && strings.Contains(got.Message, filepath.Dir(c.source)) {
				t.Errorf("the message tells a path: %q", got.Message)
			}
			if _, err := os.Stat(out); err == nil {
				t.Error("a result was written")
			}
		})
	}
	left, err := os.ReadDir(e.TempDir)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A cancel is heard in every phase, gives its cause, and leaves nothing.
func TestCancel(t *testing.T) {
	e := newEditor(t)
	clip := makeClip(t, "clip.mp4", exactH264+"-g 250")
	for _, phase := range []retake.Phase{retake.PhaseProbing, retake.PhaseEngine, retake.PhaseSplicing, retake.PhaseVerifying} {
		t.Run(string(phase), func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(context.Background())
			out := filepath.Join(t.TempDir(), "out.mp4")
			done := make(chan error, 1)
			go func() {
				_, err := e.Edit(ctx, pipeline.Edit{
					Request: retake.Request{Prompt: "snow, wind", Start: 2, Duration: 3, Mode: retake.ReplaceAudioAndVideo},
					Source:  clip, Out: out,
				}, func(p retake.Progress) {
					if p.Phase == phase {
						cancel(retake.ErrCancelled)
					}
				})
				done <- err
			}()
			select {
			case err := <-done:
				if !errors.Is(err, retake.ErrCancelled) {
					t.Errorf("%v, want the cancel's cause", err)
				}
			case <-time.After(time.Minute):
				t.Fatal("the edit did not end")
			}
			if _, err := os.Stat(out); err == nil {
				t.Error("a result was written")
			}
		})
	}
	left, err := os.ReadDir(e.TempDir)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A clip whose index is sound and whose pictures are not is the clip's fault, and said so.
func TestPicturesThatCantBeDecoded(t *testing.T) {
	e := newEditor(t)
	for name, args := range map[string]string{
		"h264.mp4": exactH264 + "-g 60",
		"hevc.mp4": "-map 0:v -c:v libx265 -preset ultrafast -x265-params log-level=none -pix_fmt yuv420p",
	} {
		clip := makeClip(t, name, args)
		data, err := os.ReadFile(clip)
		if err != nil {
			t.Fatal(err)
		}
		at := strings.Index(string(data), "mdat") + 4
		end := strings.LastIndex(string(data), "moov") - 4
		for i := at; i < end; i++ {
			data[i] = byte(i * 7919 >> 3)
		}
		if err := os.WriteFile(clip, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err = e.Edit(context.Background(), pipeline.Edit{
			Request: retake.Request{Prompt: "snow", Start: 2, Duration: 2, Mode: retake.ReplaceVideo},
			Source:  clip, Out: filepath.Join(t.TempDir(), "out.mp4"),
		}, nil)
		if code := retake.CodeOf(err); code != retake.CodeUnreadable {
			t.Errorf("%s: %v, want %s", name, err, retake.CodeUnreadable)
		}
	}
}

// Sound that ends before the segment is said at once, by the preview and by the run.
func TestSoundThatEndsBeforeTheSegment(t *testing.T) {
	e := newEditor(t)
	clip := makeClip(t, "short-sound.mp4", exactH264+"-g 30 -af atrim=end=3")
	planner, hash := planFor(t, e, clip)
	for _, mode := range []retake.Mode{retake.ReplaceAudio, retake.ReplaceAudioAndVideo} {
		req := retake.Request{Prompt: "rain", Input: "a", Start: 4, Duration: 2, Mode: mode}
		ahead, err := planner.Preview(t.Context(), hash, "a.mp4", req)
		if err != nil || len(ahead.Problems) != 1 || !strings.Contains(ahead.Problems[0].Message, "sound ends before") {
			t.Errorf("%s: %+v, %v", mode, ahead.Problems, err)
		}
		_, err = e.Edit(t.Context(), pipeline.Edit{Request: req, Source: clip, Out: filepath.Join(t.TempDir(), "out.mp4")}, nil)
		if retake.CodeOf(err) != retake.CodeInvalid || !strings.Contains(retake.UserMessage(err), "sound ends before") {
			t.Errorf("%s: %v", mode, err)
		}
	}
}
