package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"retake/internal/retake"
)

// Filmstrips and waveforms, as media bounds them.
const (
	maxTiles, defaultTiles                            = 60, 20
	minTileHeight, maxTileHeight, defaultTileHeight   = 16, 200, 64 // pixels
	minWavePoints, maxWavePoints, defaultWaveformSize = 16, 4000, 800
)

// sendFilmstrip answers with pictures of a clip side by side.
func (s *Server) sendFilmstrip(x *exchange, file *retake.File) error {
	q := x.r.URL.Query()
	count, err := wholeNumber(q, "count", 1, maxTiles, defaultTiles)
	if err != nil {
		return err
	}
	height, err := wholeNumber(q, "height", minTileHeight, maxTileHeight, defaultTileHeight)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s-strip-%dx%d", file.Hash, count, height)
	return s.sendView(x, file, name, "image/jpeg", func(ctx context.Context, path string) ([]byte, error) {
		return s.thumbnails.maker.Filmstrip(ctx, path, count, height)
	})
}

// sendWaveform answers with how loud a clip is.
func (s *Server) sendWaveform(x *exchange, file *retake.File) error {
	points, err := wholeNumber(x.r.URL.Query(), "points", minWavePoints, maxWavePoints, defaultWaveformSize)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s-wave-%d", file.Hash, points)
	return s.sendView(x, file, name, jsonType, func(ctx context.Context, path string) ([]byte, error) {
		w, err := s.thumbnails.maker.Waveform(ctx, path, points)
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
