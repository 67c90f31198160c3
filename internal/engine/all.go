// Package engine holds the one explicit list of all engines. Each engine lives in a folder of its own and knows none
// of the others.
package engine

import (
	"errors"
	"fmt"

	"retake/internal/engine/builtin"
	"retake/internal/retake"
)

// Config holds the configuration of every engine.
type Config struct {
	Builtin builtin.Config `koanf:"builtin"`
}

// DefaultConfig returns every engine's defaults.
func DefaultConfig() Config { return Config{Builtin: builtin.DefaultConfig()} }

// Validate reports all mistakes at once, each with its engine's name.
func (c Config) Validate() error {
	var errs []error
	if err := c.Builtin.Validate(); err != nil {
		errs = append(errs, fmt.Errorf("builtin: %w", err))
	}
	return errors.Join(errs...)
}

// All makes every engine, the default one first.
func All(cfg Config) ([]retake.Engine, error) {
	b, err := builtin.New(cfg.Builtin, nil)
	if err != nil {
		return nil, err
	}
	return []retake.Engine{b}, nil
}
