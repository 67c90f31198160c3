package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"retake/internal/retake"
)

const selectSession = `SELECT s.in_use, s.expires, k.id, k.namespace, k.namespaces, k.created, k.last_used, k.revoked
	FROM sessions s JOIN session_keys sk ON sk.session = s.hash JOIN keys k ON k.id = sk.key
	WHERE s.hash = ? AND s.expires > ? AND NOT k.revoked ORDER BY sk.place`

// scanSession reads the rows of selectSession.
func scanSession(rows *sql.Rows) (*retake.Session, error) {
	defer rows.Close()
	var s retake.Session
	var inUse string
	for rows.Next() {
		var expires int64
		k, err := scanKey(after{rows, []any{&inUse, &expires}})
		if err != nil {
			return nil, err
		}
		s.Expires = fromMicros(expires)
		s.Keys = append(s.Keys, k)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if len(s.Keys) == 0 {
		return nil, sql.ErrNoRows
	}
	if s.Key(inUse) != nil {
		s.Current = inUse
	}
	return &s, nil
}

// after reads columns that stand before those asked for.
type after struct {
	row   scanner
	first []any
}

func (a after) Scan(into ...any) error { return a.row.Scan(append(a.first, into...)...) }

func (t *tx) session(hash string) (*retake.Session, error) {
	rows, err := t.rows(selectSession, hash, micros(t.now))
	if err != nil {
		return nil, err
	}
	return scanSession(rows)
}

// Session returns a sign-in, and notes that its key was used.
func (s *Store) Session(ctx context.Context, hash string) (*retake.Session, error) {
	now := s.cfg.Now()
	rows, err := s.reader.rows(ctx, selectSession, hash, micros(now))
	if err != nil {
		return nil, fmt.Errorf("session: %w", friendly(err))
	}
	found, err := scanSession(rows)
	if err != nil {
		return nil, fmt.Errorf("session: %w", friendly(err))
	}
	if k := found.Key(found.Current); k != nil {
		s.touch(k, now)
	}
	return found, nil
}

// CreateSession makes a session, which takes over the keys of the one that it replaces.
func (s *Store) CreateSession(ctx context.Context, hash, key string, expires time.Time, replaces string) (made *retake.Session, err error) {
	err = s.writer.do(ctx, func(t *tx) error {
		var known string
		if err := t.scan(`SELECT id FROM keys WHERE id = ? AND NOT revoked`, []any{key}, &known); err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO sessions (hash, in_use, created, expires) VALUES (?, ?, ?, ?)`,
			hash, key, micros(t.now), micros(expires)); err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO session_keys (session, key, place)
			SELECT ?1, sk.key, sk.place FROM session_keys sk JOIN sessions s ON s.hash = sk.session
			WHERE s.hash = ?2 AND s.expires > ?3 AND sk.key <> ?4`, hash, replaces, micros(t.now), key); err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO session_keys (session, key, place)
			VALUES (?1, ?2, (SELECT COALESCE(MAX(place), 0) + 1 FROM session_keys WHERE session = ?1))`, hash, key); err != nil {
			return err
		}
		if _, err := t.exec(`DELETE FROM sessions WHERE hash = ?`, replaces); err != nil {
			return err
		}
		made, err = t.session(hash)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("create session: %w", err)
	}
	return made, nil
}

// UseSessionKey puts another of the session's keys in use.
func (s *Store) UseSessionKey(ctx context.Context, hash, key string) (*retake.Session, error) {
	changed, err := s.changeSession(ctx, hash, key, func(t *tx, _ *retake.Session) (*retake.Session, error) {
		if _, err := t.exec(`UPDATE sessions SET in_use = ? WHERE hash = ?`, key, hash); err != nil {
			return nil, err
		}
		return t.session(hash)
	})
	if err != nil {
		return nil, fmt.Errorf("use session key: %w", err)
	}
	return changed, nil
}

// RemoveSessionKey takes a key out of a session, which ends with its last one.
func (s *Store) RemoveSessionKey(ctx context.Context, hash, key string) (*retake.Session, error) {
	changed, err := s.changeSession(ctx, hash, key, func(t *tx, before *retake.Session) (*retake.Session, error) {
		if _, err := t.exec(`DELETE FROM session_keys WHERE session = ? AND key = ?`, hash, key); err != nil {
			return nil, err
		}
		changed, err := t.session(hash)
		if errors.Is(err, sql.ErrNoRows) {
			_, err = t.exec(`DELETE FROM sessions WHERE hash = ?`, hash)
			return nil, err
		}
		if err != nil || before.Current != key {
			return changed, err
		}
		changed.Current = changed.Keys[len(changed.Keys)-1].ID
		_, err = t.exec(`UPDATE sessions SET in_use = ? WHERE hash = ?`, changed.Current, hash)
		return changed, err
	})
	if err != nil {
		return nil, fmt.Errorf("remove session key: %w", err)
	}
	return changed, nil
}

// changeSession has change work on a session that has the key, in one transaction. ErrNotFound when there is no such
// session or key.
func (s *Store) changeSession(ctx context.Context, hash, key string, change func(*tx, *retake.Session) (*retake.Session, error)) (changed *retake.Session, err error) {
	err = s.writer.do(ctx, func(t *tx) error {
		found, err := t.session(hash)
		if err != nil {
			return err
		}
		if found.Key(key) == nil {
			return retake.ErrNotFound
		}
		changed, err = change(t, found)
		return err
	})
	return changed, err
}

// DeleteSession ends a session.
func (s *Store) DeleteSession(ctx context.Context, hash string) error {
	err := s.writer.do(ctx, func(t *tx) error {
		_, err := t.exec(`DELETE FROM sessions WHERE hash = ?`, hash)
		return err
	})
	if err != nil {
		return fmt.Errorf("delete session: %w", err)
	}
	return nil
}
