package app

import (
	"context"

	"retake/internal/config"
	"retake/internal/media"
	"retake/internal/pipeline"
	"retake/internal/retake"
)

// Probe looks at a clip, of whose sound tracks one would be edited (0: the default one), without changing anything. A clip that no mode can edit is an error.
func Probe(ctx context.Context, cfg config.Config, path string, audioTrack int) (*retake.Clip, error) {
	tools, err := media.Open(cfg.Media)
	if err != nil {
		return nil, err
	}
	return pipeline.Describe(ctx, tools, path, audioTrack)
}
