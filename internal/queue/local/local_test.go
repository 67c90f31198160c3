package local_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"retake/internal/queue"
	"retake/internal/queue/local"
	"retake/internal/queue/queuetest"
	"retake/internal/retake"
	"retake/internal/store/sqlite"
)

func TestQueue(t *testing.T) {
	queuetest.Run(t, queuetest.Options{
		Store: func(t *testing.T) retake.Store { return openStore(t) },
		Queue: func(t *testing.T, store retake.Store, s queuetest.Setup) queue.Queue {
			q, err := local.New(store, s.Runner, s.Publisher, slog.New(slog.DiscardHandler), s.Config)
			if err != nil {
				t.Fatal(err)
			}
			return q
		},
	})
}

func openStore(t testing.TB) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "retake.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
