package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"retake/internal/retake"
)

// lane is where a claim can take from: the oldest queued generation of one namespace on one engine.
type lane struct {
	namespace string
	running   int   // of this namespace, on all engines
	turn      int64 // when the namespace was last served, as a counter
	seq       int64 // of the generation
}

// before reports whether l is served before o.
func (l lane) before(o lane) bool {
	if l.running != o.running {
		return l.running < o.running
	}
	if l.turn != o.turn {
		return l.turn < o.turn
	}
	return l.seq < o.seq
}

// Claim gives the fairest queued generation to a worker.
func (s *Store) Claim(ctx context.Context, worker string, free map[string]int, lease time.Duration) (*retake.Generation, error) {
	// Looking first without a transaction keeps an idle queue from writing to the disk.
	if any, err := s.anyQueued(ctx, free); err != nil || !any {
		if err == nil {
			err = retake.ErrNothingToDo
		}
		return nil, fmt.Errorf("claim: %w", err)
	}
	var g *retake.Generation
	err := s.writer.do(ctx, func(t *tx) error {
		l, err := t.fairest(free)
		if err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO turns (namespace, turn) VALUES (?1, (SELECT COALESCE(MAX(turn), 0) + 1 FROM turns))
			ON CONFLICT (namespace) DO UPDATE SET turn = excluded.turn`, l.namespace); err != nil {
			return err
		}
		var id string
		if err := t.scan(`UPDATE generations SET status = 'processing', fence = fence + 1, worker = ?, lease = ?,
			started = ?, phase = '', fraction = 0, eta = 0, cancel_asked = 0, wait_reason = '', wait_until = 0 WHERE seq = ? RETURNING id`,
			[]any{worker, micros(t.now.Add(lease)), micros(t.now), l.seq}, &id); err != nil {
			return err
		}
		g, err = t.generation(id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	return g, nil
}

func (s *Store) anyQueued(ctx context.Context, free map[string]int) (bool, error) {
	for engine, slots := range free {
		if slots <= 0 {
			continue
		}
		var n int
		err := s.reader.row(ctx, `SELECT EXISTS (SELECT 1 FROM generations WHERE status = 'queued' AND engine = ?)`, engine).Scan(&n)
		if err != nil || n > 0 {
			return n > 0, friendly(err)
		}
	}
	return false, nil
}

// fairest finds the lane to serve, ErrNothingToDo when nothing waits.
func (t *tx) fairest(free map[string]int) (best lane, err error) {
	top, engines, err := t.topPriority(free)
	if err != nil {
		return lane{}, err
	}
	found := false
	for _, engine := range engines {
		l, err := t.fairestOf(engine, top)
		if err != nil {
			return lane{}, err
		}
		if !found || l.before(best) {
			best, found = l, true
		}
	}
	if !found {
		return lane{}, retake.ErrNothingToDo
	}
	return best, nil
}

// topPriority returns the highest priority that is queued and the engines that have it.
func (t *tx) topPriority(free map[string]int) (top int64, engines []string, err error) {
	for engine, slots := range free {
		if slots <= 0 {
			continue
		}
		var p sql.NullInt64
		if err := t.scan(`SELECT MAX(priority) FROM generations WHERE status = 'queued' AND engine = ?`, []any{engine}, &p); err != nil {
			return 0, nil, err
		}
		switch {
		case !p.Valid || (len(engines) > 0 && p.Int64 < top):
		case len(engines) == 0 || p.Int64 > top:
			top, engines = p.Int64, []string{engine}
		default:
			engines = append(engines, engine)
		}
	}
	return top, engines, nil
}

// fairestOf jumps through the index from namespace to namespace, so the cost grows with how many namespaces wait
// and not with how much each of them has queued.
func (t *tx) fairestOf(engine string, priority int64) (l lane, err error) {
	err = t.scan(`WITH RECURSIVE waiting (namespace) AS (
			SELECT MIN(namespace) FROM generations WHERE status = 'queued' AND engine = ?1 AND priority = ?2
			UNION ALL
			SELECT (SELECT MIN(namespace) FROM generations
				WHERE status = 'queued' AND engine = ?1 AND priority = ?2 AND namespace > waiting.namespace)
			FROM waiting WHERE waiting.namespace IS NOT NULL)
		SELECT w.namespace,
			(SELECT COUNT(*) FROM generations WHERE status = 'processing' AND namespace = w.namespace) AS running,
			COALESCE((SELECT turn FROM turns WHERE namespace = w.namespace), 0) AS turn,
			(SELECT MIN(seq) FROM generations
				WHERE status = 'queued' AND engine = ?1 AND priority = ?2 AND namespace = w.namespace) AS seq
		FROM waiting w WHERE w.namespace IS NOT NULL ORDER BY running, turn, seq LIMIT 1`,
		[]any{engine, priority}, &l.namespace, &l.running, &l.turn, &l.seq)
	if errors.Is(err, sql.ErrNoRows) {
		return lane{}, retake.ErrNothingToDo
	}
	return l, err
}
