package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"

	"retake/internal/model"
)

func (s *Server) sendModels(x *exchange, list []*model.Model) error {
	body := struct {
		Object string            `json:"object"`
		Data   []json.RawMessage `json:"data"`
	}{"list", make([]json.RawMessage, len(list))}
	for i, m := range list {
		body.Data[i] = m.JSON()
	}
	return x.json(http.StatusOK, body)
}

func (s *Server) listModels(x *exchange) error {
	if dev := x.r.URL.Query().Get("developer_name"); dev != "" {
		return s.sendModels(x, s.models.ByDeveloper(dev))
	}
	return s.sendModels(x, s.models.Models())
}

func (s *Server) searchModels(x *exchange) error {
	return s.sendModels(x, s.models.Search(x.r.URL.Query().Get("search")))
}

func (s *Server) featuredModels(x *exchange) error { return s.sendModels(x, s.models.Featured()) }

// favoriteModels lists what the caller's namespace marked, as far as it is still there.
func (s *Server) favoriteModels(x *exchange) error {
	ids, err := s.store.FavoriteModels(x.r.Context(), x.key.Namespace)
	if err != nil {
		return fmt.Errorf("list favorites: %w", err)
	}
	var list []*model.Model
	for _, id := range ids {
		if m, ok := s.models.Model(id); ok {
			list = append(list, m)
		}
	}
	return s.sendModels(x, list)
}

// pathModel finds the model that the path names.
func (s *Server) pathModel(x *exchange) (*model.Model, error) {
	id := x.r.PathValue("id")
	m, ok := s.models.Model(id)
	if !ok {
		return nil, notFound("Model not found: %s", clip(id))
	}
	return m, nil
}

func (s *Server) getModel(x *exchange) error {
	m, err := s.pathModel(x)
	if err != nil {
		return err
	}
	e := borrowEncoder()
	defer e.release()
	e.buf.Write(m.JSON())
	if err := e.join(func() error {
		return e.value(map[string]any{"engine_states": s.pricedStates(x.r.Context(), m.Engines)})
	}); err != nil {
		return err
	}
	return x.send(http.StatusOK, jsonType, e.buf.Bytes())
}

// markFavorite returns the handler that sets or takes away the caller's mark.
func (s *Server) markFavorite(on bool) handler {
	return func(x *exchange) error {
		m, err := s.pathModel(x)
		if err != nil {
			return err
		}
		if err := s.store.SetFavorite(x.r.Context(), x.key.Namespace, m.ID, on); err != nil {
			return fmt.Errorf("mark favorite: %w", err)
		}
		return x.send(http.StatusOK, jsonType, m.JSON())
	}
}
