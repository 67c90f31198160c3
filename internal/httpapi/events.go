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

// getEvents streams the events of the namespaces whose rows the caller's lists have: first what the caller missed, then what happens.
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
		st := stream{s: s, x: x, sub: sub, pads: piped(x.r.Header), wait: s.keepAlive(), checked: time.Now()}
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
	sub, err = s.hub.Subscribe(x.r.Context(), namespaces(x.key), lastEventID(x.r.Header))
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

	checked time.Time // when the key was last looked up
}

// checkKey is how long at most a stream goes on without a look at its key.
const checkKey = 15 * time.Second

// keepAlive is the time between two keep-alives. With each the key is checked.
func (s *Server) keepAlive() time.Duration { return min(s.cfg.KeepAlive, checkKey) }

// follow writes events until the client leaves, falls behind, its key is revoked, or the server drains.
func (st *stream) follow() {
	err := st.flush()
	for err == nil {
		var m Message
		m, err = st.next()
		if revoked := st.check(); revoked != nil {
			break
		}
		err = st.pass(m, err)
	}
}

// next waits for an event, or for the time of a keep-alive or of a look at the key.
func (st *stream) next() (Message, error) {
	ctx, cancel := context.WithTimeout(st.x.r.Context(), min(st.wait, time.Until(st.checked.Add(st.s.keepAlive()))))
	defer cancel()
	return st.sub.Next(ctx)
}

// check looks the key up again when it is time, and returns an error when it was revoked. A store that does not answer
// ends no stream. The look-up has a goroutine of its own: it would leave its large stack to the stream.
func (st *stream) check() error {
	if time.Since(st.checked) < st.s.keepAlive() {
		return nil
	}
	st.checked = time.Now()
	found := make(chan error, 1)
	go st.lookUp(found)
	err := <-found
	if retake.CodeOf(err) != retake.CodeUnauthenticated {
		return nil
	}
	st.s.log.InfoContext(st.x.r.Context(), "event stream ended", "request_id", st.x.id, "error", err)
	return err
}

func (st *stream) lookUp(found chan<- error) {
	ctx, cancel := context.WithTimeout(st.x.r.Context(), checkKey)
	defer cancel()
	found <- st.s.stillMay(ctx, st.x)
}

// pass writes what next returned. Its error ends the stream.
func (st *stream) pass(m Message, err error) error {
	ctl := http.NewResponseController(st.x.ResponseWriter)
	_ = ctl.SetWriteDeadline(time.Now().Add(writeTimeout))
	st.wait = st.s.keepAlive()
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
