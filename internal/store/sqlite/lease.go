package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"retake/internal/retake"
)

// held is true of a claim that holds: nobody took it over, and its lease is not past. Its parameters are the id, the
// fence and the time.
const held = ` WHERE id = ? AND fence = ? AND status = 'processing' AND lease > ?`

// Renew extends the lease and stores progress.
func (s *Store) Renew(ctx context.Context, id string, fence int64, lease time.Duration, p retake.Progress) (cancelled bool, err error) {
	err = s.writer.do(ctx, func(t *tx) error {
		err := t.scan(`UPDATE generations SET lease = ?, phase = ?, fraction = ?, eta = ?`+held+` RETURNING cancel_asked`,
			[]any{micros(t.now.Add(lease)), string(p.Phase), p.Fraction, p.ETA, id, fence, micros(t.now)}, &cancelled)
		return stale(err)
	})
	if err != nil {
		return false, fmt.Errorf("renew lease: %w", err)
	}
	return cancelled, nil
}

// Finish ends a claim and publishes its result, all in one transaction.
func (s *Store) Finish(ctx context.Context, id string, fence int64, o retake.Outcome) (retake.Status, error) {
	if !o.Status.Ended() {
		return "", fmt.Errorf("finish: %q is not an end", o.Status)
	}
	err := s.writer.do(ctx, func(t *tx) error {
		cancelled, err := t.heldClaim(id, fence)
		if err != nil {
			return err
		}
		if cancelled {
			o = retake.Outcome{Status: retake.Cancelled, Warnings: o.Warnings}
		}
		if o.Status == retake.Succeeded && o.File != nil {
			f := *o.File
			f.Generation = id
			if err := t.putFile(f); err != nil {
				return err
			}
		}
		return t.end(id, o)
	})
	if err != nil {
		return "", fmt.Errorf("finish: %w", err)
	}
	return o.Status, nil
}

// Release hands a claim back without counting an attempt. One whose cancel was asked for ends instead.
func (s *Store) Release(ctx context.Context, id string, fence int64) error {
	err := s.writer.do(ctx, func(t *tx) error {
		cancelled, err := t.heldClaim(id, fence)
		if err != nil {
			return err
		}
		if cancelled {
			return t.end(id, retake.Outcome{Status: retake.Cancelled})
		}
		return t.requeue(id, 0)
	})
	if err != nil {
		return fmt.Errorf("release: %w", err)
	}
	return nil
}

// Postpone hands a claim back that its engine has no room for. One whose cancel was asked for ends instead.
func (s *Store) Postpone(ctx context.Context, id string, fence int64, reason string, until time.Time) error {
	err := s.writer.do(ctx, func(t *tx) error {
		cancelled, err := t.heldClaim(id, fence)
		if err != nil {
			return err
		}
		if cancelled {
			return t.end(id, retake.Outcome{Status: retake.Cancelled})
		}
		if err := t.requeue(id, 0); err != nil {
			return err
		}
		_, err = t.exec(`UPDATE generations SET waits = waits + 1, wait_reason = ?, wait_until = ? WHERE id = ?`, reason, micros(until), id)
		return err
	})
	if err != nil {
		return fmt.Errorf("postpone: %w", err)
	}
	return nil
}

// Remember keeps an engine's note with a claim that holds.
func (s *Store) Remember(ctx context.Context, id string, fence int64, note []byte) error {
	err := s.writer.do(ctx, func(t *tx) error {
		var seq int64
		return stale(t.scan(`UPDATE generations SET note = ?`+held+` RETURNING seq`, []any{note, id, fence, micros(t.now)}, &seq))
	})
	if err != nil {
		return fmt.Errorf("remember: %w", err)
	}
	return nil
}

// Charge keeps what a claim that holds has cost.
func (s *Store) Charge(ctx context.Context, id string, fence int64, cost, currency string) error {
	err := s.writer.do(ctx, func(t *tx) error {
		var seq int64
		return stale(t.scan(`UPDATE generations SET cost = ?, currency = ?`+held+` RETURNING seq`, []any{cost, currency, id, fence, micros(t.now)}, &seq))
	})
	if err != nil {
		return fmt.Errorf("charge: %w", err)
	}
	return nil
}

// OpenTakes counts the generations of a request that have not ended.
func (s *Store) OpenTakes(ctx context.Context, request string) (n int, err error) {
	err = s.reader.row(ctx, `SELECT COUNT(*) FROM generations WHERE request = ? AND request <> '' AND status IN ('queued', 'processing')`, request).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count open takes: %w", friendly(err))
	}
	return n, nil
}

// ReapLeases deals with the claims of workers that stopped renewing.
func (s *Store) ReapLeases(ctx context.Context, maxAttempts int) (n int, err error) {
	var lapsed int
	now := micros(s.cfg.Now())
	if err := s.reader.row(ctx, `SELECT COUNT(*) FROM generations WHERE status = 'processing' AND lease <= ?`, now).Scan(&lapsed); err != nil {
		return 0, fmt.Errorf("reap leases: %w", friendly(err))
	}
	if lapsed == 0 {
		return 0, nil
	}
	err = s.writer.do(ctx, func(t *tx) error {
		list, err := t.lapsedClaims()
		if err != nil {
			return err
		}
		for _, c := range list {
			if err := t.reap(c, maxAttempts); err != nil {
				return err
			}
		}
		n = len(list)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("reap leases: %w", err)
	}
	return n, nil
}

// lapsedClaim is a claim whose worker is gone.
type lapsedClaim struct {
	id        string
	attempts  int
	cancelled bool
}

func (t *tx) lapsedClaims() (list []lapsedClaim, err error) {
	rows, err := t.rows(`SELECT id, attempts, cancel_asked FROM generations WHERE status = 'processing' AND lease <= ?`, micros(t.now))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c lapsedClaim
		if err := rows.Scan(&c.id, &c.attempts, &c.cancelled); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

func (t *tx) reap(c lapsedClaim, maxAttempts int) error {
	switch {
	case c.cancelled:
		return t.end(c.id, retake.Outcome{Status: retake.Cancelled})
	case c.attempts < maxAttempts:
		return t.requeue(c.id, 1)
	}
	if _, err := t.exec(`UPDATE generations SET attempts = attempts + 1 WHERE id = ?`, c.id); err != nil {
		return err
	}
	return t.end(c.id, retake.Outcome{Status: retake.Failed, ErrorCode: retake.CodeInternal, Error: fmt.Sprintf(
		"The worker stopped in the middle of this generation %d times, so it was given up. Try a shorter segment or a smaller clip, or try again later.",
		c.attempts+1)})
}

// heldClaim returns whether a cancel was asked for, ErrStaleFence when the claim does not hold.
func (t *tx) heldClaim(id string, fence int64) (cancelled bool, err error) {
	err = t.scan(`SELECT cancel_asked FROM generations`+held, []any{id, fence, micros(t.now)}, &cancelled)
	return cancelled, stale(err)
}

func stale(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return retake.ErrStaleFence
	}
	return err
}

func (t *tx) requeue(id string, attempts int) error {
	_, err := t.exec(`UPDATE generations SET status = 'queued', attempts = attempts + ?, worker = '', lease = 0, started = 0,
		phase = '', fraction = 0, eta = 0 WHERE id = ?`, attempts, id)
	return err
}

// voidLeases marks what an earlier process left behind as lapsed. The lock proves that this process is dead, so
// there is no need to wait for its leases to run out.
func (s *Store) voidLeases(ctx context.Context) error {
	var n int
	err := s.reader.row(ctx, `SELECT COUNT(*) FROM generations WHERE status = 'processing'`).Scan(&n)
	if err == nil && n > 0 {
		err = s.writer.do(ctx, func(t *tx) error {
			_, err := t.exec(`UPDATE generations SET lease = 0 WHERE status = 'processing'`)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("look for interrupted generations: %w", friendly(err))
	}
	return nil
}
