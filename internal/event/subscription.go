package event

import (
	"context"
	"fmt"
	"slices"

	"retake/internal/retake"
)

// Subscription is one listener's view of the hub. One goroutine reads it with Next and closes it in the end.
type Subscription struct {
	hub        *Hub
	namespaces []string
	live       chan *Message // closed when the subscription has ended
	ended      error         // why; written before live is closed, guarded by hub.mu

	// The past is read from the store while the present gathers in live. The two meet at upTo: what the hub had
	// handed out when the subscription began is past, what it handed out afterwards is present.
	after  int64 // the last event of the past that was given to the reader
	upTo   int64
	recent bool // the past is the completions of the last while, and not what follows after
	past   []*Message
}

// Subscribe begins to listen to events of the namespaces. With last, the number of the last event the client has
// seen, the ones it missed come first; without it, or with one that was never given, the completions of the last
// while. Nothing is lost or given twice between the past and the present.
func (h *Hub) Subscribe(ctx context.Context, namespaces []string, last *int64) (*Subscription, error) {
	s := &Subscription{hub: h, namespaces: slices.Compact(slices.Sorted(slices.Values(namespaces))), live: make(chan *Message, h.cfg.Buffer)}
	if last != nil && *last > 0 {
		newest, err := h.store.LastEvent(ctx)
		if err != nil {
			return nil, fmt.Errorf("subscribe: %w", err)
		}
		if *last > newest { // of another database
			last = nil
		}
	}
	s.recent = last == nil
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, ErrClosed
	}
	s.upTo = h.position
	if last != nil {
		s.after = max(*last, 0)
		s.upTo = max(s.upTo, s.after) // the client may know an event that the hub has not read yet
	}
	for _, n := range s.namespaces {
		if h.subs[n] == nil {
			h.subs[n] = map[*Subscription]struct{}{}
		}
		h.subs[n][s] = struct{}{}
	}
	return s, nil
}

// Next waits for the next event. An error is that of ctx, after which Next may be called again; or ErrSlow,
// ErrClosed or one of the store, after which the subscription is over.
func (s *Subscription) Next(ctx context.Context) (*Message, error) {
	if err := s.readPast(ctx); err != nil {
		return nil, err
	}
	if len(s.past) > 0 {
		m := s.past[0]
		s.past = s.past[1:]
		return m, nil
	}
	s.past = nil
	for {
		select {
		case m, ok := <-s.live:
			if !ok {
				return nil, s.reason()
			}
			if m.Event.Name != retake.EventProgress && m.Event.Seq <= s.upTo {
				continue // the client has it already
			}
			return m, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// readPast fills past when it is empty and there is more of it.
func (s *Subscription) readPast(ctx context.Context) error {
	if s.recent {
		since := s.hub.cfg.Now().Add(-s.hub.cfg.Recent)
		list, err := s.hub.store.EventsSince(ctx, s.namespaces, since)
		if err != nil {
			return fmt.Errorf("replay events: %w", err)
		}
		s.recent, s.after = false, s.upTo
		for _, e := range list {
			if e.Seq <= s.upTo && e.Name == retake.EventCompleted {
				s.past = append(s.past, s.hub.message(e))
			}
		}
	}
	if len(s.past) > 0 || s.after >= s.upTo {
		return nil
	}
	list, err := s.hub.store.EventsAfter(ctx, s.namespaces, s.after, page)
	if err != nil {
		return fmt.Errorf("replay events: %w", err)
	}
	for _, e := range list {
		if e.Seq <= s.upTo {
			s.past = append(s.past, s.hub.message(e))
		}
	}
	if len(list) < page {
		s.after = s.upTo
	} else {
		s.after = list[len(list)-1].Seq
	}
	return nil
}

// Close ends the subscription.
func (s *Subscription) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.end(ErrClosed)
}

func (s *Subscription) reason() error {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return s.ended
}

// offer hands a durable event over, or drops a subscriber that has no room for it. The caller holds the hub's mu.
func (s *Subscription) offer(m *Message) {
	select {
	case s.live <- m:
	default:
		s.end(ErrSlow)
	}
}

// offerProgress hands progress over where there is ample room: the rest is for events that must not be lost.
func (s *Subscription) offerProgress(m *Message) {
	if len(s.live) >= cap(s.live)/2 {
		return
	}
	s.offer(m)
}

// end takes the subscription out of the hub. The caller holds the hub's mu.
func (s *Subscription) end(why error) {
	if s.ended != nil {
		return
	}
	s.ended = why
	for _, n := range s.namespaces {
		delete(s.hub.subs[n], s)
		if len(s.hub.subs[n]) == 0 {
			delete(s.hub.subs, n)
		}
	}
	close(s.live)
}
