package hosted

import (
	"context"
	"errors"
	"fmt"
	"time"

	"retake/internal/engine/outside"
	"retake/internal/retake"
)

// tries is how often a step is tried that costs nothing, and how long the first pause is, at most poll_every.
const (
	tries      = 4
	firstPause = 500 * time.Millisecond
)

// again tries a step that costs nothing until it is done or won't be.
func (r *run) again(ctx context.Context, step string, do func() error) error {
	pause := min(firstPause, r.cfg.PollEvery)
	for try := 1; ; try++ {
		err := do()
		if err == nil {
			return nil
		}
		f, ok := errors.AsType[*Failure](err)
		if !ok || !f.passing() || try == tries || context.Cause(ctx) != nil || f.RetryAfter > 10*time.Second {
			return r.failed(ctx, step, err)
		}
		r.log.Info("a step is tried again", "step", step, "error", err)
		if err := outside.Sleep(ctx, max(pause, f.RetryAfter)); err != nil {
			return err
		}
		pause *= 2
	}
}

// hand brings the window there and hands the job in, or finds the one that an earlier run handed in.
func (r *run) hand(ctx context.Context) error {
	if err := r.prepare(ctx); err != nil {
		return err
	}
	if r.note.Sent {
		return r.find(ctx, errors.New("an earlier run ended while it handed the job in"))
	}
	if r.order.Address == "" {
		err := r.again(ctx, "upload", func() (err error) {
			r.order.Address, err = r.service.Upload(ctx, r.c, r.order)
			return err
		})
		if err != nil {
			return err
		}
	}
	r.progress(uploaded)
	if err := r.pace.Wait(ctx); err != nil {
		return context.Cause(ctx)
	}
	// Address is only kept with Sent: an upload may be gone by the time a job that never went is tried again.
	r.note.Address, r.note.Sent, r.note.Began = r.order.Address, true, time.Now()
	if err := r.job.Keep(ctx, r.note); err != nil {
		return err
	}
	return r.submit(ctx)
}

// submit hands the job in, once. It is not cut short: what was taken must be known.
func (r *run) submit(ctx context.Context) error {
	inner, stop := outside.Unhurried(ctx)
	defer stop()
	id, err := r.service.Submit(inner, r.c, r.order)
	if err == nil && (id == "" || len(id) > maxID) {
		err = &Failure{Sent: true, Cause: fmt.Errorf("%w: no usable number of a job", errGarbled)}
	}
	if err == nil {
		return r.taken(ctx, id)
	}
	f, ok := errors.AsType[*Failure](err)
	if ok && f.Sent && (f.Status == 0 || f.Status >= 500 && !r.explain(f).NotTaken) {
		return r.find(ctx, err)
	}
	if err := r.forget(ctx); err != nil {
		return err
	}
	return r.failed(ctx, "submit", err)
}

// find looks for a job of which no answer came.
func (r *run) find(ctx context.Context, lost error) error {
	doubt := fmt.Errorf("engine %s, submit: %w", r.info.Name, lost)
	finder, ok := r.service.(Finder)
	if !ok {
		if c := context.Cause(ctx); c != nil {
			r.log.Warn("a job was cut off while it was handed in; it may run, and be charged", "error", lost)
			return c
		}
		return r.inDoubt(doubt)
	}
	inner, stop := context.WithTimeout(context.WithoutCancel(ctx), r.cfg.RequestWithin)
	defer stop()
	var id string
	look := func() error {
		return r.again(inner, "find", func() (err error) {
			id, err = finder.Find(inner, r.c, r.order)
			return err
		})
	}
	err := look()
	if err == nil && id == "" { // a job may take a moment to show in a list
		if err = outside.Sleep(inner, r.cfg.PollEvery); err == nil {
			err = look()
		}
	}
	switch {
	case err != nil:
		return r.inDoubt(errors.Join(doubt, err))
	case id != "":
		return r.taken(ctx, id)
	}
	if err := r.forget(ctx); err != nil {
		return err
	}
	if c := context.Cause(ctx); c != nil {
		return c
	}
	return r.later(doubt, sentences[retake.CodeUnavailable])
}

// forget notes that a job surely wasn't taken.
func (r *run) forget(ctx context.Context) error {
	r.note.Sent, r.note.Address = false, ""
	return r.job.Keep(context.WithoutCancel(ctx), r.note)
}

// taken notes that a job was taken. One that can't be noted is cancelled: nobody would ask after it.
func (r *run) taken(ctx context.Context, id string) error {
	r.note.ID, r.note.Cost = id, r.info.Price.Of(r.job.Window.Frames, r.job.Window.Picture.Rate)
	r.spent(r.note.Cost)
	r.log.Info("a job was taken", "job", outside.Line(id, 200))
	if err := r.job.Keep(context.WithoutCancel(ctx), r.note); err != nil {
		r.cancel(id)
		return err
	}
	return nil
}

// spent tells what the job costs.
func (r *run) spent(cost string) {
	if r.job.Spent != nil {
		r.job.Spent(cost)
	}
}
