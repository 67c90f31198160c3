package local

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"retake/internal/retake"
)

// storeEvery is how often progress goes into the store at most; subscribers are told more often.
const storeEvery = time.Second

// run is one claimed generation in this process.
type run struct {
	q      *Queue
	g      *retake.Generation
	ctx    context.Context // the runner's
	cancel context.CancelCauseFunc
	lost   chan struct{} // closed when the claim is lost
	lose   func()
	expiry *time.Timer   // runs out with the lease
	news   chan struct{} // holds one token when there is progress to store

	mu       sync.Mutex
	progress retake.Progress
	silent   bool // the runner has returned: no more progress is told
}

// newRun makes the run of a claim that holds until end at least.
func newRun(q *Queue, g *retake.Generation, end time.Time) *run {
	r := &run{q: q, g: g, lost: make(chan struct{}), news: make(chan struct{}, 1)}
	r.ctx, r.cancel = context.WithCancelCause(context.Background())
	r.lose = sync.OnceFunc(func() { close(r.lost) })
	r.expiry = time.AfterFunc(time.Until(end), func() { r.stop(retake.ErrLeaseLost) })
	return r
}

// stop stops the runner. The first cause counts for it; a lost lease counts for the store in any case.
func (r *run) stop(cause error) {
	if errors.Is(cause, retake.ErrLeaseLost) {
		r.lose()
	}
	r.cancel(cause)
}

// carryOut runs the generation and writes down how it ended, keeping the claim alive until then.
func (r *run) carryOut() {
	over := make(chan struct{})
	var beating sync.WaitGroup
	beating.Go(func() { r.keepAlive(over) })
	outcome := r.runGuarded()
	r.mu.Lock()
	r.silent = true
	r.mu.Unlock()
	r.end(outcome)
	close(over)
	beating.Wait()
	r.expiry.Stop()
	r.cancel(nil)
}

// runGuarded calls the runner. Its panic fails this generation only.
func (r *run) runGuarded() (o retake.Outcome) {
	defer func() {
		if p := recover(); p != nil {
			r.q.log.Error("the runner panicked", "generation", r.g.ID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			r.q.mu.Lock()
			r.q.stats.Panics++
			r.q.mu.Unlock()
			o = internalFailure()
		}
	}()
	return r.q.runner.Run(r.ctx, r.g, r.report)
}

func internalFailure() retake.Outcome {
	return retake.Outcome{Status: retake.Failed, ErrorCode: retake.CodeInternal, Error: retake.UserMessage(nil)}
}

// report takes progress from the runner.
func (r *run) report(p retake.Progress) {
	r.mu.Lock()
	if r.silent || r.ctx.Err() != nil || p == r.progress {
		r.mu.Unlock()
		return
	}
	r.progress = p
	r.mu.Unlock()
	g := *r.g
	g.Progress = p
	r.q.out.Publish(retake.Event{Namespace: g.Namespace, Name: retake.EventProgress, Generation: &g, At: time.Now()})
	select {
	case r.news <- struct{}{}:
	default:
	}
}

// keepAlive renews the lease until over, on time and with each piece of progress that is to be stored.
func (r *run) keepAlive(over <-chan struct{}) {
	next := time.NewTimer(r.q.cfg.Renew)
	defer next.Stop()
	stored := time.Now()
	for {
		select {
		case <-over:
			return
		case <-r.lost:
			return
		case <-r.news:
			if wait := storeEvery - time.Since(stored); wait > 0 {
				next.Reset(min(wait, r.q.cfg.Renew))
				continue
			}
		case <-next.C:
		}
		stored = time.Now()
		if err := r.renew(stored); err != nil {
			r.q.log.Error("renewing a lease", "generation", r.g.ID, "error", err)
		}
		next.Reset(r.q.cfg.Renew)
	}
}

// renew extends the lease, which began to count at now or later.
func (r *run) renew(now time.Time) error {
	r.mu.Lock()
	p := r.progress
	r.mu.Unlock()
	cancelled, err := r.q.store.Renew(context.Background(), r.g.ID, r.g.Fence, r.q.cfg.Lease, p)
	if errors.Is(err, retake.ErrStaleFence) {
		r.stop(retake.ErrLeaseLost)
		return nil
	}
	if err != nil {
		return err // and again in a while; expiry ends the run if it comes to that
	}
	r.expiry.Reset(time.Until(now.Add(r.q.cfg.Lease)))
	if cancelled {
		r.stop(retake.ErrCancelled)
	}
	return nil
}
