package httpapi

import (
	_ "embed"
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
	htmlType     = "text/html; charset=utf-8"
	markdownType = "text/markdown; charset=utf-8"
	textType     = "text/plain; charset=utf-8"
)

func (s *Server) site(x *exchange) webui.Site {
	return webui.Site{Base: s.base(x), Version: s.version, MaxFile: s.cfg.MaxFile}
}

// videoModels lists the models that have pages.
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
	return sendRendered(x, htmlType, page, err)
}

func (s *Server) getModelsDocs(x *exchange) error {
	page, err := webui.Models(s.videoModels(), s.site(x))
	return sendRendered(x, htmlType, page, err)
}

// getModelDocs answers /docs/models/ID with a page and /docs/models/ID.md with the same as Markdown.
func (s *Server) getModelDocs(x *exchange) error {
	id, wantsSource := strings.CutSuffix(x.r.PathValue("id"), ".md")
	m, ok := s.models.Model(id)
	if !ok || !m.MakesVideo() {
		return notFound("Model not found: %s", clip(id))
	}
	var worded []webui.Words
	for _, name := range m.Engines {
		if _, err := s.worded(name); err == nil {
			worded = append(worded, webui.Words{Name: name, Title: s.engines.installed[name].Info().Title})
		}
	}
	if wantsSource {
		text, err := webui.ModelMarkdown(m, worded, s.site(x))
		return sendRendered(x, markdownType, text, err)
	}
	page, err := webui.Model(m, worded, s.site(x))
	return sendRendered(x, htmlType, page, err)
}

// getVocabularyDocs answers with the page of an engine's words.
func (s *Server) getVocabularyDocs(x *exchange) error {
	name := x.r.PathValue("name")
	worded, err := s.worded(name)
	if err != nil {
		return err
	}
	info := s.engines.installed[name].Info()
	page, err := webui.Vocabulary(webui.Words{Name: name, Title: info.Title, Groups: worded.Vocabulary()}, s.site(x))
	return sendRendered(x, htmlType, page, err)
}

func (s *Server) getAPIDocs(x *exchange) error {
	r, err := reference()
	if err != nil {
		return err
	}
	page, err := webui.API(r, s.site(x))
	return sendRendered(x, htmlType, page, err)
}

func (s *Server) getAPIMarkdown(x *exchange) error {
	r, err := reference()
	if err != nil {
		return err
	}
	text, err := webui.APIMarkdown(r, s.site(x))
	return sendRendered(x, markdownType, text, err)
}

func (s *Server) getIndex(x *exchange) error {
	text, err := webui.Index(s.videoModels(), s.site(x))
	return sendRendered(x, textType, text, err)
}

// sendRendered answers with what was rendered, unless that failed.
func sendRendered(x *exchange, kind string, body []byte, err error) error {
	switch {
	case err != nil:
		return err
	case kind == htmlType:
		return sendPage(x, body)
	}
	return x.send(http.StatusOK, kind, body)
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
	h.Set("Vary", "Accept-Encoding")
	if acceptsGzip(x.r.Header) {
		if small := webui.Compress(page); small != nil {
			h.Set("Content-Encoding", "gzip")
			page = small
		}
	}
	return x.send(status, htmlType, page)
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
