package httpapi

import "fmt"

// route is a pattern of ServeMux and its handler.
type route struct {
	pattern string
	handler handler
}

// table lists every route but those of files, which dispatch finds by their prefix.
func (s *Server) table() []route {
	open := []route{
		{"GET /{$}", s.getRoot},
		{"GET /api/health", s.getHealth},
		{"GET /openapi.json", s.getOpenAPI},
		{"GET /llms.txt", s.getIndex},
		{"GET /docs", s.getDocs},
		{"GET /docs/api", s.getAPIDocs},
		{"GET /docs/api.md", s.getAPIMarkdown},
		{"GET /docs/models", s.getModelsDocs},
		{"GET /docs/models/{id}", s.getModelDocs},
		{"GET /docs/engines/{name}", s.getVocabularyDocs},
		{"GET /ai/workbench", s.page(s.getWorkbench)},
		{"GET /ai/history", s.page(s.getHistory)},
		{"GET /ai/assets/{name}", s.getAsset},
		{"GET /ai/signin", s.getSignIn},
		{"POST /ai/signin", s.postSignIn},
		{"POST /ai/signout", s.postSignOut},
		{"GET /api/session", s.getSession},
		{"POST /api/session", s.postSession},
		{"PUT /api/session", s.putSession},
		{"DELETE /api/session", s.deleteSession},
		{"DELETE /api/session/keys/{id}", s.deleteSessionKey},
	}
	keyed := []route{
		{"GET /api/ready", s.getReady},
		{"GET /metrics", s.getMetrics},
		{"GET /api/events", s.getEvents},
		{"POST /api/ai/videos/generate", s.postGenerate},
		{"POST /api/ai/snippets", s.postSnippets},
		{"POST /api/ai/queue", s.postQueue},
		{"GET /api/ai/queue", s.listQueue},
		{"GET /api/ai/queue/{id}", s.getQueue},
		{"DELETE /api/ai/queue/{id}", s.deleteQueue},
		{"GET /api/ai/generations", s.listGenerations},
		{"GET /api/ai/generations/{id}", s.getGeneration},
		{"DELETE /api/ai/generations/{id}", s.deleteGeneration},
		{"GET /api/files", s.listFiles},
		{"GET /api/storage", s.getStorage},
		{"POST /api/ai/plan", s.postPlan},
		{"POST /api/ai/import", s.postImport},
		{"GET /api/ai/engines", s.listEngines},
		{"GET /api/ai/engines/{name}/vocabulary", s.getVocabulary},
		{"GET /api/ai/models", s.listModels},
		{"GET /api/ai/models/search", s.searchModels},
		{"GET /api/ai/models/featured", s.featuredModels},
		{"GET /api/ai/models/favorites", s.favoriteModels},
		{"GET /api/ai/models/{id}", s.getModel},
		{"POST /api/ai/models/{id}/favorite", s.markFavorite(true)},
		{"DELETE /api/ai/models/{id}/favorite", s.markFavorite(false)},
		{"/api/ai/images/", notYet},
		{"/api/ai/chat/", notYet},
	}
	for _, r := range keyed {
		open = append(open, route{r.pattern, s.keyed(r.handler)})
	}
	return open
}

// notYet answers the hub's routes for what this server does not make.
func notYet(x *exchange) error {
	return notFound("This server makes videos only. There is nothing at %s.", clip(x.r.URL.Path))
}

// routes registers the table. ServeMux panics over patterns that clash, which is a mistake of ours.
func (s *Server) routes() (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("register routes: %v", v)
		}
	}()
	for _, r := range s.table() {
		s.handle(r.pattern, r.handler)
	}
	return nil
}
