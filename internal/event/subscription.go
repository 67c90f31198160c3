package event

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"retake/internal/retake"
)

// Subscription is one listener's view of the hub. One goroutine reads it with Next and closes it in the end.
type Subscription struct {
	hub        *Hub
	namespaces []string
	wake       chan struct{} // has room for one: something was added to live, or the subscription ended

	mu    sync.Mutex // taken after hub.mu where both are
	live  []*Message // grows as needed: an idle subscriber costs next to nothing
	ended error

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
	s := &Subscription{hub: h, namespaces: slices.Compact(slices.Sorted(slices.Values(namespaces))), wake: make(chan struct{}, 1)}
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
		m, err := s.pop()
		if err != nil {
			return nil, err
		}
		if m != nil {
			if m.Event.Kept() && m.Event.Seq <= s.upTo {
				continue // the client has it already
			}
			return m, nil
		}
		select {
		case <-s.wake:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// pop takes the oldest message off live: nil when there is none yet, an error when there will be none any more.
func (s *Subscription) pop() (*Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.live) == 0 {
		s.live = nil // what a burst needed is given back
		return nil, s.ended
	}
	m := s.live[0]
	s.live[0] = nil
	s.live = s.live[1:]
	return m, nil
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

// offer hands a durable event over, or drops a subscriber that has no room for it. The caller holds the hub's mu.
func (s *Subscription) offer(m *Message) {
	s.mu.Lock()
	slow := len(s.live) >= s.hub.cfg.Buffer
	if !slow && s.ended == nil {
		s.live = append(s.live, m)
	}
	s.mu.Unlock()
	if slow {
		s.end(ErrSlow)
		return
	}
	s.stir()
}

// stir wakes the reader, if it sleeps.
func (s *Subscription) stir() {
	select {
	case s.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// behind returns how many messages wait for the reader.
func (s *Subscription) behind() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.live)
}

// offerPassing hands an event that is not kept over where there is ample room: the rest is for events that must not be
// lost.
func (s *Subscription) offerPassing(m *Message) {
	if s.behind() >= s.hub.cfg.Buffer/2 {
		return
	}
	s.offer(m)
}

// end takes the subscription out of the hub. The caller holds the hub's mu.
func (s *Subscription) end(why error) {
	s.mu.Lock()
	over := s.ended != nil
	if !over {
		s.ended = why
	}
	s.mu.Unlock()
	if over {
		return
	}
	for _, n := range s.namespaces {
		delete(s.hub.subs[n], s)
		if len(s.hub.subs[n]) == 0 {
			delete(s.hub.subs, n)
		}
	}
	s.stir()
}
