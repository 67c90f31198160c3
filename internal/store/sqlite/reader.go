package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"retake/internal/retake"
)

// reader runs queries on a pool of connections that cannot write. Statements are prepared once and kept, so only
// queries with a fixed text belong here.
type reader struct {
	db    *sql.DB
	mu    sync.RWMutex
	stmts map[string]*sql.Stmt
}

func newReader(db *sql.DB) *reader { return &reader{db: db, stmts: map[string]*sql.Stmt{}} }

func (r *reader) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	r.mu.RLock()
	s := r.stmts[query]
	r.mu.RUnlock()
	if s != nil {
		return s, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.stmts[query]; s != nil {
		return s, nil
	}
	s, err := r.db.PrepareContext(ctx, query)
	if err == nil {
		r.stmts[query] = s
	}
	return s, err
}

// scanner is a row that can be read, or the error of not getting one.
type scanner interface{ Scan(into ...any) error }

type badRow struct{ err error }

func (b badRow) Scan(...any) error { return b.err }

// row runs a point query. Such a query takes microseconds, so once started it is not interrupted: watching ctx
// would cost as much as the query.
func (r *reader) row(ctx context.Context, query string, args ...any) scanner {
	if err := ctx.Err(); err != nil {
		return badRow{err}
	}
	ctx = context.WithoutCancel(ctx)
	s, err := r.stmt(ctx, query)
	if err != nil {
		return badRow{err}
	}
	return s.QueryRowContext(ctx, args...)
}

func (r *reader) rows(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := r.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

func (r *reader) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var errs []error
	for _, s := range r.stmts {
		errs = append(errs, s.Close())
	}
	r.stmts = nil
	return errors.Join(errs...)
}

// friendly gives the errors that a user can do something about their sentence.
func friendly(err error) error {
	if e, ok := errors.AsType[*driver.Error](err); ok {
		switch e.Code() & 0xff {
		case lib.SQLITE_FULL:
			return retake.Errorf(retake.CodeUnavailable, "The server's disk is full. Free some space on it, then try again.").Because(err)
		case lib.SQLITE_IOERR:
			return retake.Errorf(retake.CodeUnavailable, "The server cannot write to its disk, which may be full or broken. Try again later.").Because(err)
		case lib.SQLITE_BUSY:
			return retake.Errorf(retake.CodeUnavailable, "The database is busy. Try again in a moment.").Because(err)
		}
	}
	if errors.Is(err, sql.ErrNoRows) {
		return retake.ErrNotFound
	}
	return err
}
