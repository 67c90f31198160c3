package engine

import (
	"errors"
	"fmt"
	"log/slog"

	"retake/internal/engine/fal"
	"retake/internal/engine/hosted"
	"retake/internal/engine/ltx"
	"retake/internal/engine/oxen"
	"retake/internal/engine/replicate"
	"retake/internal/retake"
)

// Hosted is the providers, each of which is listed once it is enabled.
type Hosted struct {
	LTX       hosted.Config `koanf:"ltx"`
	Fal       fal.Config    `koanf:"fal"`
	Replicate hosted.Config `koanf:"replicate"`
	Oxen      oxen.Config   `koanf:"oxen"`
}

// defaultHosted has every provider at its own address, and none enabled.
func defaultHosted() Hosted {
	return Hosted{LTX: ltx.DefaultConfig(), Fal: fal.DefaultConfig(), Replicate: replicate.DefaultConfig(), Oxen: oxen.DefaultConfig()}
}

// provider is one of them.
type provider struct {
	name    string
	enabled bool
	check   func() error
	new     func(record string, log *slog.Logger) (retake.Engine, error)
}

// of makes one of a package's settings and constructor.
func of[C interface{ Validate() error }](name string, enabled bool, cfg C, make func(cfg C, record string, log *slog.Logger) (retake.Engine, error)) provider {
	return provider{name, enabled, cfg.Validate, func(record string, log *slog.Logger) (retake.Engine, error) { return make(cfg, record, log) }}
}

func (h Hosted) all() []provider {
	return []provider{
		of(ltx.Name, h.LTX.Enabled, h.LTX, ltx.New),
		of(fal.Name, h.Fal.Enabled, h.Fal, fal.New),
		of(replicate.Name, h.Replicate.Enabled, h.Replicate, replicate.New),
		of(oxen.Name, h.Oxen.Enabled, h.Oxen, oxen.New),
	}
}

// Validate reports all mistakes at once, each with its provider's name.
func (h Hosted) Validate() error {
	var errs []error
	for _, p := range h.all() {
		if err := p.check(); err != nil {
			errs = append(errs, fmt.Errorf("hosted: %s: %w", p.name, err))
		}
	}
	return errors.Join(errs...)
}

// enabled makes the engines of those that are.
func (h Hosted) enabled(record string, log *slog.Logger) ([]retake.Engine, error) {
	var list []retake.Engine
	for _, p := range h.all() {
		if !p.enabled {
			continue
		}
		e, err := p.new(record, log)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}
