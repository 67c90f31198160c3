package sqlite_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"retake/internal/retake"
	"retake/internal/store/sqlite"
	"retake/internal/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T, now func() time.Time) retake.Store {
		return open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), "retake.db"), Now: now})
	})
}

func open(t *testing.T, cfg sqlite.Config) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), cfg)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// clock is a time that stands still unless it is moved.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func create(t *testing.T, s *sqlite.Store) *retake.Generation {
	t.Helper()
	made, err := s.Create(t.Context(), []*retake.Generation{{Namespace: "ox", Engine: "builtin"}}, nil)
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	return made[0]
}

func claim(t *testing.T, s *sqlite.Store) *retake.Generation {
	t.Helper()
	g, err := s.Claim(t.Context(), "w", map[string]int{"builtin": 1}, time.Hour)
	if err != nil {
		t.Fatalf("Claim: %v", err)
	}
	return g
}

func TestOpenIsExclusive(t *testing.T) {
	cfg := sqlite.Config{Path: filepath.Join(t.TempDir(), "retake.db")}
	first := open(t, cfg)
	if _, err := sqlite.Open(t.Context(), cfg); retake.CodeOf(err) != retake.CodeUnavailable {
		t.Fatalf("a second Open: %v, want unavailable", err)
	}
	shared := cfg
	shared.Shared = true
	beside := open(t, shared)
	if err := beside.CreateKey(t.Context(), retake.Key{ID: "k", Namespace: "ox"}, "hash"); err != nil {
		t.Fatalf("CreateKey beside a server: %v", err)
	}
	if _, err := first.KeyByHash(t.Context(), "hash"); err != nil {
		t.Fatalf("the server does not see the key: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, cfg)
}

func TestReopenKeepsAndRecovers(t *testing.T) {
	cfg := sqlite.Config{Path: filepath.Join(t.TempDir(), "retake.db")}
	s := open(t, cfg)
	create(t, s)
	running, queued := claim(t, s), create(t, s)
	if err := s.Close(); err != nil { // the worker ends without a word
		t.Fatal(err)
	}

	shared := cfg
	shared.Shared = true
	beside := open(t, shared)
	if n, err := beside.ReapLeases(t.Context(), 2); err != nil || n != 0 {
		t.Fatalf("a shared Open gave up %d leases, %v; want none", n, err)
	}

	s = open(t, cfg)
	if _, err := s.Finish(t.Context(), running.ID, running.Fence, retake.Outcome{Status: retake.Succeeded}); !errors.Is(err, retake.ErrStaleFence) {
		t.Fatalf("the dead worker's claim still holds: %v", err)
	}
	if n, err := s.ReapLeases(t.Context(), 2); err != nil || n != 1 {
		t.Fatalf("reaped %d, %v; want 1 at once", n, err)
	}
	for id, attempts := range map[string]int{running.ID: 1, queued.ID: 0} {
		g, err := s.Generation(t.Context(), id)
		if err != nil || g.Status != retake.Queued || g.Attempts != attempts {
			t.Fatalf("got %+v, %v; want it queued with %d attempts", g, err, attempts)
		}
	}
}

func TestSweep(t *testing.T) {
	c := &clock{at: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), "retake.db"), Now: c.now})
	once := retake.Idempotency{Namespace: "ox", Key: "k", BodyHash: "aa"}
	gens := []*retake.Generation{{Namespace: "ox", Engine: "builtin"}}
	if _, err := s.Create(t.Context(), gens, &once); err != nil {
		t.Fatal(err)
	}
	g := claim(t, s)
	if _, err := s.Finish(t.Context(), g.ID, g.Fence, retake.Outcome{Status: retake.Succeeded}); err != nil {
		t.Fatal(err)
	}
	sweep := func(want int) {
		t.Helper()
		if n, err := s.Sweep(t.Context()); err != nil || n != want {
			t.Fatalf("swept %d, %v; want %d", n, err, want)
		}
	}
	last, err := s.LastEvent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.at = c.at.Add(24*time.Hour - time.Second)
	sweep(0)
	c.at = c.at.Add(time.Second)
	sweep(1) // the key
	c.at = c.at.Add(6 * 24 * time.Hour)
	sweep(0)
	c.at = c.at.Add(time.Second)
	sweep(1) // the event
	if now, err := s.LastEvent(t.Context()); err != nil || now != last {
		t.Fatalf("LastEvent: %d, %v; want still %d", now, err, last)
	}
	if _, err := s.Generation(t.Context(), g.ID); err != nil {
		t.Fatalf("the sweep took the generation: %v", err)
	}
}

func TestSweepEndsOldSessions(t *testing.T) {
	c := &clock{at: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), "retake.db"), Now: c.now})
	if err := s.CreateKey(t.Context(), retake.Key{ID: "k", Namespace: "ox"}, "hash"); err != nil {
		t.Fatal(err)
	}
	for hash, ttl := range map[string]time.Duration{"short": time.Hour, "long": 2 * time.Hour} {
		if _, err := s.CreateSession(t.Context(), hash, "k", c.at.Add(ttl), ""); err != nil {
			t.Fatal(err)
		}
	}
	c.at = c.at.Add(time.Hour)
	if n, err := s.Sweep(t.Context()); err != nil || n != 1 {
		t.Fatalf("swept %d, %v; want 1", n, err)
	}
	if _, err := s.Session(t.Context(), "long"); err != nil {
		t.Fatalf("the sweep took one that holds: %v", err)
	}
}

// TestOpenOldDatabase brings a database of before the sign-ins up to date, rows and all.
func TestOpenOldDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "retake.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	old, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS("migrations"), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.UpTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`INSERT INTO generations (id, namespace, username, model, params, prompt, engine, priority, target_namespace,
		target_repo, target_directory, status, enqueued) VALUES ('g', 'ox', 'ox', 'm', '{}', 'snow', 'builtin', 0, '', '', '', 'failed', 1)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := open(t, sqlite.Config{Path: path}).Generation(t.Context(), "g"); err != nil || got.Prompt != "snow" || got.ErrorField != "" {
		t.Fatalf("got %+v, %v", got, err)
	}
}

func TestConfigNamesEveryMistake(t *testing.T) {
	err := sqlite.Config{Readers: -1, BusyTimeout: -1, KeepEvents: 1}.Validate()
	for _, key := range []string{"path", "readers", "busy_timeout", "keep_events"} {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("the error does not name %s: %v", key, err)
		}
	}
	ok := sqlite.DefaultConfig()
	ok.Path = "retake.db"
	if err := ok.Validate(); err != nil {
		t.Errorf("the defaults: %v", err)
	}
}

// TestPathWithSigns opens a path that would be read wrongly if it were pasted into a URI.
func TestPathWithSigns(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b?c#d%20e")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	create(t, open(t, sqlite.Config{Path: filepath.Join(dir, "retake.db")}))
	if _, err := os.Stat(filepath.Join(dir, "retake.db")); err != nil {
		t.Fatal(err)
	}
}
