package comfyui

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"retake/internal/engine/enginetest"
	"retake/internal/retake"
)

// against are settings for a fake.
func against(f *fake) Config {
	c := DefaultConfig()
	c.URL = f.web.URL
	c.PollEvery = 20 * time.Millisecond
	return c
}

func open(t *testing.T, cfg Config) *Engine {
	t.Helper()
	e, err := New(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

var prompts = map[retake.Mode]string{retake.ReplaceVideo: "x", retake.ReplaceAudio: "x", retake.ReplaceAudioAndVideo: "x"}

func TestConformance(t *testing.T) {
	f := newFake(t)
	enginetest.Run(t, func(t *testing.T) retake.Engine { return open(t, against(f)) }, enginetest.Options{Prompts: prompts, Deterministic: true})
	f.clean()
}

// window is a source whose window is made once.
type window struct {
	retake.Source
	path string
}

func (w window) Window(context.Context) (string, error) { return w.path, nil }

var shared = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "comfyui-test-")
	if err != nil {
		return "", err
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := shared(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// newJob is a job whose window is the same for all.
func newJob(t *testing.T) retake.Job {
	t.Helper()
	job, clip := enginetest.Job(t, retake.ReplaceVideo, "heavy snow")
	dir, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "window.mp4")
	if _, err := os.Stat(path); err != nil {
		made, err := clip.Window(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(made)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	job.Source, job.TempDir = window{job.Source, path}, t.TempDir()
	return job
}

// Whatever is cut, a job comes to its end, having been queued once.
func TestCuts(t *testing.T) {
	for _, fault := range []string{"cut upload", "cut after submit", "no socket", "cut socket", "hostile socket", "cut download", "cut GET /queue", "hostile history", "old", "paused"} {
		t.Run(fault, func(t *testing.T) {
			f := newFake(t, fault)
			job := newJob(t)
			var notes []string
			job.Remember = func(_ context.Context, note []byte) error { notes = append(notes, string(note)); return nil }
			take, err := open(t, against(f)).Retake(t.Context(), job, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(take.File)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(filepath.Join(f.dir, "answer_"+f.one().id+".mp4"))
			if err != nil || string(got) != string(want) {
				t.Errorf("%d bytes came of %d, %v", len(got), len(want), err)
			}
			if submits, uploads := f.count(); submits != 1 || uploads != 1 {
				t.Errorf("%d submits, %d uploads", submits, uploads)
			}
			if len(notes) != 2 || !strings.Contains(notes[0], `"sent":false`) || !strings.Contains(notes[1], f.one().id) {
				t.Errorf("notes %q", notes)
			}
			f.clean()
		})
	}
}

// one is the only job that was done.
func (f *fake) one() *fakeJob {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.history) != 1 {
		f.t.Fatalf("%d jobs in the history", len(f.history))
	}
	for _, j := range f.history {
		return j
	}
	return nil
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		fault   string
		code    retake.Code
		says    string
		submits int
	}{
		{"always cut any", retake.CodeUnavailable, "can't be reached", 0},
		{"always cut POST /prompt", retake.CodeUnavailable, "can't be reached", 0},
		{"always 401", retake.CodeEngineKey, "headers", 0},
		{"always 302", retake.CodeEngine, "final address", 0},
		{"always 413", retake.CodeEngine, "--max-upload-size", 0},
		{"always 429", retake.CodeOverloaded, "no room", 0},
		{"always 500", retake.CodeUnavailable, "in trouble", 0},
		{"bad value", retake.CodeEngine, "LTXVConditioning: Value 1001 bigger", 0},
		{"error", retake.CodeEngine, "node VAEDecodeTiled: weights at … are broken", 1},
		{"oom", retake.CodeEngine, "out of memory", 1},
		{"saves nothing", retake.CodeEngine, "saved no video", 1},
		{"always file gone", retake.CodeEngine, "gone", 1},
		{"always cut GET /view", retake.CodeUnavailable, "can't be reached", 1},
		{"endless download", retake.CodeEngine, "can't be used", 1},
	} {
		t.Run(c.fault, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, c.fault)
			cfg := against(f)
			cfg.AnswerLimit = 2 << 20
			_, err := open(t, cfg).Retake(t.Context(), newJob(t), nil)
			user, ok := errors.AsType[*retake.Error](err)
			if !ok || user.Code != c.code || !strings.Contains(user.Message, c.says) {
				t.Fatalf("got %v, want %s with %q", err, c.code, c.says)
			}
			if strings.ContainsAny(user.Message, "/{") {
				t.Errorf("the user is told of the inside: %s", user.Message)
			}
			if submits, _ := f.count(); submits != c.submits {
				t.Errorf("%d submits", submits)
			}
			f.clean()
		})
	}
}

// What a server lacks is named, with where it can be had, before a job and by one.
func TestLacking(t *testing.T) {
	f := newFake(t)
	f.lacking, f.models = []string{"LTXVAudioVideoMask", "SaveVideo"}, nil
	e := open(t, against(f))
	_, err := e.Retake(t.Context(), newJob(t), nil)
	for when, err := range map[string]error{"ready": e.Ready(t.Context()), "job": err} {
		for _, want := range []string{"LTXVAudioVideoMask (node pack ComfyUI-KJNodes", "SaveVideo", "gemma_3_12B", "Lightricks/LTX-2.3, into models/checkpoints"} {
			if retake.CodeOf(err) != retake.CodeUnavailable || !strings.Contains(retake.UserMessage(err), want) {
				t.Errorf("%s: got %v, want %q", when, err, want)
			}
		}
	}
	f = newFake(t)
	f.models = f.models[:1]
	if _, err := open(t, against(f)).Retake(t.Context(), newJob(t), nil); !strings.Contains(retake.UserMessage(err), "the file gemma_3_12B") {
		t.Errorf("a missing model: %v", err)
	}
	f = newFake(t)
	e = open(t, against(f))
	if err := e.Ready(t.Context()); err != nil || e.Info().Version != "0.30.0" {
		t.Errorf("a server that has all: %v, version %q", err, e.Info().Version)
	}
}

// A server that is not there, or that forgets a job, is told as that; a job that it forgot ends.
func TestGone(t *testing.T) {
	f := newFake(t)
	cfg := against(f)
	f.web.Close()
	e := open(t, cfg)
	if _, err := e.Retake(t.Context(), newJob(t), nil); retake.CodeOf(err) != retake.CodeUnavailable {
		t.Errorf("a job without a server: %v", err)
	}
	if err := e.Ready(t.Context()); retake.CodeOf(err) != retake.CodeUnavailable {
		t.Errorf("ready without a server: %v", err)
	}
	f = newFake(t, "waits")
	_, err := open(t, against(f)).Retake(t.Context(), newJob(t), func(float64) { go f.restart() })
	if retake.CodeOf(err) != retake.CodeEngine || !strings.Contains(retake.UserMessage(err), "doesn't know the job any more") {
		t.Errorf("a server that forgot: %v", err)
	}
	f.clean()
}

func TestDeadline(t *testing.T) {
	f := newFake(t, "waits")
	cfg := against(f)
	cfg.JobWithin = 300 * time.Millisecond
	_, err := open(t, cfg).Retake(t.Context(), newJob(t), nil)
	if retake.CodeOf(err) != retake.CodeEngine || !strings.Contains(retake.UserMessage(err), "did not finish within 300ms") {
		t.Errorf("got %v", err)
	}
	f.clean()
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Error("never came: " + what)
			return
		}
	}
}

// A cancelled job is interrupted where it runs, and taken out of the queue where it waits behind another, which goes on.
func TestCancel(t *testing.T) {
	f := newFake(t, "waits")
	stranger := &fakeJob{id: "stranger", prompt: map[string]node{}, halt: make(chan struct{})}
	for _, waiting := range []bool{false, true} {
		if waiting {
			f.mu.Lock()
			f.faults["waits"] = 1
			f.queue = append(f.queue, stranger)
			f.mu.Unlock()
			f.wake <- struct{}{}
			eventually(t, "the other job runs", func() bool { f.mu.Lock(); defer f.mu.Unlock(); return f.running == stranger })
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		var over sync.WaitGroup
		over.Go(func() {
			eventually(t, "the job is there", func() bool {
				f.mu.Lock()
				defer f.mu.Unlock()
				return waiting && len(f.queue) > 0 || !waiting && f.running != nil
			})
			cancel(retake.ErrCancelled)
		})
		_, err := open(t, against(f)).Retake(ctx, newJob(t), nil)
		over.Wait()
		if !errors.Is(err, retake.ErrCancelled) {
			t.Errorf("got %v", err)
		}
	}
	f.mu.Lock()
	if f.running != stranger || len(f.queue) != 0 || len(f.interrupted) == 0 || f.interrupted[len(f.interrupted)-1] == "stranger" {
		t.Errorf("running %v, %d queued, interrupted %q", f.running, len(f.queue), f.interrupted)
	}
	stranger.end()
	f.mu.Unlock()
	f.clean()
}

// A job that runs when this server stops is left alone, and picked up by the next run: after it was queued, after it was
// done, and when its submission was cut by the stop. One that ComfyUI lost is queued anew.
func TestPickUp(t *testing.T) {
	for _, c := range []struct {
		name    string
		between func(f *fake, note *[]byte)
		submits int
	}{
		{"runs", func(f *fake, _ *[]byte) { f.release() }, 1},
		{"was not noted as sent", func(f *fake, note *[]byte) {
			*note = []byte(strings.Replace(string(*note), `"sent":true`, `"sent":false`, 1))
			f.release()
		}, 1},
		{"is known by its client alone", func(f *fake, note *[]byte) {
			f.mu.Lock()
			*note = []byte(fmt.Sprintf(`{"id":"another","client":%q}`, f.running.client))
			f.mu.Unlock()
			f.release()
		}, 1},
		{"was lost", func(f *fake, _ *[]byte) { f.restart() }, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t, "holds")
			var note []byte
			job := newJob(t)
			job.Remember = func(_ context.Context, n []byte) error { note = n; return nil }
			ctx, cancel := context.WithCancelCause(t.Context())
			_, err := open(t, against(f)).Retake(ctx, job, func(float64) { cancel(retake.ErrShutdown) })
			if !errors.Is(err, retake.ErrShutdown) || len(f.interrupted) > 0 {
				t.Fatalf("got %v, interrupted %q", err, f.interrupted)
			}
			c.between(f, &note)
			job.Note = note
			take, err := open(t, against(f)).Retake(t.Context(), job, nil)
			if err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(take.File); err != nil || info.Size() == 0 {
				t.Errorf("the answer: %v", err)
			}
			if submits, _ := f.count(); submits != c.submits {
				t.Errorf("%d submits, want %d", submits, c.submits)
			}
			f.clean()
		})
	}
}

// release lets a held job go on.
func (f *fake) release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.running != nil {
		f.running.end()
	}
}

// A note that can't be kept ends the job before it is queued.
func TestNoteLost(t *testing.T) {
	f := newFake(t)
	job := newJob(t)
	job.Remember = func(context.Context, []byte) error { return retake.ErrLeaseLost }
	_, err := open(t, against(f)).Retake(t.Context(), job, nil)
	if submits, _ := f.count(); !errors.Is(err, retake.ErrLeaseLost) || submits != 0 {
		t.Errorf("%v, %d submits", err, submits)
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
	if err := e.Ready(t.Context()); err != nil || f.header.Get("Authorization") != "Bearer abc" || f.header.Get("X-Key") != "secret" {
		t.Errorf("%v, %v", err, f.header)
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
