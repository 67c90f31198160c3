package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"retake/internal/retake"
)

var concurrencyTests = map[string]func(*testing.T, *suite){
	"each caller gets its own answer": testMixedWrites,
	"workers and clients at once":     testWholeLife,
}

// testMixedWrites sends writes that must fail among writes that must work, all at once.
func testMixedWrites(t *testing.T, s *suite) {
	taken := s.create(generation("ox")).ID
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			g := generation("ox")
			if i%2 == 1 {
				g.ID = taken
			}
			_, err := s.store.Create(t.Context(), []*retake.Generation{generation("ox"), g}, nil)
			if (err != nil) != (i%2 == 1) {
				t.Errorf("Create %d: %v", i, err)
			}
		})
		wg.Go(func() {
			if err := s.store.RevokeKey(t.Context(), fmt.Sprint("none", i)); !errors.Is(err, retake.ErrNotFound) {
				t.Errorf("RevokeKey: %v", err)
			}
		})
	}
	wg.Wait()
	s.wantTotal(1 + 20*2)
}

// testWholeLife lets clients create and cancel while workers claim, renew and end, and counts what came of it.
func testWholeLife(t *testing.T, s *suite) {
	const clients, each, workers = 4, 20, 3
	var making, working sync.WaitGroup
	made := make(chan string, clients*each)
	for c := range clients {
		making.Go(func() {
			for i := range each {
				g := s.create(generation(fmt.Sprint("ns", c)))
				made <- g.ID
				if i%4 == 0 {
					s.cancel(g.ID)
				}
			}
		})
	}
	stop := make(chan struct{})
	for range workers {
		working.Go(func() {
			for s.workOnce(stop) {
			}
		})
	}
	making.Wait()
	close(stop)
	working.Wait()
	close(made)
	for id := range made {
		if g := s.get(id); !g.Status.Ended() {
			t.Errorf("%s is %s at the end", id, g.Status)
		}
	}
	if n := len(s.events(0)); n != clients*each {
		t.Errorf("%d events for %d ends", n, clients*each)
	}
}

// workOnce does one claim's work. It returns false when nothing is left and stop was called.
func (s *suite) workOnce(stop <-chan struct{}) bool {
	stopped := false
	select {
	case <-stop:
		stopped = true
	default:
	}
	g, err := s.store.Claim(s.Context(), "w", oneSlot, lease)
	if errors.Is(err, retake.ErrNothingToDo) {
		return !stopped
	}
	if err != nil {
		s.Errorf("Claim: %v", err)
		return false
	}
	cancelled, err := s.store.Renew(s.Context(), g.ID, g.Fence, lease, retake.Progress{Fraction: 0.5})
	if err != nil {
		s.Errorf("Renew: %v", err)
		return false
	}
	status, err := s.store.Finish(s.Context(), g.ID, g.Fence, retake.Outcome{Status: retake.Succeeded})
	if err != nil || (cancelled && status != retake.Cancelled) {
		s.Errorf("Finish: %s, %v (cancelled: %v)", status, err, cancelled)
	}
	return true
}
