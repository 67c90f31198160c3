package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

// maxBatch bounds how many writes share a transaction, so that none waits long for the others.
const maxBatch = 256

var errClosed = errors.New("the store is closed")

// writer owns the one connection that writes. Writes that arrive while a transaction is being committed go together
// into the next one: under load one fsync serves many callers, and a lone write waits for nobody.
type writer struct {
	conn *sql.Conn
	now  func() time.Time
	ops  chan *op
	done chan struct{}

	stmts map[string]*sql.Stmt // by text; touched by the writer's goroutine only

	mu     sync.RWMutex // held for reading while sending to ops
	closed bool
}

// op is one caller's write.
type op struct {
	run    func(*tx) error
	err    error
	answer chan error // buffered, so that the writer never waits for a caller
}

// tx is what an op works with. It lives inside a savepoint.
type tx struct {
	w   *writer
	now time.Time
}

func startWriter(ctx context.Context, db *sql.DB, now func() time.Time) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("open the connection that writes: %w", err)
	}
	w := &writer{conn: conn, now: now, ops: make(chan *op, maxBatch), done: make(chan struct{}), stmts: map[string]*sql.Stmt{}}
	go w.loop()
	return w, nil
}

// do runs fn in a transaction and returns after it is on the disk. When fn fails, what it changed is undone and the
// others of the transaction are not affected. ctx counts until the write is handed over: from then on its outcome
// is certain and waited for.
func (w *writer) do(ctx context.Context, fn func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	o := &op{run: fn, answer: make(chan error, 1)}
	if err := w.send(ctx, o); err != nil {
		return err
	}
	return <-o.answer
}

// later hands over a write whose outcome nobody waits for. It is dropped when the writer is busy.
func (w *writer) later(fn func(*tx) error) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return
	}
	select {
	case w.ops <- &op{run: fn, answer: make(chan error, 1)}:
	default:
	}
}

func (w *writer) send(ctx context.Context, o *op) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return errClosed
	}
	select {
	case w.ops <- o:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *writer) alive() error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return errClosed
	}
	return nil
}

// stop lets the writer finish what was handed over and waits for it.
func (w *writer) stop() {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.ops)
	}
	w.mu.Unlock()
	<-w.done
}

func (w *writer) loop() {
	defer close(w.done)
	defer func() {
		for _, s := range w.stmts {
			s.Close()
		}
		w.conn.Close()
	}()
	batch := make([]*op, 0, maxBatch)
	for first := range w.ops {
		batch = w.gather(append(batch[:0], first))
		if err := w.commit(batch); err != nil {
			err = friendly(err)
			for _, o := range batch {
				o.err = errors.Join(o.err, err)
			}
		}
		for i, o := range batch {
			o.answer <- o.err
			batch[i] = nil
		}
	}
}

// gather adds what is waiting already.
func (w *writer) gather(batch []*op) []*op {
	for len(batch) < maxBatch {
		select {
		case o, ok := <-w.ops:
			if !ok {
				return batch
			}
			batch = append(batch, o)
		default:
			return batch
		}
	}
	return batch
}

// commit runs a batch in one transaction. An error is that of the transaction as a whole; each op's own is in o.err.
func (w *writer) commit(batch []*op) (err error) {
	if _, err := w.exec(`BEGIN IMMEDIATE`); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if err != nil {
			// A full disk may have ended the transaction already; then this fails, which is fine.
			_, _ = w.exec(`ROLLBACK`)
		}
	}()
	for _, o := range batch {
		if err := w.step(o); err != nil {
			return err
		}
	}
	if _, err := w.exec(`COMMIT`); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

func (w *writer) step(o *op) error {
	if _, err := w.exec(`SAVEPOINT one`); err != nil {
		return fmt.Errorf("savepoint: %w", err)
	}
	if o.err = o.run(&tx{w: w, now: w.now()}); o.err != nil {
		o.err = friendly(o.err)
		if _, err := w.exec(`ROLLBACK TO one`); err != nil {
			return fmt.Errorf("roll back: %w", err)
		}
	}
	if _, err := w.exec(`RELEASE one`); err != nil {
		return fmt.Errorf("release: %w", err)
	}
	return nil
}

func (w *writer) stmt(query string) (*sql.Stmt, error) {
	if s := w.stmts[query]; s != nil {
		return s, nil
	}
	s, err := w.conn.PrepareContext(context.Background(), query)
	if err == nil {
		w.stmts[query] = s
	}
	return s, err
}

func (w *writer) exec(query string, args ...any) (sql.Result, error) {
	s, err := w.stmt(query)
	if err != nil {
		return nil, err
	}
	return s.Exec(args...)
}

// exec runs a statement and returns how many rows it changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	r, err := t.w.exec(query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// scan reads the one row of a query, sql.ErrNoRows when there is none.
func (t *tx) scan(query string, args []any, into ...any) error {
	s, err := t.w.stmt(query)
	if err != nil {
		return err
	}
	return s.QueryRow(args...).Scan(into...)
}

func (t *tx) rows(query string, args ...any) (*sql.Rows, error) {
	s, err := t.w.stmt(query)
	if err != nil {
		return nil, err
	}
	return s.Query(args...)
}
