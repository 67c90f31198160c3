package httpapi

import (
	"errors"
	"fmt"
	"net/http"

	"retake/internal/retake"
)

// deleteGeneration removes a row that has ended and, unless the caller keeps it, the file that it made. The file stays
// where the caller may not act, and where something else was put in its place.
func (s *Server) deleteGeneration(x *exchange) error {
	keep, err := trueOrFalse(x.r.URL.Query(), "keep_file")
	if err != nil {
		return err
	}
	g, err := s.generation(x)
	if err != nil {
		return err
	}
	fileDeleted, err := s.removeGeneration(x, g, keep)
	if err != nil {
		return err
	}
	s.hub.Tell(retake.Event{Namespace: g.Namespace, Name: retake.EventDeleted, Generation: g, At: s.now()})
	return x.json(http.StatusOK, struct {
		Status       string `json:"status"`
		GenerationID string `json:"generation_id"`
		FileDeleted  bool   `json:"file_deleted"`
	}{"success", g.ID, fileDeleted})
}

func (s *Server) removeGeneration(x *exchange, g *retake.Generation, keepFile bool) (fileDeleted bool, err error) {
	if f, err := parseRepoPath(g.ResultFile); err == nil {
		keepFile = keepFile || !mayUse(x.key, f.Namespace)
		defer s.names.lock(f)() // not between an upload's look at the file and its writing
	}
	fileDeleted, err = s.store.DeleteGeneration(x.r.Context(), g.ID, keepFile)
	switch {
	case errors.Is(err, retake.ErrNotFound):
		return false, notFound("Generation not found: %s", clip(g.ID)) // somebody else was faster
	case errors.Is(err, retake.ErrNotEnded):
		return false, &statusError{notEnded, fmt.Sprintf(
			"The generation is still queued or running. Cancel it first (DELETE /api/ai/queue/%s), then delete it.", g.ID)}
	case err != nil:
		return false, fmt.Errorf("delete generation: %w", err)
	}
	return fileDeleted, nil
}

// storage is what the key's own namespace keeps.
type storage struct {
	Namespace   string `json:"namespace"`
	Files       int    `json:"files"`
	Bytes       int64  `json:"bytes"`
	ResultFiles int    `json:"result_files"`
	ResultBytes int64  `json:"result_bytes"`
	Generations int    `json:"generations"`
}

func (s *Server) getStorage(x *exchange) error {
	st, err := s.store.Storage(x.r.Context(), x.key.Namespace)
	if err != nil {
		return fmt.Errorf("add up storage: %w", err)
	}
	return x.json(http.StatusOK, storage{x.key.Namespace, st.Files, st.Bytes, st.ResultFiles, st.ResultBytes, st.Generations})
}
