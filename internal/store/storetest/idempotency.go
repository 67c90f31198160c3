package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"retake/internal/retake"
)

var once = retake.Idempotency{Namespace: "ox", Key: "k1", BodyHash: "aa"}

var idempotencyTests = map[string]func(*testing.T, *suite){
	"the same key and body make it once": func(t *testing.T, s *suite) {
		first := s.createOnce(once, 3)
		s.same(ids(s.createOnce(once, 3)), ids(first))
		s.wantTotal(3)
	},
	"a repeated request sees how the rows stand now": func(t *testing.T, s *suite) {
		first := s.createOnce(once, 1)
		s.finish(s.claim(), retake.Outcome{Status: retake.Succeeded})
		again := s.createOnce(once, 1)
		if again[0].ID != first[0].ID || again[0].Status != retake.Succeeded {
			t.Fatalf("got %s %s, want %s succeeded", again[0].ID, again[0].Status, first[0].ID)
		}
	},
	"another body is refused": func(t *testing.T, s *suite) {
		s.createOnce(once, 1)
		other := once
		other.BodyHash = "bb"
		_, err := s.store.Create(t.Context(), []*retake.Generation{generation("ox")}, &other)
		s.wantErr(err, retake.ErrKeyReused)
		s.wantTotal(1)
	},
	"another namespace has its own keys": func(t *testing.T, s *suite) {
		s.createOnce(once, 1)
		other := once
		other.Namespace, other.BodyHash = "herd", "bb"
		s.createOnce(other, 1)
		s.wantTotal(2)
	},
	"a key counts for 24 hours": func(t *testing.T, s *suite) {
		first := s.createOnce(once, 1)
		s.advance(24*time.Hour - time.Second)
		s.same(ids(s.createOnce(once, 1)), ids(first))
		s.advance(2 * time.Second)
		other := once
		other.BodyHash = "bb"
		second := s.createOnce(other, 1)
		if second[0].ID == first[0].ID {
			t.Fatal("a key of yesterday still counts")
		}
		s.same(ids(s.createOnce(other, 1)), ids(second))
	},
	"a request that failed frees the key": func(t *testing.T, s *suite) {
		taken := generation("ox")
		taken.ID = s.create(generation("ox")).ID
		if _, err := s.store.Create(t.Context(), []*retake.Generation{taken}, &once); err == nil {
			t.Fatal("Create took an id that exists")
		}
		other := once
		other.BodyHash = "bb"
		s.createOnce(other, 1)
	},
	"at the same time": func(t *testing.T, s *suite) {
		made := make([][]*retake.Generation, 12)
		var wg sync.WaitGroup
		for i := range made {
			wg.Go(func() {
				var err error
				if made[i], err = s.store.Create(t.Context(), []*retake.Generation{generation("ox")}, &once); err != nil {
					t.Errorf("Create: %v", err)
				}
			})
		}
		wg.Wait()
		for _, m := range made {
			s.same(ids(m), ids(made[0]))
		}
		s.wantTotal(1)
	},
	"at the same time with different bodies": func(t *testing.T, s *suite) {
		var mu sync.Mutex
		var wg sync.WaitGroup
		worked := 0
		for i := range 12 {
			wg.Go(func() {
				o := once
				o.BodyHash = string(rune('a' + i))
				_, err := s.store.Create(t.Context(), []*retake.Generation{generation("ox")}, &o)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					worked++
				} else if !errors.Is(err, retake.ErrKeyReused) {
					t.Errorf("Create: %v", err)
				}
			})
		}
		wg.Wait()
		s.same(worked, 1)
		s.wantTotal(1)
	},
}

func (s *suite) createOnce(o retake.Idempotency, n int) []*retake.Generation {
	s.Helper()
	gens := make([]*retake.Generation, n)
	for i := range gens {
		gens[i] = generation(o.Namespace)
	}
	made, err := s.store.Create(s.Context(), gens, &o)
	if err != nil || len(made) != n {
		s.Fatalf("Create: %d generations, %v; want %d", len(made), err, n)
	}
	return made
}

func (s *suite) wantTotal(want int) {
	s.Helper()
	_, total, err := s.store.Generations(s.Context(), retake.Filter{}, retake.Page{Size: 1, Number: 1})
	if err != nil || total != want {
		s.Fatalf("there are %d generations, %v; want %d", total, err, want)
	}
}
