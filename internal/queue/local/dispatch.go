package local

import (
	"context"
	"errors"
	"time"

	"retake/internal/retake"
)

// dispatch claims while there are free slots, then waits for a reason to look again.
func (q *Queue) dispatch() {
	poll := time.NewTicker(q.cfg.Poll)
	defer poll.Stop()
	resume := time.NewTimer(q.cfg.Poll)
	defer resume.Stop()
	for {
		q.claimAll()
		resume.Reset(q.nextResume())
		select {
		case <-q.stopping:
			return
		case <-q.wake:
		case <-poll.C:
		case <-resume.C:
		}
	}
}

// claimAll claims until the slots are full or nothing is left.
func (q *Queue) claimAll() {
	for {
		select {
		case <-q.stopping:
			return
		default:
		}
		free := q.free()
		if len(free) == 0 {
			return
		}
		more, err := q.claimOne(free)
		if err != nil {
			q.log.Error("claiming", "error", err) // and again at the next poll
		}
		if !more {
			return
		}
	}
}

// free returns the free slots by engine.
func (q *Queue) free() map[string]int {
	room := q.cfg.Room()
	q.mu.Lock()
	defer q.mu.Unlock()
	busy := q.busy()
	free := map[string]int{}
	now := time.Now()
	for engine, slots := range room {
		if now.Before(q.paused[engine]) {
			continue
		}
		if n := slots - busy[engine]; n > 0 {
			free[engine] = n
		}
	}
	return free
}

// nextResume is how long until the first of the engines that are left alone is to be tried again.
func (q *Queue) nextResume() time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	next := time.Hour
	for engine, until := range q.paused {
		if left := time.Until(until); left <= 0 {
			delete(q.paused, engine)
		} else {
			next = min(next, left)
		}
	}
	return next
}

// claimOne claims and starts one generation. more is false when there was none.
func (q *Queue) claimOne(free map[string]int) (more bool, err error) {
	q.claiming.Lock()
	defer q.claiming.Unlock()
	asked := time.Now() // before the store counts, so that the lease ends here no later than there
	g, err := q.store.Claim(context.Background(), q.worker, free, q.cfg.Lease)
	if errors.Is(err, retake.ErrNothingToDo) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	r := newRun(q, g, asked.Add(q.cfg.Lease))
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running[g.ID] = r
	q.stats.Claimed++
	q.runs.Go(func() {
		r.carryOut()
		q.mu.Lock()
		delete(q.running, g.ID)
		q.mu.Unlock()
		q.Wake() // a slot is free
	})
	return true, nil
}
