package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"retake/internal/retake"
)

// keepAlive is a comment, which readers of event streams skip.
var keepAlive = []byte(": keep-alive\n\n")

// padding fills the buffer of a program that reads the stream through a pipe: mawk, Debian's awk, looks at nothing
// before it has 4,096 bytes, and would not see an event until as many follow. The lines are short, as one longer than
// the buffer makes it grow for good, and then no padding would do; there are twice as many, for when a long error did.
var padding = bytes.Repeat([]byte(":"+strings.Repeat(" ", 62)+"\n"), 8192/64+1)

// afterPadding is when a keep-alive follows a padded event. curl notices by it that the program behind its pipe has
// what it wanted and is gone.
const afterPadding = 250 * time.Millisecond

// piped reports whether the client is one that scripts put before a pipe.
func piped(h http.Header) bool {
	agent := h.Get("User-Agent")
	return strings.HasPrefix(agent, "curl/") || strings.HasPrefix(agent, "Wget/")
}

// getEvents streams the events of the caller's own namespace: first what the caller missed, then what happens.
//
// What it and its callers hold on their frames is held for as long as the stream is open, by each of them. Their
// work is therefore done in functions that have returned by then: together with net/http's own frames this keeps
// the stack of an idle stream within 8 KiB.
func (s *Server) getEvents(x *exchange) error {
	sub, done, err := s.openStream(x)
	if err != nil {
		return err
	}
	defer done()
	if x.r.Method != http.MethodHead {
		st := stream{s: s, x: x, sub: sub, pads: piped(x.r.Header), wait: s.cfg.KeepAlive}
		st.follow()
	}
	return nil
}

// openStream subscribes and sends the head of the response. done undoes the subscription.
func (s *Server) openStream(x *exchange) (sub Subscription, done func(), err error) {
	if s.draining() {
		return nil, nil, draining()
	}
	leave, err := s.streams.enter(x.key.ID)
	if err != nil {
		return nil, nil, err
	}
	sub, err = s.hub.Subscribe(x.r.Context(), []string{x.key.Namespace}, lastEventID(x.r.Header))
	if err != nil {
		leave()
		return nil, nil, fmt.Errorf("subscribe: %w", err)
	}
	if !s.followers.add(sub) {
		sub.Close()
		leave()
		return nil, nil, draining()
	}
	s.metrics.streams.Inc()
	h := x.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no")
	x.WriteHeader(http.StatusOK)
	return sub, func() {
		s.metrics.streams.Dec()
		s.followers.remove(sub)
		sub.Close()
		leave()
	}, nil
}

// lastEventID is nil for a client that has seen nothing yet, or sends no number.
func lastEventID(h http.Header) *int64 {
	id, err := strconv.ParseInt(h.Get("Last-Event-ID"), 10, 64)
	if err != nil || id < 0 {
		return nil
	}
	return &id
}

// stream is a connection that follows events.
type stream struct {
	s    *Server
	x    *exchange
	sub  Subscription
	pads bool          // padding follows a completion
	wait time.Duration // until the next keep-alive
}

// follow writes events until the client leaves, falls behind, or the server drains.
func (st *stream) follow() {
	err := st.flush()
	for err == nil {
		var m Message
		m, err = st.next()
		err = st.pass(m, err)
	}
}

// next waits for an event, or for the time of a keep-alive.
func (st *stream) next() (Message, error) {
	ctx, cancel := context.WithTimeout(st.x.r.Context(), st.wait)
	defer cancel()
	return st.sub.Next(ctx)
}

// pass writes what next returned. Its error ends the stream.
func (st *stream) pass(m Message, err error) error {
	ctl := http.NewResponseController(st.x.ResponseWriter)
	_ = ctl.SetWriteDeadline(time.Now().Add(writeTimeout))
	st.wait = st.s.cfg.KeepAlive
	ctx := st.x.r.Context()
	switch {
	case err == nil:
		st.s.metrics.events.Inc()
		_, err = st.x.Write(m.Bytes())
		if st.pads && err == nil && m.Event.Name == retake.EventCompleted {
			_, err = st.x.Write(padding)
			st.wait = min(st.wait, afterPadding)
		}
	case ctx.Err() != nil || st.s.draining():
		return err
	case errors.Is(err, context.DeadlineExceeded):
		_, err = st.x.Write(keepAlive)
	default:
		st.s.metrics.dropped.Inc()
		st.s.log.InfoContext(ctx, "event stream ended", "request_id", st.x.id, "error", err)
		return err
	}
	if err != nil {
		return err
	}
	return ctl.Flush()
}

func (st *stream) flush() error { return http.NewResponseController(st.x.ResponseWriter).Flush() }

// followers are the subscriptions of open streams, so that draining can end them. A context of their own would cost
// each idle stream a kilobyte.
type followers struct {
	mu     sync.Mutex
	closed bool
	open   map[Subscription]struct{}
}

func (f *followers) add(sub Subscription) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	if f.open == nil {
		f.open = map[Subscription]struct{}{}
	}
	f.open[sub] = struct{}{}
	return true
}

func (f *followers) remove(sub Subscription) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.open, sub)
}

func (f *followers) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for sub := range f.open {
		sub.Close()
	}
}
