package event_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"retake/internal/event"
	"retake/internal/retake"
)

// quiet is a store in which nothing ever ends, but for the end it is given.
type quiet struct{ end atomic.Pointer[retake.Event] }

func (q *quiet) EventsAfter(_ context.Context, _ []string, after int64, _ int) ([]retake.Event, error) {
	if end := q.end.Load(); end != nil && end.Seq > after {
		return []retake.Event{*end}, nil
	}
	return nil, nil
}

func (q *quiet) EventsSince(context.Context, []string, time.Time) ([]retake.Event, error) {
	return nil, nil
}

func (q *quiet) LastEvent(context.Context) (int64, error) { return 41, nil }

func progress(id string, fraction float64) retake.Event {
	return retake.Event{
		Namespace: "ox", Name: retake.EventProgress,
		Generation: &retake.Generation{ID: id, Namespace: "ox", Progress: retake.Progress{Fraction: fraction}},
	}
}

// inBubble runs a test with a hub in fake time.
func inBubble(t *testing.T, test func(t *testing.T, hub *event.Hub, store *quiet, sub *event.Subscription)) {
	synctest.Test(t, func(t *testing.T) {
		cfg := event.DefaultConfig()
		cfg.Encode = func(retake.Event) []byte { return nil }
		store := &quiet{}
		hub, err := event.New(t.Context(), store, cfg)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); hub.Run(ctx) }()
		defer func() { cancel(); <-done }()
		sub, err := hub.Subscribe(t.Context(), []string{"ox"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer sub.Close()
		test(t, hub, store, sub)
	})
}

// drain reads all that comes within d.
func drain(t *testing.T, s *event.Subscription, d time.Duration) (got []*event.Message) {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	for {
		m, err := s.Next(ctx)
		if err != nil {
			return got
		}
		got = append(got, m)
	}
}

func TestProgressIsHeldBack(t *testing.T) {
	inBubble(t, func(t *testing.T, hub *event.Hub, _ *quiet, sub *event.Subscription) {
		go func() {
			for i := range 100 { // for a second, 100 a second
				hub.Publish(progress("a", float64(i+1)/100))
				time.Sleep(10 * time.Millisecond)
			}
		}()
		var got []float64
		for _, m := range drain(t, sub, 2*time.Second) {
			if m.Event.Seq != 41 {
				t.Errorf("progress has number %d, want the last end's, 41", m.Event.Seq)
			}
			got = append(got, m.Event.Generation.Progress.Fraction)
		}
		if len(got) < 4 || len(got) > 5 {
			t.Fatalf("%d events for a second, want 4 and the last: %v", len(got), got)
		}
		if got[0] != 0.01 || got[len(got)-1] != 1 {
			t.Fatalf("want the first at once and the last in the end, got %v", got)
		}
	})
}

func TestProgressOfEachGenerationHasItsOwnPace(t *testing.T) {
	inBubble(t, func(t *testing.T, hub *event.Hub, _ *quiet, sub *event.Subscription) {
		for _, id := range []string{"a", "b", "a", "b", "a"} {
			hub.Publish(progress(id, 0.5))
		}
		var got []string
		for _, m := range drain(t, sub, time.Second) {
			got = append(got, m.Event.Generation.ID)
		}
		if len(got) == 4 && got[2] > got[3] {
			got[2], got[3] = got[3], got[2] // both were due at the same time
		}
		if diff := cmp.Diff([]string{"a", "b", "a", "b"}, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func TestNoProgressAfterTheEnd(t *testing.T) {
	inBubble(t, func(t *testing.T, hub *event.Hub, store *quiet, sub *event.Subscription) {
		hub.Publish(progress("a", 0.1))
		hub.Publish(progress("a", 0.9)) // held back
		store.end.Store(&retake.Event{Seq: 42, Namespace: "ox", Name: retake.EventCompleted, Generation: &retake.Generation{ID: "a"}})
		hub.Notify()
		var got []string
		for _, m := range drain(t, sub, time.Minute) {
			got = append(got, m.Event.Name)
		}
		if diff := cmp.Diff([]string{retake.EventProgress, retake.EventCompleted}, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// TestProgressDropsNobody floods a subscriber that does not read and then ends a generation: the end must come.
func TestProgressDropsNobody(t *testing.T) {
	inBubble(t, func(t *testing.T, hub *event.Hub, store *quiet, sub *event.Subscription) {
		for range 1000 {
			hub.Publish(progress("a", 0.5))
			time.Sleep(time.Second)
		}
		store.end.Store(&retake.Event{Seq: 42, Namespace: "ox", Name: retake.EventCompleted, Generation: &retake.Generation{ID: "a"}})
		hub.Notify()
		got := drain(t, sub, time.Minute)
		if len(got) == 0 || got[len(got)-1].Event.Name != retake.EventCompleted {
			t.Fatalf("%d events, the end is not the last of them", len(got))
		}
	})
}
