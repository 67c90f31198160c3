package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"retake/internal/retake"
	"retake/internal/turn"
)

const (
	defaultTiles      = 20
	defaultTileHeight = 64 // pixels
	defaultWavePoints = 800
)

// admitViewer settles by whose turn a view is made: the key's, also where the file needs none, or else that of the
// caller's address. Without a key or a link, pages of other sites get none: each of their visitors would be one more
// address that asks.
func (s *Server) admitViewer(x *exchange, f FileName) error {
	if x.key != nil {
		return nil // it was asked for, and has its turns
	}
	if key, err := s.callersKey(x); err == nil {
		return s.useKey(x, key)
	}
	x.takeTurnsAs(turn.Owner{Name: addressOf(x.r.RemoteAddr), Guest: true})
	if s.signer.Check(f, x.r.URL.Query().Get(linkParam)) == nil {
		return nil
	}
	x.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
	switch h := x.r.Header; h.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return nil
	default:
		if h.Get("Sec-Fetch-Dest") == "document" {
			return nil
		}
	}
	return &statusError{forbidden, "A page of another site can't show views of this clip. Make a link to the file, or send an API key."}
}

// takeTurnsAs makes the rest of the request wait in an owner's line.
func (x *exchange) takeTurnsAs(o turn.Owner) { x.r = x.r.WithContext(turn.As(x.r.Context(), o)) }

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
	return s.sendView(x, "image/jpeg", view{file.Hash, "strip", name, func(ctx context.Context, path string) ([]byte, error) {
		return s.views.maker.Filmstrip(ctx, path, count, height)
	}})
}

// sendWaveform answers with how loud a clip is.
func (s *Server) sendWaveform(x *exchange, file *retake.File) error {
	points, err := wholeNumber(x.r.URL.Query(), "points", retake.MinWavePoints, retake.MaxWavePoints, defaultWavePoints)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s-wave-%d", file.Hash, points)
	return s.sendView(x, jsonType, view{file.Hash, "wave", name, func(ctx context.Context, path string) ([]byte, error) {
		w, err := s.views.maker.Waveform(ctx, path, points)
		if err != nil {
			return nil, err
		}
		return json.Marshal(w)
	}})
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
