package queuetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"retake/internal/retake"
)

var cancelTests = map[string]func(*testing.T, *suite){
	"queued": func(t *testing.T, s *suite) {
		b := newBlocked()
		s.config.Slots = map[string]int{Engine: 1}
		q := s.start(b.run)
		ids := s.create("ox", 2)
		q.Wake()
		running := receive(s, "a start", b.started)
		waiting := ids[0]
		if waiting == running.ID {
			waiting = ids[1]
		}
		g, err := q.Cancel(t.Context(), waiting)
		if err != nil || g.Status != retake.Cancelled {
			t.Fatalf("Cancel: %+v, %v", g, err)
		}
		s.wantCancelledOnce(waiting)
		s.wantStillRunning(running.ID)
	},
	"running, at once": func(t *testing.T, s *suite) {
		s.config.Lease, s.config.Renew = 1000*time.Hour, 100*time.Hour // so that no renewal brings the word
		b := newBlocked()
		q := s.start(b.run)
		id := s.create("ox", 1)[0]
		q.Wake()
		receive(s, "a start", b.started)
		if _, err := q.Cancel(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		s.wantCause(b, retake.ErrCancelled)
		s.wantCancelledOnce(id)
	},
	"running, when the runner succeeds all the same": func(t *testing.T, s *suite) {
		started := make(chan struct{})
		q := s.start(func(ctx context.Context, _ *retake.Generation, _ func(retake.Progress)) retake.Outcome {
			close(started)
			<-ctx.Done()
			file := retake.File{Namespace: "ox", Repo: "generations", Branch: "main", Path: "r.mp4", Hash: "aa"}
			return retake.Outcome{Status: retake.Succeeded, ResultFile: "r.mp4", File: &file}
		})
		id := s.create("ox", 1)[0]
		q.Wake()
		receive(s, "a start", started)
		if _, err := q.Cancel(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		s.wantCancelledOnce(id)
		if _, err := s.store.FileAt(t.Context(), "ox", "generations", "main", "r.mp4"); !errors.Is(err, retake.ErrNotFound) {
			t.Fatalf("a cancelled generation published its result (%v)", err)
		}
	},
	"running, noted by somebody else": func(t *testing.T, s *suite) {
		b := newBlocked()
		q := s.start(b.run)
		id := s.create("ox", 1)[0]
		q.Wake()
		receive(s, "a start", b.started)
		if _, err := s.store.Cancel(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		s.wantCause(b, retake.ErrCancelled)
		s.wantCancelledOnce(id)
	},
	"ended": func(t *testing.T, s *suite) {
		q := s.start(func(context.Context, *retake.Generation, func(retake.Progress)) retake.Outcome { return succeeded })
		id := s.create("ox", 1)[0]
		q.Wake()
		s.waitStatus(id, retake.Succeeded)
		g, err := q.Cancel(t.Context(), id)
		if err != nil || g.Status != retake.Succeeded {
			t.Fatalf("Cancel: %+v, %v; want it left alone", g, err)
		}
		if n := s.ends(id); n != 1 {
			t.Fatalf("%d ends, want 1", n)
		}
	},
	"unknown": func(t *testing.T, s *suite) {
		q := s.start(newBlocked().run)
		if _, err := q.Cancel(t.Context(), "00000000-0000-4000-8000-000000000000"); !errors.Is(err, retake.ErrNotFound) {
			t.Fatalf("Cancel: %v, want not found", err)
		}
	},
	"at any moment from queueing to the end": testCancelAnyMoment,
}

// testCancelAnyMoment cancels while claims and ends go on. Whatever the cancel meets, a generation ends once, and
// as succeeded only if the cancel came too late.
func testCancelAnyMoment(t *testing.T, s *suite) {
	q := s.start(func(ctx context.Context, _ *retake.Generation, _ func(retake.Progress)) retake.Outcome {
		if ctx.Err() != nil {
			return retake.Outcome{Status: retake.Failed, Error: "it was stopped"}
		}
		return succeeded
	})
	for range 60 {
		id := s.create("ox", 1)[0]
		q.Wake()
		g, err := q.Cancel(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		s.eventually("the generation ends", func() bool { return s.get(id).Status.Ended() })
		end := s.get(id).Status
		if g.Status == retake.Succeeded && end != retake.Succeeded || g.Status != retake.Succeeded && end != retake.Cancelled {
			t.Fatalf("the cancel met a %s generation, which ended as %s", g.Status, end)
		}
		if n := s.ends(id); n != 1 {
			t.Fatalf("%d ends, want 1", n)
		}
	}
}

func (s *suite) wantCause(b *blocked, want error) {
	s.Helper()
	if cause := receive(s, "the runner is stopped", b.causes); !errors.Is(cause, want) {
		s.Fatalf("the runner was stopped because %v, want %v", cause, want)
	}
}

func (s *suite) wantCancelledOnce(id string) {
	s.Helper()
	s.waitStatus(id, retake.Cancelled)
	if n := s.ends(id); n != 1 {
		s.Fatalf("%d ends, want 1", n)
	}
}

func (s *suite) wantStillRunning(id string) {
	s.Helper()
	if g := s.get(id); g.Status != retake.Processing {
		s.Fatalf("generation is %s, want that it still runs", g.Status)
	}
}
