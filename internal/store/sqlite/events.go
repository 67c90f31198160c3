package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"retake/internal/retake"
)

// end writes the end of a generation and the event that tells of it.
func (t *tx) end(id string, o retake.Outcome) error {
	warnings, err := encodeList(o.Warnings)
	if err != nil {
		return err
	}
	var start, end any
	if o.Segment != nil {
		start, end = o.Segment.Start, o.Segment.End
	}
	var report any
	if len(o.Report) > 0 {
		report = o.Report
	}
	var seq int64
	var namespace string
	err = t.scan(`UPDATE generations SET status = ?1, result_file = ?2, error = ?3, error_code = ?4, error_field = ?11,
		segment_start = ?5, segment_end = ?6, report = ?7, warnings = ?8, completed = ?9, lease = 0, worker = '',
		fraction = CASE ?1 WHEN 'succeeded' THEN 1 ELSE fraction END, eta = 0, wait_reason = '', wait_until = 0, note = NULL,
		cost = COALESCE(?12, cost), currency = CASE WHEN ?12 IS NULL THEN currency ELSE ?13 END
		WHERE id = ?10 RETURNING seq, namespace`,
		[]any{string(o.Status), o.ResultFile, o.Error, string(o.ErrorCode), start, end, report, warnings, micros(t.now), id, o.ErrorField, o.Cost, o.Currency},
		&seq, &namespace)
	if err != nil {
		return err
	}
	name := retake.EventCompleted
	if o.Status == retake.Cancelled {
		name = retake.EventCancelled
	}
	_, err = t.exec(`INSERT INTO events (namespace, name, generation, at) VALUES (?, ?, ?, ?)`, namespace, name, seq, micros(t.now))
	return err
}

// selectEvents reads of the rows what is told of them: a stream resumes with hundreds.
var selectEvents = `SELECT ` + strings.NewReplacer("g.params", "'{}'", "g.prompt", "''", "g.report", "NULL", "g.warnings", "NULL", "g.note", "NULL").Replace(columns) + `, e.seq, e.namespace, e.name, e.at
	FROM events e JOIN generations g ON g.seq = e.generation
	WHERE (?1 IS NULL OR e.namespace IN (SELECT value FROM json_each(?1))) `

// EventsAfter returns the events that come after one, oldest first. Nil namespaces mean all.
func (s *Store) EventsAfter(ctx context.Context, namespaces []string, after int64, limit int) ([]retake.Event, error) {
	return s.events(ctx, namespaces, `AND e.seq > ?2 ORDER BY e.seq LIMIT ?3`, after, limit)
}

// EventsSince returns the events from t on, oldest first. Nil namespaces mean all.
func (s *Store) EventsSince(ctx context.Context, namespaces []string, t time.Time) ([]retake.Event, error) {
	return s.events(ctx, namespaces, `AND e.at >= ?2 ORDER BY e.seq`, micros(t))
}

func (s *Store) events(ctx context.Context, namespaces []string, rest string, args ...any) ([]retake.Event, error) {
	var among any
	if namespaces != nil {
		text, err := encodeJSON(namespaces)
		if err != nil {
			return nil, err
		}
		among = text
	}
	rows, err := s.reader.rows(ctx, selectEvents+rest, append([]any{among}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("read events: %w", friendly(err))
	}
	defer rows.Close()
	var list []retake.Event
	for rows.Next() {
		var e retake.Event
		var at int64
		if e.Generation, err = scanGeneration(rows, &e.Seq, &e.Namespace, &e.Name, &at); err != nil {
			return nil, fmt.Errorf("read events: %w", err)
		}
		e.At = fromMicros(at)
		list = append(list, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read events: %w", friendly(err))
	}
	return list, nil
}

// LastEvent returns the newest number given, also when that event was pruned since.
func (s *Store) LastEvent(ctx context.Context) (seq int64, err error) {
	err = s.reader.row(ctx, `SELECT seq FROM sqlite_sequence WHERE name = 'events'`).Scan(&seq)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("last event: %w", friendly(err))
	}
	return seq, nil
}

// Sweep drops old events, and idempotency keys and sessions that no longer count. It returns how many rows went.
func (s *Store) Sweep(ctx context.Context) (n int, err error) {
	err = s.writer.do(ctx, func(t *tx) error {
		events, err := t.exec(`DELETE FROM events WHERE at < ?`, micros(t.now.Add(-s.cfg.KeepEvents)))
		if err != nil {
			return err
		}
		keys, err := t.exec(`DELETE FROM idempotency WHERE at <= ?`, micros(t.now.Add(-keepIdempotency)))
		if err != nil {
			return err
		}
		sessions, err := t.exec(`DELETE FROM sessions WHERE expires <= ?`, micros(t.now))
		n = int(events + keys + sessions)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("sweep the database: %w", err)
	}
	return n, nil
}
