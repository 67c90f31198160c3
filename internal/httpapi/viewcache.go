package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"retake/internal/retake"
	"retake/internal/turn"
)

const (
	viewCache   = 16 << 20      // bytes of finished thumbnails, filmstrips and waveforms kept
	largestKept = viewCache / 4 // bytes: a larger view would push too many out, and is made anew each time
	viewTime    = 2 * time.Minute
	viewWait    = time.Minute      // for a turn to make a view
	failureTime = 10 * time.Minute // until a view that failed is tried again
	maxFailures = 1000             // that are remembered
)

// views makes stills and other views of clips, a few at a time and by turns, and keeps those made last. What can't
// be made is not tried again for a while.
type views struct {
	maker Thumbnailer
	slots *turn.Slots
	// patience is for one view: a clip that never comes to an end must not keep others waiting.
	patience time.Duration
	wait     time.Duration // for a slot

	mu     sync.Mutex
	done   map[string][]byte
	order  []string // oldest first
	size   int
	failed map[string]failure // by what is seen of which clip
}

// failure is why a clip can't be seen in one way.
type failure struct {
	err   error
	until time.Time
}

func newViews(maker Thumbnailer, atOnce int) *views {
	return &views{maker: maker, slots: turn.New(atOnce), patience: viewTime, wait: viewWait, done: map[string][]byte{}, failed: map[string]failure{}}
}

// view is something to be made of a clip. name says all that it depends on.
type view struct {
	hash, kind, name string
	make             func(ctx context.Context, path string) ([]byte, error)
}

func (v *views) get(name string) []byte {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.done[name]
}

// keep keeps a view for whoever asks next, unless it is too large.
func (v *views) keep(name string, made []byte) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, ok := v.done[name]; ok || len(made) > largestKept {
		return
	}
	v.done[name] = made
	v.order = append(v.order, name)
	for v.size += len(made); v.size > viewCache; v.order = v.order[1:] {
		v.size -= len(v.done[v.order[0]])
		delete(v.done, v.order[0])
	}
}

// make waits for a turn and makes the view, unless somebody else did meanwhile, or failed to.
func (v *views) make(ctx context.Context, blobs retake.Blobs, w view) ([]byte, error) {
	if err := v.failure(w); err != nil {
		return nil, err
	}
	leave, err := v.take(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if made := v.get(w.name); made != nil {
		return made, nil
	}
	if err := v.failure(w); err != nil {
		return nil, err
	}
	path, release, err := blobs.LocalPath(ctx, w.hash)
	if err != nil {
		return nil, internal(err)
	}
	defer release()
	ctx, stop := context.WithTimeoutCause(ctx, v.patience, retake.Errorf(retake.CodeTooLarge, "Making this view of the clip takes too long. Use a smaller or shorter clip."))
	defer stop()
	made, err := w.make(ctx, path)
	if err != nil {
		v.fail(w, err)
		return nil, err
	}
	v.keep(w.name, made)
	return made, nil
}

// take waits for a slot, but not for ever.
func (v *views) take(ctx context.Context) (leave func(), err error) {
	busy := &retake.Error{Code: retake.CodeUnavailable, RetryAfter: 10 * time.Second,
		Message: "The server is busy with other views of clips. Try again in 10 seconds."}
	ctx, stop := context.WithTimeoutCause(ctx, v.wait, busy)
	defer stop()
	leave, err = v.slots.Take(ctx)
	if errors.Is(err, turn.ErrCrowded) {
		err = busy
	}
	return leave, err
}

// fail remembers what is wrong with the clip itself.
func (v *views) fail(w view, err error) {
	if code := retake.CodeOf(err); code != retake.CodeUnreadable && code != retake.CodeTooLarge {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.failed) >= maxFailures {
		clear(v.failed) // which costs each one more try
	}
	v.failed[w.hash+w.kind] = failure{err, time.Now().Add(failureTime)}
}

func (v *views) failure(w view) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if f, ok := v.failed[w.hash+w.kind]; ok && time.Now().Before(f.until) {
		return f.err
	}
	return nil
}

// sendView answers with a view of a clip.
func (s *Server) sendView(x *exchange, contentType string, v view) error {
	h := x.Header()
	h.Set("ETag", `"`+v.name+`"`)
	h.Set("Cache-Control", "private, no-cache")
	if etagMatches(x.r.Header.Get("If-None-Match"), `"`+v.name+`"`) {
		x.WriteHeader(http.StatusNotModified)
		return nil
	}
	made := s.views.get(v.name)
	if made == nil {
		var err error
		if made, err = s.views.make(x.r.Context(), s.blobs, v); err != nil {
			return fmt.Errorf("make a view of the clip: %w", err)
		}
	}
	return x.send(http.StatusOK, contentType, made)
}
