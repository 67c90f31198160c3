// Package engine holds the one explicit list of all engines. Each engine lives in a folder of its own and knows none
// of the others.
package engine

import (
	"errors"
	"fmt"
	"log/slog"

	"retake/internal/engine/builtin"
	"retake/internal/engine/comfyui"
	"retake/internal/engine/exec"
	"retake/internal/retake"
)

// Config holds the configuration of every engine.
type Config struct {
	Builtin builtin.Config `koanf:"builtin"`
	ComfyUI comfyui.Config `koanf:"comfyui"`
	Exec    exec.Programs  `koanf:"exec"`
	Hosted  Hosted         `koanf:"hosted"`
	Record  string         `koanf:"record" env:"RETAKE_RECORD"` // folder where exchanges with hosted providers are written, without secrets; "": none
}

// DefaultConfig returns every engine's defaults.
func DefaultConfig() Config {
	return Config{Builtin: builtin.DefaultConfig(), ComfyUI: comfyui.DefaultConfig(), Exec: exec.Programs{}, Hosted: defaultHosted()}
}

// Validate reports all mistakes at once, each with its engine's name.
func (c Config) Validate() error {
	var errs []error
	if err := c.Builtin.Validate(); err != nil {
		errs = append(errs, fmt.Errorf("builtin: %w", err))
	}
	if err := c.ComfyUI.Validate(); err != nil {
		errs = append(errs, fmt.Errorf("comfyui: %w", err))
	}
	if err := c.Exec.Validate(); err != nil {
		errs = append(errs, fmt.Errorf("exec: %w", err))
	}
	if err := c.Hosted.Validate(); err != nil {
		errs = append(errs, err)
	}
	for _, p := range c.Hosted.all() {
		if p.enabled && c.Exec[p.name] != nil {
			errs = append(errs, fmt.Errorf("exec: %s is the name of another engine", p.name))
		}
	}
	if c.Exec[builtin.Name] != nil {
		errs = append(errs, fmt.Errorf("exec: %s is the name of another engine", builtin.Name))
	}
	if c.ComfyUI.URL != "" && c.Exec[comfyui.Name] != nil {
		errs = append(errs, fmt.Errorf("exec: %s is the name of another engine", comfyui.Name))
	}
	return errors.Join(errs...)
}

// All makes every engine, the default one first. What they have to tell goes to log; nil is slog.Default.
func All(cfg Config, log *slog.Logger) ([]retake.Engine, error) {
	b, err := builtin.New(cfg.Builtin, nil)
	if err != nil {
		return nil, err
	}
	all := []retake.Engine{b}
	if cfg.ComfyUI.URL != "" {
		e, err := comfyui.New(cfg.ComfyUI, log)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	providers, err := cfg.Hosted.enabled(cfg.Record, log)
	if err != nil {
		return nil, err
	}
	all = append(all, providers...)
	for _, name := range cfg.Exec.Names() {
		e, err := exec.New(name, *cfg.Exec[name], log)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

// Close closes the engines that hold on to something.
func Close(all []retake.Engine) error {
	var errs []error
	for _, e := range all {
		if c, ok := e.(retake.Closer); ok {
			errs = append(errs, c.Close())
		}
	}
	return errors.Join(errs...)
}
