// Package storetest is the conformance suite of retake.Store: what every store must do, run on each of them. It
// knows the interface only; what is special to one store is tested beside that store.
package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"retake/internal/retake"
)

// Open opens an empty store that takes its time from now, and closes it when the test ends.
type Open func(t *testing.T, now func() time.Time) retake.Store

// Run runs the suite.
func Run(t *testing.T, open Open) {
	for _, group := range []struct {
		name  string
		tests map[string]func(*testing.T, *suite)
	}{
		{"generations", generationTests},
		{"listing", listingTests},
		{"idempotency", idempotencyTests},
		{"cancel", cancelTests},
		{"claim", claimTests},
		{"fairness", fairnessTests},
		{"lease", leaseTests},
		{"finish", finishTests},
		{"events", eventTests},
		{"keys", keyTests},
		{"sessions", sessionTests},
		{"files", fileTests},
		{"history", historyTests},
		{"concurrency", concurrencyTests},
	} {
		t.Run(group.name, func(t *testing.T) {
			for name, test := range group.tests {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					c := &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
					test(t, &suite{T: t, clock: c, store: open(t, c.now)})
				})
			}
		})
	}
}

// clock is the time of a test; it stands still unless it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// suite is one test's store and clock, with the steps most tests take.
type suite struct {
	*testing.T
	*clock
	store retake.Store
}

const (
	engine = "builtin"
	lease  = time.Minute
)

var oneSlot = map[string]int{engine: 1}

func generation(namespace string) *retake.Generation {
	return &retake.Generation{
		Namespace: namespace, Username: namespace + "-user", Model: "lightricks-ltx-2-retake", Engine: engine,
		Prompt: "heavy snow", Params: map[string]any{"prompt": "heavy snow", "duration": 4.0},
		TargetNamespace: namespace,
	}
}

// create adds one generation and returns it as stored.
func (s *suite) create(g *retake.Generation) *retake.Generation {
	s.Helper()
	made, err := s.store.Create(s.Context(), []*retake.Generation{g}, nil)
	if err != nil {
		s.Fatalf("Create: %v", err)
	}
	if len(made) != 1 {
		s.Fatalf("Create made %d generations, want 1", len(made))
	}
	return made[0]
}

func (s *suite) claim() *retake.Generation {
	s.Helper()
	g, err := s.store.Claim(s.Context(), "worker-1", oneSlot, lease)
	if err != nil {
		s.Fatalf("Claim: %v", err)
	}
	return g
}

// claimed creates a generation and claims it.
func (s *suite) claimed(namespace string) *retake.Generation {
	s.Helper()
	s.create(generation(namespace))
	return s.claim()
}

func (s *suite) finish(g *retake.Generation, o retake.Outcome) retake.Status {
	s.Helper()
	status, err := s.store.Finish(s.Context(), g.ID, g.Fence, o)
	if err != nil {
		s.Fatalf("Finish: %v", err)
	}
	return status
}

func (s *suite) get(id string) *retake.Generation {
	s.Helper()
	g, err := s.store.Generation(s.Context(), id)
	if err != nil {
		s.Fatalf("Generation: %v", err)
	}
	return g
}

func (s *suite) cancel(id string) *retake.Generation {
	s.Helper()
	g, err := s.store.Cancel(s.Context(), id)
	if err != nil {
		s.Fatalf("Cancel: %v", err)
	}
	return g
}

func (s *suite) reap(maxAttempts int) int {
	s.Helper()
	n, err := s.store.ReapLeases(s.Context(), maxAttempts)
	if err != nil {
		s.Fatalf("ReapLeases: %v", err)
	}
	return n
}

// events returns all events after one.
func (s *suite) events(after int64) []retake.Event {
	s.Helper()
	list, err := s.store.EventsAfter(s.Context(), nil, after, 1_000_000)
	if err != nil {
		s.Fatalf("EventsAfter: %v", err)
	}
	return list
}

func (s *suite) wantErr(err, want error) {
	s.Helper()
	if !errors.Is(err, want) {
		s.Fatalf("got error %v, want %v", err, want)
	}
}

func (s *suite) wantStatus(id string, want retake.Status) *retake.Generation {
	s.Helper()
	g := s.get(id)
	if g.Status != want {
		s.Fatalf("generation is %s, want %s", g.Status, want)
	}
	return g
}

func (s *suite) same(got, want any) {
	s.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		s.Fatalf("not as wanted (-want +got):\n%s", diff)
	}
}

func ids(list []*retake.Generation) []string {
	out := []string{}
	for _, g := range list {
		out = append(out, g.ID)
	}
	return out
}
