package httpapi

import (
	"errors"
	"fmt"
	"net/http"

	"retake/internal/retake"
)

// enqueued is one accepted generation.
type enqueued struct {
	GenerationID string `json:"generation_id"`
	Status       string `json:"status"`
	Engine       string `json:"engine,omitempty"` // where the request has a list of them
}

// postQueue accepts generations. The model's own parameters are checked when they run, unless the caller prefers
// strict handling.
func (s *Server) postQueue(x *exchange) error {
	sub, err := s.readSubmission(x)
	if err != nil {
		return err
	}
	n, err := count(sub.params, len(sub.engines))
	if err != nil {
		return err
	}
	if err := s.checkModes(sub); err != nil {
		return err
	}
	if preferences(x.r.Header)["handling"] == "strict" {
		if _, err := sub.model.Request(sub.with(sub.engines[0].name)); err != nil {
			return err
		}
		x.Header().Set("Preference-Applied", "handling=strict")
	}
	made, err := s.create(x, sub, n)
	if err != nil {
		return err
	}
	var body struct {
		Generations []enqueued `json:"generations"`
	}
	body.Generations = make([]enqueued, len(made))
	for i, g := range made {
		body.Generations[i] = enqueued{GenerationID: g.ID, Status: string(retake.Queued)}
		if sub.several() {
			body.Generations[i].Engine = g.Engine
		}
	}
	return x.json(http.StatusOK, body)
}

// generation finds the row that the path names, if the caller may see it.
func (s *Server) generation(x *exchange) (*retake.Generation, error) {
	id := x.r.PathValue("id")
	g, err := s.store.Generation(x.r.Context(), id)
	if errors.Is(err, retake.ErrNotFound) || err == nil && !mayUse(x.key, g.Namespace) && !mayUse(x.key, g.TargetNamespace) {
		return nil, notFound("Generation not found: %s", clip(id))
	}
	if err != nil {
		return nil, fmt.Errorf("read generation: %w", err)
	}
	return g, nil
}

func (s *Server) getQueue(x *exchange) error {
	g, err := s.generation(x)
	if err != nil {
		return err
	}
	return s.sendRow(x, http.StatusOK, g)
}

// deleteQueue cancels what has not ended. Cancelling twice, or too late, is no error.
func (s *Server) deleteQueue(x *exchange) error {
	g, err := s.generation(x)
	if err != nil {
		return err
	}
	if _, err := s.queue.Cancel(x.r.Context(), g.ID); err != nil {
		return fmt.Errorf("cancel generation: %w", err)
	}
	return x.json(http.StatusOK, struct {
		Status       string `json:"status"`
		GenerationID string `json:"generation_id"`
	}{"success", g.ID})
}
