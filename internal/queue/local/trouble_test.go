package local_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"retake/internal/queue"
	"retake/internal/queue/local"
	"retake/internal/retake"
	"retake/internal/store/sqlite"
)

// trouble is a real store whose writes fail for a while.
type trouble struct {
	*sqlite.Store
	finish  atomic.Int64 // so many more Finish calls fail
	release atomic.Int64
	renew   atomic.Int64
}

var errFull = retake.Errorf(retake.CodeUnavailable, "The server's disk is full.")

func (s *trouble) Finish(ctx context.Context, id string, fence int64, o retake.Outcome) (retake.Status, error) {
	if s.finish.Add(-1) >= 0 {
		return "", errFull
	}
	return s.Store.Finish(ctx, id, fence, o)
}

func (s *trouble) Release(ctx context.Context, id string, fence int64) error {
	if s.release.Add(-1) >= 0 {
		return errFull
	}
	return s.Store.Release(ctx, id, fence)
}

func (s *trouble) Renew(ctx context.Context, id string, fence int64, lease time.Duration, p retake.Progress) (bool, error) {
	if s.renew.Add(-1) >= 0 {
		return false, errFull
	}
	return s.Store.Renew(ctx, id, fence, lease, p)
}

// logBuffer is a log that tests read.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// bubble is a queue on a troubled store in fake time, with one generation that it was woken for.
type bubble struct {
	*testing.T
	store *trouble
	queue *local.Queue
	log   *logBuffer
	id    string
	told  atomic.Int64 // pieces of progress
}

func (b *bubble) Publish(retake.Event) { b.told.Add(1) }
func (b *bubble) Tell(retake.Event)    {}
func (b *bubble) Notify()              {}

func inBubble(t *testing.T, run queue.RunnerFunc, test func(b *bubble)) {
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{T: t, store: &trouble{Store: openStore(t)}, log: &logBuffer{}}
		cfg := queue.DefaultConfig()
		cfg.Slots = map[string]int{"builtin": 1}
		var err error
		if b.queue, err = local.New(b.store, run, b, slog.New(slog.NewTextHandler(b.log, nil)), cfg); err != nil {
			t.Fatal(err)
		}
		made, err := b.store.Create(t.Context(), []*retake.Generation{{Namespace: "ox", Engine: "builtin"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		b.id = made[0].ID
		if err := b.queue.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		test(b)
		if b.queue == nil {
			return
		}
		if err := b.queue.Drain(t.Context()); err != nil {
			t.Errorf("Drain: %v", err)
		}
	})
}

func (b *bubble) wantAfter(d time.Duration, status retake.Status, attempts int) {
	b.Helper()
	time.Sleep(d)
	synctest.Wait()
	g, err := b.store.Generation(b.Context(), b.id)
	if err != nil || g.Status != status || g.Attempts != attempts {
		b.Fatalf("generation: %+v, %v; want it %s after %d attempts", g, err, status, attempts)
	}
}

func succeed(context.Context, *retake.Generation, func(retake.Progress)) retake.Outcome {
	return retake.Outcome{Status: retake.Succeeded, ResultFile: "r.mp4"}
}

// TestEndIsWrittenWhenTheDiskHasRoomAgain keeps a result while it cannot be written, as long as the claim holds.
func TestEndIsWrittenWhenTheDiskHasRoomAgain(t *testing.T) {
	var late atomic.Pointer[func(retake.Progress)]
	inBubble(t, func(ctx context.Context, g *retake.Generation, p func(retake.Progress)) retake.Outcome {
		late.Store(&p)
		time.Sleep(time.Second)
		return succeed(ctx, g, p)
	}, func(b *bubble) {
		b.store.finish.Store(20) // for half a minute
		b.wantAfter(20*time.Second, retake.Processing, 0)
		(*late.Load())(retake.Progress{Fraction: 0.1}) // by a goroutine that its runner forgot
		b.wantAfter(time.Minute, retake.Succeeded, 0)
		if n := b.told.Load(); n != 0 {
			b.Errorf("progress was told %d times after the runner had returned", n)
		}
	})
}

func TestReleaseIsRepeated(t *testing.T) {
	inBubble(t, func(ctx context.Context, _ *retake.Generation, _ func(retake.Progress)) retake.Outcome {
		<-ctx.Done()
		return retake.Outcome{}
	}, func(b *bubble) {
		b.wantAfter(time.Second, retake.Processing, 0)
		b.store.release.Store(3)
		if err := b.queue.Drain(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.wantAfter(0, retake.Queued, 0)
	})
}

// TestRunStopsWhenItsLeaseCannotBeRenewed stops a run that cannot know whether its claim still holds, no later
// than the lease ends, and runs it again.
func TestRunStopsWhenItsLeaseCannotBeRenewed(t *testing.T) {
	var runs atomic.Int64
	var stopped atomic.Pointer[time.Time]
	inBubble(t, func(ctx context.Context, g *retake.Generation, p func(retake.Progress)) retake.Outcome {
		if runs.Add(1) > 1 {
			return succeed(ctx, g, p)
		}
		<-ctx.Done()
		if !errors.Is(context.Cause(ctx), retake.ErrLeaseLost) {
			t.Errorf("stopped because %v", context.Cause(ctx))
		}
		now := time.Now()
		stopped.Store(&now)
		return succeed(ctx, g, p)
	}, func(b *bubble) {
		b.store.renew.Store(1000)
		b.wantAfter(time.Second, retake.Processing, 0)
		g, err := b.store.Generation(b.Context(), b.id)
		if err != nil {
			b.Fatal(err)
		}
		b.wantAfter(2*time.Minute, retake.Succeeded, 1)
		if at := stopped.Load(); at == nil || at.After(g.Lease) {
			b.Fatalf("it ran until %v, its lease ended at %v", at, g.Lease)
		}
	})
}

func TestPanicIsLoggedWithItsStack(t *testing.T) {
	inBubble(t, func(context.Context, *retake.Generation, func(retake.Progress)) retake.Outcome {
		panic("a strange clip")
	}, func(b *bubble) {
		b.wantAfter(time.Second, retake.Failed, 0)
		for _, want := range []string{"a strange clip", "trouble_test.go", b.id} {
			if !strings.Contains(b.log.String(), want) {
				b.Errorf("the log does not have %q:\n%s", want, b.log)
			}
		}
		if n := b.queue.Stats().Panics; n != 1 {
			b.Errorf("%d panics counted, want 1", n)
		}
	})
}

// TestDrainTellsOfARunThatDoesNotStop gives up waiting for a runner that ignores its context.
func TestDrainTellsOfARunThatDoesNotStop(t *testing.T) {
	var deaf atomic.Bool
	deaf.Store(true)
	inBubble(t, func(ctx context.Context, g *retake.Generation, p func(retake.Progress)) retake.Outcome {
		for deaf.Load() {
			time.Sleep(time.Second)
		}
		return succeed(ctx, g, p)
	}, func(b *bubble) {
		b.wantAfter(time.Second, retake.Processing, 0)
		began := time.Now()
		err := b.queue.Drain(b.Context())
		if err == nil || !strings.Contains(err.Error(), "did not stop") {
			b.Errorf("Drain: %v, want that a run did not stop", err)
		}
		if took := time.Since(began); took != 40*time.Second { // the limit and what a run may take after it
			b.Errorf("the drain took %v", took)
		}
		deaf.Store(false)
		b.wantAfter(2*time.Second, retake.Succeeded, 0)
		b.queue = nil // it was drained
	})
}
