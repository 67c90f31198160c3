package httpapi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"retake/internal/retake"
	"retake/internal/turn"
)

const (
	maxThumbnail     = 4096     // pixels of a side
	thumbnailDefault = 1.0      // seconds
	thumbnailCache   = 16 << 20 // bytes of finished thumbnails, filmstrips and waveforms kept
	viewTime         = 2 * time.Minute
	viewWait         = time.Minute      // for a turn to make a view
	failureTime      = 10 * time.Minute // until a view that failed is tried again
	maxFailures      = 1000             // that are remembered
)

// thumbnails makes stills and other views of clips, a few at a time and by turns, and keeps those made last. What can't
// be made is not tried again for a while.
type thumbnails struct {
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

func newThumbnails(maker Thumbnailer, atOnce int) *thumbnails {
	return &thumbnails{maker: maker, slots: turn.New(atOnce), patience: viewTime, wait: viewWait, done: map[string][]byte{}, failed: map[string]failure{}}
}

// view is something to be made of a clip. name says all that it depends on.
type view struct {
	hash, kind, name string
	make             func(ctx context.Context, path string) ([]byte, error)
}

// still is one thumbnail's description.
type still struct {
	hash          string
	at            float64 // seconds
	width, height int     // pixels, 0 free
}

func (t still) String() string {
	return fmt.Sprintf("%s-%s-%dx%d", t.hash, strconv.FormatFloat(t.at, 'f', -1, 64), t.width, t.height)
}

func readStill(hash string, q url.Values) (still, error) {
	t := still{hash: hash, at: thumbnailDefault}
	if sent := q.Get("timestamp"); sent != "" {
		at, err := strconv.ParseFloat(sent, 64)
		if err != nil || at < 0 || math.IsNaN(at) || at > 1e6 {
			return t, retake.Invalid("timestamp", "timestamp must be a number of seconds from 0 up, got %q", clip(sent))
		}
		t.at = math.Round(at*1000) / 1000
	}
	var err error
	if t.width, err = wholeNumber(q, "width", 1, maxThumbnail, 0); err != nil {
		return t, err
	}
	t.height, err = wholeNumber(q, "height", 1, maxThumbnail, 0)
	return t, err
}

func (t *thumbnails) get(name string) []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.done[name]
}

func (t *thumbnails) keep(name string, jpeg []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.done[name]; ok || len(jpeg) > thumbnailCache/4 {
		return
	}
	t.done[name] = jpeg
	t.order = append(t.order, name)
	for t.size += len(jpeg); t.size > thumbnailCache; t.order = t.order[1:] {
		t.size -= len(t.done[t.order[0]])
		delete(t.done, t.order[0])
	}
}

// make waits for a turn and makes the view, unless somebody else did meanwhile, or failed to.
func (t *thumbnails) make(ctx context.Context, blobs retake.Blobs, v view) ([]byte, error) {
	if err := t.failure(v); err != nil {
		return nil, err
	}
	leave, err := t.take(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if made := t.get(v.name); made != nil {
		return made, nil
	}
	if err := t.failure(v); err != nil {
		return nil, err
	}
	path, release, err := blobs.LocalPath(ctx, v.hash)
	if err != nil {
		return nil, internal(err)
	}
	defer release()
	ctx, stop := context.WithTimeoutCause(ctx, t.patience, retake.Errorf(retake.CodeTooLarge, "Making this view of the clip takes too long. Use a smaller or shorter clip."))
	defer stop()
	made, err := v.make(ctx, path)
	if err != nil {
		t.fail(v, err)
		return nil, err
	}
	t.keep(v.name, made)
	return made, nil
}

// take waits for a slot, but not for ever.
func (t *thumbnails) take(ctx context.Context) (leave func(), err error) {
	busy := &retake.Error{Code: retake.CodeUnavailable, RetryAfter: 10 * time.Second,
		Message: "The server is busy with other views of clips. Try again in 10 seconds."}
	ctx, stop := context.WithTimeoutCause(ctx, t.wait, busy)
	defer stop()
	leave, err = t.slots.Take(ctx)
	if errors.Is(err, turn.ErrCrowded) {
		err = busy
	}
	return leave, err
}

// fail remembers what is wrong with the clip itself.
func (t *thumbnails) fail(v view, err error) {
	if code := retake.CodeOf(err); code != retake.CodeUnreadable && code != retake.CodeTooLarge {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.failed) >= maxFailures {
		clear(t.failed) // which costs each one more try
	}
	t.failed[v.hash+v.kind] = failure{err, time.Now().Add(failureTime)}
}

func (t *thumbnails) failure(v view) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f, ok := t.failed[v.hash+v.kind]; ok && time.Now().Before(f.until) {
		return f.err
	}
	return nil
}

func (s *Server) sendThumbnail(x *exchange, file *retake.File) error {
	if !strings.HasPrefix(file.ContentType, "video/") {
		return retake.Invalid("thumbnail", "Only a video has thumbnails; this file is %s.", file.ContentType)
	}
	want, err := readStill(file.Hash, x.r.URL.Query())
	if err != nil {
		return err
	}
	return s.sendView(x, "image/jpeg", view{file.Hash, "still", want.String(), func(ctx context.Context, path string) ([]byte, error) {
		return s.thumbnails.maker.Thumbnail(ctx, path, want.at, want.width, want.height)
	}})
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
	made := s.thumbnails.get(v.name)
	if made == nil {
		var err error
		if made, err = s.thumbnails.make(x.r.Context(), s.blobs, v); err != nil {
			return fmt.Errorf("make a view of the clip: %w", err)
		}
	}
	return x.send(http.StatusOK, contentType, made)
}

// etagMatches reads an If-None-Match header (RFC 9110, section 13.1.2).
func etagMatches(header, etag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if part == "*" || part == etag {
			return true
		}
	}
	return false
}
