// Package local is the queue of one process: goroutines that claim from the store and run. It can run beside others
// of its kind on one store, as the store decides whose claim counts.
package local

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"sync"
	"time"

	"retake/internal/queue"
	"retake/internal/retake"
)

var _ queue.Queue = (*Queue)(nil)

// Store is what the queue needs of a retake.Store.
type Store interface {
	retake.Claims
	Cancel(ctx context.Context, id string) (*retake.Generation, error)
}

// Queue runs generations in this process.
type Queue struct {
	cfg    queue.Config
	store  Store
	runner queue.Runner
	out    queue.Publisher
	log    *slog.Logger
	worker string

	wake        chan struct{} // holds one token when there may be something to claim
	stopping    chan struct{} // closed when claiming must stop
	halt        chan struct{} // closed when reaping must stop too
	dispatching sync.WaitGroup
	reaping     sync.WaitGroup
	runs        sync.WaitGroup

	// claiming is held from a claim until its run is known here, so that a cancel that was noted in between finds it.
	claiming sync.Mutex

	mu      sync.Mutex // guards what follows
	state   state
	running map[string]*run // by generation
	stats   queue.Stats
	drained chan struct{}        // closed when a drain is over
	failure error                // of the drain
	paused  map[string]time.Time // engines that had no room, and until when they are left alone
}

type state int

const (
	idle state = iota
	started
	draining
)

// New makes a queue that does nothing before Start. A nil log is slog.Default.
func New(store Store, runner queue.Runner, out queue.Publisher, log *slog.Logger, cfg queue.Config) (*Queue, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("queue configuration: %w", err)
	}
	if log == nil {
		log = slog.Default()
	}
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	return &Queue{
		cfg: cfg, store: store, runner: runner, out: out, log: log,
		worker: fmt.Sprintf("%s-%d-%s", host, os.Getpid(), rand.Text()[:6]),
		wake:   make(chan struct{}, 1), stopping: make(chan struct{}), halt: make(chan struct{}),
		running: map[string]*run{}, paused: map[string]time.Time{}, drained: make(chan struct{}),
		stats: queue.Stats{Ended: map[retake.Status]int64{}},
	}, nil
}

// Start begins to claim and run.
func (q *Queue) Start(ctx context.Context) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.state != idle {
		return errors.New("start the queue: it was started or stopped before")
	}
	if err := q.reap(ctx); err != nil {
		return fmt.Errorf("start the queue: %w", err)
	}
	q.state = started
	q.dispatching.Go(q.dispatch)
	q.reaping.Go(q.reapLoop)
	return nil
}

// Wake says that something may have been queued.
func (q *Queue) Wake() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// pause leaves an engine alone for a while.
func (q *Queue) pause(engine string, until time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if until.After(q.paused[engine]) {
		q.paused[engine] = until
	}
}

// Paused returns until when an engine is left alone that had no room; a time in the past, or none, for one that is given work.
func (q *Queue) Paused(engine string) time.Time {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.paused[engine]
}

// Cancel cancels a generation and stops it at once if it runs here.
func (q *Queue) Cancel(ctx context.Context, id string) (*retake.Generation, error) {
	g, err := q.store.Cancel(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("cancel generation: %w", err)
	}
	q.out.Notify()
	if g.Status == retake.Processing {
		if r := q.runOf(id); r != nil {
			r.stop(retake.ErrCancelled)
		}
	}
	return g, nil
}

// runOf returns the run of a generation that the store calls processing, nil when it does not run here. A claim that
// is on its way is waited for.
func (q *Queue) runOf(id string) *run {
	q.claiming.Lock()
	defer q.claiming.Unlock()
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.running[id]
}

// Stats tells how the queue stands.
func (q *Queue) Stats() queue.Stats {
	room := q.cfg.Room()
	q.mu.Lock()
	defer q.mu.Unlock()
	s := q.stats
	s.Ended = maps.Clone(s.Ended)
	s.Slots = room
	s.Running = q.busy()
	s.Draining = q.state == draining
	return s
}

// busy counts what runs by engine. The caller holds mu.
func (q *Queue) busy() map[string]int {
	n := map[string]int{}
	for _, r := range q.running {
		n[r.g.Engine]++
	}
	return n
}

// reapLoop looks for claims whose worker is gone, of this process or another.
func (q *Queue) reapLoop() {
	ticker := time.NewTicker(q.cfg.Reap)
	defer ticker.Stop()
	for {
		select {
		case <-q.halt:
			return
		case <-ticker.C:
		}
		if err := q.reap(context.Background()); err != nil {
			q.log.Error("reaping lapsed leases", "error", err)
		}
	}
}

func (q *Queue) reap(ctx context.Context) error {
	n, err := q.store.ReapLeases(ctx, q.cfg.MaxAttempts)
	if err != nil {
		return err
	}
	if n > 0 {
		q.log.Warn("workers stopped in the middle of their work", "generations", n)
		q.out.Notify()
		q.Wake()
	}
	return nil
}
