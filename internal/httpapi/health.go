package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"retake/internal/retake"
)

type checkFunc = func(ctx context.Context) error

// check is one thing that has to work for the server to be ready.
type check struct {
	name string
	run  checkFunc
}

// readyTimeout bounds all checks together.
const readyTimeout = 3 * time.Second

func (s *Server) getHealth(x *exchange) error {
	return x.json(http.StatusOK, struct {
		Status  string `json:"status"`
		Version string `json:"version"`
	}{"ok", s.version})
}

// getReady runs the checks side by side. What fails is named in plain words; the cause goes to the log.
func (s *Server) getReady(x *exchange) error {
	ctx, cancel := context.WithTimeout(x.r.Context(), readyTimeout)
	defer cancel()
	errs := make([]error, len(s.checks))
	var wg sync.WaitGroup
	for i, c := range s.checks {
		wg.Go(func() { errs[i] = c.run(ctx) })
	}
	wg.Wait()
	results := map[string]string{}
	for i, c := range s.checks {
		results[c.name] = "ok"
		if errs[i] == nil {
			continue
		}
		s.log.LogAttrs(ctx, slog.LevelWarn, "not ready", slog.String("check", c.name), slog.Any("error", errs[i]))
		results[c.name] = "It does not work. The log has the details."
		if e, ok := errors.AsType[*retake.Error](errs[i]); ok {
			results[c.name] = e.Message
		}
	}
	engines := s.readiness(ctx, slices.Sorted(maps.Keys(s.engines.installed)))
	body := struct {
		errorBody
		Status  string            `json:"status"`
		Checks  map[string]string `json:"checks"`
		Engines []engineReady     `json:"engines"`
	}{Status: "ready", Checks: results, Engines: engines}
	if err := errors.Join(errs...); err == nil && !s.draining() {
		return x.json(http.StatusOK, struct {
			Status  string            `json:"status"`
			Checks  map[string]string `json:"checks"`
			Engines []engineReady     `json:"engines"`
		}{"ready", results, engines})
	}
	a := answers[retake.CodeUnavailable]
	body.Status, body.StatusMessage = "error", a.kind
	body.Error.Type, body.Error.Title = a.kind, a.title
	body.Error.Detail = "The server is not ready: see checks."
	if s.draining() {
		body.Error.Detail = draining().Message
	}
	body.Error.Message = body.Error.Detail
	x.Header().Set("Retry-After", "5")
	return x.json(a.status, body)
}
