package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	blobs "retake/internal/blob/local"
	"retake/internal/engine/enginetest"
	"retake/internal/media"
	"retake/internal/model"
	"retake/internal/pipeline"
	"retake/internal/retake"
)

// counting is a fetcher that copies a file, and counts.
type counting struct {
	clip    string
	fetches atomic.Int32
	hold    chan struct{}       // a fetch waits for it; nil: it doesn't
	fails   func(n int32) error // of the nth fetch
}

func (c *counting) Fetch(ctx context.Context, _ string, dst *os.File, progress func(done, total int64)) error {
	n := c.fetches.Add(1)
	progress(1, 2)
	if c.hold != nil {
		select {
		case <-c.hold:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if c.fails != nil {
		if err := c.fails(n); err != nil {
			return err
		}
	}
	src, err := os.Open(c.clip)
	if err != nil {
		return err
	}
	defer src.Close()
	_, err = io.Copy(dst, src)
	return err
}

// manyDrifts is an engine that works on several jobs side by side: each has a Drift of its own.
type manyDrifts struct{}

func (manyDrifts) Info() retake.EngineInfo { return (&enginetest.Drift{}).Info() }

func (manyDrifts) Retake(ctx context.Context, job retake.Job, progress retake.ProgressFunc) (*retake.Take, error) {
	return (&enginetest.Drift{Object: object}).Retake(ctx, job, progress)
}

// taking is a request for several takes, and how they are run.
type taking struct {
	*testing.T
	*pipeline.Generator
	fetcher *counting
	temp    string
	log     string // of ffmpeg's arguments
	open    atomic.Int32
}

func newTaking(t *testing.T, clip string, shares bool) *taking {
	t.Helper()
	dir := t.TempDir()
	s := &taking{T: t, fetcher: &counting{clip: clip}, temp: filepath.Join(dir, "work"), log: filepath.Join(dir, "ffmpeg.log")}
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "ffmpeg")
	script := fmt.Sprintf("#!/bin/sh\necho \"$*\" >> %s\nexec %s \"$@\"\n", s.log, ffmpeg)
	if err := errors.Join(os.Mkdir(s.temp, 0o700), os.WriteFile(program, []byte(script), 0o700)); err != nil {
		t.Fatal(err)
	}
	cfg := media.DefaultConfig()
	cfg.FFmpeg, cfg.Sandbox = program, media.SandboxOff // the log is written outside of the sandbox
	tools, err := media.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	models, err := model.Load(model.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	kept, err := blobs.Open(blobs.Config{Dir: filepath.Join(dir, "blobs")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kept.Close() })
	log := slog.New(slog.DiscardHandler)
	s.Generator = &pipeline.Generator{
		Editor: &pipeline.Editor{Tools: tools, Engines: []retake.Engine{manyDrifts{}}, TempDir: s.temp, Config: pipeline.DefaultConfig()},
		Models: models, Blobs: kept, Fetcher: s.fetcher, Log: log, Now: time.Now,
		Locate: func(string) (pipeline.Name, bool) { return pipeline.Name{}, false },
	}
	if shares {
		s.Shelf = pipeline.NewShelf(s.temp, func(context.Context, string) (int, error) { return int(s.open.Load()), nil }, log)
	}
	return s
}

// take runs the nth take, whose row ends after it.
func (s *taking) take(ctx context.Context, n int) retake.Outcome {
	defer s.open.Add(-1)
	return s.Generator.Run(ctx, s.row(n), func(retake.Progress) {})
}

// row is that of the nth take.
func (s *taking) row(n int) *retake.Generation {
	return &retake.Generation{ID: fmt.Sprint("take", n), Namespace: "ox", Request: "r", Model: "lightricks-ltx-2-retake", Enqueued: time.Now(),
		Params: map[string]any{"prompt": "a red box", "input_video": "https://example.com/clip", "start_time": 1.5, "duration": 2.0, "seed": float64(n), "mode": "replace_video"},
	}
}

// windows counts the windows that were encoded.
func (s *taking) windows() int {
	s.Helper()
	text, err := os.ReadFile(s.log)
	if err != nil {
		s.Fatal(err)
	}
	return strings.Count(string(text), "window.mp4\n")
}

// wantNothingLeft fails when a temporary file is left behind.
func (s *taking) wantNothingLeft() {
	s.Helper()
	left, err := os.ReadDir(s.temp)
	if err != nil || len(left) > 0 {
		s.Errorf("left behind: %v, %v", left, err)
	}
}

// Takes of one request fetch the clip and encode the engine's window once, whether they run side by side or in turn, and
// nothing is left when the last has ended.
func TestTakesShareWhatTheyHaveInCommon(t *testing.T) {
	clip := driftClip(t, "320x180", "25")
	for _, tt := range []struct {
		name             string
		shares           bool
		fetches, windows int
	}{{"shared", true, 1, 1}, {"alone", false, 4, 4}} {
		t.Run(tt.name, func(t *testing.T) {
			s := newTaking(t, clip, tt.shares)
			s.open.Store(4)
			results := make(chan retake.Outcome, 4)
			for slot := range 2 {
				go func() {
					for i := range 2 {
						results <- s.take(t.Context(), 2*slot+i)
					}
				}()
			}
			began := time.Now()
			for range 4 {
				if o := <-results; o.Status != retake.Succeeded {
					t.Errorf("%s: %s", o.Status, o.Error)
				}
			}
			t.Logf("4 takes: %v", time.Since(began))
			if n := int(s.fetcher.fetches.Load()); n != tt.fetches {
				t.Errorf("%d fetches, want %d", n, tt.fetches)
			}
			if n := s.windows(); n != tt.windows {
				t.Errorf("%d windows, want %d", n, tt.windows)
			}
			if s.Shelf != nil {
				s.Shelf.Sweep(t.Context(), time.Hour)
			}
			s.wantNothingLeft()
		})
	}
}

// The take that began to fetch is cancelled: the other one's fetch goes on, and isn't begun anew.
func TestCancelledTakeTakesNothingFromOthers(t *testing.T) {
	s := newTaking(t, driftClip(t, "320x180", "25"), true)
	s.fetcher.hold = make(chan struct{})
	s.open.Store(2)
	ctx, cancel := context.WithCancelCause(t.Context())
	var first, second retake.Outcome
	var running sync.WaitGroup
	running.Go(func() { first = s.take(ctx, 1) })
	for s.fetcher.fetches.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	running.Go(func() { second = s.take(t.Context(), 2) })
	for s.Shelf.Users("r", "source") < 2 {
		time.Sleep(time.Millisecond)
	}
	cancel(retake.ErrCancelled)
	for s.Shelf.Users("r", "source") > 1 {
		time.Sleep(time.Millisecond)
	}
	close(s.fetcher.hold)
	running.Wait()
	if first.Status != retake.Cancelled || second.Status != retake.Succeeded || s.fetcher.fetches.Load() != 1 {
		t.Errorf("%s, %s %s, %d fetches", first.Status, second.Status, second.Error, s.fetcher.fetches.Load())
	}
	s.Shelf.Sweep(t.Context(), time.Hour)
	s.wantNothingLeft()
}

// A failed fetch fails the take that began it; the others fetch for themselves. A clip that is to blame fails them all at once.
func TestFailedFetchTakesNothingFromOthers(t *testing.T) {
	clip := driftClip(t, "320x180", "25")
	for _, tt := range []struct {
		err       error
		succeeded int
		fetches   int32
	}{{retake.Errorf(retake.CodeUnavailable, "cut off"), 1, 2}, {retake.Invalid("input_video", "too large"), 0, 1}} {
		s := newTaking(t, clip, true)
		s.fetcher.hold = make(chan struct{})
		s.fetcher.fails = func(n int32) error {
			if n == 1 {
				return tt.err
			}
			return nil
		}
		s.open.Store(2)
		results := make(chan retake.Outcome, 2)
		for n := range 2 {
			go func() { results <- s.take(t.Context(), n) }()
		}
		for s.Shelf.Users("r", "source") < 2 {
			time.Sleep(time.Millisecond)
		}
		close(s.fetcher.hold)
		succeeded := 0
		for range 2 {
			if o := <-results; o.Status == retake.Succeeded {
				succeeded++
			}
		}
		if n := s.fetcher.fetches.Load(); succeeded != tt.succeeded || n != tt.fetches {
			t.Errorf("%v: %d succeeded with %d fetches, want %d with %d", tt.err, succeeded, n, tt.succeeded, tt.fetches)
		}
		s.Shelf.Sweep(t.Context(), time.Hour)
		s.wantNothingLeft()
	}
}

// What takes that were cancelled in the queue would have shared is swept.
func TestSweepRemovesWhatNoTakeWaitsFor(t *testing.T) {
	s := newTaking(t, driftClip(t, "320x180", "25"), true)
	s.open.Store(3)
	if o := s.take(t.Context(), 1); o.Status != retake.Succeeded {
		t.Fatal(o.Error)
	}
	left, err := os.ReadDir(s.temp)
	if err != nil || len(left) != 2 {
		t.Fatalf("kept for the others: %v, %v; want the clip and the window", left, err)
	}
	s.Shelf.Sweep(t.Context(), time.Hour)
	if now, _ := os.ReadDir(s.temp); len(now) != 2 {
		t.Errorf("%d left while others wait", len(now))
	}
	s.open.Store(0) // they are cancelled
	s.Shelf.Sweep(t.Context(), time.Hour)
	s.wantNothingLeft()
}
