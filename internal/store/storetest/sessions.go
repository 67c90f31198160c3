package storetest

import (
	"sync"
	"testing"
	"time"

	"retake/internal/retake"
)

const month = 30 * 24 * time.Hour

var sessionTests = map[string]func(*testing.T, *suite){
	"hold a key until they expire": func(t *testing.T, s *suite) {
		s.twoKeys()
		made := s.signIn("s1", "k1", "")
		s.same(made, &retake.Session{Keys: []retake.Key{s.key("k1")}, Current: "k1", Expires: s.now().Add(month)})
		s.advance(month - time.Second)
		got, err := s.store.Session(t.Context(), "s1")
		if err != nil {
			t.Fatal(err)
		}
		s.sameSession(got, "k1", "k1")
		for _, hash := range []string{"", "s2", "k1", "S1", "hash-1"} {
			_, err := s.store.Session(t.Context(), hash)
			s.wantErr(err, retake.ErrNotFound)
		}
		for range 2 { // when it expires, and later
			s.advance(time.Second)
			s.wantNoSession("s1")
		}
	},
	"take over the keys of the one they replace": func(t *testing.T, s *suite) {
		s.twoKeys()
		s.signIn("s1", "k1", "")
		s.sameSession(s.signIn("s2", "k2", "s1"), "k2", "k1", "k2")
		s.wantNoSession("s1")
		s.sameSession(s.signIn("s3", "k1", "s2"), "k1", "k2", "k1") // again: it moves to the end
		s.sameSession(s.signIn("s4", "k2", "none"), "k2", "k2")
	},
	"take nothing from one that expired": func(t *testing.T, s *suite) {
		s.twoKeys()
		s.signIn("s1", "k1", "")
		s.advance(month)
		s.sameSession(s.signIn("s2", "k2", "s1"), "k2", "k2")
		s.advance(month + time.Second)
		s.sameSession(s.signIn("s3", "k1", "s2"), "k1", "k1")
	},
	"are not made with a key that is unknown or revoked": func(t *testing.T, s *suite) {
		s.twoKeys()
		s.signIn("s1", "k1", "")
		s.revoke("k2")
		for _, key := range []string{"k2", "none", ""} {
			_, err := s.store.CreateSession(t.Context(), "s2", key, s.now().Add(month), "s1")
			s.wantErr(err, retake.ErrNotFound)
		}
		s.wantNoSession("s2")
		got, err := s.store.Session(t.Context(), "s1")
		if err != nil {
			t.Fatalf("the session that was to be replaced is gone: %v", err)
		}
		s.sameSession(got, "k1", "k1")
	},
	"a secret is not given twice": func(t *testing.T, s *suite) {
		s.twoKeys()
		s.signIn("s1", "k1", "")
		if _, err := s.store.CreateSession(t.Context(), "s1", "k2", s.now().Add(month), ""); err == nil {
			t.Fatal("the same hash was taken twice")
		}
	},
	"change the key in use": func(t *testing.T, s *suite) {
		s.twoKeys()
		s.signIn("s1", "k1", "")
		s.signIn("s2", "k2", "s1")
		got, err := s.store.UseSessionKey(t.Context(), "s2", "k1")
		if err != nil {
			t.Fatal(err)
		}
		s.sameSession(got, "k1", "k1", "k2")
		s.createKey(retake.Key{ID: "k3", Namespace: "ox"}, "hash-3")
		for _, bad := range [][2]string{{"s2", "k3"}, {"s2", "none"}, {"s1", "k1"}, {"none", "k1"}} {
			_, err := s.store.UseSessionKey(t.Context(), bad[0], bad[1])
			s.wantErr(err, retake.ErrNotFound)
		}
	},
	"end with their last key": func(t *testing.T, s *suite) {
		s.twoKeys()
		s.signIn("s1", "k1", "")
		s.signIn("s2", "k2", "s1")
		got, err := s.store.RemoveSessionKey(t.Context(), "s2", "k2")
		if err != nil {
			t.Fatal(err)
		}
		s.sameSession(got, "k1", "k1")
		_, err = s.store.RemoveSessionKey(t.Context(), "s2", "k2")
		s.wantErr(err, retake.ErrNotFound)
		if got, err = s.store.RemoveSessionKey(t.Context(), "s2", "k1"); err != nil || got != nil {
			t.Fatalf("without its last key: %+v, %v", got, err)
		}
		s.wantNoSession("s2")
	},
	"a key that was not in use leaves the others alone": func(t *testing.T, s *suite) {
		s.twoKeys()
		s.signIn("s1", "k1", "")
		s.signIn("s2", "k2", "s1")
		got, err := s.store.RemoveSessionKey(t.Context(), "s2", "k1")
		if err != nil {
			t.Fatal(err)
		}
		s.sameSession(got, "k2", "k2")
	},
	"a revoked key is in them no more": func(t *testing.T, s *suite) {
		s.twoKeys()
		s.signIn("s1", "k1", "")
		s.signIn("s2", "k2", "s1")
		s.revoke("k2")
		got, err := s.store.Session(t.Context(), "s2")
		if err != nil {
			t.Fatal(err)
		}
		s.sameSession(got, "", "k1") // nobody chose k1
		s.revoke("k1")
		s.wantNoSession("s2")
	},
	"end": func(t *testing.T, s *suite) {
		s.twoKeys()
		s.signIn("s1", "k1", "")
		for range 2 {
			if err := s.store.DeleteSession(t.Context(), "s1"); err != nil {
				t.Fatal(err)
			}
		}
		s.wantNoSession("s1")
	},
	"the last use of a key is remembered": func(t *testing.T, s *suite) {
		s.twoKeys()
		s.signIn("s1", "k1", "")
		s.advance(time.Hour)
		if _, err := s.store.Session(t.Context(), "s1"); err != nil {
			t.Fatal(err)
		}
		s.create(generation("ox")) // the note is written with or before this
		if got := s.key("k1").LastUsed; !got.Equal(s.now()) {
			t.Fatalf("the last use is %v, want %v", got, s.now())
		}
	},
	"signing out wins over a change at the same time": func(t *testing.T, s *suite) {
		s.twoKeys()
		s.signIn("s1", "k1", "")
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() { _, _ = s.store.UseSessionKey(t.Context(), "s1", "k1") })
			all.Go(func() { _, _ = s.store.RemoveSessionKey(t.Context(), "s1", "k2") })
			all.Go(func() { _ = s.store.DeleteSession(t.Context(), "s1") })
		}
		all.Wait()
		s.wantNoSession("s1")
	},
}

func (s *suite) twoKeys() {
	s.Helper()
	s.createKey(retake.Key{ID: "k1", Namespace: "ox", Namespaces: []string{"herd"}}, "hash-1")
	s.createKey(retake.Key{ID: "k2", Namespace: "otto"}, "hash-2")
}

func (s *suite) key(id string) retake.Key {
	s.Helper()
	list, err := s.store.ListKeys(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	for _, k := range list {
		if k.ID == id {
			return k
		}
	}
	s.Fatalf("no key %s", id)
	return retake.Key{}
}

func (s *suite) revoke(key string) {
	s.Helper()
	if err := s.store.RevokeKey(s.Context(), key); err != nil {
		s.Fatal(err)
	}
}

func (s *suite) signIn(hash, key, replaces string) *retake.Session {
	s.Helper()
	made, err := s.store.CreateSession(s.Context(), hash, key, s.now().Add(month), replaces)
	if err != nil {
		s.Fatalf("CreateSession: %v", err)
	}
	return made
}

func (s *suite) sameSession(got *retake.Session, current string, keys ...string) {
	s.Helper()
	ids := []string{}
	for _, k := range got.Keys {
		ids = append(ids, k.ID)
	}
	s.same(append([]string{got.Current}, ids...), append([]string{current}, keys...))
}

func (s *suite) wantNoSession(hash string) {
	s.Helper()
	_, err := s.store.Session(s.Context(), hash)
	s.wantErr(err, retake.ErrNotFound)
}
