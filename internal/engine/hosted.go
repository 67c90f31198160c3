package engine

import (
	"errors"
	"fmt"
	"log/slog"

	"retake/internal/engine/hosted"
	"retake/internal/engine/ltx"
	"retake/internal/retake"
)

// Hosted is the providers, each of which is listed once it is enabled.
type Hosted struct {
	LTX hosted.Config `koanf:"ltx"`
}

// defaultHosted has every provider at its own address, and none enabled.
func defaultHosted() Hosted { return Hosted{LTX: ltx.DefaultConfig()} }

// provider is one of them.
type provider struct {
	name string
	cfg  hosted.Config
	new  func(cfg hosted.Config, record string, log *slog.Logger) (retake.Engine, error)
}

func (h Hosted) all() []provider {
	return []provider{
		{ltx.Name, h.LTX, ltx.New},
	}
}

// Validate reports all mistakes at once, each with its provider's name.
func (h Hosted) Validate() error {
	var errs []error
	for _, p := range h.all() {
		if err := p.cfg.Validate(); err != nil {
			errs = append(errs, fmt.Errorf("hosted: %s: %w", p.name, err))
		}
	}
	return errors.Join(errs...)
}

// enabled makes the engines of those that are.
func (h Hosted) enabled(record string, log *slog.Logger) ([]retake.Engine, error) {
	var list []retake.Engine
	for _, p := range h.all() {
		if !p.cfg.Enabled {
			continue
		}
		e, err := p.new(p.cfg, record, log)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}
