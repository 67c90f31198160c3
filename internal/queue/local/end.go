package local

import (
	"context"
	"errors"
	"fmt"
	"time"

	"retake/internal/retake"
)

// How long to wait before a write that failed is tried again.
const (
	firstRetry = 50 * time.Millisecond
	lastRetry  = 2 * time.Second
)

// end writes down how the run ended.
func (r *run) end(o retake.Outcome) {
	cause := context.Cause(r.ctx)
	switch {
	case errors.Is(cause, retake.ErrLeaseLost):
		r.noteLost()
		return
	case errors.Is(cause, retake.ErrShutdown) && o.Status != retake.Succeeded:
		r.release()
		return
	case errors.Is(cause, retake.ErrCancelled):
		o = retake.Outcome{Status: retake.Cancelled}
	case o.Status == retake.Queued:
		if r.g.Waits < r.q.cfg.MaxWaits {
			r.postpone(o)
			return
		}
		o = giveUp(o, r.g.Waits)
	case !o.Status.Ended():
		r.q.log.Error("the runner returned without an end", "generation", r.g.ID, "status", o.Status)
		o = internalFailure()
	}
	var status retake.Status
	if !r.insist("finishing", func(ctx context.Context) (err error) {
		status, err = r.q.store.Finish(ctx, r.g.ID, r.g.Fence, o)
		return err
	}) {
		return
	}
	r.q.log.Info("generation ended", "generation", r.g.ID, "status", status, "error", o.Error)
	r.q.count(func() { r.q.stats.Ended[status]++ })
	r.q.out.Notify()
}

func (r *run) release() {
	if !r.insist("releasing", func(ctx context.Context) error { return r.q.store.Release(ctx, r.g.ID, r.g.Fence) }) {
		return
	}
	r.q.log.Info("generation handed back to the queue", "generation", r.g.ID)
	r.q.count(func() { r.q.stats.Released++ })
	r.q.out.Notify() // it may have been cancelled, and so have ended
}

// Bounds of the time after which an engine without room is tried again.
const (
	firstWait   = 5 * time.Second
	longestWait = 5 * time.Minute
	askedWait   = 30 * time.Minute // of what an engine asks for
)

// waitBefore is how long to wait for an engine that had no room so many times before: what it asks for, and twice as
// long each time at least.
func waitBefore(waits int, asked time.Duration) time.Duration {
	own := longestWait
	if waits < 6 {
		own = min(firstWait<<waits, longestWait)
	}
	return max(own, min(asked, askedWait))
}

// postpone puts the generation back and leaves its engine alone for a while.
func (r *run) postpone(o retake.Outcome) {
	wait := waitBefore(r.g.Waits, o.RetryAfter)
	until := time.Now().Add(wait)
	r.q.pause(r.g.Engine, until)
	if !r.insist("postponing", func(ctx context.Context) error {
		return r.q.store.Postpone(ctx, r.g.ID, r.g.Fence, o.Error, until)
	}) {
		return
	}
	r.q.log.Warn("the engine has no room; the generation waits", "generation", r.g.ID, "engine", r.g.Engine, "wait", wait, "times", r.g.Waits+1, "reason", o.Error)
	r.q.count(func() { r.q.stats.Waits++ })
	r.q.out.Tell(retake.Event{Namespace: r.g.Namespace, Name: retake.EventQueued, Generation: r.g, At: time.Now()})
	r.q.out.Notify() // it may have been cancelled, and so have ended
}

// giveUp turns a wait into a failure.
func giveUp(o retake.Outcome, waits int) retake.Outcome {
	o.Status = retake.Failed
	if waits > 0 {
		o.Error = fmt.Sprintf("%s It was tried %d times.", o.Error, waits+1)
	}
	return o
}

// insist repeats a write until it works or the claim is lost: a disk that is full now may have room in a moment, and
// an hour's work should not be thrown away before it must be.
func (r *run) insist(what string, write func(context.Context) error) bool {
	wait := firstRetry
	for {
		err := write(context.Background())
		if err == nil {
			return true
		}
		if errors.Is(err, retake.ErrStaleFence) {
			r.noteLost()
			return false
		}
		r.q.log.Error(what+" a generation", "generation", r.g.ID, "error", err)
		select {
		case <-r.lost:
			r.noteLost()
			return false
		case <-time.After(wait):
		}
		wait = min(2*wait, lastRetry)
	}
}

// noteLost leaves the generation to whoever claims it next: this run may change nothing any more.
func (r *run) noteLost() {
	r.q.log.Warn("the lease was lost; the result of this run is thrown away", "generation", r.g.ID, "fence", r.g.Fence)
	r.q.count(func() { r.q.stats.Lost++ })
}

func (q *Queue) count(change func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	change()
}
