package httpapi

import (
	_ "embed"
	"fmt"
	"net/http"
	"strings"

	"retake/internal/webui"
)

//go:embed openapi.json
var openAPI []byte

func (s *Server) getOpenAPI(x *exchange) error {
	return x.send(http.StatusOK, jsonType, openAPI)
}

// getModelDocs answers /docs/models/ID with a page and /docs/models/ID.md with its source.
func (s *Server) getModelDocs(x *exchange) error {
	id, wantsSource := strings.CutSuffix(x.r.PathValue("id"), ".md")
	m, ok := s.models.Model(id)
	if !ok || !m.MakesVideo() {
		return notFound("Model not found: %s", clip(id))
	}
	if wantsSource {
		return x.send(http.StatusOK, "text/markdown; charset=utf-8", []byte(m.Markdown(s.base(x))))
	}
	page, err := webui.Model(m, s.base(x))
	if err != nil {
		return fmt.Errorf("render model page: %w", err)
	}
	return sendPage(x, page)
}

// getIndex lists the reference pages for programs that read them (llmstxt.org).
func (s *Server) getIndex(x *exchange) error {
	base := s.base(x)
	var b strings.Builder
	b.WriteString("# Retake\n\n> A self-hosted service that changes a chosen segment of a video as a prompt asks, and leaves everything else as it was.\n\n## Models\n\n")
	for _, m := range s.models.Models() {
		if m.MakesVideo() {
			fmt.Fprintf(&b, "- [%s](%s/docs/models/%s.md): %s\n", m.DisplayName, base, m.ID, m.Summary)
		}
	}
	fmt.Fprintf(&b, "\n## API\n\n- [OpenAPI](%s/openapi.json): every route with its parameters and answers\n", base)
	return x.send(http.StatusOK, "text/plain; charset=utf-8", []byte(b.String()))
}

func sendPage(x *exchange, page []byte) error {
	return sendPageAs(x, http.StatusOK, page)
}

// pagePolicy lets a page use what comes from this server and nothing else, and no script within the page.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; " +
	"connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func sendPageAs(x *exchange, status int, page []byte) error {
	h := x.Header()
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Referrer-Policy", "same-origin") // with no-referrer, forms would send "Origin: null"
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cache-Control", "no-cache")
	return x.send(status, "text/html; charset=utf-8", page)
}

// seeOther sends the browser to a page of this server.
func seeOther(x *exchange, page string) error {
	x.Header().Set("Location", page)
	x.Header().Set("Cache-Control", "no-store")
	x.WriteHeader(http.StatusSeeOther)
	return nil
}

func (s *Server) getRoot(x *exchange) error {
	http.Redirect(x, x.r, "/ai/workbench", http.StatusFound)
	return nil
}
