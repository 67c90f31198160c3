package app

import (
	"context"

	"retake/internal/config"
	"retake/internal/media"
	"retake/internal/pipeline"
	"retake/internal/retake"
)

// Probe looks at a clip without changing anything. A clip that no mode can edit is an error.
func Probe(ctx context.Context, cfg config.Config, path string) (*retake.Clip, error) {
	tools, err := media.Open(cfg.Media)
	if err != nil {
		return nil, err
	}
	return pipeline.Describe(ctx, tools, path)
}
