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

// pick returns the engine asked for, or else the first installed one of the model's list. When that is not ready, the next
// that is ready and may stand in for it; without one it is the first, together with the error that says why it is not
// ready: a queue can wait for it.
func (e *engines) pick(ctx context.Context, m *model.Model, asked any) (name string, notReady error, err error) {
	if asked != nil {
		return e.named(ctx, m, asked)
	}
	for _, n := range m.Engines {
		if e.installed[n] == nil {
			continue
		}
		if name != "" && !slices.Contains(e.standIns, n) {
			continue
		}
		why := e.check(ctx, n)
		if why == nil {
			return n, nil, nil
		}
		if name == "" {
			name, notReady = n, why
		}
	}
	if name == "" {
		return "", nil, retake.Errorf(retake.CodeUnavailable, "No engine that can serve %s is installed on this server.", m.ID)
	}
	return name, notReady, nil
}

// first returns the first installed engine of a model's list, "" when there is none.
func (e *engines) first(m *model.Model) string {
	for _, n := range m.Engines {
		if e.installed[n] != nil {
			return n
		}
	}
	return ""
}

func (e *engines) named(ctx context.Context, m *model.Model, asked any) (string, error, error) {
	var have []string
	for _, n := range m.Engines {
		if e.installed[n] == nil {
			continue
		}
		if n == asked {
			return n, e.check(ctx, n), nil
		}
		have = append(have, n)
	}
	sent, ok := asked.(string)
	if !ok {
		sent = kindOf(asked)
	}
	return "", nil, retake.Invalid(model.ParamEngine, "engine must be one of %s, got %q", strings.Join(have, ", "), clip(sent))
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
