// Package event tells subscribers what happens to generations: ends, which are rows of the store and so survive
// everything, and progress, new and deleted ones, which are passed on and forgotten.
//
// The Hub reads each new row once and hands it to all who may see it, whatever their number. The package knows
// neither HTTP nor how an event is written; it is given a function for that and calls it once for each event.
package event

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"retake/internal/retake"
)

// Reasons why a subscription ended.
var (
	ErrSlow   = errors.New("the subscriber was too slow and was dropped")
	ErrClosed = errors.New("the hub has stopped")
)

// page is how many events are read from the store at once: fewer than the usual buffer, so that a subscriber that
// reads at all is not dropped for a burst.
const page = 256

// Config says how events are passed on.
type Config struct {
	Buffer        int           `koanf:"buffer"`         // events a subscriber may be behind before it is dropped
	Recent        time.Duration `koanf:"recent"`         // a new subscriber is first given the completions of this long
	ProgressEvery time.Duration `koanf:"progress_every"` // a generation's progress is passed on at most this often
	Poll          time.Duration `koanf:"poll"`           // how often to look for events that nobody told of

	// Encode writes an event as subscribers get it. It is called once for each event, from any goroutine.
	Encode func(retake.Event) []byte `koanf:"-"`
	Log    *slog.Logger              `koanf:"-"` // nil: slog.Default
	Now    func() time.Time          `koanf:"-"` // nil: time.Now
}

// DefaultConfig returns the configuration that the HTTP contract asks for.
func DefaultConfig() Config {
	return Config{Buffer: 512, Recent: time.Minute, ProgressEvery: 250 * time.Millisecond, Poll: time.Second}
}

// Validate reports every mistake at once, each naming its key.
func (c Config) Validate() error {
	var errs []error
	if c.Buffer < 4 || c.Buffer > 1<<16 {
		errs = append(errs, fmt.Errorf("buffer must be between 4 and 65536 events, got %d", c.Buffer))
	}
	if c.Recent < 0 {
		errs = append(errs, fmt.Errorf("recent must not be negative, got %s", c.Recent))
	}
	if c.ProgressEvery < time.Millisecond {
		errs = append(errs, fmt.Errorf("progress_every must be at least 1ms, got %s", c.ProgressEvery))
	}
	if c.Poll < 10*time.Millisecond {
		errs = append(errs, fmt.Errorf("poll must be at least 10ms, got %s", c.Poll))
	}
	return errors.Join(errs...)
}

// Hub passes events on. Make it with New and let one goroutine Run it.
type Hub struct {
	cfg   Config
	store retake.Events
	news  chan struct{} // holds one token when the store may have new events
	late  chan struct{} // holds one token when progress waits for its turn

	mu       sync.Mutex
	closed   bool
	position int64 // the last durable event that was handed out
	subs     map[string]map[*Subscription]struct{}
	paces    map[string]*pace // by generation
}

// New makes a hub that passes on what happens from now on.
func New(ctx context.Context, store retake.Events, cfg Config) (*Hub, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("event configuration: %w", err)
	}
	if cfg.Encode == nil {
		return nil, errors.New("event configuration: Encode is missing")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	last, err := store.LastEvent(ctx)
	if err != nil {
		return nil, fmt.Errorf("start the event hub: %w", err)
	}
	return &Hub{
		cfg: cfg, store: store, position: last,
		news: make(chan struct{}, 1), late: make(chan struct{}, 1),
		subs: map[string]map[*Subscription]struct{}{}, paces: map[string]*pace{},
	}, nil
}

// Notify says that events were committed. It returns at once.
func (h *Hub) Notify() { signal(h.news) }

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run passes events on until ctx ends, then ends all subscriptions with ErrClosed.
func (h *Hub) Run(ctx context.Context) {
	defer h.close()
	poll := time.NewTicker(h.cfg.Poll)
	defer poll.Stop()
	flush := time.NewTimer(keepPace)
	defer flush.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.news:
		case <-poll.C:
		case <-h.late:
			flush.Reset(h.flushProgress())
			continue
		case <-flush.C:
			flush.Reset(h.flushProgress())
			continue
		}
		if err := h.read(ctx); err != nil && ctx.Err() == nil {
			// What was not read now is read at the next poll.
			h.cfg.Log.Error("reading events", "error", err)
		}
	}
}

// read hands out what the store has that was not handed out yet.
func (h *Hub) read(ctx context.Context) error {
	for {
		h.mu.Lock()
		after := h.position
		h.mu.Unlock()
		list, err := h.store.EventsAfter(ctx, nil, after, page)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			h.deliver(list)
		}
		if len(list) < page {
			return nil
		}
	}
}

func (h *Hub) deliver(list []retake.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range list {
		if e.Generation != nil {
			delete(h.paces, e.Generation.ID) // no progress is told after the end
		}
		m := h.message(e)
		for s := range h.subs[e.Namespace] {
			s.offer(m)
		}
		h.position = e.Seq
	}
}

func (h *Hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for _, subs := range h.subs {
		for s := range subs {
			s.end(ErrClosed)
		}
	}
}

// Message is an event that subscribers share.
type Message struct {
	Event  retake.Event
	once   sync.Once
	encode func(retake.Event) []byte
	bytes  []byte
}

func (h *Hub) message(e retake.Event) *Message { return &Message{Event: e, encode: h.cfg.Encode} }

// Bytes returns the event as it is written. The first caller writes it, all share it: it must not be changed.
func (m *Message) Bytes() []byte {
	m.once.Do(func() { m.bytes = m.encode(m.Event) })
	return m.bytes
}
