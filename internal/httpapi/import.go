package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"

	"retake/internal/retake"
)

// maxImports is how many imports of one key may run side by side.
const maxImports = 4

// imported is the answer to an import.
type imported struct {
	Input       string `json:"input_video"` // address of the file, for a request
	Size        int64  `json:"size"`
	ContentType string `json:"content_type"`
	Name        string `json:"name"`
}

// postImport brings a clip from an address into the caller's uploads.
func (s *Server) postImport(x *exchange) error {
	if s.draining() {
		return draining()
	}
	params, _, err := s.readObject(x)
	if err != nil {
		return err
	}
	address, err := requiredString(params, "url")
	if err != nil {
		return err
	}
	if address = strings.TrimSpace(address); address == "" {
		return retake.Invalid("url", "url must not be empty: give an http or https address")
	}
	if name, ours := s.locate(address); ours {
		return s.importOwn(x, name)
	}
	leave, err := s.imports.enter(x.key.ID)
	if err != nil {
		return err
	}
	defer leave()
	ctx, stop := s.untilDrained(x.r.Context())
	defer stop()
	file, err := s.fetchFile(ctx, x.key.Namespace, address)
	if err != nil {
		return aboutURL(err)
	}
	return s.sendImported(x, file)
}

// importOwn answers with a file that is here already.
func (s *Server) importOwn(x *exchange, name FileName) error {
	file, err := s.file(x, name)
	if err == nil && !s.readable(x.key, file) {
		err = noFile(name)
	}
	if err == nil {
		_, err = s.clips.Clip(x.r.Context(), file.Hash, file.Path)
	}
	if err != nil {
		return aboutURL(err)
	}
	return s.sendImported(x, file)
}

func (s *Server) sendImported(x *exchange, f *retake.File) error {
	name := FileName{Namespace: f.Namespace, Repo: f.Repo, Branch: f.Branch, Path: f.Path}
	return x.json(http.StatusOK, imported{Input: name.URLPath(), Size: f.Size, ContentType: f.ContentType, Name: path.Base(f.Path)})
}

// fetchFile downloads a clip, looks whether it is one, and files it. On failure nothing is filed.
func (s *Server) fetchFile(ctx context.Context, namespace, address string) (*retake.File, error) {
	temp, err := os.CreateTemp(s.workDir, "import-")
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	defer os.Remove(temp.Name()) // the store takes it, normally
	err = s.fetcher.Fetch(ctx, address, temp, nil)
	size := int64(0)
	if info, statErr := temp.Stat(); statErr == nil {
		size = info.Size()
	}
	if err = errors.Join(err, temp.Close()); err != nil {
		return nil, err
	}
	if size > s.cfg.MaxFile {
		return nil, tooLarge(s.cfg.MaxFile)
	}
	sent := nameIn(address)
	c, err := s.clips.Check(ctx, temp.Name(), sent)
	if err != nil {
		return nil, err
	}
	hash, size, err := s.blobs.PutFile(ctx, temp.Name())
	if err != nil {
		return nil, fmt.Errorf("store the clip: %w", err)
	}
	// The folder keeps clips of one name apart; the same clip goes to the same place again.
	f := FileName{Namespace: namespace, Repo: uploadsRepo, Branch: mainBranch, Path: hash[:16] + "/" + clipName(sent, c.Container)}
	defer s.names.lock(f)()
	file := s.newFile(f, hash, size)
	if err := s.store.PutFile(ctx, file); err != nil {
		return nil, fmt.Errorf("file the clip: %w", err)
	}
	return &file, nil
}

// aboutURL puts the request's own field into an error of fetching or probing.
func aboutURL(err error) error {
	e, ok := errors.AsType[*retake.Error](err)
	if !ok || e.Code == retake.CodeInternal {
		return err
	}
	named := *e
	named.Field = "url"
	named.Message = strings.ReplaceAll(e.Message, "input_video", "url")
	return &named
}

const maxClipName = 100 // bytes, without the extension

// nameIn is the last part of an address's path as a plain file name, "clip" where there is none.
func nameIn(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Opaque != "" {
		return "clip"
	}
	name := visible(strings.NewReplacer("/", "", `\`, "").Replace(strings.ToValidUTF8(path.Base(u.Path), "")))
	ext := path.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	if len(stem) > maxClipName {
		stem = visible(strings.ToValidUTF8(stem[:maxClipName], "")) // the cut may have taken what was joined
	}
	if stem = strings.Trim(stem, " ."); stem == "" || len(ext) > 16 {
		return "clip"
	}
	return stem + ext
}

// extensions are those of the containers that probing names.
var extensions = map[string]string{"MP4": ".mp4", "MOV": ".mov", "Matroska": ".mkv", "WebM": ".webm", "AVI": ".avi", "MPEG-TS": ".ts", "MPEG-PS": ".mpg"}

// clipName gives a name the extension of what the file really is.
func clipName(name, container string) string {
	ext := path.Ext(name)
	want, known := extensions[container]
	if !known || strings.EqualFold(ext, want) || contentTypeOf("a"+ext) == contentTypeOf("a"+want) {
		return name
	}
	return strings.TrimSuffix(name, ext) + want
}
