package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"retake/internal/retake"
)

const (
	viewCache   = 16 << 20      // bytes of finished thumbnails, filmstrips and waveforms kept
	largestKept = viewCache / 4 // bytes: a larger view would push too many out, and is made anew each time
	viewTime    = 2 * time.Minute

	defaultTiles      = 20
	defaultTileHeight = 64 // pixels
	defaultWavePoints = 800
)

// views makes stills, filmstrips and waveforms of clips, a few at a time, and keeps those made last.
type views struct {
	maker Thumbnailer
	slots chan struct{}
	// patience is for one view: a clip that never comes to an end must not keep others waiting.
	patience time.Duration

	mu    sync.Mutex
	done  map[string][]byte
	order []string // oldest first
	size  int
}

func newViews(maker Thumbnailer, atOnce int) *views {
	return &views{maker: maker, slots: make(chan struct{}, atOnce), patience: viewTime, done: map[string][]byte{}}
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

// make waits for a free slot and makes what the name stands for, unless somebody else did meanwhile.
func (v *views) make(ctx context.Context, blobs retake.Blobs, hash, name string, view func(ctx context.Context, path string) ([]byte, error)) ([]byte, error) {
	select {
	case v.slots <- struct{}{}:
		defer func() { <-v.slots }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if made := v.get(name); made != nil {
		return made, nil
	}
	path, release, err := blobs.LocalPath(ctx, hash)
	if err != nil {
		return nil, internal(err)
	}
	defer release()
	ctx, stop := context.WithTimeoutCause(ctx, v.patience, retake.Errorf(retake.CodeTooLarge, "Making this view of the clip takes too long. Use a smaller or shorter clip."))
	defer stop()
	made, err := view(ctx, path)
	if err == nil {
		v.keep(name, made)
	}
	return made, err
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
	made := s.views.get(name)
	if made == nil {
		var err error
		if made, err = s.views.make(x.r.Context(), s.blobs, file.Hash, name, view); err != nil {
			return fmt.Errorf("make a view of the clip: %w", err)
		}
	}
	return x.send(http.StatusOK, contentType, made)
}

// sendFilmstrip answers with pictures of a clip side by side.
func (s *Server) sendFilmstrip(x *exchange, file *retake.File) error {
	q := x.r.URL.Query()
	count, err := wholeNumber(q, "count", 1, retake.MaxTiles, defaultTiles)
	if err != nil {
		return err
	}
	height, err := wholeNumber(q, "height", retake.MinTileHeight, retake.MaxTileHeight, defaultTileHeight)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s-strip-%dx%d", file.Hash, count, height)
	return s.sendView(x, file, name, "image/jpeg", func(ctx context.Context, path string) ([]byte, error) {
		return s.views.maker.Filmstrip(ctx, path, count, height)
	})
}

// sendWaveform answers with how loud a clip is.
func (s *Server) sendWaveform(x *exchange, file *retake.File) error {
	points, err := wholeNumber(x.r.URL.Query(), "points", retake.MinWavePoints, retake.MaxWavePoints, defaultWavePoints)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s-wave-%d", file.Hash, points)
	return s.sendView(x, file, name, jsonType, func(ctx context.Context, path string) ([]byte, error) {
		w, err := s.views.maker.Waveform(ctx, path, points)
		if err != nil {
			return nil, err
		}
		return json.Marshal(w)
	})
}

// sendProbe answers with what a clip is and what an edit would keep of it.
func (s *Server) sendProbe(x *exchange, file *retake.File) error {
	c, err := s.clips.Clip(x.r.Context(), file.Hash, file.Path)
	if err != nil {
		return fmt.Errorf("probe the clip: %w", err)
	}
	x.Header().Set("Cache-Control", "private, no-cache")
	return x.json(http.StatusOK, c)
}
