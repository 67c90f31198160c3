package event_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"retake/internal/event"
	"retake/internal/retake"
	"retake/internal/store/sqlite"
)

// fixture is a hub on a real store, running until the test ends.
type fixture struct {
	testing.TB
	store   *sqlite.Store
	hub     *event.Hub
	encoded atomic.Int64 // how often an event was written
	offset  atomic.Int64 // added to the time, nanoseconds
}

func start(t testing.TB, change func(*event.Config)) *fixture {
	t.Helper()
	f := &fixture{TB: t}
	now := func() time.Time { return time.Now().Add(time.Duration(f.offset.Load())) }
	var err error
	if f.store, err = sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "retake.db"), Now: now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.store.Close() })
	cfg := event.DefaultConfig()
	cfg.Poll = time.Hour // tests tell of news themselves
	cfg.Now = now
	cfg.Encode = func(e retake.Event) []byte {
		f.encoded.Add(1)
		return fmt.Appendf(nil, "%s %s %.2f", e.Name, e.Generation.Namespace, e.Generation.Progress.Fraction)
	}
	if change != nil {
		change(&cfg)
	}
	if f.hub, err = event.New(t.Context(), f.store, cfg); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { f.hub.Run(ctx) })
	t.Cleanup(func() { cancel(); running.Wait() })
	return f
}

// commit ends n generations of a namespace without a word to the hub and returns their ids.
func (f *fixture) commit(namespace string, n int) (ids []string) {
	f.Helper()
	gens := make([]*retake.Generation, n)
	for i := range gens {
		gens[i] = &retake.Generation{Namespace: namespace, Engine: namespace}
	}
	if _, err := f.store.Create(f.Context(), gens, nil); err != nil {
		f.Fatal(err)
	}
	for range n {
		g, err := f.store.Claim(f.Context(), "w", map[string]int{namespace: 1}, time.Minute)
		if err != nil {
			f.Fatal(err)
		}
		if _, err := f.store.Finish(f.Context(), g.ID, g.Fence, retake.Outcome{Status: retake.Succeeded}); err != nil {
			f.Fatal(err)
		}
		ids = append(ids, g.ID)
	}
	return ids
}

func (f *fixture) subscribe(last *int64, namespaces ...string) *event.Subscription {
	f.Helper()
	s, err := f.hub.Subscribe(f.Context(), namespaces, last)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(s.Close)
	return s
}

// next reads one event; it waits long, because a slow machine is no failure.
func (f *fixture) next(s *event.Subscription) *event.Message {
	f.Helper()
	ctx, cancel := context.WithTimeout(f.Context(), 30*time.Second)
	defer cancel()
	m, err := s.Next(ctx)
	if err != nil {
		f.Fatalf("Next: %v", err)
	}
	return m
}

func (f *fixture) wantIDs(s *event.Subscription, want []string) (last int64) {
	f.Helper()
	got := []string{}
	for range want {
		m := f.next(s)
		if m.Event.Seq <= last {
			f.Fatalf("event %d after event %d", m.Event.Seq, last)
		}
		got, last = append(got, m.Event.Generation.ID), m.Event.Seq
	}
	if diff := cmp.Diff(want, got); diff != "" {
		f.Fatalf("other events than wanted (-want +got):\n%s", diff)
	}
	return last
}

// wantNone checks that nothing waits, by sending something of which it is known that it comes.
func (f *fixture) wantNone(s *event.Subscription, namespace string) {
	f.Helper()
	mark := f.commit(namespace, 1)
	f.hub.Notify()
	f.wantIDs(s, mark)
}

func TestLive(t *testing.T) {
	f := start(t, nil)
	ox, herd, both := f.subscribe(nil, "ox"), f.subscribe(nil, "herd"), f.subscribe(nil, "herd", "ox", "ox")
	a, b := f.commit("ox", 2), f.commit("herd", 1)
	f.hub.Notify()
	f.wantIDs(ox, a)
	f.wantIDs(herd, b)
	f.wantIDs(both, append(a, b...))
	f.wantNone(ox, "ox")
	f.wantNone(herd, "herd")
}

func TestPollFindsWhatNobodyToldOf(t *testing.T) {
	f := start(t, func(c *event.Config) { c.Poll = 10 * time.Millisecond })
	s := f.subscribe(nil, "ox")
	f.wantIDs(s, f.commit("ox", 1))
}

func TestFreshConnection(t *testing.T) {
	f := start(t, nil)
	early := f.subscribe(nil, "ox")
	old := f.commit("ox", 2)
	f.hub.Notify()
	f.wantIDs(early, old)
	f.offset.Add(int64(2 * time.Minute))
	recent := f.commit("ox", 3)
	f.commit("herd", 1)
	if _, err := f.store.Create(t.Context(), []*retake.Generation{{ID: "c", Namespace: "ox", Engine: "builtin"}}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := f.store.Cancel(t.Context(), "c"); err != nil {
		t.Fatal(err)
	}
	f.hub.Notify()
	f.wantIDs(early, append(recent, "c"))
	s := f.subscribe(nil, "ox")
	f.wantIDs(s, recent)
	f.wantNone(s, "ox")
}

// TestFreshConnectionBeforeTheHubKnows connects after the end was committed and before the hub has read it.
func TestFreshConnectionBeforeTheHubKnows(t *testing.T) {
	f := start(t, nil)
	ids := f.commit("ox", 2)
	s := f.subscribe(nil, "ox")
	f.hub.Notify()
	f.wantIDs(s, ids)
	f.wantNone(s, "ox")
}

func TestResume(t *testing.T) {
	for _, missed := range []int{0, 1, 5, 300} { // 300 are more than a page
		t.Run(fmt.Sprint(missed), func(t *testing.T) {
			f := start(t, nil)
			watch, s := f.subscribe(nil, "ox"), f.subscribe(nil, "ox")
			seen := f.commit("ox", 3)
			f.hub.Notify()
			last := f.wantIDs(s, seen)
			s.Close()
			f.commit("herd", 2)
			want := f.commit("ox", missed)
			f.offset.Add(int64(time.Hour)) // how long ago does not matter
			f.hub.Notify()
			f.wantIDs(watch, append(seen, want...)) // the hub has read it all: for who comes now it is the past
			s = f.subscribe(&last, "ox")
			want = append(want, f.commit("ox", 2)...)
			f.hub.Notify()
			f.wantIDs(s, want)
			f.wantNone(s, "ox")
		})
	}
}

// TestResumeAheadOfTheHub resumes from an event that another process committed and this hub has not read.
func TestResumeAheadOfTheHub(t *testing.T) {
	f := start(t, nil)
	f.commit("ox", 2)
	last, err := f.store.LastEvent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := f.subscribe(&last, "ox")
	f.hub.Notify()
	f.wantNone(s, "ox")
}

func TestResumeFromAnUnknownNumber(t *testing.T) {
	f := start(t, nil)
	ids := f.commit("ox", 2)
	f.hub.Notify()
	last := int64(1_000_000)
	s := f.subscribe(&last, "ox")
	f.wantIDs(s, ids)
	f.wantNone(s, "ox")
}

// TestNoGapUnderLoad has readers that come and go, each from where it stopped, while events are committed.
func TestNoGapUnderLoad(t *testing.T) {
	f := start(t, nil)
	const total = 150
	committed := make(chan []string, 1)
	var writing sync.WaitGroup
	writing.Go(func() {
		var ids []string
		for range total {
			ids = append(ids, f.commit("ox", 1)...)
			f.hub.Notify()
		}
		committed <- ids
	})
	var reading sync.WaitGroup
	got := make([][]string, 4)
	zero := int64(0)
	for r := range got {
		reading.Go(func() {
			last := &zero
			for len(got[r]) < total {
				s, err := f.hub.Subscribe(t.Context(), []string{"ox"}, last)
				if err != nil {
					t.Error(err)
					return
				}
				for range min(7+r*13, total-len(got[r])) {
					m, err := s.Next(t.Context())
					if err != nil {
						t.Error(err)
						return
					}
					got[r] = append(got[r], m.Event.Generation.ID)
					last = &m.Event.Seq
				}
				s.Close()
			}
		})
	}
	writing.Wait()
	reading.Wait()
	want := <-committed
	for r := range got {
		if diff := cmp.Diff(want, got[r]); diff != "" {
			t.Errorf("reader %d (-want +got):\n%s", r, diff)
		}
	}
}

func TestSlowReaderIsDropped(t *testing.T) {
	f := start(t, func(c *event.Config) { c.Buffer = 4 })
	slow, quick := f.subscribe(nil, "ox"), f.subscribe(nil, "ox")
	var ids []string
	for range 6 {
		one := f.commit("ox", 1)
		f.hub.Notify()
		f.wantIDs(quick, one)
		ids = append(ids, one...)
	}
	last := f.wantIDs(slow, ids[:4]) // what it had room for it still gets
	if _, err := slow.Next(t.Context()); !errors.Is(err, event.ErrSlow) {
		t.Fatalf("Next: %v, want that it was too slow", err)
	}
	f.wantIDs(f.subscribe(&last, "ox"), ids[4:]) // and what it missed when it comes again
}

func TestEncodedOnce(t *testing.T) {
	f := start(t, nil)
	subs := make([]*event.Subscription, 50)
	for i := range subs {
		subs[i] = f.subscribe(nil, "ox")
	}
	f.commit("ox", 1)
	f.hub.Notify()
	var wg sync.WaitGroup
	for _, s := range subs {
		wg.Go(func() {
			m, err := s.Next(t.Context())
			if err != nil || string(m.Bytes()) != "media_generation_completed ox 1.00" {
				t.Errorf("got %v, %v", m, err)
			}
		})
	}
	wg.Wait()
	if n := f.encoded.Load(); n != 1 {
		t.Fatalf("the event was written %d times", n)
	}
}

func TestClose(t *testing.T) {
	f := start(t, nil)
	s := f.subscribe(nil, "ox")
	s.Close()
	s.Close()
	f.commit("ox", 1)
	f.hub.Notify()
	if _, err := s.Next(t.Context()); err == nil {
		// The past was read after the end was committed; the next is the end of the subscription.
		_, err = s.Next(t.Context())
		if !errors.Is(err, event.ErrClosed) {
			t.Fatalf("Next: %v, want closed", err)
		}
	} else if !errors.Is(err, event.ErrClosed) {
		t.Fatalf("Next: %v, want closed", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.subscribe(nil, "none").Next(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("Next: %v, want cancelled", err)
	}
}

func TestStoppedHub(t *testing.T) {
	f := start(t, nil)
	hub, err := event.New(t.Context(), f.store, event.Config{
		Buffer: 8, ProgressEvery: time.Second, Poll: time.Second, Encode: func(retake.Event) []byte { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := hub.Subscribe(t.Context(), []string{"ox"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	hub.Run(ctx)
	if _, err := s.Next(t.Context()); !errors.Is(err, event.ErrClosed) {
		t.Fatalf("Next: %v, want closed", err)
	}
	if _, err := hub.Subscribe(t.Context(), []string{"ox"}, nil); !errors.Is(err, event.ErrClosed) {
		t.Fatalf("Subscribe: %v, want closed", err)
	}
}

func TestConfigNamesEveryMistake(t *testing.T) {
	err := event.Config{Recent: -1}.Validate()
	for _, key := range []string{"buffer", "recent", "progress_every", "poll"} {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("the error does not name %s: %v", key, err)
		}
	}
	if err := event.DefaultConfig().Validate(); err != nil {
		t.Errorf("the defaults: %v", err)
	}
}
