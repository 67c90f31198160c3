package queuetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"retake/internal/retake"
)

var leaseTests = map[string]func(*testing.T, *suite){
	"a long run keeps its claim": func(t *testing.T, s *suite) {
		q := s.start(func(ctx context.Context, _ *retake.Generation, _ func(retake.Progress)) retake.Outcome {
			select {
			case <-time.After(5 * s.config.Lease):
				return succeeded
			case <-ctx.Done():
				return retake.Outcome{Status: retake.Failed, Error: context.Cause(ctx).Error()}
			}
		})
		id := s.create("ox", 1)[0]
		q.Wake()
		for range 10 {
			time.Sleep(s.config.Lease / 3)
			if g := s.get(id); g.Status != retake.Processing || !g.Lease.After(time.Now()) {
				t.Fatalf("in the middle of its run it is %s with a lease until %v, and it is %v", g.Status, g.Lease, time.Now())
			}
		}
		s.eventuallyLong("it ends", func() bool { return s.get(id).Status == retake.Succeeded })
		if g := s.get(id); g.Fence != 1 || g.Attempts != 0 {
			t.Fatalf("claimed %d times, %d attempts; want 1 and 0", g.Fence, g.Attempts)
		}
	},
	"what a dead worker left is run again": func(t *testing.T, s *suite) {
		id := s.create("ox", 1)[0]
		dead := s.claimAsDead()
		s.start(func(context.Context, *retake.Generation, func(retake.Progress)) retake.Outcome { return succeeded })
		s.wantStillRunning(id)
		s.eventuallyLong("it ends", func() bool { return s.get(id).Status == retake.Succeeded })
		if g := s.get(id); g.Attempts != 1 || g.Fence <= dead.Fence {
			t.Fatalf("%d attempts, fence %d; want 1 and more than %d", g.Attempts, g.Fence, dead.Fence)
		}
	},
	"what lapsed before the start is run at once": func(t *testing.T, s *suite) {
		id := s.create("ox", 1)[0]
		s.claimAsDead()
		time.Sleep(s.config.Lease + time.Millisecond)
		s.config.Reap = 1000 * time.Hour
		s.start(func(context.Context, *retake.Generation, func(retake.Progress)) retake.Outcome { return succeeded })
		s.waitStatus(id, retake.Succeeded)
	},
	"what kills its workers is given up": func(t *testing.T, s *suite) {
		id := s.create("ox", 1)[0]
		for range s.config.MaxAttempts + 1 {
			s.claimAsDead()
			time.Sleep(s.config.Lease + time.Millisecond)
			if _, err := s.store.ReapLeases(t.Context(), s.config.MaxAttempts); err != nil {
				t.Fatal(err)
			}
		}
		b := newBlocked()
		s.start(b.run)
		if g := s.waitStatus(id, retake.Failed); g.Error == "" {
			t.Fatal("it failed without a reason")
		}
		if len(b.started) != 0 {
			t.Fatal("it was run once more")
		}
	},
	"a zombie is stopped and publishes nothing": testZombie,
}

// claimAsDead claims as a worker that is never heard of again.
func (s *suite) claimAsDead() *retake.Generation {
	s.Helper()
	g, err := s.store.Claim(s.Context(), "dead", map[string]int{Engine: 1}, s.config.Lease)
	if err != nil {
		s.Fatalf("Claim: %v", err)
	}
	return g
}

func (s *suite) eventuallyLong(what string, ok func() bool) {
	s.Helper()
	for end := time.Now().Add(20*s.config.Lease + 2*time.Minute); !ok(); time.Sleep(s.config.Lease / 100) {
		if time.Now().After(end) {
			s.Fatalf("waited in vain: %s", what)
		}
	}
}

// testZombie takes a claim away from a run by force, as if its process had slept through its lease, gives it to
// another worker, and lets both succeed.
func testZombie(t *testing.T, s *suite) {
	type start struct {
		g      *retake.Generation
		result chan retake.Outcome
	}
	starts := make(chan start, 10)
	causes := make(chan error, 10)
	s.config.Slots = map[string]int{Engine: 1}
	s.config.Lease = 1000 * time.Hour // a renewal must bring the word, before the lease ends
	q := s.start(func(ctx context.Context, g *retake.Generation, _ func(retake.Progress)) retake.Outcome {
		mine := start{g, make(chan retake.Outcome)}
		starts <- mine
		<-ctx.Done()
		causes <- context.Cause(ctx)
		return <-mine.result // it does not care that it was stopped
	})
	id := s.create("ox", 1)[0]
	q.Wake()
	zombie := receive(s, "a start", starts)
	if err := s.store.Release(t.Context(), id, zombie.g.Fence); err != nil {
		t.Fatal(err)
	}
	heir, err := s.store.Claim(t.Context(), "heir", map[string]int{Engine: 1}, s.config.Lease)
	if err != nil {
		t.Fatal(err)
	}
	if cause := receive(s, "the zombie is stopped", causes); !errors.Is(cause, retake.ErrLeaseLost) {
		t.Fatalf("the zombie was stopped because %v, want that it lost its lease", cause)
	}
	file := retake.File{Namespace: "ox", Repo: "generations", Branch: "main", Path: "zombie.mp4", Hash: "aa"}
	zombie.result <- retake.Outcome{Status: retake.Succeeded, ResultFile: "zombie.mp4", File: &file}
	s.eventually("the zombie is thrown away", func() bool { return q.Stats().Lost == 1 })
	s.wantStillRunning(id)
	if _, err := s.store.FileAt(t.Context(), "ox", "generations", "main", "zombie.mp4"); !errors.Is(err, retake.ErrNotFound) {
		t.Fatalf("the zombie published its result (%v)", err)
	}
	if _, err := s.store.Finish(t.Context(), id, heir.Fence, retake.Outcome{Status: retake.Succeeded, ResultFile: "heir.mp4"}); err != nil {
		t.Fatalf("the heir cannot finish: %v", err)
	}
	if g := s.get(id); g.ResultFile != "heir.mp4" || s.ends(id) != 1 {
		t.Fatalf("result %q and %d ends; want the heir's and 1", g.ResultFile, s.ends(id))
	}
}
