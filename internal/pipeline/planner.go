package pipeline

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"retake/internal/media"
	"retake/internal/retake"
	"retake/internal/turn"
)

const (
	maxKnown = 1 << 21     // samples of tracks that a Planner remembers, 4 hours at 60 fps; one takes about 20 bytes
	perClip  = 100         // samples that take as much as the rest of a clip, or what was wrong with it
	perTrack = 20          // and each of its tracks
	maxLooks = 2           // clips looked at side by side, by turns of who asks (turn.As)
	lookTime = time.Minute // for one look
)

// Planner says what clips are and what edits of them would do. It remembers the clips it has seen, so that asking
// again takes no child process; of a clip that is too long to be remembered, what Clip says of it. It is safe for concurrent use; make one with NewPlanner.
type Planner struct {
	tools  *media.Tools
	blobs  retake.Blobs
	config Config
	looks  *turn.Slots
	life   context.Context // ends with Stop
	end    context.CancelFunc

	mu     sync.Mutex
	seen   map[string]*seen
	order  *list.List // of *seen, the last used first
	weight int
}

// seen is one clip, by its hash. done is closed once the rest is there.
type seen struct {
	hash   string
	done   chan struct{}
	known  *known
	brief  bool // known is only a summary
	err    error
	weight int
	place  *list.Element
}

// NewPlanner makes a planner of clips in blobs.
func NewPlanner(tools *media.Tools, blobs retake.Blobs, c Config) *Planner {
	p := &Planner{tools: tools, blobs: blobs, config: c, looks: turn.New(maxLooks), seen: map[string]*seen{}, order: list.New()}
	p.life, p.end = context.WithCancel(context.Background())
	return p
}

// Stop ends the looks under way, and there are no more. What is known already is still told.
func (p *Planner) Stop() { p.end() }

// Clip says what the clip with a hash is; the name's extension tells formats apart that have the same container. A
// clip that no mode can edit is an error with CodeUnreadable.
func (p *Planner) Clip(ctx context.Context, hash, name string) (*retake.Clip, error) {
	k, err := p.know(ctx, hash, true)
	if err != nil {
		return nil, err
	}
	return k.wholeClip(name), nil
}

// Preview says what an edit of the clip would do, but for what the engine and the model say of the request. That the
// clip can't be edited is a problem of it, no error.
func (p *Planner) Preview(ctx context.Context, hash, name string, req retake.Request) (retake.Preview, error) {
	k, err := p.know(ctx, trackKey(hash, req.Track), false)
	if e, ok := errors.AsType[*retake.Error](err); ok && (e.Code == retake.CodeUnreadable || e.Code == retake.CodeInvalid) {
		none := retake.NoPreview()
		none.Problems = append(none.Problems, retake.Problem{Field: e.Field, Message: e.Message})
		return none, nil
	}
	if err != nil {
		return retake.NoPreview(), err
	}
	return k.preview(p.config, name, req), nil
}

// Check looks at a local file that is no blob yet.
func (p *Planner) Check(ctx context.Context, path, name string) (*retake.Clip, error) {
	k, err := p.look(ctx, func(ctx context.Context) (*known, error) { return look(ctx, p.tools, path, 0) })
	if err != nil {
		return nil, err
	}
	return k.wholeClip(name), nil
}

// know returns what is known of a clip, and looks at it first if need be. brief says that a summary will do. A look goes on when its asker leaves: who
// drags a segment asks anew before the answer is there.
func (p *Planner) know(ctx context.Context, hash string, brief bool) (*known, error) {
	for {
		s, mine := p.find(hash, brief)
		if mine {
			p.learn(context.WithoutCancel(ctx), s)
			return s.known, s.err
		}
		select {
		case <-s.done:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		if s.err == nil || lasting(s.err) || ctx.Err() != nil {
			return s.known, s.err
		}
	}
}

// learn looks at a clip and lets those who wait for it go on, also when the look panics.
func (p *Planner) learn(ctx context.Context, s *seen) {
	s.err = errors.New("look at the clip: the look broke off")
	defer p.settle(s)
	s.known, s.err = p.look(ctx, func(ctx context.Context) (*known, error) { return p.lookBlob(ctx, s.hash) })
}

func (p *Planner) find(hash string, brief bool) (s *seen, mine bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s = p.seen[hash]; s != nil && (brief || !s.brief) {
		p.order.MoveToFront(s.place)
		return s, false
	}
	if s != nil {
		p.forget(s)
	}
	s = &seen{hash: hash, done: make(chan struct{})}
	p.enter(s)
	return s, true
}

func (p *Planner) enter(s *seen) {
	s.place = p.order.PushFront(s)
	p.seen[s.hash] = s
}

// settle keeps what came of a look, unless it may come out differently next time, and forgets what was used longest
// ago. Of a clip that is longer than everything that may be remembered it keeps a summary; who waits for it gets all.
func (p *Planner) settle(s *seen) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer close(s.done)
	switch {
	case s.err == nil:
		if whole := s.known.weight(); whole > maxKnown {
			p.forget(s)
			s = &seen{hash: s.hash, done: s.done, known: s.known.summary(), brief: true}
			p.enter(s)
		}
		s.weight = s.known.weight()
	case lasting(s.err):
		s.weight = perClip
	default:
		p.forget(s)
		return
	}
	p.weight += s.weight
	for last := p.order.Back(); p.weight > maxKnown && last != nil; {
		old := last.Value.(*seen)
		last = last.Prev()
		if old != s && old.weight > 0 {
			p.forget(old)
		}
	}
}

func (p *Planner) forget(s *seen) {
	p.order.Remove(s.place)
	delete(p.seen, s.hash)
	p.weight -= s.weight
}

// lasting reports whether an error is the clip's own.
func lasting(err error) bool { return retake.CodeOf(err) == retake.CodeUnreadable }

// look runs f within bounds, and until Stop.
func (p *Planner) look(ctx context.Context, f func(context.Context) (*known, error)) (*known, error) {
	slow := retake.Errorf(retake.CodeUnavailable, "Reading the clip takes too long just now. Try again in a minute.")
	ctx, stop := context.WithTimeoutCause(ctx, lookTime, slow)
	defer stop()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stopping := retake.Errorf(retake.CodeUnavailable, "The server is shutting down. Send the request again in a few seconds.")
	if p.life.Err() != nil {
		return nil, stopping
	}
	defer context.AfterFunc(p.life, func() { cancel(stopping) })()
	release, err := p.looks.Take(ctx)
	if errors.Is(err, turn.ErrCrowded) {
		return nil, slow
	}
	if err != nil {
		return nil, err
	}
	defer release()
	k, err := f(ctx)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		return nil, cause
	}
	return k, err
}

// trackKey is what a clip is known by when a sound track of it was chosen; keyOf takes it apart.
func trackKey(hash string, track int) string {
	if track == 0 {
		return hash
	}
	return fmt.Sprintf("%s#%d", hash, track)
}

func keyOf(key string) (hash string, track int) {
	hash, number, _ := strings.Cut(key, "#")
	track, _ = strconv.Atoi(number)
	return hash, track
}

func (p *Planner) lookBlob(ctx context.Context, key string) (*known, error) {
	hash, track := keyOf(key)
	path, release, err := p.blobs.LocalPath(ctx, hash)
	if err != nil {
		return nil, fmt.Errorf("open the clip: %v", err) // the name is there, so a missing blob is no 404
	}
	defer release()
	return look(ctx, p.tools, path, track)
}
