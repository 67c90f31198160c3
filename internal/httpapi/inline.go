package httpapi

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/url"
	"strings"

	"retake/internal/retake"
)

const (
	uploadsRepo = "uploads" // where clips sent inside a request are filed
	// inlineLimit is the longest data URI that stays in the row, in bytes.
	inlineLimit = 4 << 10
)

// inlineBytes is the length of a clip that was sent as a data URI, 0 for any other input.
func inlineBytes(input any) int {
	if text, ok := input.(string); ok && strings.HasPrefix(text, "data:") {
		return len(text)
	}
	return 0
}

// storeInline files a clip that was sent as a long data URI and puts its address in its place, so that the row stays
// small. A short one stays: it can't be a clip, and the run will say so.
func (s *Server) storeInline(x *exchange, sub *submission) error {
	name := sub.model.InputParam()
	input, ok := sub.params[name].(string)
	if !ok || len(input) <= inlineLimit || !strings.HasPrefix(input, "data:") {
		return nil
	}
	head, data, ok := strings.Cut(strings.TrimPrefix(input, "data:"), ",")
	if !ok {
		return retake.Invalid(name, "%s is a data: URI without a comma before its data", name)
	}
	kind, isBase64 := strings.CutSuffix(head, ";base64")
	var content io.Reader
	if isBase64 {
		content = base64.NewDecoder(base64.StdEncoding, strings.NewReader(data))
	} else {
		text, err := url.PathUnescape(data)
		if err != nil {
			return retake.Invalid(name, "%s is a data: URI with a broken percent escape", name)
		}
		content = strings.NewReader(text)
	}
	marked := &markedReader{r: content}
	hash, size, err := s.blobs.Put(x.r.Context(), marked)
	if marked.err != nil {
		return retake.Invalid(name, "%s is a data: URI whose base64 can't be read", name)
	}
	if err != nil {
		return fmt.Errorf("store the clip: %w", err)
	}
	f := FileName{Namespace: x.key.Namespace, Repo: uploadsRepo, Branch: mainBranch, Path: hash[:32] + extensionFor(kind)}
	err = s.store.PutFile(x.r.Context(), retake.File{
		Namespace: f.Namespace, Repo: f.Repo, Branch: f.Branch, Path: f.Path,
		Hash: hash, Size: size, ContentType: contentTypeOf(f.Path), Created: s.now(),
	})
	if err != nil {
		return fmt.Errorf("file the clip: %w", err)
	}
	sub.params[name] = f.URLPath()
	return nil
}

// markedReader remembers that it was the source that failed, not the store.
type markedReader struct {
	r   io.Reader
	err error
}

func (m *markedReader) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if err != nil && err != io.EOF {
		m.err = err
	}
	return n, err
}
