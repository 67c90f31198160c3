package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"retake/internal/retake"
)

// keepIdempotency is how long a repeated request is recognised.
const keepIdempotency = 24 * time.Hour

// Create adds queued generations and returns them as they were stored. One without an ID gets one; Status and
// Enqueued are set here.
func (s *Store) Create(ctx context.Context, gens []*retake.Generation, once *retake.Idempotency) ([]*retake.Generation, error) {
	params := make([]string, len(gens))
	for i, g := range gens {
		text, err := encodeParams(g.Params)
		if err != nil {
			return nil, fmt.Errorf("create generations: parameters: %w", err)
		}
		params[i] = text
	}
	var made []*retake.Generation
	err := s.writer.do(ctx, func(t *tx) error {
		if once != nil {
			earlier, err := t.remembered(*once)
			if err != nil || earlier != nil {
				made = earlier
				return err
			}
		}
		made = make([]*retake.Generation, len(gens))
		for i, g := range gens {
			c := *g
			if err := t.insertGeneration(&c, params[i]); err != nil {
				return err
			}
			made[i] = &c
		}
		if once != nil {
			return t.remember(*once, made)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("create generations: %w", err)
	}
	return made, nil
}

func encodeParams(params map[string]any) (string, error) {
	if params == nil {
		return "{}", nil
	}
	return encodeJSON(params)
}

func (t *tx) insertGeneration(g *retake.Generation, params string) error {
	if g.ID == "" {
		g.ID = uuid.NewString()
	}
	g.Status, g.Enqueued = retake.Queued, fromMicros(micros(t.now))
	_, err := t.exec(`INSERT INTO generations (id, namespace, username, model, params, prompt, input, input_namespace, engine, priority,
		target_namespace, target_repo, target_directory, status, cost, enqueued, request)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?)`,
		g.ID, g.Namespace, g.Username, g.Model, params, g.Prompt, textOrNull(g.Input), g.InputNamespace, g.Engine, g.Priority,
		g.TargetNamespace, g.TargetRepo, g.TargetDirectory, g.Cost, micros(t.now), g.Request)
	return err
}

// remembered returns what an earlier request with this key made, nil when there was none.
func (t *tx) remembered(once retake.Idempotency) ([]*retake.Generation, error) {
	var hash, ids string
	err := t.scan(`SELECT body_hash, ids FROM idempotency WHERE namespace = ? AND key = ? AND at > ?`,
		[]any{once.Namespace, once.Key, micros(t.now.Add(-keepIdempotency))}, &hash, &ids)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read idempotency key: %w", err)
	}
	if hash != once.BodyHash {
		return nil, retake.ErrKeyReused
	}
	var list []string
	if err := json.Unmarshal([]byte(ids), &list); err != nil {
		return nil, fmt.Errorf("read idempotency key: %w", err)
	}
	made := make([]*retake.Generation, 0, len(list))
	for _, id := range list {
		g, err := t.generation(id)
		if errors.Is(err, sql.ErrNoRows) {
			continue // deleted since
		}
		if err != nil {
			return nil, err
		}
		made = append(made, g)
	}
	return made, nil
}

func (t *tx) remember(once retake.Idempotency, made []*retake.Generation) error {
	ids := make([]string, len(made))
	for i, g := range made {
		ids[i] = g.ID
	}
	text, err := encodeJSON(ids)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT OR REPLACE INTO idempotency (namespace, key, body_hash, ids, at) VALUES (?, ?, ?, ?, ?)`,
		once.Namespace, once.Key, once.BodyHash, text, micros(t.now))
	return err
}

const selectGeneration = `SELECT ` + columns + ` FROM generations g WHERE g.id = ?`

func (t *tx) generation(id string) (*retake.Generation, error) {
	s, err := t.w.stmt(selectGeneration)
	if err != nil {
		return nil, err
	}
	return scanGeneration(s.QueryRow(id))
}

// Generation returns the row, or ErrNotFound.
func (s *Store) Generation(ctx context.Context, id string) (*retake.Generation, error) {
	g, err := scanGeneration(s.reader.row(ctx, selectGeneration, id))
	if err != nil {
		return nil, fmt.Errorf("generation: %w", friendly(err))
	}
	return g, nil
}

// QueuePosition counts the queued generations that were enqueued before id on the same engine; 0 for one that is
// not queued.
func (s *Store) QueuePosition(ctx context.Context, id string) (int, error) {
	var n int
	err := s.reader.row(ctx, `SELECT CASE WHEN g.status <> 'queued' THEN 0 ELSE (SELECT COUNT(*) FROM generations q
		WHERE q.status = 'queued' AND q.engine = g.engine AND q.seq < g.seq) END
		FROM generations g WHERE g.id = ?`, id).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("queue position: %w", friendly(err))
	}
	return n, nil
}

// Cancel ends a queued generation and marks a processing one.
func (s *Store) Cancel(ctx context.Context, id string) (g *retake.Generation, err error) {
	err = s.writer.do(ctx, func(t *tx) error {
		if g, err = t.generation(id); err != nil {
			return err
		}
		switch g.Status {
		case retake.Queued:
			if err := t.end(id, retake.Outcome{Status: retake.Cancelled}); err != nil {
				return err
			}
			g, err = t.generation(id)
			return err
		case retake.Processing:
			_, err := t.exec(`UPDATE generations SET cancel_asked = 1 WHERE id = ?`, id)
			return err
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("cancel: %w", err)
	}
	return g, nil
}

// DeleteGeneration removes an ended row, its events and, unless keepFile is set, the file that is still its result.
func (s *Store) DeleteGeneration(ctx context.Context, id string, keepFile bool) (fileDeleted bool, err error) {
	err = s.writer.do(ctx, func(t *tx) error {
		fileDeleted = false
		var status retake.Status
		if err := t.scan(`SELECT status FROM generations WHERE id = ?`, []any{id}, &status); err != nil {
			return err
		}
		if !status.Ended() {
			return retake.ErrNotEnded
		}
		if !keepFile {
			// Whatever else was put under this name has no generation.
			n, err := t.exec(`DELETE FROM files WHERE generation = ?`, id)
			if err != nil {
				return err
			}
			fileDeleted = n > 0
		}
		_, err := t.exec(`DELETE FROM generations WHERE id = ?`, id)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("delete generation: %w", err)
	}
	return fileDeleted, nil
}
