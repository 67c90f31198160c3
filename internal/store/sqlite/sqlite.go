// Package sqlite keeps the truth of a single machine in one SQLite file: generations, their events, keys, sign-ins,
// the names of files and favourites. It implements retake.Store.
//
// All writes go through one goroutine that gathers what callers ask for at the same time into one transaction, so
// that one fsync serves many of them; a caller is answered after its transaction is on the disk (WAL,
// synchronous=FULL). Reads have their own connections and never wait for a write.
//
// The package holds no bytes of clips (those are blobs) and runs no generations (that is the queue).
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"retake/internal/retake"
)

var _ retake.Store = (*Store)(nil)

// Store is an open database. It is safe for concurrent use.
type Store struct {
	cfg    Config
	lock   *fileLock
	writer *writer
	reader *reader
	writes *sql.DB
	reads  *sql.DB

	close    sync.Once
	closeErr error
}

// Open opens the database, makes it when it is not there, and brings its tables up to date. Unless cfg.Shared is
// set it takes the lock of the database; an *retake.Error with CodeUnavailable tells that another process has it.
func Open(ctx context.Context, cfg Config) (_ *Store, err error) {
	cfg = cfg.withDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("store configuration: %w", err)
	}
	s := &Store{cfg: cfg}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if !cfg.Shared {
		if s.lock, err = lockFile(cfg.Path + ".lock"); err != nil {
			return nil, err
		}
	}
	if s.writes, err = openDB(cfg, false); err != nil {
		return nil, err
	}
	s.writes.SetMaxOpenConns(1)
	if err = migrate(ctx, s.writes); err != nil {
		return nil, fmt.Errorf("bring the database up to date: %w", friendly(err))
	}
	if s.writer, err = startWriter(ctx, s.writes, cfg.Now); err != nil {
		return nil, err
	}
	if s.reads, err = openDB(cfg, true); err != nil {
		return nil, err
	}
	s.reads.SetMaxOpenConns(cfg.Readers)
	s.reads.SetMaxIdleConns(cfg.Readers)
	s.reader = newReader(s.reads)
	if !cfg.Shared {
		if err = s.voidLeases(ctx); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// openDB describes a pool of connections; none is opened yet.
func openDB(cfg Config, readOnly bool) (*sql.DB, error) {
	path, err := filepath.Abs(cfg.Path)
	if err != nil {
		return nil, fmt.Errorf("database path: %w", err)
	}
	q := url.Values{
		"_busy_timeout": {fmt.Sprint(cfg.BusyTimeout.Milliseconds())},
		"_foreign_keys": {"1"},
		"_journal_mode": {"WAL"},
		"_synchronous":  {"FULL"},
		"_dqs":          {"0"},
		"_defensive":    {"1"},
	}
	if readOnly {
		q.Set("_query_only", "1")
	}
	dsn := url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return db, nil
}

// Ping reports whether the database answers a read and its writer runs.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	if err := s.reader.row(ctx, `SELECT 1`).Scan(&one); err != nil {
		return fmt.Errorf("ping the database: %w", err)
	}
	return s.writer.alive()
}

// Close waits for the writes in flight and closes the database. Later calls answer with an error.
func (s *Store) Close() error {
	s.close.Do(func() { s.closeErr = s.shut() })
	return s.closeErr
}

func (s *Store) shut() error {
	var errs []error
	if s.writer != nil {
		s.writer.stop()
	}
	if s.reader != nil {
		errs = append(errs, s.reader.close())
	}
	for _, db := range []*sql.DB{s.reads, s.writes} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.release())
	}
	return errors.Join(errs...)
}

// micros is how times are stored.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}
