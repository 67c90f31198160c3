package httpapi

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"retake/internal/model"
	"retake/internal/retake"
)

// Forms in which a finished video is answered.
const (
	formatURL  = "url"
	formatB64  = "b64_json"
	headerID   = "X-Generation-Id"
	maxWaiting = 24 * time.Hour
)

// postGenerate makes one generation and waits for its end. It is an ordinary row of the queue: the caller may leave
// at any time, or prefer to be answered before the end.
func (s *Server) postGenerate(x *exchange) error {
	sub, err := s.readSubmission(x)
	if err != nil {
		return err
	}
	format, err := responseFormat(sub.params)
	if err != nil {
		return err
	}
	if len(sub.engines) > 1 {
		return retake.Invalid(model.ParamEngine, "engine must be one engine here, as one video is answered; POST /api/ai/queue takes a list of them")
	}
	if _, err := sub.model.Request(sub.with(sub.engines[0].name)); err != nil {
		return err
	}
	if err := sub.engines[0].notReady; err != nil {
		return err
	}
	patience, applied, err := patience(preferences(x.r.Header))
	if err != nil {
		return err
	}
	leave, err := s.waiting.enter(x.key.ID)
	if err != nil {
		return err
	}
	defer leave()
	drained, stop := s.untilDrained(x.r.Context())
	defer stop()
	ctx, cancel := context.WithTimeout(drained, patience)
	defer cancel()
	events, err := s.fromNow(drained, x.key.Namespace)
	if err != nil {
		return err
	}
	defer events.Close()
	made, err := s.create(x, sub, 1)
	if err != nil {
		return err
	}
	x.Header().Set(headerID, made[0].ID)
	if applied != "" {
		x.Header().Set("Preference-Applied", applied)
	}
	g, err := s.await(ctx, made[0].ID, events)
	switch {
	case err == nil:
		return s.sendResult(x, g, format)
	case x.r.Context().Err() != nil:
		panic(http.ErrAbortHandler) // nobody listens any more
	case drained.Err() != nil:
		return context.Cause(drained)
	case ctx.Err() != nil:
		return s.answerLater(x, made[0].ID)
	}
	return err
}

func responseFormat(params map[string]any) (string, error) {
	format, err := optionalString(params, "response_format")
	switch {
	case err != nil:
		return "", err
	case format == "":
		return formatURL, nil
	case format != formatURL && format != formatB64:
		return "", retake.Invalid("response_format", "response_format must be url or b64_json, got %q", clip(format))
	}
	return format, nil
}

// patience says how long to wait before answering 202, and which preference that is.
func patience(prefs map[string]string) (d time.Duration, applied string, err error) {
	wait, hasWait := prefs["wait"]
	_, async := prefs["respond-async"]
	switch {
	case hasWait:
		seconds, err := strconv.Atoi(wait)
		if err != nil || seconds < 0 {
			return 0, "", retake.Invalid("Prefer", "Prefer: wait must be a whole number of seconds, got %q", clip(wait))
		}
		return min(time.Duration(min(seconds, 1<<20))*time.Second, maxWaiting), "wait=" + strconv.Itoa(seconds), nil
	case async:
		return 0, "respond-async", nil
	}
	return maxWaiting, "", nil
}

// recheck is how often a waiting request looks for itself: an event can be lost when its reader is slow.
const recheck = time.Second

// fromNow subscribes to what happens in a namespace, without the past.
func (s *Server) fromNow(ctx context.Context, namespace string) (Subscription, error) {
	newest, err := s.store.LastEvent(ctx)
	if err != nil {
		return nil, fmt.Errorf("last event: %w", err)
	}
	sub, err := s.hub.Subscribe(ctx, []string{namespace}, &newest)
	if err != nil {
		return nil, fmt.Errorf("subscribe: %w", err)
	}
	return sub, nil
}

// await returns the generation once it has ended.
func (s *Server) await(ctx context.Context, id string, events Subscription) (*retake.Generation, error) {
	for {
		g, err := s.store.Generation(ctx, id)
		if errors.Is(err, retake.ErrNotFound) {
			return nil, notFound("The generation %s was deleted before its result was sent.", id)
		}
		if err != nil {
			return nil, fmt.Errorf("wait for generation: %w", err)
		}
		if g.Status.Ended() {
			return g, nil
		}
		if err := waitForEnd(ctx, id, events); err != nil {
			return nil, err
		}
	}
}

// waitForEnd returns when the generation may have ended.
func waitForEnd(ctx context.Context, id string, events Subscription) error {
	look, cancel := context.WithTimeout(ctx, recheck)
	defer cancel()
	for {
		m, err := events.Next(look)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case look.Err() != nil:
			return nil
		case err != nil:
			<-look.Done() // too slow a listener, or the hub's end: the regular look remains
			return context.Cause(ctx)
		case m.Event.Generation.ID == id && (m.Event.Kept() || m.Event.Name == retake.EventDeleted):
			return nil
		}
	}
}

func (s *Server) answerLater(x *exchange, id string) error {
	g, err := s.store.Generation(x.r.Context(), id)
	if err != nil {
		return fmt.Errorf("read generation: %w", err)
	}
	return s.sendRow(x, http.StatusAccepted, g)
}

// sendResult answers with what came of a generation that has ended.
func (s *Server) sendResult(x *exchange, g *retake.Generation, format string) error {
	switch g.Status {
	case retake.Failed:
		code := g.ErrorCode
		if _, known := answers[code]; !known {
			code = retake.CodeEngine
		}
		return &retake.Error{Code: code, Field: g.ErrorField, Message: g.Error}
	case retake.Cancelled:
		return &statusError{cancelled, "The generation was cancelled before it was done."}
	}
	if format == formatB64 {
		return s.sendBase64(x, g)
	}
	link := s.linkTo(s.base(x), g.ResultFile)
	if link == nil {
		return fmt.Errorf("generation %s succeeded with the result file %q", g.ID, g.ResultFile)
	}
	type video struct {
		URL string `json:"url"`
	}
	return x.json(http.StatusOK, struct {
		Model   string  `json:"model"`
		Created int64   `json:"created"`
		Videos  []video `json:"videos"`
	}{g.Model, g.Completed.Unix(), []video{{*link}}})
}

// sendBase64 streams the result inside the JSON; it may be larger than what should be held in memory.
func (s *Server) sendBase64(x *exchange, g *retake.Generation) error {
	f, err := parseRepoPath(g.ResultFile)
	if err != nil {
		return fmt.Errorf("result of generation %s: %w", g.ID, err)
	}
	file, err := s.file(x, f)
	if err != nil {
		return err
	}
	blob, err := s.blobs.Open(x.r.Context(), file.Hash)
	if err != nil {
		return fmt.Errorf("open result: %w", internal(err))
	}
	defer blob.Close()
	const head, tail = `{"videos":[{"b64_json":"`, `"}]}`
	x.Header().Set("Content-Type", jsonType)
	x.Header().Set("Content-Length", strconv.FormatInt(int64(len(head)+len(tail))+(blob.Size()+2)/3*4, 10))
	w := newStallWriter(x, s.cfg.Stall)
	if _, err := io.WriteString(w, head); err != nil {
		return fmt.Errorf("send result: %w", err)
	}
	enc := base64.NewEncoder(base64.StdEncoding, w)
	// Not io.Copy: small pieces would each cost a deadline.
	if _, err := io.CopyBuffer(enc, struct{ io.Reader }{blob}, make([]byte, 96<<10)); err != nil {
		return fmt.Errorf("send result: %w", err)
	}
	if err := enc.Close(); err != nil {
		return fmt.Errorf("send result: %w", err)
	}
	_, err = io.WriteString(w, tail)
	return err
}

// untilDrained returns a context that also ends when the server drains, with that as its cause.
func (s *Server) untilDrained(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(s.drain, func() { cancel(draining()) })
	return ctx, func() { stop(); cancel(nil) }
}
