package exec

import (
	"context"
	"time"

	"retake/internal/retake"
)

// Ready tells whether a job would be taken now. A program that was never met, or did not come up the last time, is tried
// meanwhile, when its pause is over: so it is ready again once it has been mended, without a job that fails first.
func (e *Engine) Ready(ctx context.Context) error {
	if err := e.cfg.missing(); err != nil {
		return retake.Errorf(retake.CodeUnavailable, "The program of the engine %s is not on the server. Whoever runs it mends engine.exec.%s.command.", e.name, e.name).Because(err)
	}
	for {
		met, err := e.ready()
		if met == nil {
			return err
		}
		select {
		case <-met:
		case <-ctx.Done():
			return err
		}
	}
}

// ready is Ready from what is known. Of a program that is just being met for the first time it returns what to wait for, too.
func (e *Engine) ready() (met <-chan struct{}, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.closed:
		return nil, retake.Errorf(retake.CodeUnavailable, "The server is about to stop.")
	case e.down != up:
		e.try(e.down)
		return nil, e.unwell(e.reason)
	case e.failures > 0 && time.Until(e.pause) > waitedPause:
		return nil, e.unwell(e.reason)
	case !e.greeted:
		e.try(greeted)
		return e.trying, &retake.Error{Code: retake.CodeUnavailable, Message: "The engine " + e.name + " is being started. Try again in a moment.", RetryAfter: time.Second}
	}
	return nil, nil
}

// try brings the program so far on the side, unless that is under way or its pause has not ended. The caller holds mu.
func (e *Engine) try(far stage) {
	if e.trying != nil || time.Now().Before(e.pause) {
		return
	}
	over := make(chan struct{})
	e.trying = over
	e.tries.Go(func() {
		defer close(over)
		p, err := e.acquire(e.life, far)
		if err == nil { // a failure was noted
			e.release(p)
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		e.trying = nil
	})
}
