package httpapi

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"strings"

	"retake/internal/retake"
)

// maxParts bounds the parts of one multipart upload.
const maxParts = 1000

// committed is the answer to a change of a repository.
type committed struct {
	Status        string   `json:"status"`
	StatusMessage string   `json:"status_message"`
	Commit        commit   `json:"commit"`
	Files         []string `json:"files,omitempty"` // repository paths of what was written
}

type commit struct {
	ID        string `json:"id"` // SHA-256 of the content
	Message   string `json:"message"`
	Author    string `json:"author"`
	Timestamp int64  `json:"timestamp"`
}

func (s *Server) committed(message, id, what string, files []string) committed {
	return committed{"success", message, commit{ID: id, Message: what, Author: "retake", Timestamp: s.now().Unix()}, files}
}

// putFile stores an upload: a raw body or multipart "file" under the very path, multipart "files[]" in the folder.
func (s *Server) putFile(x *exchange, f FileName) error {
	if err := s.mayAct(x, f); err != nil {
		return err
	}
	if s.draining() {
		return draining()
	}
	if err := wholeContent(x.r.Header); err != nil {
		return err
	}
	when, err := readConditions(x.r.Header)
	if err != nil {
		return err
	}
	if x.r.ContentLength > s.cfg.MaxFile {
		return tooLarge(s.cfg.MaxFile)
	}
	x.r.Body = http.MaxBytesReader(x.ResponseWriter, x.stallReader(s.cfg.Stall), s.cfg.MaxFile)
	kind, params, err := mime.ParseMediaType(x.r.Header.Get("Content-Type"))
	if err == nil && strings.HasPrefix(kind, "multipart/") {
		if kind != "multipart/form-data" || params["boundary"] == "" {
			return retake.Invalid("Content-Type", "Content-Type must be multipart/form-data with a boundary, or that of a raw body")
		}
		return s.putParts(x, f, when, multipart.NewReader(x.r.Body, params["boundary"]))
	}
	if f.Path == "" {
		return retake.Invalid("path", "The path names no file: add the file's name to it.")
	}
	if err := s.check(x, f, when); err != nil {
		return err // before the body is sent in vain
	}
	hash, err := s.storeFile(x, f, when, x.r.Body)
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, s.committed("resource_created", hash, "Add "+f.Path, []string{f.String()}))
}

// putParts stores the files of a multipart body and ignores its other fields.
func (s *Server) putParts(x *exchange, f FileName, when conditions, parts *multipart.Reader) error {
	var written []string
	var last string
	for n := 0; ; n++ {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return multipartError(err)
		}
		if n == maxParts {
			return retake.Invalid("files", "At most %d parts are accepted in one upload.", maxParts)
		}
		name, err := partTarget(f, part)
		if err != nil {
			return err
		}
		if name == nil {
			continue
		}
		if h := when.given(); h != "" && part.FormName() != "file" {
			return retake.Invalid(h, `%s is about one file: send it as the part "file".`, h)
		}
		if last, err = s.storeFile(x, *name, when, part); err != nil {
			return err
		}
		written = append(written, name.String())
	}
	if len(written) == 0 {
		return retake.Invalid("file", `The upload has no file: send one as the part "file", or several as "files[]".`)
	}
	what := fmt.Sprintf("Add %d files", len(written))
	if len(written) == 1 {
		what = "Add " + path.Base(written[0])
	}
	return x.json(http.StatusOK, s.committed("resource_created", last, what, written))
}

// partTarget says which file a part is: "file" is the path itself, "files[]" a file in the folder that the path
// names. It is nil for other fields.
func partTarget(f FileName, part *multipart.Part) (*FileName, error) {
	switch part.FormName() {
	case "file":
		if f.Path == "" {
			return nil, retake.Invalid("path", "The path names no file: add the file's name to it.")
		}
		return &f, nil
	case "files[]", "files":
		// Part.FileName would cut a folder off silently.
		_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		if err != nil {
			return nil, retake.Invalid("files[]", "A part's Content-Disposition can't be read.")
		}
		if err := checkSegment(params["filename"]); err != nil {
			return nil, retake.Invalid("files[]", "A file's name can't be used: %v.", err)
		}
		f.Path = path.Join(f.Path, params["filename"])
		if len(f.Path) > maxPath {
			return nil, badPath("it is too long")
		}
		return &f, nil
	}
	return nil, nil
}

func multipartError(err error) error {
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(e.Limit)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return bodyError(err)
	}
	return retake.Invalid("", "The multipart body can't be read: it is cut short or malformed.").Because(err)
}

// storeFile stores content and gives it the name if the conditions hold. The name appears after the bytes are safe.
func (s *Server) storeFile(x *exchange, f FileName, when conditions, content io.Reader) (hash string, err error) {
	source := &markedReader{r: content}
	hash, size, err := s.blobs.Put(x.r.Context(), source)
	if source.err != nil {
		return "", bodyError(source.err)
	}
	if err != nil {
		return "", fmt.Errorf("store file: %w", err)
	}
	defer s.names.lock(f)()
	if err := s.check(x, f, when); err != nil {
		return "", err
	}
	if err := s.store.PutFile(x.r.Context(), s.newFile(f, hash, size)); err != nil {
		return "", fmt.Errorf("name file: %w", err)
	}
	return hash, nil
}

// newFile is the row of a file that gets its name now, for stored content of size bytes.
func (s *Server) newFile(f FileName, hash string, size int64) retake.File {
	return retake.File{
		Namespace: f.Namespace, Repo: f.Repo, Branch: f.Branch, Path: f.Path, Hash: hash, Size: size,
		ContentType: contentTypeOf(f.Path), Public: s.public[f.Namespace+"/"+f.Repo], Created: s.now(),
	}
}
