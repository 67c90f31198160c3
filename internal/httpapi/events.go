package httpapi

import (
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
// before it has 4,096 bytes, and would not see an event until others follow.
var padding = []byte(":" + strings.Repeat(" ", 4096) + "\n\n")

// afterPadding is when a keep-alive follows a padded event. curl notices by it that the program behind its pipe has
// what it wanted and is gone.
const afterPadding = 250 * time.Millisecond

// piped reports whether the client is one that scripts put before a pipe.
func piped(h http.Header) bool {
	agent := h.Get("User-Agent")
	return strings.HasPrefix(agent, "curl/") || strings.HasPrefix(agent, "Wget/")
}

// getEvents streams the events of the caller's own namespace: first what the caller missed, then what happens.
func (s *Server) getEvents(x *exchange) error {
	if s.draining() {
		return draining()
	}
	leave, err := s.streams.enter(x.key.ID)
	if err != nil {
		return err
	}
	defer leave()
	ctx := x.r.Context()
	sub, err := s.hub.Subscribe(ctx, []string{x.key.Namespace}, lastEventID(x.r.Header))
	if err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	defer sub.Close()
	if !s.followers.add(sub) {
		return draining()
	}
	defer s.followers.remove(sub)
	s.metrics.streams.Inc()
	defer s.metrics.streams.Dec()
	h := x.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no")
	x.WriteHeader(http.StatusOK)
	if x.r.Method != http.MethodHead {
		s.follow(ctx, x, sub)
	}
	return nil
}

// lastEventID is nil for a client that has seen nothing yet, or sends no number.
func lastEventID(h http.Header) *int64 {
	id, err := strconv.ParseInt(h.Get("Last-Event-ID"), 10, 64)
	if err != nil || id < 0 {
		return nil
	}
	return &id
}

// follow writes events until the client leaves, falls behind, or the server drains.
func (s *Server) follow(ctx context.Context, x *exchange, sub Subscription) {
	ctl := http.NewResponseController(x.ResponseWriter)
	pads, wait := piped(x.r.Header), s.cfg.KeepAlive
	for err := ctl.Flush(); err == nil; err = ctl.Flush() {
		next, cancel := context.WithTimeout(ctx, wait)
		m, err := sub.Next(next)
		cancel()
		wait = s.cfg.KeepAlive
		_ = ctl.SetWriteDeadline(time.Now().Add(writeTimeout))
		switch {
		case err == nil:
			s.metrics.events.Inc()
			_, err = x.Write(m.Bytes())
			if pads && err == nil && m.Event.Name == retake.EventCompleted {
				_, err = x.Write(padding)
				wait = min(wait, afterPadding)
			}
		case ctx.Err() != nil || s.draining():
			return
		case errors.Is(err, context.DeadlineExceeded):
			_, err = x.Write(keepAlive)
		default:
			s.metrics.dropped.Inc()
			s.log.InfoContext(ctx, "event stream ended", "request_id", x.id, "error", err)
			return
		}
		if err != nil {
			return
		}
	}
}

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
