package local

import (
	"context"
	"fmt"
	"time"

	"retake/internal/retake"
)

// Drain stops claiming, waits for what runs, and hands back what does not end in time. Later calls wait for the
// first.
func (q *Queue) Drain(ctx context.Context) error {
	q.mu.Lock()
	first := q.state != draining
	q.state = draining
	q.mu.Unlock()
	if first {
		close(q.stopping)
		q.failure = q.drain(ctx)
		close(q.drained)
		return q.failure
	}
	select {
	case <-q.drained:
	case <-ctx.Done():
		select {
		case <-q.drained: // both at once: what is over needs no waiting for
		default:
			return fmt.Errorf("drain the queue: %w", ctx.Err())
		}
	}
	return q.failure
}

func (q *Queue) drain(ctx context.Context) error {
	q.dispatching.Wait() // from here on nothing new is run
	done := make(chan struct{})
	go func() { // ends with the last run
		q.runs.Wait()
		close(done)
	}()
	if !waitFor(ctx, done, q.cfg.Drain) {
		q.stopAll()
		waitFor(context.Background(), done, q.cfg.StopWithin)
	}
	close(q.halt)
	q.reaping.Wait()
	q.mu.Lock()
	defer q.mu.Unlock()
	if n := len(q.running); n > 0 {
		return fmt.Errorf("drain the queue: %d generations did not stop within %s; they are run again when their leases lapse", n, q.cfg.StopWithin)
	}
	return nil
}

func (q *Queue) stopAll() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, r := range q.running {
		r.stop(retake.ErrShutdown)
	}
}

// waitFor reports whether done is closed within d and before ctx ends.
func waitFor(ctx context.Context, done <-chan struct{}, d time.Duration) bool {
	limit := time.NewTimer(d)
	defer limit.Stop()
	select {
	case <-done:
		return true
	case <-limit.C:
		return false
	case <-ctx.Done():
		return false
	}
}
