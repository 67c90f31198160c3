package httpapi

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"retake/internal/retake"
)

// listedFile is a file as the listing shows it.
type listedFile struct {
	Namespace    string  `json:"namespace"`
	Repo         string  `json:"repo"`
	Branch       string  `json:"branch"`
	Path         string  `json:"path"`
	URL          string  `json:"url"`
	Size         int64   `json:"size"`
	ContentType  string  `json:"content_type"`
	CreatedAt    int64   `json:"created_at"`
	Public       bool    `json:"public"`
	GenerationID *string `json:"generation_id"`
	Prompt       *string `json:"prompt"`
}

// listFiles pages through the files that the caller may read: those of its namespaces and public ones.
func (s *Server) listFiles(x *exchange) error {
	q := x.r.URL.Query()
	f, err := s.fileFilter(x, q)
	if err != nil {
		return err
	}
	p, err := readPage(q, defaultPageSize)
	if err != nil {
		return err
	}
	list, total, err := s.store.RecentFiles(x.r.Context(), f, p)
	if err != nil {
		return fmt.Errorf("list files: %w", err)
	}
	files := make([]listedFile, len(list))
	for i, file := range list {
		files[i] = s.listed(x, file)
	}
	return x.json(http.StatusOK, struct {
		Count        int          `json:"count"`
		Files        []listedFile `json:"files"`
		PageNumber   int          `json:"page_number"`
		PageSize     int          `json:"page_size"`
		TotalPages   int          `json:"total_pages"`
		TotalEntries int          `json:"total_entries"`
	}{len(files), files, p.Number, p.Size, pages(total, p), total})
}

func (s *Server) fileFilter(x *exchange, q url.Values) (retake.FileFilter, error) {
	f := retake.FileFilter{
		Namespaces: namespaces(x.key), PublicRepos: slices.Sorted(maps.Keys(s.public)),
		Namespace: q.Get("namespace"), Repo: q.Get("repo"), MediaType: q.Get("media_type"), Search: q.Get("search"),
	}
	switch f.MediaType {
	case "", mediaVideo, "image", "audio":
		return f, nil
	}
	return f, retake.Invalid("media_type", "media_type must be video, image or audio, got %q", clip(f.MediaType))
}

func (s *Server) listed(x *exchange, f retake.File) listedFile {
	l := listedFile{
		Namespace: f.Namespace, Repo: f.Repo, Branch: f.Branch, Path: f.Path,
		URL:  FileName{f.Namespace, f.Repo, f.Branch, f.Path}.URLPath(),
		Size: f.Size, ContentType: f.ContentType, CreatedAt: f.Created.Unix(), Public: s.isPublic(&f),
	}
	if mayUse(x.key, f.Namespace) { // what made another's public file is theirs to know
		l.GenerationID, l.Prompt = orNull(f.Generation), orNull(f.Prompt)
	}
	return l
}
