package queuetest

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"retake/internal/retake"
)

var waitTests = map[string]func(*testing.T, *suite){
	"an engine without room is tried again": func(t *testing.T, s *suite) {
		var runs atomic.Int64
		q := s.start(func(context.Context, *retake.Generation, func(retake.Progress)) retake.Outcome {
			if runs.Add(1) < 3 {
				return retake.Outcome{Status: retake.Queued, Error: "Busy.", ErrorCode: retake.CodeOverloaded, RetryAfter: 20 * time.Second}
			}
			return succeeded
		})
		id, began := s.create("ox", 1)[0], time.Now()
		q.Wake()
		s.eventually("it waits, and says why", func() bool { return s.get(id).WaitReason == "Busy." })
		if g := s.get(id); g.Status != retake.Queued || g.Waits != 1 || g.Attempts != 0 || g.WaitUntil.Before(began.Add(20*time.Second)) {
			t.Fatalf("%s, %d waits, %d attempts, until %v", g.Status, g.Waits, g.Attempts, g.WaitUntil)
		}
		s.eventually("subscribers are told", func() bool { return s.out.toldQueued(id) == 1 })
		if g := s.waitStatus(id, retake.Succeeded); g.Waits != 2 || g.WaitReason != "" {
			t.Fatalf("in the end %d waits, %q", g.Waits, g.WaitReason)
		}
		if n, waits := s.ends(id), q.Stats().Waits; n != 1 || waits != 2 {
			t.Fatalf("%d ends, %d waits counted", n, waits)
		}
		if time.Since(began) < 40*time.Second {
			t.Fatalf("tried again after %v", time.Since(began))
		}
	},
	"an engine that never has room fails its generations": func(t *testing.T, s *suite) {
		s.config.MaxWaits = 2
		q := s.start(func(context.Context, *retake.Generation, func(retake.Progress)) retake.Outcome {
			return retake.Outcome{Status: retake.Queued, Error: "Busy.", ErrorCode: retake.CodeOverloaded}
		})
		id := s.create("ox", 1)[0]
		q.Wake()
		g := s.waitStatus(id, retake.Failed)
		if g.Waits != 2 || g.ErrorCode != retake.CodeOverloaded || !strings.HasPrefix(g.Error, "Busy. It was tried 3 times") {
			t.Fatalf("%d waits, %s, %q", g.Waits, g.ErrorCode, g.Error)
		}
	},
	"what waits can be cancelled, and others go on": func(t *testing.T, s *suite) {
		s.config.Slots["other"] = 1
		q := s.start(func(_ context.Context, g *retake.Generation, _ func(retake.Progress)) retake.Outcome {
			if g.Engine == "other" {
				return succeeded
			}
			return retake.Outcome{Status: retake.Queued, Error: "Busy.", ErrorCode: retake.CodeOverloaded, RetryAfter: 10 * time.Minute}
		})
		id := s.create("ox", 1)[0]
		q.Wake()
		s.eventually("it waits", func() bool { return s.get(id).Waits == 1 })
		made, err := s.store.Create(t.Context(), []*retake.Generation{{Namespace: "ox", Engine: "other", Prompt: "snow"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		q.Wake()
		s.waitStatus(made[0].ID, retake.Succeeded)
		if _, err := q.Cancel(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		s.waitStatus(id, retake.Cancelled)
	},
}
