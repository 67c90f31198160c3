package local

import (
	"context"
	"errors"
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
