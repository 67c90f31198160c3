package event_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"retake/internal/event"
	"retake/internal/retake"
)

func told(name, id string) retake.Event {
	return retake.Event{Namespace: "ox", Name: name, Generation: &retake.Generation{ID: id, Namespace: "ox"}}
}

func TestTell(t *testing.T) {
	inBubble(t, func(t *testing.T, hub *event.Hub, _ *quiet, sub *event.Subscription) {
		hub.Tell(told(retake.EventQueued, "a"))
		hub.Tell(told(retake.EventQueued, "b"))
		hub.Publish(progress("a", 0.1))
		hub.Publish(progress("a", 0.9)) // held back, and then not told of what is gone
		hub.Tell(told(retake.EventDeleted, "a"))
		hub.Publish(progress("b", 0.1))
		hub.Publish(progress("b", 0.9)) // nor of what went back to the queue
		hub.Tell(told(retake.EventQueued, "b"))
		hub.Tell(retake.Event{Namespace: "herd", Name: retake.EventQueued, Generation: &retake.Generation{ID: "c"}})
		hub.Tell(retake.Event{Namespace: "ox", Name: retake.EventQueued}) // of nothing
		var got []string
		for _, m := range drain(t, sub, time.Minute) {
			got = append(got, m.Event.Name+" "+m.Event.Generation.ID)
			if m.Event.Seq != 41 {
				t.Errorf("%s has number %d, want the last kept event's, 41", m.Event.Name, m.Event.Seq)
			}
		}
		want := []string{retake.EventQueued + " a", retake.EventQueued + " b", retake.EventProgress + " a", retake.EventDeleted + " a",
			retake.EventProgress + " b", retake.EventQueued + " b"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// TestTellDropsNobody tells a subscriber that does not read of more than it has room for.
func TestTellDropsNobody(t *testing.T) {
	inBubble(t, func(t *testing.T, hub *event.Hub, store *quiet, sub *event.Subscription) {
		for range 1000 {
			hub.Tell(told(retake.EventQueued, "a"))
		}
		end := told(retake.EventCompleted, "a")
		end.Seq = 42
		store.end.Store(&end)
		hub.Notify()
		got := drain(t, sub, time.Minute)
		if len(got) == 0 || got[len(got)-1].Event.Name != retake.EventCompleted {
			t.Fatalf("%d events, the end is not the last of them", len(got))
		}
	})
}
