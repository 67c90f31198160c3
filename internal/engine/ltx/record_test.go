package ltx

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"retake/internal/engine/enginetest"
	"retake/internal/engine/hosted"
	"retake/internal/retake"
)

func quick(t *testing.T, address string) hosted.Config {
	cfg := DefaultConfig()
	cfg.URL = address
	enginetest.Hurry(t, &cfg)
	return cfg
}

// What is recorded holds no secret, and can be played back.
func TestRecord(t *testing.T) {
	f, dir := enginetest.NewFake(t), t.TempDir()
	f.Polls = 3
	f.ServeLTX()
	e, err := New(quick(t, f.URL), dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	job, _ := enginetest.Job(t, retake.ReplaceVideo, "the coat turns red")
	take, err := e.Retake(t.Context(), job, nil)
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.json"))
	if want := 1 + 1 + 1 + f.Seen(enginetest.StepPoll) + 1; len(files) != want || want < 7 {
		t.Errorf("%d exchanges were recorded, want %d", len(files), want)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"test-key", "s3cr3t", "0,104857600", os.TempDir()} {
			if strings.Contains(string(raw), secret) {
				t.Errorf("%s holds %q:\n%s", filepath.Base(name), secret, raw)
			}
		}
	}
	again := enginetest.Make(t, quick(t, enginetest.Replay(t, dir, take.File)), New)
	job, _ = enginetest.Job(t, retake.ReplaceVideo, "the coat turns red")
	second, err := again.Retake(t.Context(), job, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := os.ReadFile(take.File)
	b, _ := os.ReadFile(second.File)
	if len(a) == 0 || string(a) != string(b) {
		t.Errorf("played back, the answer has %d bytes, and %d when it was recorded", len(b), len(a))
	}
}

// Exchanges that users recorded with a key of their own.
func TestExchanges(t *testing.T) {
	dirs, _ := filepath.Glob("testdata/exchanges/*")
	if len(dirs) == 0 {
		t.Skip("none has been given yet")
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			job, clip := enginetest.Job(t, retake.ReplaceVideo, "the coat turns red")
			answer, err := clip.Window(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			e := enginetest.Make(t, quick(t, enginetest.Replay(t, dir, answer)), New)
			if _, err := e.Retake(t.Context(), job, nil); retake.CodeOf(err) == retake.CodeInternal && err != nil {
				t.Errorf("the exchange is not understood: %v", err)
			}
		})
	}
}

// A run that ended while it handed its job in is not repeated: this provider has no list to look the job up in.
func TestInDoubt(t *testing.T) {
	for _, note := range []string{`{"mark":"abc","address":"ltx://one","sent":true}`, `{`, `null`} {
		e, f := open(t)
		job, _ := enginetest.Job(t, retake.ReplaceVideo, "x")
		job.Note = []byte(note)
		_, err := e.Retake(t.Context(), job, nil)
		if retake.CodeOf(err) != retake.CodeEngine || !strings.Contains(retake.UserMessage(err), "may have been taken") || len(f.Jobs()) != 0 {
			t.Errorf("%s: %v, %d jobs", note, err, len(f.Jobs()))
		}
	}
}

// A job that takes too long is given up, and the time counts from when it was handed in, also over restarts.
func TestDeadline(t *testing.T) {
	f := enginetest.NewFake(t)
	f.Stays = true
	f.ServeLTX()
	cfg := quick(t, f.URL)
	cfg.JobWithin = 300 * time.Millisecond
	e := enginetest.Make(t, cfg, New)
	job, _ := enginetest.Job(t, retake.ReplaceVideo, "x")
	if _, err := e.Retake(t.Context(), job, nil); !strings.Contains(retake.UserMessage(err), "did not finish within 300ms") {
		t.Errorf("got %v", err)
	}
	job, _ = enginetest.Job(t, retake.ReplaceVideo, "x")
	job.Note = []byte(`{"mark":"abc","sent":true,"id":"job-1","began":"2020-01-01T00:00:00Z"}`)
	f.Mend()
	for _, done := f.Ask("job-1"); !done; _, done = f.Ask("job-1") {
		time.Sleep(time.Millisecond)
	}
	if _, err := e.Retake(t.Context(), job, nil); err != nil {
		t.Errorf("a job that is done is fetched, however old: %v", err)
	}
}

// Without a key nothing is sent, and it is said how to give one; a file's key is read anew for each job.
func TestKeys(t *testing.T) {
	f := enginetest.NewFake(t)
	f.ServeLTX()
	cfg := quick(t, f.URL)
	cfg.KeyEnv, cfg.KeyFile = "RETAKE_NO_SUCH_KEY", filepath.Join(t.TempDir(), "key")
	e := enginetest.Make(t, cfg, New)
	run := func() error {
		job, _ := enginetest.Job(t, retake.ReplaceVideo, "x")
		_, err := e.Retake(t.Context(), job, nil)
		return err
	}
	if err := run(); retake.CodeOf(err) != retake.CodeEngineKey || !strings.Contains(err.Error(), "engine.hosted.ltx.key_file") || f.Seen("place") != 0 {
		t.Errorf("without a key: %v, %d requests", err, f.Seen("place"))
	}
	for key, want := range map[string]retake.Code{"wrong": retake.CodeEngineKey, " test-key\n": ""} {
		if err := os.WriteFile(cfg.KeyFile, []byte(key), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := run(); err == nil && want != "" || err != nil && retake.CodeOf(err) != want {
			t.Errorf("key %q: %v", key, err)
		}
	}
}

// What is too large for the provider is told before anything is sent.
func TestTooLarge(t *testing.T) {
	err := service{}.Check(hosted.Order{Size: 101 << 20})
	if retake.FieldOf(err) != "duration" {
		t.Errorf("got %v", err)
	}
}

// A job over the rate waits, with nothing handed in.
func TestPace(t *testing.T) {
	f := enginetest.NewFake(t)
	f.ServeLTX()
	cfg := quick(t, f.URL)
	cfg.PerMinute = 1
	e := enginetest.Make(t, cfg, New)
	job, _ := enginetest.Job(t, retake.ReplaceVideo, "x")
	if _, err := e.Retake(t.Context(), job, nil); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		for f.Seen(enginetest.StepUpload) < 2 && t.Context().Err() == nil {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(200 * time.Millisecond) // in which it would be handed in
		cancel(retake.ErrCancelled)
	}()
	job, _ = enginetest.Job(t, retake.ReplaceVideo, "x")
	if _, err := e.Retake(ctx, job, nil); !errors.Is(err, retake.ErrCancelled) || len(f.Jobs()) != 1 {
		t.Errorf("%v, %d jobs", err, len(f.Jobs()))
	}
}
