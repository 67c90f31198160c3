package pipeline

import (
	"fmt"

	"retake/internal/splice"
)

// Config is how edits are made.
type Config struct {
	Quality      splice.Quality `koanf:"quality"`
	StrictLimits bool           `koanf:"strict_limits"` // refuse clips over 20 s or 1080p, as the hub does
	FitAnswers   bool           `koanf:"fit_answers"`   // correct what generative engines answer by what became of the pictures beside the segment
}

// DefaultConfig accepts clips of any length and size.
func DefaultConfig() Config { return Config{Quality: splice.DefaultQuality(), FitAnswers: true} }

// Validate reports every mistake, each with its key.
func (c Config) Validate() error {
	if err := c.Quality.Validate(); err != nil {
		return fmt.Errorf("pipeline: %w", err)
	}
	return nil
}
