package storetest

import (
	"testing"
	"time"

	"retake/internal/retake"
)

var keyTests = map[string]func(*testing.T, *suite){
	"are found by their hash": func(t *testing.T, s *suite) {
		k := retake.Key{ID: "k1", Namespace: "ox", Namespaces: []string{"herd", "farm"}, Created: s.now()}
		s.createKey(k, "hash-1")
		s.createKey(retake.Key{ID: "k2", Namespace: "herd"}, "hash-2")
		got, err := s.store.KeyByHash(t.Context(), "hash-1")
		if err != nil {
			t.Fatal(err)
		}
		s.same(got, &k)
		for _, hash := range []string{"", "hash-3", "k1", "HASH-1"} {
			_, err := s.store.KeyByHash(t.Context(), hash)
			s.wantErr(err, retake.ErrNotFound)
		}
	},
	"are listed, oldest first, with when they were made": func(t *testing.T, s *suite) {
		s.createKey(retake.Key{ID: "z", Namespace: "ox"}, "hash-1")
		first := s.now()
		s.advance(time.Second)
		s.createKey(retake.Key{ID: "a", Namespace: "ox"}, "hash-2")
		got, err := s.store.ListKeys(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.same(got, []retake.Key{{ID: "z", Namespace: "ox", Created: first}, {ID: "a", Namespace: "ox", Created: s.now()}})
	},
	"an id or a hash is not given twice": func(t *testing.T, s *suite) {
		s.createKey(retake.Key{ID: "k1", Namespace: "ox"}, "hash-1")
		if err := s.store.CreateKey(t.Context(), retake.Key{ID: "k1", Namespace: "ox"}, "hash-2"); err == nil {
			t.Fatal("the same id was taken twice")
		}
		if err := s.store.CreateKey(t.Context(), retake.Key{ID: "k2", Namespace: "ox"}, "hash-1"); err == nil {
			t.Fatal("the same hash was taken twice")
		}
	},
	"a revoked one works no more": func(t *testing.T, s *suite) {
		s.createKey(retake.Key{ID: "k1", Namespace: "ox"}, "hash-1")
		for range 2 {
			if err := s.store.RevokeKey(t.Context(), "k1"); err != nil {
				t.Fatal(err)
			}
		}
		_, err := s.store.KeyByHash(t.Context(), "hash-1")
		s.wantErr(err, retake.ErrNotFound)
		list, err := s.store.ListKeys(t.Context())
		if err != nil || len(list) != 1 || !list[0].Revoked {
			t.Fatalf("listed %+v, %v; want it revoked", list, err)
		}
		s.wantErr(s.store.RevokeKey(t.Context(), "none"), retake.ErrNotFound)
	},
	"the last use is remembered": func(t *testing.T, s *suite) {
		s.createKey(retake.Key{ID: "k1", Namespace: "ox"}, "hash-1")
		s.advance(time.Hour)
		if _, err := s.store.KeyByHash(t.Context(), "hash-1"); err != nil {
			t.Fatal(err)
		}
		s.create(generation("ox")) // the note is written with or before this
		list, err := s.store.ListKeys(t.Context())
		if err != nil || len(list) != 1 || !list[0].LastUsed.Equal(s.now()) {
			t.Fatalf("listed %+v, %v; want the last use %v", list, err, s.now())
		}
	},
}

func (s *suite) createKey(k retake.Key, hash string) {
	s.Helper()
	if err := s.store.CreateKey(s.Context(), k, hash); err != nil {
		s.Fatalf("CreateKey: %v", err)
	}
}
