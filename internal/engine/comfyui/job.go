package comfyui

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"retake/internal/engine/outside"
	"retake/internal/retake"
)

// note is what is remembered of a job.
type note struct {
	ID     string `json:"id"`     // prompt_id
	Client string `json:"client"` // client_id, by which a job is found whose prompt_id the server chose
	Sent   bool   `json:"sent"`   // the server has said that it took it
}

// run is one job under way.
type run struct {
	e      *Engine
	job    retake.Job
	note   note
	ours   atomic.Value // note.ID, for the socket's reader
	prompt map[string]node
	kick   chan struct{} // holds a token when the socket told something
	open   chan struct{} // closed when the socket has told the first thing, or can't be had
	pace   *pace
}

// Retake has the server make the segment anew.
func (e *Engine) Retake(ctx context.Context, job retake.Job, progress retake.ProgressFunc) (*retake.Take, error) {
	if progress == nil {
		progress = func(float64) {}
	}
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	if job.Mode.Audio() && !job.Mode.Video() && job.Sound.Channels == 0 {
		return nil, retake.NoSound(job.Mode)
	}
	select {
	case e.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-e.slots }()
	late := retake.Errorf(retake.CodeEngine, "ComfyUI did not finish within %s. Choose a shorter segment.", e.cfg.JobWithin)
	inTime, cancel := context.WithTimeoutCause(ctx, e.cfg.JobWithin, late)
	defer cancel()
	r := &run{e: e, job: job, kick: make(chan struct{}, 1), open: make(chan struct{}), pace: newPace(progress)}
	take, err := r.work(inTime)
	if err != nil {
		if cause := context.Cause(inTime); cause != nil {
			return nil, cause
		}
		return nil, e.sorted(err)
	}
	progress(1)
	return take, nil
}

// work takes a job from its beginning, or from where an earlier run left it, to its answer.
func (r *run) work(ctx context.Context) (*retake.Take, error) {
	known := r.pickUp(ctx)
	if !known {
		if err := r.prepare(ctx); err != nil {
			return nil, err
		}
	}
	r.ours.Store(r.note.ID)
	socket, hangUp := context.WithCancel(ctx)
	var ear sync.WaitGroup
	defer ear.Wait()
	defer hangUp()
	ear.Go(func() { r.listen(socket) })
	if !known {
		select {
		case <-r.open: // so that nothing is missed
		case <-time.After(5 * time.Second):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		if err := r.submit(ctx); err != nil {
			return nil, err
		}
	}
	end, err := r.follow(ctx)
	if err != nil {
		err = r.lost(err)
		r.leave(ctx, err)
		return nil, err
	}
	take, err := r.take(ctx, end)
	return take, r.lost(err)
}

// pauseWhenAway is how long a server is left alone that has no room or can't be reached, unless it says.
const pauseWhenAway = 20 * time.Second

// lost sends a generation back to the queue whose server can't be reached any more, where its job is remembered: it is picked up then.
func (r *run) lost(err error) error {
	refused, ok := errors.AsType[*statusError](err)
	if r.job.Remember == nil || !errors.Is(err, errUnreachable) && !(ok && refused.status >= 500) {
		return err
	}
	out := retake.Errorf(retake.CodeOverloaded, "The ComfyUI server can't be reached at the moment.").Because(err)
	out.RetryAfter = pauseWhenAway
	return out
}

// pickUp reports whether an earlier run's job is still known to the server.
func (r *run) pickUp(ctx context.Context) bool {
	if len(r.job.Note) == 0 || json.Unmarshal(r.job.Note, &r.note) != nil || r.note.ID == "" {
		return false
	}
	found, err := r.find(ctx)
	if err != nil && r.note.Sent {
		return true // out of reach: it is waited for as in any job
	}
	r.e.log.Info("a job of an earlier run is looked for", "prompt", r.note.ID, "found", found)
	return found
}

// prepare uploads the window and fills the template.
func (r *run) prepare(ctx context.Context) error {
	file, err := r.job.Source.Window(ctx)
	if err != nil {
		return fmt.Errorf("write the engine's window: %w", err)
	}
	r.note = note{ID: uuid.NewString(), Client: uuid.NewString()}
	video, err := r.e.upload(ctx, file, "retake-"+r.note.ID+".mp4")
	if err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	r.prompt = r.e.template.build(r.e.values(r.job, video, r.note.ID))
	r.pace.weigh(r.prompt)
	return nil
}

// submit queues the job, once. It is not cut short: what was queued must be known.
func (r *run) submit(ctx context.Context) error {
	if err := r.job.Keep(ctx, r.note); err != nil {
		return err
	}
	inner, stop := outside.Unhurried(ctx)
	defer stop()
	var answer struct {
		ID string `json:"prompt_id"`
	}
	err := r.e.client.ask(inner, "POST", submission{r.prompt, r.note.Client, r.note.ID}, &answer, "prompt")
	if refused, ok := errors.AsType[*statusError](err); ok && refused.status < 500 {
		return r.e.refusal(ctx, refused)
	}
	if err != nil { // it may have arrived all the same
		if found := r.search(ctx); !found {
			return fmt.Errorf("queue: %w", err)
		}
		return r.sent(ctx)
	}
	if answer.ID != "" && len(answer.ID) <= 200 {
		r.called(answer.ID)
	}
	return r.sent(ctx)
}

// called takes the number that the server gave the job.
func (r *run) called(id string) {
	r.note.ID = id
	r.ours.Store(id)
}

// sent notes that the server has the job. If that can't be kept, the job is another run's.
func (r *run) sent(ctx context.Context) error {
	r.note.Sent = true
	if err := r.job.Keep(ctx, r.note); err != nil {
		r.cancel(ctx)
		return err
	}
	return nil
}

// search looks for a job whose submission was cut, for a moment, also when it is cancelled. A job that comes in later still has been noted.
func (r *run) search(ctx context.Context) bool {
	inner, stop := context.WithTimeout(context.WithoutCancel(ctx), r.e.cfg.CancelWithin)
	defer stop()
	for range 5 {
		if found, err := r.find(inner); err == nil && found {
			return true
		}
		if r.stays(context.Cause(ctx)) {
			return false
		}
		_ = outside.Sleep(inner, r.e.cfg.PollEvery/2)
	}
	return false
}

// take fetches the answer of a job that has ended.
func (r *run) take(ctx context.Context, end *ended) (*retake.Take, error) {
	var why failure
	switch {
	case end.message("execution_error", &why):
		return nil, r.e.failed(why)
	case end.message("execution_interrupted", &why):
		return nil, retake.Errorf(retake.CodeEngine, "The job was stopped on the ComfyUI server.")
	case end.Status != nil && end.Status.Word == "error":
		return nil, r.e.failed(why)
	}
	file, ok := end.answer(r.e.template.output)
	if !ok {
		return nil, retake.Errorf(retake.CodeEngine, "The ComfyUI workflow saved no video. Mark the node that does with the title “retake: output”.")
	}
	path, err := r.e.download(ctx, file, r.job.TempDir)
	if err != nil {
		return nil, fmt.Errorf("download: %w", err)
	}
	t := &retake.Take{File: path, Seed: r.job.Seed, Edited: r.job.Window.Span}
	if r.e.template.masks() {
		t.Edited = outside.InClip(r.job, edited(r.job))
	}
	return t, nil
}
