package httpapi

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"retake/internal/retake"
)

// FileName names one file of a repository on this server.
type FileName struct {
	Namespace, Repo, Branch, Path string
}

const (
	repoPrefix  = "/api/repos/"
	maxPath     = 1024 // bytes of a whole path
	maxSegment  = 255  // bytes between two slashes
	mainBranch  = "main"
	resultsRepo = "generations" // where results go unless a request says otherwise
)

// String returns the name as NAMESPACE/REPO/file/BRANCH/PATH, unescaped.
func (f FileName) String() string {
	return f.Namespace + "/" + f.Repo + "/file/" + f.Branch + "/" + f.Path
}

// URLPath returns the escaped path under which the file is served.
func (f FileName) URLPath() string {
	u := url.URL{Path: repoPrefix + f.String()}
	return strings.ReplaceAll(u.EscapedPath(), "&", "%26") // no "&" in a link, for shells' sake
}

// ParseFileURL finds the file that an address of this server names. ok is false for any other address. The address
// may be a bare path, or absolute with the scheme and host of one of bases.
func ParseFileURL(raw string, bases ...string) (f FileName, ok bool) {
	for _, base := range bases {
		if rest, found := strings.CutPrefix(raw, strings.TrimRight(base, "/")); found && base != "" {
			raw = rest
			break
		}
	}
	raw, _, _ = strings.Cut(raw, "?")
	raw, _, _ = strings.Cut(raw, "#")
	if !strings.HasPrefix(raw, repoPrefix) {
		return FileName{}, false
	}
	f, err := parseFilePath(raw)
	return f, err == nil && f.Path != ""
}

// parseFilePath reads the escaped path of a request, /api/repos/NAMESPACE/REPO/file/BRANCH/PATH. Each segment is
// unescaped once and must then be a plain name. Path may come out empty: that is the repository's root folder.
func parseFilePath(escaped string) (FileName, error) {
	var f FileName
	rest, ok := strings.CutPrefix(escaped, repoPrefix)
	if !ok {
		return f, retake.ErrNotFound
	}
	if len(escaped) > 3*maxPath {
		return f, badPath("it is too long")
	}
	parts := strings.Split(rest, "/")
	for i, part := range parts {
		name, err := url.PathUnescape(part)
		if err != nil {
			return f, badPath("it has a broken percent escape")
		}
		parts[i] = name
	}
	if len(parts) < 4 || parts[2] != "file" {
		return f, retake.ErrNotFound
	}
	f = FileName{Namespace: parts[0], Repo: parts[1], Branch: parts[3]}
	segments := parts[4:]
	if len(segments) == 1 && segments[0] == "" {
		segments = nil
	}
	for _, s := range append(parts[:2:2], append(parts[3:4:4], segments...)...) {
		if err := checkSegment(s); err != nil {
			return f, badPath(err.Error())
		}
	}
	if f.Path = strings.Join(segments, "/"); len(f.Path) > maxPath {
		return f, badPath("it is too long")
	}
	return f, nil
}

// parseRepoPath reads an unescaped NAMESPACE/REPO/file/BRANCH/PATH, with or without the prefix of its address.
func parseRepoPath(path string) (FileName, error) {
	path = strings.TrimPrefix(strings.TrimPrefix(path, "/"), strings.TrimPrefix(repoPrefix, "/"))
	parts := strings.SplitN(path, "/", 5)
	if len(parts) < 5 || parts[2] != "file" || parts[4] == "" {
		return FileName{}, fmt.Errorf("%q is not a repository path", path)
	}
	return FileName{Namespace: parts[0], Repo: parts[1], Branch: parts[3], Path: parts[4]}, nil
}

// checkSegment allows what is a plain name everywhere: no way up, no separators, nothing that is invisible.
func checkSegment(s string) error {
	switch {
	case s == "":
		return errors.New("it has an empty part")
	case s == "." || s == "..":
		return errors.New(`it has a part "." or ".."`)
	case len(s) > maxSegment:
		return fmt.Errorf("a part of it is longer than %d bytes", maxSegment)
	case !utf8.ValidString(s):
		return errors.New("it is not valid UTF-8")
	case strings.ContainsAny(s, `/\`):
		return errors.New("a part of it holds a slash or a backslash")
	case visible(s) != s:
		return errors.New("it holds a control character, or one that can't be seen")
	}
	return nil
}

func badPath(why string) error {
	return retake.Invalid("path", "The file's path can't be used: %s.", why)
}

// splitRepo reads NAMESPACE/REPO.
func splitRepo(s string) (namespace, repo string, err error) {
	namespace, repo, ok := strings.Cut(s, "/")
	if !ok || checkSegment(namespace) != nil || checkSegment(repo) != nil {
		return "", "", fmt.Errorf("%q must be namespace/repository", s)
	}
	return namespace, repo, nil
}

// checkTarget checks where a request wants its result: a repository's name and a folder.
func checkTarget(repo, folder string) error {
	if repo != "" {
		if err := checkSegment(repo); err != nil {
			return retake.Invalid("target_repo", "target_repo can't be used as a name: %v", err)
		}
	}
	folder = strings.Trim(folder, "/")
	if folder == "" {
		return nil
	}
	for part := range strings.SplitSeq(folder, "/") {
		if err := checkSegment(part); err != nil {
			return retake.Invalid("target_directory", "target_directory can't be used as a folder: %v", err)
		}
	}
	if len(folder) > maxPath/2 {
		return retake.Invalid("target_directory", "target_directory must be at most %d bytes, got %d", maxPath/2, len(folder))
	}
	return nil
}
