package queuetest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"retake/internal/retake"
)

var runTests = map[string]func(*testing.T, *suite){
	"what is queued is run and ends as its runner says": testOutcomes,
	"what was queued before the start is run": func(t *testing.T, s *suite) {
		id := s.create("ox", 1)[0]
		s.start(func(context.Context, *retake.Generation, func(retake.Progress)) retake.Outcome { return succeeded })
		s.waitStatus(id, retake.Succeeded)
	},
	"what nobody woke it for is found by looking": func(t *testing.T, s *suite) {
		s.config.Poll = 100 * time.Millisecond
		s.start(func(context.Context, *retake.Generation, func(retake.Progress)) retake.Outcome { return succeeded })
		s.waitStatus(s.create("ox", 1)[0], retake.Succeeded)
	},
	"the slots are filled and never overfilled": testSlots,
	"an engine is given what it takes now":      testSlotsNow,
	"a panic fails its generation only": func(t *testing.T, s *suite) {
		q := s.start(func(_ context.Context, g *retake.Generation, _ func(retake.Progress)) retake.Outcome {
			if g.Namespace == "bad" {
				panic("secret path /home/ox")
			}
			return succeeded
		})
		bad, good := s.create("bad", 1)[0], s.create("good", 1)[0]
		q.Wake()
		g := s.waitStatus(bad, retake.Failed)
		if g.ErrorCode != retake.CodeInternal || g.Error != retake.UserMessage(nil) {
			t.Fatalf("the user reads %q (%s)", g.Error, g.ErrorCode)
		}
		s.waitStatus(good, retake.Succeeded)
	},
	"a runner without an end fails": func(t *testing.T, s *suite) {
		q := s.start(func(context.Context, *retake.Generation, func(retake.Progress)) retake.Outcome {
			return retake.Outcome{}
		})
		id := s.create("ox", 1)[0]
		q.Wake()
		if g := s.waitStatus(id, retake.Failed); g.ErrorCode != retake.CodeInternal {
			t.Fatalf("failed with %s, want %s", g.ErrorCode, retake.CodeInternal)
		}
	},
	"progress is stored and told": testProgress,
	"the counts are right":        testStats,
	"a second start is refused": func(t *testing.T, s *suite) {
		q := s.start(newBlocked().run)
		if err := q.Start(t.Context()); err == nil {
			t.Fatal("the queue was started twice")
		}
	},
}

func testOutcomes(t *testing.T, s *suite) {
	file := retake.File{Namespace: "ox", Repo: "generations", Branch: "main", Path: "r.mp4", Hash: "aa"}
	outcomes := map[string]retake.Outcome{
		"a": {Status: retake.Succeeded, ResultFile: "r.mp4", File: &file, Warnings: []string{"w"}, Report: []byte("{}"), Segment: &retake.Segment{Start: 1, End: 3}},
		"b": {Status: retake.Failed, Error: "no picture", ErrorCode: retake.CodeUnreadable},
		"c": {Status: retake.Cancelled},
	}
	q := s.start(func(_ context.Context, g *retake.Generation, _ func(retake.Progress)) retake.Outcome {
		if g.Status != retake.Processing || g.Fence != 1 || g.Prompt != "snow" {
			t.Errorf("the runner was given %+v", g)
		}
		return outcomes[g.Namespace]
	})
	for namespace, o := range outcomes {
		id := s.create(namespace, 1)[0]
		q.Wake()
		g := s.waitStatus(id, o.Status)
		got := retake.Outcome{Status: g.Status, ResultFile: g.ResultFile, Error: g.Error, ErrorCode: g.ErrorCode,
			Segment: g.Segment, Report: g.Report, Warnings: g.Warnings, File: o.File}
		if diff := cmp.Diff(o, got); diff != "" {
			t.Fatalf("another outcome than the runner's (-want +got):\n%s", diff)
		}
		if n := s.ends(id); n != 1 {
			t.Fatalf("%d events for one end", n)
		}
	}
	if _, err := s.store.FileAt(t.Context(), "ox", "generations", "main", "r.mp4"); err != nil {
		t.Fatalf("the result was not published: %v", err)
	}
	s.eventually("subscribers are told of 3 ends", func() bool { n, _ := s.out.seen(); return n >= 3 })
}

func testSlots(t *testing.T, s *suite) {
	var mu sync.Mutex
	running, most := 0, 0
	full := make(chan struct{})
	q := s.start(func(ctx context.Context, _ *retake.Generation, _ func(retake.Progress)) retake.Outcome {
		mu.Lock()
		running++
		if most = max(most, running); running == 2 {
			select {
			case <-full:
			default:
				close(full)
			}
		}
		mu.Unlock()
		select { // the first waits for a second, so that both slots are seen in use
		case <-full:
		case <-ctx.Done():
		}
		time.Sleep(10 * time.Millisecond) // time for one too many to start
		mu.Lock()
		running--
		mu.Unlock()
		return succeeded
	})
	ids := s.create("ox", 30)
	q.Wake()
	for _, id := range ids {
		s.waitStatus(id, retake.Succeeded)
	}
	if most != 2 {
		t.Fatalf("%d ran at once on 2 slots", most)
	}
}

// testSlotsNow holds that an engine is given one generation while it says that it takes one, and more once it says so.
func testSlotsNow(t *testing.T, s *suite) {
	var takes, running atomic.Int64
	takes.Store(1)
	s.config.SlotsNow = func(string) int { return int(takes.Load()) }
	both, release := make(chan struct{}), make(chan struct{})
	q := s.start(func(ctx context.Context, _ *retake.Generation, _ func(retake.Progress)) retake.Outcome {
		if running.Add(1) == 2 {
			close(both)
		}
		defer running.Add(-1)
		select {
		case <-release:
		case <-ctx.Done():
		}
		return succeeded
	})
	ids := s.create("ox", 2)
	q.Wake()
	s.eventually("one runs", func() bool { return running.Load() == 1 })
	q.Wake()
	time.Sleep(10 * time.Millisecond) // time for one too many to start
	if n := running.Load(); n != 1 || q.Stats().Slots[Engine] != 1 {
		t.Fatalf("%d run on an engine that takes 1", n)
	}
	takes.Store(2)
	<-both
	close(release)
	for _, id := range ids {
		s.waitStatus(id, retake.Succeeded)
	}
}

func testProgress(t *testing.T, s *suite) {
	want := retake.Progress{Phase: retake.PhaseEngine, Fraction: 0.5, ETA: 7}
	release := make(chan struct{})
	var late func(retake.Progress)
	q := s.start(func(_ context.Context, _ *retake.Generation, progress func(retake.Progress)) retake.Outcome {
		late = progress
		progress(retake.Progress{Phase: retake.PhaseFetching})
		progress(want)
		<-release
		return succeeded
	})
	id := s.create("ox", 1)[0]
	q.Wake()
	s.eventually("progress is stored", func() bool { return s.get(id).Progress == want })
	close(release)
	s.waitStatus(id, retake.Succeeded)
	late(retake.Progress{Phase: retake.PhasePublishing}) // by a goroutine that its runner forgot
	_, told := s.out.seen()
	got := []retake.Progress{}
	for _, e := range told {
		if e.Name != retake.EventProgress || e.Namespace != "ox" || e.Generation.ID != id || e.Generation.Status != retake.Processing {
			t.Fatalf("told %+v of %+v", e, e.Generation)
		}
		got = append(got, e.Generation.Progress)
	}
	if diff := cmp.Diff([]retake.Progress{{Phase: retake.PhaseFetching}, want}, got); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	if g := s.get(id); g.Progress.Phase == retake.PhasePublishing {
		t.Fatal("progress was stored after the end")
	}
}

func testStats(t *testing.T, s *suite) {
	b := newBlocked()
	q := s.start(b.run)
	ids := s.create("ox", 3)
	q.Wake()
	receive(s, "a first start", b.started)
	receive(s, "a second start", b.started)
	stats := q.Stats()
	if stats.Running[Engine] != 2 || stats.Slots[Engine] != 2 || stats.Claimed != 2 || stats.Draining {
		t.Fatalf("with 2 running: %+v", stats)
	}
	for _, id := range ids {
		if _, err := q.Cancel(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		s.waitStatus(id, retake.Cancelled)
	}
	s.eventually("nothing runs", func() bool { return q.Stats().Running[Engine] == 0 })
	if err := q.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if stats = q.Stats(); !stats.Draining || stats.Ended[retake.Cancelled] < 2 {
		t.Fatalf("after a drain: %+v", stats)
	}
}
