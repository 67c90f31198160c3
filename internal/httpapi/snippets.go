package httpapi

import (
	"net/http"

	"retake/internal/snippet"
)

// postSnippets writes the call that makes this very request, in every language. The parameters need not be valid
// yet: a form asks while it is filled in.
func (s *Server) postSnippets(x *exchange) error {
	params, body, err := s.readObject(x)
	if err != nil {
		return err
	}
	m, err := s.videoModel(params)
	if err != nil {
		return err
	}
	if err := checkSize(params, m.InputParam(), body); err != nil { // each of them repeats it
		return err
	}
	list, err := snippet.Render(m, params, s.base(x))
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, struct {
		Snippets []snippet.Snippet `json:"snippets"`
	}{list})
}
