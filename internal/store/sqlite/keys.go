package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"retake/internal/retake"
)

// touchEvery is how often a key's last use is written at most: not each request shall write to the disk.
const touchEvery = time.Minute

const keyColumns = `id, namespace, namespaces, created, last_used, revoked`

func scanKey(row scanner) (k retake.Key, err error) {
	var namespaces string
	var created, used int64
	if err := row.Scan(&k.ID, &k.Namespace, &namespaces, &created, &used, &k.Revoked); err != nil {
		return k, err
	}
	k.Created, k.LastUsed = fromMicros(created), fromMicros(used)
	return k, json.Unmarshal([]byte(namespaces), &k.Namespaces)
}

// CreateKey adds a key. Created is set to now when it is zero.
func (s *Store) CreateKey(ctx context.Context, k retake.Key, secretHash string) error {
	namespaces, err := encodeJSON(k.Namespaces)
	if err != nil {
		return fmt.Errorf("create key: %w", err)
	}
	err = s.writer.do(ctx, func(t *tx) error {
		if k.Created.IsZero() {
			k.Created = t.now
		}
		_, err := t.exec(`INSERT INTO keys (id, hash, namespace, namespaces, created, last_used, revoked) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			k.ID, secretHash, k.Namespace, namespaces, micros(k.Created), micros(k.LastUsed), k.Revoked)
		return err
	})
	if err != nil {
		return fmt.Errorf("create key: %w", err)
	}
	return nil
}

// KeyByHash returns the unrevoked key, or ErrNotFound, and notes that it was used.
func (s *Store) KeyByHash(ctx context.Context, secretHash string) (*retake.Key, error) {
	k, err := scanKey(s.reader.row(ctx, `SELECT `+keyColumns+` FROM keys WHERE hash = ? AND NOT revoked`, secretHash))
	if err != nil {
		return nil, fmt.Errorf("key: %w", friendly(err))
	}
	s.touch(&k, s.cfg.Now())
	return &k, nil
}

// touch notes that a key was used, when the last note is old.
func (s *Store) touch(k *retake.Key, now time.Time) {
	if now.Sub(k.LastUsed) < touchEvery {
		return
	}
	id := k.ID
	s.writer.later(func(t *tx) error {
		_, err := t.exec(`UPDATE keys SET last_used = MAX(last_used, ?) WHERE id = ?`, micros(now), id)
		return err
	})
}

// ListKeys lists all keys, revoked ones too, oldest first.
func (s *Store) ListKeys(ctx context.Context) ([]retake.Key, error) {
	rows, err := s.reader.rows(ctx, `SELECT `+keyColumns+` FROM keys ORDER BY created, id`)
	if err != nil {
		return nil, fmt.Errorf("list keys: %w", friendly(err))
	}
	defer rows.Close()
	var list []retake.Key
	for rows.Next() {
		k, err := scanKey(rows)
		if err != nil {
			return nil, fmt.Errorf("list keys: %w", err)
		}
		list = append(list, k)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list keys: %w", friendly(err))
	}
	return list, nil
}

// RevokeKey makes a key useless at once. Revoking it again is no error.
func (s *Store) RevokeKey(ctx context.Context, id string) error {
	err := s.writer.do(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE keys SET revoked = 1 WHERE id = ?`, id)
		if err == nil && n == 0 {
			err = retake.ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("revoke key: %w", err)
	}
	return nil
}
