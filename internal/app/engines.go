package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"retake/internal/config"
	"retake/internal/engine"
	"retake/internal/model"
	"retake/internal/retake"
)

// Engines lists the engines of a configuration and asks each what it can do.
func Engines(ctx context.Context, cfg config.Config) (list []EngineState, err error) {
	all, err := engine.All(cfg.Engine, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, fmt.Errorf("set up the engines: %w", err)
	}
	defer func() { err = errors.Join(err, engine.Close(all)) }()
	if err := knownEngines(cfg.Models, all); err != nil {
		return nil, err
	}
	list = make([]EngineState, len(all))
	var asked sync.WaitGroup
	for i, e := range all {
		asked.Go(func() { list[i] = engineState(ctx, e) })
	}
	asked.Wait()
	return list, context.Cause(ctx)
}

func engineState(ctx context.Context, e retake.Engine) (s EngineState) {
	if p, ok := e.(retake.Preparer); ok {
		s.NotReady = p.Prepare(ctx)
	}
	if r, ok := e.(retake.Readiness); ok && s.NotReady == nil {
		s.NotReady = r.Ready(ctx)
	}
	s.Info = e.Info()
	return s
}

// knownEngines reports the names of engines in the settings of models that no engine has.
func knownEngines(cfg model.Config, all []retake.Engine) error {
	var names []string
	for _, e := range all {
		names = append(names, e.Info().Name)
	}
	for _, list := range []struct {
		key   string
		names []string
	}{{"models.prefer", cfg.Prefer}, {"models.stand_ins", cfg.StandIns}} {
		for _, n := range list.names {
			if !slices.Contains(names, n) {
				return retake.Invalid(list.key, "%s names %q, which is no engine here; there are: %s", list.key, n, strings.Join(names, ", "))
			}
		}
	}
	return nil
}

// meet asks engines that have to be started what they can do, so that it is known before the first job.
func meet(ctx context.Context, all []retake.Engine, log *slog.Logger) {
	var asked sync.WaitGroup
	for _, e := range all {
		if p, ok := e.(retake.Preparer); ok {
			asked.Go(func() {
				if err := p.Prepare(ctx); err != nil && ctx.Err() == nil {
					log.Warn("an engine is not ready", "engine", e.Info().Name, "error", err)
				}
			})
		}
	}
	asked.Wait()
}
