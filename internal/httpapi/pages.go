package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"retake/internal/model"
	"retake/internal/webui"
)

// getWorkbench answers with the page on which a person makes retakes.
func (s *Server) getWorkbench(x *exchange) error { return s.sendApp(x, "workbench", "Workbench") }

// getHistory answers with the page of all generations.
func (s *Server) getHistory(x *exchange) error { return s.sendApp(x, "history", "History") }

func (s *Server) sendApp(x *exchange, page, title string) error {
	app := webui.App{Page: page, Title: title, Boot: webui.Boot{
		Site: s.site(x), Models: []json.RawMessage{}, Sample: s.sample, Namespace: x.key.Namespace,
	}}
	var chosen *model.Model // the one that the address names, or else the first
	for _, m := range s.videoModels() {
		if chosen == nil || m.ID == x.r.URL.Query().Get("model") {
			chosen = m
		}
		app.Boot.Models = append(app.Boot.Models, m.JSON())
	}
	body, err := app.Render(chosen)
	if err != nil {
		return fmt.Errorf("render %s: %w", page, err)
	}
	return sendPage(x, body)
}

// getAsset answers with a file that pages load.
func (s *Server) getAsset(x *exchange) error {
	a, ok := webui.FindAsset(x.r.PathValue("name"))
	if !ok {
		return notFound("There is nothing at %s.", clip(x.r.URL.Path))
	}
	h := x.Header()
	h.Set("ETag", a.ETag)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if a.Lasting {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if etagMatches(x.r.Header.Get("If-None-Match"), a.ETag) {
		x.WriteHeader(http.StatusNotModified)
		return nil
	}
	body := a.Content
	if a.Gzipped != nil && acceptsGzip(x.r.Header) {
		body = a.Gzipped
		h.Set("Content-Encoding", "gzip")
	}
	return x.send(http.StatusOK, a.ContentType, body)
}

// acceptsGzip reads an Accept-Encoding header (RFC 9110, section 12.5.3), in which a weight of 0 refuses.
func acceptsGzip(h http.Header) bool {
	for part := range strings.SplitSeq(strings.Join(h.Values("Accept-Encoding"), ","), ",") {
		name, params, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		weight, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		return !ok || strings.Trim(weight, "0.") != ""
	}
	return false
}
