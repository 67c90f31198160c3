package hosted

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"

	"retake/internal/engine/outside"
	"retake/internal/retake"
)

// errLate is the cause of a job that took too long.
var errLate = errors.New("the job took too long")

// follow asks after the job until it has ended. When the run is cancelled or late, the job is, too; when the server stops, it goes on
// and is picked up.
func (r *run) follow(ctx context.Context) (Status, error) {
	left := r.cfg.JobWithin
	if !r.note.Began.IsZero() {
		left = min(left, max(r.cfg.JobWithin-time.Since(r.note.Began), r.cfg.RequestWithin)) // at least one question
	}
	inner, stop := context.WithTimeoutCause(ctx, left, errLate)
	defer stop()
	s, err := r.ask(inner)
	if err == nil && s.State == Done {
		return s, nil
	}
	switch c := context.Cause(inner); {
	case errors.Is(c, errLate) && err != nil:
		r.cancel(r.note.ID)
		return s, retake.Errorf(retake.CodeEngine, "%s did not finish within %s. Choose a shorter segment.", r.info.Title, r.cfg.JobWithin).Because(c)
	case errors.Is(c, retake.ErrShutdown), errors.Is(c, retake.ErrLeaseLost):
	case c != nil && err != nil:
		r.cancel(r.note.ID)
	}
	return s, err
}

// ask asks until the job has ended.
func (r *run) ask(ctx context.Context) (Status, error) {
	heard, gone := time.Now(), 0
	for {
		s, err := r.service.Poll(ctx, r.c, r.note.ID)
		if c := context.Cause(ctx); c != nil {
			return s, c
		}
		wait := r.cfg.PollEvery
		if err != nil {
			f, ok := errors.AsType[*Failure](err)
			if ok && f.Status == http.StatusNotFound {
				if gone++; gone >= goneTimes {
					return s, retake.Errorf(retake.CodeEngine, "%s no longer knows this job; its result may have expired.", r.info.Title).Because(err)
				}
			} else if !ok || !f.passing() && !errors.Is(err, errGarbled) || time.Since(heard) > r.cfg.LostWithin {
				return s, r.failed(ctx, "poll", err)
			}
			r.log.Info("a question about a job went wrong", "error", err)
			wait = max(wait, min(f.RetryAfter, maxAfter))
		} else {
			heard, gone = time.Now(), 0
			r.show(s)
			switch s.State {
			case Done:
				return s, nil
			case Failed:
				if s.Refusal.Code == retake.CodeOverloaded { // waiting would only meet the same job's end again
					s.Refusal.Code = retake.CodeEngine
				}
				return s, r.refuse(s.Refusal, fmt.Errorf("engine %s: the job failed: %s", r.info.Name, r.quote(s.Refusal.Message)))
			}
		}
		if err := outside.Sleep(ctx, wait); err != nil {
			return s, err
		}
	}
}

const (
	maxAfter  = time.Minute // between questions, whatever the provider wishes
	goneTimes = 3           // a job has to be unknown so often, as a new one may not be known at once
)

// usual is how long a job usually takes at a provider, for a progress that is not told.
const usual = 60 * time.Second

// show tells of a job's progress.
func (r *run) show(s Status) {
	f := s.Fraction
	if f <= 0 && !r.note.Began.IsZero() {
		f = 1 - math.Exp(-float64(time.Since(r.note.Began))/float64(usual))
	}
	r.progress(uploaded + (made-uploaded)*min(max(f, 0), 1))
}

// cancelWithin is how long a provider may take to hear of it.
const cancelWithin = 5 * time.Second

// cancel has the provider stop a job, if it can. What the job brings is not fetched.
func (r *run) cancel(id string) {
	c, ok := r.service.(Canceller)
	if !ok {
		r.log.Info("a job goes on that nobody needs: the provider can't stop it", "job", outside.Line(id, 200))
		return
	}
	ctx, stop := context.WithTimeout(context.Background(), cancelWithin)
	defer stop()
	if err := c.Cancel(ctx, r.c, id); err != nil {
		r.log.Warn("a job can't be cancelled; it may run on, and be charged", "job", outside.Line(id, 200), "error", err)
	}
}

// fetch brings the result. Its address may have expired: a failed download asks for a new one.
func (r *run) fetch(ctx context.Context, s Status, path string) error {
	pause := min(firstPause, r.cfg.PollEvery)
	for try := 1; ; try++ {
		err := r.c.Download(ctx, s.Result, path, func(done, total int64) {
			if total > 0 {
				r.progress(made + (1-made)*float64(done)/float64(total)*0.99)
			}
		})
		f, ok := errors.AsType[*Failure](err)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, errAnswerSize):
			return retake.Errorf(retake.CodeEngine, "The result of %s is larger than this server takes.", r.info.Title).Because(err)
		case errors.Is(err, errInside):
			return retake.Errorf(retake.CodeEngine, "The result of %s lies at an address that is not public, which this server does not fetch.", r.info.Title).Because(err)
		case !ok || context.Cause(ctx) != nil || errors.Is(err, errGarbled):
			return r.failed(ctx, "download", err)
		case try == tries:
			return r.lost(f)
		}
		r.log.Info("the download of a result is tried again", "error", err)
		if err := outside.Sleep(ctx, max(pause, min(f.RetryAfter, maxAfter))); err != nil {
			return err
		}
		pause *= 2
		if fresh, err := r.service.Poll(ctx, r.c, r.note.ID); err == nil && fresh.State == Done && fresh.Result != "" {
			s = fresh
		}
	}
}

// lost is what becomes of a job whose result can't be had: one that may be had later is picked up later.
func (r *run) lost(f *Failure) error {
	cause := fmt.Errorf("engine %s, download: %w", r.info.Name, f)
	if f.Status == 0 || f.passing() {
		out := r.later(cause, "The result of %s is made, but can't be downloaded at the moment.")
		out.RetryAfter = max(f.RetryAfter, out.RetryAfter)
		return out
	}
	return retake.Errorf(retake.CodeEngine, "The result of %s is gone: its address has expired.", r.info.Title).Because(cause)
}
