// Package queue says what a queue does: it takes queued generations from the store, runs as many side by side as
// each engine has slots, keeps their claims alive, and writes down how they ended. How that is done on one machine
// is in queue/local.
//
// A queue decides nothing about who comes next or whose claim counts: that is the store's, in one transaction.
package queue

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"retake/internal/retake"
)

// Runner carries out a generation. It returns soon after ctx is cancelled, whose cause is retake.ErrCancelled,
// ErrShutdown or ErrLeaseLost; what it returns then is not used, unless it is a success that came just before a
// shutdown. It makes nothing public itself: the result's name goes into Outcome.File, which the store publishes
// together with the end or not at all. The status Queued says that the engine has no room: it is called again later.
//
// progress may be called from any goroutine, as often as is convenient, and returns at once.
type Runner interface {
	Run(ctx context.Context, g *retake.Generation, progress func(retake.Progress)) retake.Outcome
}

// RunnerFunc is a Runner made of a function.
type RunnerFunc func(ctx context.Context, g *retake.Generation, progress func(retake.Progress)) retake.Outcome

// Run calls f.
func (f RunnerFunc) Run(ctx context.Context, g *retake.Generation, progress func(retake.Progress)) retake.Outcome {
	return f(ctx, g, progress)
}

// Queue runs generations.
type Queue interface {
	// Start begins to claim and run, and returns. It first puts back what dead workers left. ctx is for starting
	// only; Drain is what stops a queue.
	Start(ctx context.Context) error
	// Wake says that something may have been queued. It returns at once.
	Wake()
	// Cancel cancels a generation in the store and stops it at once if it runs here. It returns the row as it
	// stood when the cancel was noted. retake.ErrNotFound for an unknown id.
	Cancel(ctx context.Context, id string) (*retake.Generation, error)
	// Drain stops claiming and waits for what runs: until the configured limit or the end of ctx, then it stops the
	// rest and hands it back to the queue. It returns an error when a run did not stop even so.
	Drain(ctx context.Context) error
	// Stats tells how the queue stands.
	Stats() Stats
}

// Publisher is told of what happens, to pass it on. All return at once.
type Publisher interface {
	Publish(retake.Event) // progress
	Tell(retake.Event)    // a generation went back to the queue
	Notify()              // the store has new events
}

// Stats is how a queue stands. The counters count since the start of this process.
type Stats struct {
	Slots    map[string]int // by engine
	Running  map[string]int // by engine
	Draining bool

	Claimed  int64
	Ended    map[retake.Status]int64 // runs that ended so
	Released int64                   // handed back on a shutdown
	Waits    int64                   // handed back because the engine had no room
	Lost     int64                   // claims that were lost to a lapsed lease
	Panics   int64
}

// Config says how a queue runs.
type Config struct {
	Slots map[string]int `koanf:"slots"` // generations run at once, by engine
	// SlotsNow, where it is set, says how many generations an engine of Slots takes at once now: a program tells only when it has been started.
	SlotsNow    func(engine string) int `koanf:"-"`
	Lease       time.Duration           `koanf:"lease"`        // how long a claim holds without being renewed
	Renew       time.Duration           `koanf:"renew"`        // how often it is renewed
	Reap        time.Duration           `koanf:"reap"`         // how often to look for lapsed claims
	Poll        time.Duration           `koanf:"poll"`         // how often to look for work that nobody told of
	Drain       time.Duration           `koanf:"drain"`        // how long a stop waits for what runs
	StopWithin  time.Duration           `koanf:"stop_within"`  // how long a run may take to stop after that
	MaxAttempts int                     `koanf:"max_attempts"` // how often a generation whose worker died is queued again
	MaxWaits    int                     `koanf:"max_waits"`    // how often one is queued again whose engine had no room
}

// DefaultConfig returns the usual times, without slots.
func DefaultConfig() Config {
	return Config{
		Lease: time.Minute, Renew: 15 * time.Second, Reap: 15 * time.Second, Poll: time.Second,
		Drain: 30 * time.Second, StopWithin: 10 * time.Second, MaxAttempts: 2, MaxWaits: 10,
	}
}

// Room returns how many generations each engine takes at once now.
func (c Config) Room() map[string]int {
	room := maps.Clone(c.Slots)
	for engine := range room {
		if c.SlotsNow != nil {
			room[engine] = c.SlotsNow(engine)
		}
	}
	return room
}

// Validate reports every mistake at once, each naming its key.
func (c Config) Validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for _, engine := range slices.Sorted(maps.Keys(c.Slots)) {
		if n := c.Slots[engine]; n < 0 || n > 1000 {
			bad("slots.%s must be between 0 and 1000, got %d", engine, n)
		}
	}
	if c.Lease < 100*time.Millisecond {
		bad("lease must be at least 100ms, got %s", c.Lease)
	}
	if c.Renew <= 0 || c.Renew > c.Lease/2 {
		bad("renew must be more than 0 and at most half of lease (%s), got %s", c.Lease, c.Renew)
	}
	if c.Reap <= 0 {
		bad("reap must be more than 0, got %s", c.Reap)
	}
	if c.Poll <= 0 {
		bad("poll must be more than 0, got %s", c.Poll)
	}
	if c.Drain < 0 {
		bad("drain must not be negative, got %s", c.Drain)
	}
	if c.StopWithin <= 0 {
		bad("stop_within must be more than 0, got %s", c.StopWithin)
	}
	if c.MaxAttempts < 0 {
		bad("max_attempts must not be negative, got %d", c.MaxAttempts)
	}
	if c.MaxWaits < 0 {
		bad("max_waits must not be negative, got %d", c.MaxWaits)
	}
	return errors.Join(errs...)
}
