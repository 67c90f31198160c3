package app

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"retake/internal/blob/local"
	"retake/internal/config"
	"retake/internal/store/sqlite"
)

// sweeper removes blobs that no file names, files that were never finished, and old events.
type sweeper struct {
	store *sqlite.Store
	blobs *local.Blobs
	cfg   config.Server
	log   *slog.Logger
}

// run sweeps at once and then every so often, until ctx ends. started is when the process took the database: what is
// older and has no name was left by a process that is gone, however young it is.
func (s *sweeper) run(ctx context.Context, started time.Time) {
	s.sweep(ctx, time.Since(started))
	tick := time.NewTicker(s.cfg.SweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.sweep(ctx, s.cfg.SweepAge)
		}
	}
}

func (s *sweeper) sweep(ctx context.Context, age time.Duration) {
	err := s.once(ctx, age)
	if err != nil && ctx.Err() == nil {
		s.log.Error("sweep", "error", err) // the next one tries again
	}
}

func (s *sweeper) once(ctx context.Context, age time.Duration) error {
	blobs, err := s.blobs.Sweep(ctx, age, func(hash string) (bool, error) { return s.store.BlobReferenced(ctx, hash) })
	if err != nil {
		return err
	}
	rows, err := s.store.Sweep(ctx)
	if err != nil {
		return fmt.Errorf("sweep events: %w", err)
	}
	if blobs > 0 || rows > 0 {
		s.log.Info("swept", "blobs", blobs, "rows", rows)
	}
	return nil
}
