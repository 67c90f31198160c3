// Package queuetest is the conformance suite of queue.Queue: what every queue must do, run on each of them together
// with a real store.
package queuetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"retake/internal/queue"
	"retake/internal/retake"
)

// Engine is the engine that the suite's generations ask for.
const Engine = "builtin"

// Setup is what a queue is made of.
type Setup struct {
	Runner    queue.Runner
	Publisher queue.Publisher
	Config    queue.Config
}

// Options say how the suite is run.
type Options struct {
	// RealTime runs the suite without fake time, for a queue that waits for the network.
	RealTime bool
	// Store opens an empty store, closed when the test ends.
	Store func(t *testing.T) retake.Store
	// Queue makes a queue that is not started yet.
	Queue func(t *testing.T, store retake.Store, s Setup) queue.Queue
}

// Run runs the suite.
func Run(t *testing.T, o Options) {
	for _, group := range []struct {
		name  string
		tests map[string]func(*testing.T, *suite)
	}{
		{"run", runTests},
		{"cancel", cancelTests},
		{"drain", drainTests},
		{"lease", leaseTests},
		{"wait", waitTests},
		{"fairness", fairnessTests},
	} {
		t.Run(group.name, func(t *testing.T) {
			for name, test := range group.tests {
				t.Run(name, func(t *testing.T) {
					if o.RealTime {
						test(t, newSuite(t, o))
						return
					}
					synctest.Test(t, func(t *testing.T) { test(t, newSuite(t, o)) })
				})
			}
		})
	}
}

// suite is one test's store, and the queues on it.
type suite struct {
	*testing.T
	options Options
	store   retake.Store
	config  queue.Config
	out     *recorder
}

func newSuite(t *testing.T, o Options) *suite {
	s := &suite{T: t, options: o, store: o.Store(t), out: &recorder{}, config: queue.DefaultConfig()}
	s.config.Slots = map[string]int{Engine: 2}
	s.config.Poll = time.Hour // waking must do
	if o.RealTime {
		s.config.Lease, s.config.Renew, s.config.Reap = 3*time.Second, time.Second, time.Second
		s.config.Drain, s.config.StopWithin = 3*time.Second, 30*time.Second
	}
	return s
}

// start starts a queue, which is drained when the test ends.
func (s *suite) start(run queue.RunnerFunc) queue.Queue {
	s.Helper()
	q := s.options.Queue(s.T, s.store, Setup{Runner: run, Publisher: s.out, Config: s.config})
	if err := q.Start(s.Context()); err != nil {
		s.Fatalf("Start: %v", err)
	}
	s.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := q.Drain(ctx); err != nil {
			s.Errorf("Drain: %v", err)
		}
	})
	return q
}

// create queues n generations of a namespace and returns their ids.
func (s *suite) create(namespace string, n int) (ids []string) {
	s.Helper()
	gens := make([]*retake.Generation, n)
	for i := range gens {
		gens[i] = &retake.Generation{Namespace: namespace, Engine: Engine, Prompt: "snow"}
	}
	made, err := s.store.Create(s.Context(), gens, nil)
	if err != nil {
		s.Fatalf("Create: %v", err)
	}
	for _, g := range made {
		ids = append(ids, g.ID)
	}
	return ids
}

func (s *suite) get(id string) *retake.Generation {
	s.Helper()
	g, err := s.store.Generation(s.Context(), id)
	if err != nil {
		s.Fatalf("Generation: %v", err)
	}
	return g
}

// eventually waits for something that must come. Its limit is far beyond what any machine needs.
func (s *suite) eventually(what string, ok func() bool) {
	s.Helper()
	for end := time.Now().Add(2 * time.Minute); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			s.Fatalf("waited in vain: %s", what)
		}
	}
}

func (s *suite) waitStatus(id string, want retake.Status) *retake.Generation {
	s.Helper()
	var g *retake.Generation
	s.eventually(fmt.Sprintf("generation becomes %s", want), func() bool {
		g = s.get(id)
		if g.Status.Ended() && g.Status != want {
			s.Fatalf("generation ended as %s (%s), want %s", g.Status, g.Error, want)
		}
		return g.Status == want
	})
	return g
}

// ends counts the events of a generation.
func (s *suite) ends(id string) (n int) {
	s.Helper()
	list, err := s.store.EventsAfter(s.Context(), nil, 0, 1_000_000)
	if err != nil {
		s.Fatalf("EventsAfter: %v", err)
	}
	for _, e := range list {
		if e.Generation.ID == id {
			n++
		}
	}
	return n
}

// receive waits for a value.
func receive[T any](s *suite, what string, c <-chan T) (v T) {
	s.Helper()
	select {
	case v = <-c:
	case <-time.After(2 * time.Minute):
		s.Fatalf("waited in vain: %s", what)
	}
	return v
}

// recorder remembers what a queue tells.
type recorder struct {
	mu       sync.Mutex
	notified int
	progress []retake.Event
	told     []retake.Event
}

func (r *recorder) Tell(e retake.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told = append(r.told, e)
}

func (r *recorder) Publish(e retake.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.progress = append(r.progress, e)
}

func (r *recorder) Notify() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notified++
}

func (r *recorder) seen() (notified int, progress []retake.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.notified, append([]retake.Event(nil), r.progress...)
}

// toldQueued counts how often it was told that a generation went back to the queue.
func (r *recorder) toldQueued(id string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.told {
		if e.Name == retake.EventQueued && e.Generation.ID == id {
			n++
		}
	}
	return n
}

var succeeded = retake.Outcome{Status: retake.Succeeded, ResultFile: "r.mp4"}

// blocked is a runner that works until its context ends. It tells of each start and of the cause of each end.
type blocked struct {
	started chan *retake.Generation
	causes  chan error
}

func newBlocked() *blocked {
	return &blocked{started: make(chan *retake.Generation, 100), causes: make(chan error, 100)}
}

func (b *blocked) run(ctx context.Context, g *retake.Generation, _ func(retake.Progress)) retake.Outcome {
	b.started <- g
	<-ctx.Done()
	b.causes <- context.Cause(ctx)
	return retake.Outcome{Status: retake.Failed, Error: "it was stopped"}
}
