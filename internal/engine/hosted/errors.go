package hosted

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"retake/internal/engine/outside"
	"retake/internal/retake"
)

// sentences are what a user is told by the kind of error; %s is the engine's title.
var sentences = map[retake.Code]string{
	retake.CodeInvalid:     "%s can't do this as it was asked for.",
	retake.CodeRefused:     "%s does not make such content.",
	retake.CodeNoCredit:    "The account at %s has no credit left. Whoever runs the server can add some.",
	retake.CodeEngineKey:   "%s refuses this server's key. Whoever runs the server can mend that.",
	retake.CodeOverloaded:  "%s has no room at the moment.",
	retake.CodeUnavailable: "%s can't be reached at the moment.",
	retake.CodeEngine:      "%s failed.",
}

// pauseWhenFull is how long a job waits that a provider had no room for, unless it says.
const pauseWhenFull = 20 * time.Second

// maxWarnings bounds how many of a provider's warnings are shown.
const maxWarnings = 20

// refuse turns a refusal into an error for the user.
func (e *Engine) refuse(r Refusal, cause error) *retake.Error {
	if r.Code == "" {
		r.Code = retake.CodeEngine
	}
	out := &retake.Error{Code: r.Code, RetryAfter: r.RetryAfter, Cause: cause, Message: fmt.Sprintf(sentences[r.Code], e.info.Title)}
	if sentences[r.Code] == "" {
		out.Code, out.Message = retake.CodeEngine, fmt.Sprintf(sentences[retake.CodeEngine], e.info.Title)
	}
	if out.Code == retake.CodeInvalid {
		out.Field = r.Field
	}
	if out.Code == retake.CodeOverloaded && out.RetryAfter == 0 {
		out.RetryAfter = pauseWhenFull
	}
	// A provider's words on keys and accounts are for whoever runs the server.
	if said := e.quote(r.Message); said != "" && out.Code != retake.CodeEngineKey && out.Code != retake.CodeNoCredit {
		out.Message += " It says: " + said
	} else if out.Code == retake.CodeEngine {
		out.Message += " The server's log has the details."
	}
	return out
}

// quote is a provider's words, fit to be shown: a line, without the key.
func (e *Engine) quote(s string) string {
	if key, err := e.cfg.key(); err == nil {
		s = outside.Without(s, key)
	}
	return outside.Line(s, 300)
}

// warnings are a provider's, fit to be shown.
func (e *Engine) warnings(said []string) (list []string) {
	for _, s := range said[:min(len(said), maxWarnings)] {
		if s = e.quote(s); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// explain sorts a failed exchange: by the provider's own words, else by its status.
func (e *Engine) explain(f *Failure) Refusal {
	r := e.service.Explain(f.Status, f.Body)
	if r.RetryAfter == 0 {
		r.RetryAfter = f.RetryAfter
	}
	if r.Code != "" {
		return r
	}
	switch f.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		r.Code = retake.CodeEngineKey
	case http.StatusPaymentRequired:
		r.Code = retake.CodeNoCredit
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, 529:
		r.Code = retake.CodeOverloaded
	default:
		r.Code = retake.CodeEngine
	}
	return r
}

// failed turns what a step returned into an error for the user. An end of ctx is its cause.
func (e *Engine) failed(ctx context.Context, step string, err error) error {
	if c := context.Cause(ctx); c != nil {
		return c
	}
	cause := fmt.Errorf("engine %s, %s: %w", e.info.Name, step, err)
	if _, ok := errors.AsType[*retake.Error](err); ok {
		return err
	}
	f, ok := errors.AsType[*Failure](err)
	switch {
	case !ok:
		return cause
	case f.Status == 0 && errors.Is(err, errGarbled):
		return retake.Errorf(retake.CodeEngine, "%s answered in a way that this server does not understand. The server's log has the details.", e.info.Title).Because(cause)
	case f.Status == 0:
		return e.later(cause, sentences[retake.CodeUnavailable])
	}
	return e.refuse(e.explain(f), cause)
}

// later sends a generation back to the queue; %s in the sentence is the engine's title.
func (e *Engine) later(cause error, sentence string) *retake.Error {
	out := retake.Errorf(retake.CodeOverloaded, sentence, e.info.Title).Because(cause)
	out.RetryAfter = pauseWhenFull
	return out
}

// inDoubt is what a user is told of a job that may have been taken.
func (e *Engine) inDoubt(cause error) *retake.Error {
	return retake.Errorf(retake.CodeEngine, "The job was handed in at %s, but no answer came, so it may have been taken and charged. It is not handed in again by itself: ask for the retake again if you want it.",
		e.info.Title).Because(cause)
}
