package httpapi

import (
	"net/http"

	"retake/internal/retake"
	"retake/internal/snippet"
)

// maxSnippetParams bounds the body of a request for snippets, in bytes: each of them repeats it.
const maxSnippetParams = 64 << 10

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
	if len(body)-inlineBytes(params[m.InputParam()]) > maxSnippetParams {
		return retake.Errorf(retake.CodeTooLarge, "The request is too large: snippets are written for at most %s.", retake.SizeInWords(maxSnippetParams))
	}
	list, err := snippet.Render(m, params, s.base(x))
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, struct {
		Snippets []snippet.Snippet `json:"snippets"`
	}{list})
}
