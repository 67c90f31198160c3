package httpapi

import (
	_ "embed"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"retake/internal/model"
	"retake/internal/webui"
)

//go:embed openapi.json
var openAPI []byte

func (s *Server) getOpenAPI(x *exchange) error {
	return x.send(http.StatusOK, jsonType, openAPI)
}

// reference is the description made ready for a page.
var reference = sync.OnceValues(func() (*webui.Reference, error) { return webui.NewReference(openAPI) })

const (
	markdownType = "text/markdown; charset=utf-8"
	textType     = "text/plain; charset=utf-8"
)

func (s *Server) site(x *exchange) webui.Site {
	return webui.Site{Base: s.base(x), Version: s.version, MaxFile: s.cfg.MaxFile}
}

// videoModels lists the models that have reference pages.
func (s *Server) videoModels() (list []*model.Model) {
	for _, m := range s.models.Models() {
		if m.MakesVideo() {
			list = append(list, m)
		}
	}
	return list
}

func (s *Server) getDocs(x *exchange) error {
	page, err := webui.Docs(s.videoModels(), s.site(x))
	if err != nil {
		return err
	}
	return sendPage(x, page)
}

func (s *Server) getModelsDocs(x *exchange) error {
	page, err := webui.Models(s.videoModels(), s.site(x))
	if err != nil {
		return err
	}
	return sendPage(x, page)
}

// getModelDocs answers /docs/models/ID with a page and /docs/models/ID.md with the same as Markdown.
func (s *Server) getModelDocs(x *exchange) error {
	id, wantsSource := strings.CutSuffix(x.r.PathValue("id"), ".md")
	m, ok := s.models.Model(id)
	if !ok || !m.MakesVideo() {
		return notFound("Model not found: %s", clip(id))
	}
	if wantsSource {
		text, err := webui.ModelMarkdown(m, s.site(x))
		if err != nil {
			return err
		}
		return x.send(http.StatusOK, markdownType, text)
	}
	page, err := webui.Model(m, s.site(x))
	if err != nil {
		return err
	}
	return sendPage(x, page)
}

func (s *Server) getAPIDocs(x *exchange) error {
	r, err := reference()
	if err != nil {
		return err
	}
	page, err := webui.API(r, s.site(x))
	if err != nil {
		return err
	}
	return sendPage(x, page)
}

func (s *Server) getAPIMarkdown(x *exchange) error {
	r, err := reference()
	if err != nil {
		return err
	}
	text, err := webui.APIMarkdown(r, s.site(x))
	if err != nil {
		return err
	}
	return x.send(http.StatusOK, markdownType, text)
}

func (s *Server) getIndex(x *exchange) error {
	text, err := webui.Index(s.videoModels(), s.site(x))
	if err != nil {
		return err
	}
	return x.send(http.StatusOK, textType, text)
}

func (s *Server) getDocsStyle(x *exchange) error {
	x.Header().Set("Cache-Control", "no-cache")
	return x.send(http.StatusOK, "text/css; charset=utf-8", webui.DocsStyle())
}

func (s *Server) getWorkbench(x *exchange) error {
	page, err := webui.Workbench(s.models.Models(), x.r.URL.Query().Get("model"), s.base(x), s.version)
	if err != nil {
		return fmt.Errorf("render workbench: %w", err)
	}
	return sendPage(x, page)
}

func sendPage(x *exchange, page []byte) error {
	x.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	x.Header().Set("Referrer-Policy", "no-referrer")
	x.Header().Set("X-Frame-Options", "DENY")
	x.Header().Set("Cache-Control", "no-cache")
	return x.send(http.StatusOK, "text/html; charset=utf-8", page)
}

func (s *Server) getStyle(x *exchange) error {
	x.Header().Set("Cache-Control", "no-cache")
	return x.send(http.StatusOK, "text/css; charset=utf-8", webui.Style())
}

func (s *Server) getRoot(x *exchange) error {
	http.Redirect(x, x.r, "/ai/workbench", http.StatusFound)
	return nil
}
