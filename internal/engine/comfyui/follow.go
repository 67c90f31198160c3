package comfyui

import (
	"context"
	"errors"
	"slices"
	"time"

	"retake/internal/engine/outside"
	"retake/internal/retake"
)

// Where a job is.
const (
	nowhere = iota
	pending
	running
	over
)

// patience is how much less often a server is asked whose socket tells what happens.
const patience = 5

// look asks the server for a job. The history comes last, and once more, as a job goes there from the queue.
func (r *run) look(ctx context.Context) (where int, end *ended, err error) {
	for range 2 {
		if where, err = r.inQueue(ctx); err != nil || where != nowhere {
			return where, nil, err
		}
		history := map[string]*ended{}
		if err := r.e.client.ask(ctx, "GET", nil, &history, "history", r.note.ID); err != nil {
			return nowhere, nil, err
		}
		if end := history[r.note.ID]; end != nil {
			return over, end, nil
		}
	}
	return nowhere, nil, nil
}

func (r *run) inQueue(ctx context.Context) (int, error) {
	var q queueAnswer
	if err := r.e.client.ask(ctx, "GET", nil, &q, "queue"); err != nil {
		return nowhere, err
	}
	ours := func(n entry) bool { return n.ID == r.note.ID }
	switch {
	case slices.ContainsFunc(q.Running, ours):
		return running, nil
	case slices.ContainsFunc(q.Pending, ours):
		return pending, nil
	}
	return nowhere, nil
}

// find looks for a job by its own number, and by the client's for a server that chose another number.
func (r *run) find(ctx context.Context) (bool, error) {
	where, _, err := r.look(ctx)
	if err != nil || where != nowhere {
		return err == nil, err
	}
	if r.note.Sent {
		return false, nil
	}
	var q queueAnswer
	if err := r.e.client.ask(ctx, "GET", nil, &q, "queue"); err != nil {
		return false, err
	}
	for _, n := range append(q.Running, q.Pending...) {
		if n.Client == r.note.Client && n.ID != "" {
			r.called(n.ID)
			return true, nil
		}
	}
	history := map[string]*ended{}
	if err := r.e.client.ask(ctx, "GET", nil, &history, "history"); err != nil {
		return false, err
	}
	for id, h := range history {
		if h != nil && h.Prompt.Client == r.note.Client {
			r.called(id)
			return true, nil
		}
	}
	return false, nil
}

// follow waits for a job's end, which the history tells. The socket only says when it is worth asking.
func (r *run) follow(ctx context.Context) (*ended, error) {
	seen, missed := time.Now(), 0
	wait := time.NewTimer(0)
	defer wait.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-wait.C:
		case <-r.kick:
		}
		where, end, err := r.look(ctx)
		next := r.e.cfg.PollEvery
		switch {
		case err != nil:
			if _, refused := errors.AsType[*statusError](err); refused && r.e.told(err).Code == retake.CodeEngineKey {
				return nil, err
			}
			if time.Since(seen) > r.e.cfg.SilentWithin {
				return nil, err
			}
			r.e.log.Warn("the server doesn't answer during a job", "error", err)
		case where == over:
			return end, nil
		case where == nowhere:
			if missed++; missed > 1 {
				return nil, retake.Errorf(retake.CodeEngine, "The ComfyUI server doesn't know the job any more, perhaps because it was restarted. Try again.")
			}
			seen = time.Now()
		default:
			seen, missed = time.Now(), 0
			if r.pace.heard() {
				next *= patience
			}
		}
		wait.Reset(next)
	}
}

// leave deals with a job that is not waited for any more. One that the next run picks up is left alone.
func (r *run) leave(ctx context.Context, why error) {
	if !r.stays(why) {
		r.cancel(ctx)
	}
}

// stays reports whether the next run picks the job up after such an end of this one.
func (r *run) stays(why error) bool {
	return r.job.Remember != nil && (errors.Is(why, retake.ErrShutdown) || errors.Is(why, retake.ErrLeaseLost) || retake.CodeOf(why) == retake.CodeOverloaded)
}

// cancel takes the job, and no other, out of the queue, or interrupts it where it runs, and sees it gone. Older servers
// interrupt whatever runs, so it is looked at first.
func (r *run) cancel(ctx context.Context) {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), r.e.cfg.CancelWithin)
	defer done()
	for {
		where, err := r.inQueue(ctx)
		switch {
		case ctx.Err() != nil:
			r.e.log.Warn("a cancelled job may still run on the server", "prompt", r.note.ID, "error", err)
			return
		case err != nil:
		case where == pending:
			err = r.e.client.ask(ctx, "POST", map[string][]string{"delete": {r.note.ID}}, nil, "queue")
		case where == running:
			err = r.e.client.ask(ctx, "POST", map[string]string{"prompt_id": r.note.ID}, nil, "interrupt")
		default:
			return
		}
		if err != nil {
			r.e.log.Warn("a job can't be cancelled yet", "prompt", r.note.ID, "error", err)
		}
		_ = outside.Sleep(ctx, min(r.e.cfg.PollEvery/4, 500*time.Millisecond))
	}
}
