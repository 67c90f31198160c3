package httpapi

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"retake/internal/retake"
)

const (
	maxThumbnail     = 4096     // pixels of a side
	thumbnailDefault = 1.0      // seconds
	thumbnailCache   = 16 << 20 // bytes of finished thumbnails, filmstrips and waveforms kept
	viewTime         = 2 * time.Minute
)

// thumbnails makes stills and other views of clips, a few at a time, and keeps those made last.
type thumbnails struct {
	maker Thumbnailer
	slots chan struct{}
	// patience is for one view: a clip that never comes to an end must not keep others waiting.
	patience time.Duration

	mu    sync.Mutex
	done  map[string][]byte
	order []string // oldest first
	size  int
}

func newThumbnails(maker Thumbnailer, atOnce int) *thumbnails {
	return &thumbnails{maker: maker, slots: make(chan struct{}, atOnce), patience: viewTime, done: map[string][]byte{}}
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

// make waits for a free slot and makes what the name stands for, unless somebody else did meanwhile.
func (t *thumbnails) make(ctx context.Context, blobs retake.Blobs, hash, name string, view func(ctx context.Context, path string) ([]byte, error)) ([]byte, error) {
	select {
	case t.slots <- struct{}{}:
		defer func() { <-t.slots }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if made := t.get(name); made != nil {
		return made, nil
	}
	path, release, err := blobs.LocalPath(ctx, hash)
	if err != nil {
		return nil, internal(err)
	}
	defer release()
	ctx, stop := context.WithTimeoutCause(ctx, t.patience, retake.Errorf(retake.CodeTooLarge, "Making this view of the clip takes too long. Use a smaller or shorter clip."))
	defer stop()
	made, err := view(ctx, path)
	if err == nil {
		t.keep(name, made)
	}
	return made, err
}

func (s *Server) sendThumbnail(x *exchange, file *retake.File) error {
	if !strings.HasPrefix(file.ContentType, "video/") {
		return retake.Invalid("thumbnail", "Only a video has thumbnails; this file is %s.", file.ContentType)
	}
	want, err := readStill(file.Hash, x.r.URL.Query())
	if err != nil {
		return err
	}
	return s.sendView(x, file, want.String(), "image/jpeg", func(ctx context.Context, path string) ([]byte, error) {
		return s.thumbnails.maker.Thumbnail(ctx, path, want.at, want.width, want.height)
	})
}

// sendView answers with something made from a file's content, under a name that says all it depends on.
func (s *Server) sendView(x *exchange, file *retake.File, name, contentType string, view func(ctx context.Context, path string) ([]byte, error)) error {
	h := x.Header()
	h.Set("ETag", `"`+name+`"`)
	h.Set("Cache-Control", "private, no-cache")
	if etagMatches(x.r.Header.Get("If-None-Match"), `"`+name+`"`) {
		x.WriteHeader(http.StatusNotModified)
		return nil
	}
	made := s.thumbnails.get(name)
	if made == nil {
		var err error
		if made, err = s.thumbnails.make(x.r.Context(), s.blobs, file.Hash, name, view); err != nil {
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
