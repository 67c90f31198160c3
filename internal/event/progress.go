package event

import (
	"time"

	"retake/internal/retake"
)

// keepPace is how long a generation without news is remembered.
const keepPace = time.Minute

// pace holds a generation's progress back to one event each ProgressEvery. The newest one that was held back is
// told when its turn comes, so that a subscriber is never left with an old figure.
type pace struct {
	next    time.Time     // when the next may be told
	waiting *retake.Event // the newest that was held back
}

// Publish passes progress on to those who listen now. Its Seq becomes that of the last durable event: a client
// that resumes from there misses nothing. It returns at once.
func (h *Hub) Publish(e retake.Event) {
	if e.Generation == nil {
		return
	}
	now := h.cfg.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.paces[e.Generation.ID]
	if p == nil {
		p = &pace{}
		h.paces[e.Generation.ID] = p
	}
	if now.Before(p.next) {
		if p.waiting == nil {
			signal(h.late)
		}
		p.waiting = &e
		return
	}
	h.tell(p, e, now)
}

// tell hands progress out. The caller holds mu.
func (h *Hub) tell(p *pace, e retake.Event, now time.Time) {
	p.waiting, p.next = nil, now.Add(h.cfg.ProgressEvery)
	h.pass(e)
}

// Tell passes an event that is not kept, such as a generation that is queued or one that was deleted, on to those who
// listen now; progress from before it is not told after it. Its Seq is that of the last durable event, as with progress. It
// returns at once.
func (h *Hub) Tell(e retake.Event) {
	if e.Generation == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.paces, e.Generation.ID)
	h.pass(e)
}

// pass hands out an event that is not kept. The caller holds mu.
func (h *Hub) pass(e retake.Event) {
	e.Seq = h.position
	m := h.message(e)
	for s := range h.subs[e.Namespace] {
		s.offerPassing(m)
	}
}

// flushProgress tells what was held back and is due, and returns how long until more is.
func (h *Hub) flushProgress() time.Duration {
	now := h.cfg.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	wait := keepPace
	for id, p := range h.paces {
		switch {
		case p.waiting == nil:
			if now.Sub(p.next) >= keepPace {
				delete(h.paces, id)
			}
		case now.Before(p.next):
			wait = min(wait, p.next.Sub(now))
		default:
			h.tell(p, *p.waiting, now)
		}
	}
	return wait
}
