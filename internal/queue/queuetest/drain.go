package queuetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"retake/internal/retake"
)

var drainTests = map[string]func(*testing.T, *suite){
	"what runs may end": func(t *testing.T, s *suite) {
		started := make(chan struct{}, 10)
		q := s.start(func(ctx context.Context, _ *retake.Generation, _ func(retake.Progress)) retake.Outcome {
			started <- struct{}{}
			select {
			case <-time.After(s.config.Drain / 3):
				return succeeded
			case <-ctx.Done():
				return retake.Outcome{Status: retake.Failed, Error: "it was stopped"}
			}
		})
		ids := s.create("ox", 4)
		q.Wake()
		receive(s, "a first start", started)
		receive(s, "a second start", started)
		if err := q.Drain(t.Context()); err != nil {
			t.Fatalf("Drain: %v", err)
		}
		count := map[retake.Status]int{}
		for _, id := range ids {
			count[s.get(id).Status]++
		}
		if count[retake.Succeeded] != 2 || count[retake.Queued] != 2 {
			t.Fatalf("after a drain: %v; want what ran to have ended and the rest to wait", count)
		}
	},
	"what takes too long goes back": func(t *testing.T, s *suite) {
		b := newBlocked()
		q := s.start(b.run)
		id := s.create("ox", 1)[0]
		q.Wake()
		receive(s, "a start", b.started)
		if err := q.Drain(t.Context()); err != nil {
			t.Fatalf("Drain: %v", err)
		}
		s.wantCause(b, retake.ErrShutdown)
		if g := s.get(id); g.Status != retake.Queued || g.Attempts != 0 || s.ends(id) != 0 {
			t.Fatalf("%s with %d attempts and %d ends; want it queued as if nothing had been", g.Status, g.Attempts, s.ends(id))
		}
	},
	"the end of the context does not wait for the limit": func(t *testing.T, s *suite) {
		s.config.Drain = 1000 * time.Hour
		b := newBlocked()
		q := s.start(b.run)
		s.create("ox", 1)
		q.Wake()
		receive(s, "a start", b.started)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := q.Drain(ctx); err != nil {
			t.Fatalf("Drain: %v", err)
		}
		s.wantCause(b, retake.ErrShutdown)
	},
	"a result that comes with the shutdown counts": func(t *testing.T, s *suite) {
		started := make(chan struct{})
		q := s.start(func(ctx context.Context, _ *retake.Generation, _ func(retake.Progress)) retake.Outcome {
			close(started)
			<-ctx.Done()
			return succeeded
		})
		id := s.create("ox", 1)[0]
		q.Wake()
		receive(s, "a start", started)
		if err := q.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.waitStatus(id, retake.Succeeded)
	},
	"one that is cancelled meanwhile ends": func(t *testing.T, s *suite) {
		b := newBlocked()
		q := s.start(b.run)
		id := s.create("ox", 1)[0]
		q.Wake()
		receive(s, "a start", b.started)
		if _, err := s.store.Cancel(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := q.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		s.wantCancelledOnce(id)
	},
	"nothing starts afterwards, and a second drain is none": func(t *testing.T, s *suite) {
		b := newBlocked()
		q := s.start(b.run)
		for range 2 {
			if err := q.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		id := s.create("ox", 1)[0]
		q.Wake()
		time.Sleep(s.config.Renew)
		if g := s.get(id); g.Status != retake.Queued {
			t.Fatalf("generation is %s after a drain", g.Status)
		}
		if !q.Stats().Draining {
			t.Fatal("the counts do not tell of the drain")
		}
	},
	"restarts in the middle of work lose nothing": testRestarts,
}

// testRestarts runs generations that take a while through queues that are stopped again and again.
func testRestarts(t *testing.T, s *suite) {
	s.config.Drain = 0
	var mu sync.Mutex
	work := map[string]int{} // how far each generation is: a run does one piece at a time
	run := func(ctx context.Context, g *retake.Generation, _ func(retake.Progress)) retake.Outcome {
		for {
			mu.Lock()
			work[g.ID]++
			done := work[g.ID] >= 8
			mu.Unlock()
			if done {
				return succeeded
			}
			select {
			case <-ctx.Done():
				return retake.Outcome{Status: retake.Failed, Error: fmt.Sprint("stopped: ", context.Cause(ctx))}
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	ids := s.create("ox", 12)
	for range 6 {
		q := s.start(run)
		time.Sleep(60 * time.Millisecond)
		if err := q.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			if g := s.get(id); g.Status != retake.Queued && g.Status != retake.Succeeded {
				t.Fatalf("between two queues a generation is %s (%s)", g.Status, g.Error)
			}
		}
	}
	s.start(run)
	for _, id := range ids {
		g := s.waitStatus(id, retake.Succeeded)
		if g.Attempts != 0 || s.ends(id) != 1 {
			t.Fatalf("%d attempts and %d ends; want 0 and 1", g.Attempts, s.ends(id))
		}
	}
}
