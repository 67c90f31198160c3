package httpapi

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"retake/internal/model"
	"retake/internal/retake"
)

// engines picks who makes a generation, and remembers for a moment who is ready.
type engines struct {
	installed map[string]retake.Engine
	standIns  []string // those that may do what a model's first one is not ready for
	now       func() time.Time

	mu    sync.Mutex
	ready map[string]readiness
}

type readiness struct {
	err   error
	until time.Time
}

// readyFor is how long an engine's answer is taken for granted.
const readyFor = 5 * time.Second

// choice is an engine that makes takes of a request.
type choice struct {
	name     string
	notReady error // why it can't start at once
}

// choose returns the engines asked for, by a name or by a list of them; or else the first installed one of the model's list. When that
// is not ready, the next that is ready and may stand in for it; without one it is the first, together with the error that
// says why it is not ready: a queue can wait for it. There is at least one.
func (e *engines) choose(ctx context.Context, m *model.Model, asked any) ([]choice, error) {
	list, several := asked.([]any)
	switch {
	case asked == nil:
		c, err := e.first(ctx, m)
		return []choice{c}, err
	case !several:
		list = []any{asked}
	case len(list) == 0 || len(list) > retake.MaxTakes:
		return nil, retake.Invalid(model.ParamEngine, "engine must name 1 to %d engines, got %d", retake.MaxTakes, len(list))
	}
	var out []choice
	for _, one := range list {
		name, err := e.named(m, one)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(out, func(c choice) bool { return c.name == name }) {
			return nil, retake.Invalid(model.ParamEngine, "engine must name each engine once; %s is there twice. For more takes of it use num_generations", name)
		}
		out = append(out, choice{name, e.check(ctx, name)})
	}
	return out, nil
}

// first picks among a model's engines.
func (e *engines) first(ctx context.Context, m *model.Model) (c choice, err error) {
	for _, n := range m.Engines {
		if e.installed[n] == nil {
			continue
		}
		if c.name != "" && !slices.Contains(e.standIns, n) {
			continue
		}
		why := e.check(ctx, n)
		if why == nil {
			return choice{name: n}, nil
		}
		if c.name == "" {
			c = choice{n, why}
		}
	}
	if c.name == "" {
		return c, retake.Errorf(retake.CodeUnavailable, "No engine that can serve %s is installed on this server.", m.ID)
	}
	return c, nil
}

// preferred returns the first installed engine of a model's list, "" when there is none.
func (e *engines) preferred(m *model.Model) string {
	for _, n := range m.Engines {
		if e.installed[n] != nil {
			return n
		}
	}
	return ""
}

// named returns the installed engine of a model that a parameter names.
func (e *engines) named(m *model.Model, asked any) (string, error) {
	var have []string
	for _, n := range m.Engines {
		if e.installed[n] == nil {
			continue
		}
		if n == asked {
			return n, nil
		}
		have = append(have, n)
	}
	sent, ok := asked.(string)
	if !ok {
		sent = kindOf(asked)
	} else if e.installed[sent] != nil {
		return "", retake.Invalid(model.ParamEngine, "engine must be one of %s here; %s is installed, but serves this model only once whoever runs the server names it in models.prefer",
			strings.Join(have, ", "), sent)
	}
	return "", retake.Invalid(model.ParamEngine, "engine must be one of %s, got %q", strings.Join(have, ", "), clip(sent))
}

func (e *engines) check(ctx context.Context, name string) error {
	r, ok := e.installed[name].(retake.Readiness)
	if !ok {
		return nil
	}
	e.mu.Lock()
	known, ok := e.ready[name]
	e.mu.Unlock()
	if now := e.now(); ok && now.Before(known.until) {
		return known.err
	}
	// The answer is kept for others, so a caller who leaves must not spoil it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	err := r.Ready(ctx)
	e.mu.Lock()
	e.ready[name] = readiness{err, e.now().Add(readyFor)}
	e.mu.Unlock()
	return err
}
