package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"retake/internal/retake"
)

const (
	shelfSweep = time.Minute      // how often what lies unused is looked at
	shelfIdle  = 10 * time.Minute // how long it lies at most
)

// Shelf keeps what the takes of one request have in common, so that it is made once: the fetched clip, its re-encoded copy,
// the window that engines are shown. It is a convenience: a take that finds nothing there makes it, and so does one whose
// predecessor failed. What is on it lasts as long as takes use it, and then until the request's other takes have ended, or it
// has lain for shelfIdle. Nothing of it outlives the process. It is safe for concurrent use.
type Shelf struct {
	dir  string // "" means the system's
	open func(ctx context.Context, request string) (int, error)
	log  *slog.Logger

	mu     sync.Mutex
	things map[thingKey]*thing
	closed bool
}

type thingKey struct{ request, what string }

// thing is something on a shelf, or about to be.
type thing struct {
	key    thingKey
	dir    string
	stop   context.CancelCauseFunc // ends its making
	done   chan struct{}           // closed once value or err is there
	value  any                     // an io.Closer is closed when it goes
	err    error
	users  int       // guarded by the shelf, as are the following
	unused time.Time // since when, with users 0
	tell   map[*listener]bool
	share  float64
}

// listener hears how far a making is. Each user has its own.
type listener struct{ tell func(fraction float64) }

// NewShelf makes a shelf whose things lie in folders in dir. open counts the takes of a request that have not ended.
func NewShelf(dir string, open func(ctx context.Context, request string) (int, error), log *slog.Logger) *Shelf {
	return &Shelf{dir: dir, open: open, log: log, things: map[thingKey]*thing{}}
}

// Run removes what isn't needed any more until ctx ends, and then all that is unused; what is in use then goes with its last user.
func (s *Shelf) Run(ctx context.Context) {
	tick := time.NewTicker(shelfSweep)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			s.mu.Lock()
			s.closed = true
			s.mu.Unlock()
			s.Sweep(context.WithoutCancel(ctx), 0)
			return
		case <-tick.C:
			s.Sweep(ctx, shelfIdle)
		}
	}
}

// Sweep removes what nobody uses and no take will, or what has lain for idle.
func (s *Shelf) Sweep(ctx context.Context, idle time.Duration) {
	s.mu.Lock()
	unused := map[*thing]time.Time{}
	for _, t := range s.things {
		if t.users == 0 {
			unused[t] = t.unused
		}
	}
	s.mu.Unlock()
	for t, since := range unused {
		if idle > 0 && time.Since(since) < idle && s.awaited(ctx, t, 1) {
			continue
		}
		s.mu.Lock()
		gone := t.users == 0 && s.drop(t)
		s.mu.Unlock()
		if gone {
			s.clear(t)
		}
	}
}

// awaited reports whether at least so many takes of the thing's request have not ended.
func (s *Shelf) awaited(ctx context.Context, t *thing, takes int) bool {
	n, err := s.open(ctx, t.key.request)
	if err != nil {
		s.log.Warn("what takes share is not kept", "error", err)
	}
	return n >= takes
}

// drop takes a thing off the shelf, so that nobody finds it any more, and reports whether it was there. The caller holds mu.
func (s *Shelf) drop(t *thing) bool {
	there := s.things[t.key] == t
	if there {
		delete(s.things, t.key)
	}
	return there
}

// clear removes what a thing left, once its making is over.
func (s *Shelf) clear(t *thing) {
	<-t.done
	var err error
	if c, ok := t.value.(io.Closer); ok {
		err = c.Close()
	}
	if t.dir != "" {
		err = errors.Join(err, os.RemoveAll(t.dir))
	}
	if err != nil {
		s.log.Warn("what takes shared is not removed", "error", err)
	}
}

// making makes a thing in a folder of its own. It uses nothing of the take that asked first, which may be gone before it is over.
type making func(ctx context.Context, dir string, progress func(fraction float64)) (any, error)

// get returns what produce makes, or made for another take of the request. Call release when it is used no more. The making goes on
// for as long as somebody waits for it, whoever asked first. Its failure is that of its first asker; others then make it
// themselves, unless the clip is to blame.
func (s *Shelf) get(ctx context.Context, key thingKey, progress func(float64), produce making) (value any, release func(), err error) {
	me := &listener{progress}
	for {
		t, mine := s.join(ctx, key, me, produce)
		select {
		case <-t.done:
		case <-ctx.Done():
			s.leave(t, me)
			return nil, nil, context.Cause(ctx)
		}
		if t.err == nil {
			s.mu.Lock()
			delete(t.tell, me) // it goes on to its next step
			s.mu.Unlock()
			return t.value, sync.OnceFunc(func() { s.leave(t, me) }), nil
		}
		s.leave(t, me)
		if mine || clipsFault(t.err) {
			return nil, nil, t.err
		}
		if cause := context.Cause(ctx); cause != nil {
			return nil, nil, cause
		}
	}
}

// clipsFault reports whether every take of a request would fail alike.
func clipsFault(err error) bool {
	code := retake.CodeOf(err)
	return code == retake.CodeUnreadable || code == retake.CodeInvalid || code == retake.CodeTooLarge
}

// join makes its caller a user of a thing, and begins to make one that isn't there.
func (s *Shelf) join(ctx context.Context, key thingKey, me *listener, produce making) (t *thing, mine bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t = s.things[key]; t != nil {
		t.users++
		t.tell[me] = true
		me.tell(t.share)
		return t, false
	}
	t = &thing{key: key, done: make(chan struct{}), users: 1, tell: map[*listener]bool{me: true}}
	ctx, t.stop = context.WithCancelCause(context.WithoutCancel(ctx))
	s.things[key] = t
	go s.make(ctx, t, produce) // its last user waits for it
	return t, true
}

// make makes a thing. What can't be made is on the shelf no more when its users hear of it.
func (s *Shelf) make(ctx context.Context, t *thing, produce making) {
	defer close(t.done)
	defer func() {
		if p := recover(); p != nil {
			t.err = fmt.Errorf("make what takes share: panic: %v\n%s", p, debug.Stack())
		}
		t.stop(nil)
		if t.err != nil {
			s.mu.Lock()
			s.drop(t)
			s.mu.Unlock()
		}
	}()
	if t.dir, t.err = os.MkdirTemp(s.dir, "shared-"); t.err != nil {
		return
	}
	t.value, t.err = produce(ctx, t.dir, func(fraction float64) {
		s.mu.Lock()
		defer s.mu.Unlock()
		t.share = fraction
		for u := range t.tell {
			u.tell(fraction)
		}
	})
	if cause := context.Cause(ctx); t.err != nil && cause != nil {
		t.err = cause
	}
}

// leave ends the use of a thing. The last user of one under way stops its making and waits for that; what is there stays while
// another take of the request may want it.
func (s *Shelf) leave(t *thing, me *listener) {
	s.mu.Lock()
	delete(t.tell, me)
	t.users--
	last := t.users == 0
	under := true
	select {
	case <-t.done:
		under = false
	default:
	}
	if last && (under || t.err != nil || s.closed) {
		s.drop(t)
		s.mu.Unlock()
		t.stop(errUnused)
		s.clear(t)
		return
	}
	t.unused = time.Now()
	s.mu.Unlock()
	if !last || s.awaited(context.Background(), t, 2) { // besides the one that leaves, which hasn't ended yet
		return
	}
	s.mu.Lock()
	last = t.users == 0 && s.drop(t)
	s.mu.Unlock()
	if last {
		s.clear(t)
	}
}

var errUnused = errors.New("nobody waits for it any more")

// Users counts the takes of a request that use a thing or wait for it, such as "source".
func (s *Shelf) Users(request, what string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.things[thingKey{request, what}]; t != nil {
		return t.users
	}
	return 0
}

// share is a take's way to the shelf: nil where there is none, or nobody to share with.
type share struct {
	shelf   *Shelf
	request string
}

// shared returns what produce makes, once for all takes of a request; without a share it makes it in the folder private.
// What produce returns must not depend on the take, but for what the name what stands for.
func shared[T any](ctx context.Context, s *share, what, private string, progress func(float64), produce func(ctx context.Context, dir string, progress func(float64)) (T, error)) (made T, release func(), err error) {
	if s == nil {
		made, err = produce(ctx, private, progress)
		return made, func() {}, err
	}
	value, release, err := s.shelf.get(ctx, thingKey{s.request, what}, progress, func(ctx context.Context, dir string, progress func(float64)) (any, error) {
		return produce(ctx, dir, progress)
	})
	if err != nil {
		return made, nil, err
	}
	return value.(T), release, nil
}
