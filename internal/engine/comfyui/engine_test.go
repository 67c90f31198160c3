package comfyui

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"retake/internal/engine/enginetest"
	"retake/internal/retake"
)

func newFake(t *testing.T) *enginetest.Comfy {
	return enginetest.NewComfy(t, DefaultConfig().Checkpoint, DefaultConfig().TextEncoder)
}

// against are settings for a fake: short pauses, and times that its answers keep to on a busy machine.
func against(f *enginetest.Comfy) Config {
	c := DefaultConfig()
	c.URL, c.AnswerLimit = f.URL, 2<<20
	c.PollEvery, c.AnswerWithin, c.SilentWithin, c.CancelWithin = 20*time.Millisecond, 1500*time.Millisecond, 5*time.Second, 5*time.Second
	return c
}

func open(t *testing.T, cfg Config) *Engine {
	t.Helper()
	e, err := New(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	e.client.most = 2 << 20
	return e
}

var prompts = map[retake.Mode]string{retake.ReplaceVideo: "x", retake.ReplaceAudio: "x", retake.ReplaceAudioAndVideo: "x"}

func TestConformance(t *testing.T) {
	f := newFake(t)
	enginetest.Run(t, func(t *testing.T) retake.Engine { return open(t, against(f)) }, enginetest.Options{Prompts: prompts, Deterministic: true})
	if n := f.Running(); n > 0 {
		t.Errorf("%d jobs run on", n)
	}
}

// What a server lacks is named, with where it can be had, before a job and by one.
func TestLacking(t *testing.T) {
	f := newFake(t)
	f.Lacking, f.Models = []string{"LTXVAudioVideoMask", "SaveVideo"}, nil
	e := open(t, against(f))
	job, _ := enginetest.Job(t, retake.ReplaceVideo, "x")
	_, err := e.Retake(t.Context(), job, nil)
	for when, err := range map[string]error{"ready": e.Ready(t.Context()), "job": err} {
		for _, want := range []string{"LTXVAudioVideoMask (node pack ComfyUI-KJNodes", "SaveVideo", "gemma_3_12B", "Lightricks/LTX-2.3, into models/checkpoints"} {
			if retake.CodeOf(err) != retake.CodeUnavailable || !strings.Contains(retake.UserMessage(err), want) {
				t.Errorf("%s: got %v, want %q", when, err, want)
			}
		}
	}
	f = newFake(t)
	e = open(t, against(f))
	if err := e.Ready(t.Context()); err != nil || e.Info().Version != "0.30.0" {
		t.Errorf("a server that has all: %v, version %q", err, e.Info().Version)
	}
}

// A server that is not there is told as that.
func TestGone(t *testing.T) {
	cfg := DefaultConfig()
	cfg.URL, cfg.PollEvery = "http://127.0.0.1:1", time.Millisecond
	e := open(t, cfg)
	job, _ := enginetest.Job(t, retake.ReplaceVideo, "x")
	if _, err := e.Retake(t.Context(), job, nil); retake.CodeOf(err) != retake.CodeUnavailable {
		t.Errorf("a job without a server: %v", err)
	}
	if err := e.Ready(t.Context()); retake.CodeOf(err) != retake.CodeUnavailable {
		t.Errorf("ready without a server: %v", err)
	}
}

// A note that can't be kept ends the job before it is queued.
func TestNoteLost(t *testing.T) {
	f := newFake(t)
	job, _ := enginetest.Job(t, retake.ReplaceVideo, "x")
	job.Remember = func(context.Context, []byte) error { return retake.ErrLeaseLost }
	_, err := open(t, against(f)).Retake(t.Context(), job, nil)
	if n := f.Taken(); !errors.Is(err, retake.ErrLeaseLost) || n != 0 {
		t.Errorf("%v, %d jobs were queued", err, n)
	}
}

// Keys come from where the settings say, go with each request, and nowhere else.
func TestHeaders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("COMFY_TEST_KEY", "Bearer abc")
	f := newFake(t)
	cfg := against(f)
	cfg.Headers = []string{"Authorization=env:COMFY_TEST_KEY", "X-Key=file:" + path}
	e := open(t, cfg)
	if err := e.Ready(t.Context()); err != nil || f.Header().Get("Authorization") != "Bearer abc" || f.Header().Get("X-Key") != "secret" {
		t.Errorf("%v, %v", err, f.Header())
	}
	for _, key := range []string{"abc", "secret"} {
		if said := e.client.unsaid([]byte(`{"error":"no such key: ` + key + `"}`)); string(said) != `{"error":"no such key: REMOVED"}` {
			t.Errorf("a server that repeats a key: %s", said)
		}
	}
	cfg.Headers = []string{"Authorization=env:COMFY_TEST_NONE"}
	if _, err := New(cfg, nil); err == nil {
		t.Error("an empty key is taken")
	}
	cfg.Headers = []string{"Authorization=Bearer abc"}
	if err := cfg.Validate(); err == nil || strings.Contains(err.Error(), "abc") {
		t.Errorf("a key in the settings: %v", err)
	}
}

// A disk that is full is not taken for a server that is away.
func TestAnswerWithoutRoom(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no disk here that is always full:", err)
	}
	defer full.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Range", "bytes 5-10/11")
		w.WriteHeader(http.StatusPartialContent)
		_, _ = w.Write([]byte("answer"))
	}))
	defer s.Close()
	cfg := DefaultConfig()
	cfg.URL = s.URL
	e := open(t, cfg)
	_, err = e.downloadFrom(t.Context(), saved{Name: "x.mp4"}, full, 5)
	if !errors.Is(err, syscall.ENOSPC) || errors.Is(err, errUnreachable) {
		t.Errorf("got %v", err)
	}
}
