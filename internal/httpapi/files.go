package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"retake/internal/retake"
)

const fileMethods = "DELETE, GET, HEAD, OPTIONS, PUT"

// files answers every method on a repository's files.
func (s *Server) files(x *exchange) error {
	f, err := parseFilePath(x.r.URL.EscapedPath())
	if err != nil {
		return err
	}
	switch x.r.Method {
	case http.MethodGet, http.MethodHead:
		return s.getFile(x, f)
	case http.MethodPut:
		return s.putFile(x, f)
	case http.MethodDelete:
		return s.deleteFile(x, f)
	}
	return s.wrongMethod(x, fileMethods)
}

// isPublic reports whether everybody may read a file: it was filed as public, or its repository is.
func (s *Server) isPublic(f *retake.File) bool {
	return f.Public || s.public[f.Namespace+"/"+f.Repo]
}

// readable reports whether a key may read a file. A run may read what its key could when it was asked for
// (Generation.MayRead).
func (s *Server) readable(k *retake.Key, f *retake.File) bool {
	return s.isPublic(f) || mayUse(k, f.Namespace)
}

// fileToRead finds a file that the caller may read: a public one, one that a valid link names, or one of the key's. What
// belongs to others does not exist for a key; without one it is not said whether it exists.
func (s *Server) fileToRead(x *exchange, name FileName) (*retake.File, error) {
	file, err := s.file(x, name)
	if err != nil && retake.CodeOf(err) != retake.CodeNotFound {
		return nil, err
	}
	if s.public[name.Namespace+"/"+name.Repo] || err == nil && s.isPublic(file) {
		return file, err
	}
	if denied := s.mayRead(x, name); denied != nil {
		return nil, denied
	}
	return file, err
}

// mayRead lets in a valid link, and a key or a sign-in of the file's namespace.
func (s *Server) mayRead(x *exchange, f FileName) error {
	token := x.r.URL.Query().Get(linkParam)
	var linkErr error
	if token != "" {
		if linkErr = s.signer.Check(f, token); linkErr == nil {
			return nil
		}
	}
	err := s.mayAct(x, f)
	if linkErr != nil && x.r.Header.Get("Authorization") == "" && retake.CodeOf(err) == retake.CodeUnauthenticated {
		return linkErr
	}
	return err
}

// mayAct lets in a key of the file's namespace.
func (s *Server) mayAct(x *exchange, f FileName) error {
	if err := s.authenticate(x); err != nil {
		return err
	}
	if !mayUse(x.key, f.Namespace) {
		return noFile(f)
	}
	return nil
}

func noFile(f FileName) error {
	return notFound("File not found: %s", clip(f.String()))
}

func (s *Server) file(x *exchange, f FileName) (*retake.File, error) {
	if f.Path == "" {
		return nil, noFile(f)
	}
	file, err := s.store.FileAt(x.r.Context(), f.Namespace, f.Repo, f.Branch, f.Path)
	if errors.Is(err, retake.ErrNotFound) {
		return nil, noFile(f)
	}
	if err != nil {
		return nil, fmt.Errorf("find file: %w", err)
	}
	return file, nil
}

func (s *Server) getFile(x *exchange, f FileName) error {
	file, err := s.fileToRead(x, f)
	if err != nil {
		return err
	}
	for _, view := range []struct {
		name string
		send func(*exchange, *retake.File) error
	}{{"thumbnail", s.sendThumbnail}, {"filmstrip", s.sendFilmstrip}, {"waveform", s.sendWaveform}, {"probe", s.sendProbe}} {
		if x.r.URL.Query().Get(view.name) == "true" {
			if err := s.admitViewer(x, f); err != nil {
				return err
			}
			return view.send(x, file)
		}
	}
	return s.sendFile(x, file)
}

// Nothing in a file may run or load anything else. The player that browsers show for a clip loads it once more, which
// it can't from an origin of its own; scripts and forms stay forbidden.
const (
	filePolicy   = "default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'; sandbox"
	playerPolicy = filePolicy + " allow-same-origin"
)

// playable reports whether browsers show the type in a player.
func playable(contentType string) bool {
	return strings.HasPrefix(contentType, "video/") || strings.HasPrefix(contentType, "audio/")
}

// sendFile answers with the bytes, whole or in the ranges asked for.
func (s *Server) sendFile(x *exchange, file *retake.File) error {
	blob, err := s.blobs.Open(x.r.Context(), file.Hash)
	if err != nil {
		return fmt.Errorf("open %s: %w", file.Hash, internal(err))
	}
	defer blob.Close()
	h := x.Header()
	h.Set("Content-Type", file.ContentType)
	h.Set("ETag", `"`+file.Hash+`"`)
	// A name can get other content, so it is asked about again each time; the ETag makes that cheap.
	h.Set("Cache-Control", "private, no-cache")
	policy := filePolicy
	if playable(file.ContentType) {
		policy = playerPolicy
	}
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer") // the address may hold a signature
	if !inlineType(file.ContentType) {
		h.Set("Content-Disposition", "attachment")
	}
	refuseEmptySuffix(x.r.Header, blob.Size())
	http.ServeContent(newStallWriter(x, s.cfg.Stall), x.r, "", file.Created, blob)
	return nil
}

// internal hides that a blob is missing: the name is there, so it is the server's fault, not a 404.
func internal(err error) error {
	if errors.Is(err, retake.ErrNotFound) {
		return errors.New("the blob is missing")
	}
	return err
}

// inlineType reports whether a browser may show the type: pictures, sound and video, but nothing that runs scripts.
func inlineType(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, "/")
	return (kind == "video" || kind == "audio" || kind == "image") && !strings.HasPrefix(contentType, "image/svg")
}

func (s *Server) deleteFile(x *exchange, f FileName) error {
	if err := s.mayAct(x, f); err != nil {
		return err
	}
	if err := wholeContent(x.r.Header); err != nil {
		return err
	}
	when, err := readConditions(x.r.Header)
	if err != nil {
		return err
	}
	defer s.names.lock(f)()
	file, err := s.file(x, f)
	if err != nil {
		return err
	}
	if err := when.hold(file); err != nil {
		return err
	}
	err = s.store.DeleteFile(x.r.Context(), f.Namespace, f.Repo, f.Branch, f.Path)
	if errors.Is(err, retake.ErrNotFound) {
		return noFile(f)
	}
	if err != nil {
		return fmt.Errorf("delete file: %w", err)
	}
	return x.json(http.StatusOK, s.committed("resource_deleted", file.Hash, "Delete "+f.Path, nil))
}
