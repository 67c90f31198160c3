package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"retake/internal/retake"
)

var claimTests = map[string]func(*testing.T, *suite){
	"marks the row": func(t *testing.T, s *suite) {
		want := *s.create(generation("ox"))
		s.advance(time.Second)
		want.Status, want.Fence, want.Worker = retake.Processing, 1, "worker-1"
		want.Lease, want.Started = s.now().Add(lease), s.now()
		s.same(s.claim(), &want)
		s.same(s.get(want.ID), &want)
	},
	"nothing to do": func(t *testing.T, s *suite) {
		s.wantNothingToClaim()
		s.claimed("ox")
		s.wantNothingToClaim()
	},
	"only engines with a free slot": func(t *testing.T, s *suite) {
		a := generation("ox")
		a.Engine = "ltx2"
		s.create(a)
		b := s.create(generation("ox"))
		for _, free := range []map[string]int{nil, {}, {"fal": 3}, {"ltx2": 0, engine: 0}, {"ltx2": -1}} {
			_, err := s.store.Claim(t.Context(), "w", free, lease)
			s.wantErr(err, retake.ErrNothingToDo)
		}
		g, err := s.store.Claim(t.Context(), "w", map[string]int{"ltx2": 0, engine: 1}, lease)
		if err != nil || g.ID != b.ID {
			t.Fatalf("got %v, %v; want %s", g, err, b.ID)
		}
	},
	"higher priority first, over all engines": func(t *testing.T, s *suite) {
		low, high, other := generation("ox"), generation("ox"), generation("herd")
		low.Priority, high.Priority, other.Priority, other.Engine = -1, 5, 6, "ltx2"
		lowID, middleID, highID, otherID := s.create(low).ID, s.create(generation("ox")).ID, s.create(high).ID, s.create(other).ID
		free := map[string]int{engine: 1, "ltx2": 1}
		for _, want := range []string{otherID, highID, middleID, lowID} {
			g, err := s.store.Claim(t.Context(), "w", free, lease)
			if err != nil || g.ID != want {
				t.Fatalf("claimed %v, %v; want %s", g, err, want)
			}
		}
	},
	"the fence grows with each claim": func(t *testing.T, s *suite) {
		s.create(generation("ox"))
		for want := int64(1); want <= 4; want++ {
			g := s.claim()
			s.same(g.Fence, want)
			if err := s.store.Release(t.Context(), g.ID, g.Fence); err != nil {
				t.Fatal(err)
			}
		}
	},
	"each is claimed by one": func(t *testing.T, s *suite) {
		const workers, rows = 8, 60
		for range rows {
			s.create(generation("ox"))
		}
		var mu sync.Mutex
		seen := map[string]int{}
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				for {
					g, err := s.store.Claim(t.Context(), "w", oneSlot, lease)
					if errors.Is(err, retake.ErrNothingToDo) {
						return
					}
					if err != nil {
						t.Errorf("Claim: %v", err)
						return
					}
					mu.Lock()
					seen[g.ID]++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if len(seen) != rows {
			t.Fatalf("%d of %d were claimed", len(seen), rows)
		}
		for id, n := range seen {
			if n != 1 {
				t.Fatalf("%s was claimed %d times", id, n)
			}
		}
	},
}
