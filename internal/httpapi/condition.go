package httpapi

import (
	"errors"
	"hash/maphash"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"retake/internal/retake"
)

// nameLocks keep a condition true from its check to the change. Names share locks; those of other processes are not
// kept out.
type nameLocks [64]sync.Mutex

var nameSeed = maphash.MakeSeed()

func (l *nameLocks) lock(f FileName) (unlock func()) {
	m := &l[maphash.String(nameSeed, f.String())%uint64(len(l))]
	m.Lock()
	return m.Unlock
}

// conditions are If-Match and If-None-Match of a request that changes a file. nil: the header was not sent.
type conditions struct {
	match, noneMatch []string
}

func readConditions(h http.Header) (c conditions, err error) {
	if c.match, err = entityTags(h, "If-Match"); err != nil {
		return c, err
	}
	c.noneMatch, err = entityTags(h, "If-None-Match")
	return c, err
}

// given returns the header that was sent, "" for none.
func (c conditions) given() string {
	switch {
	case c.match != nil:
		return "If-Match"
	case c.noneMatch != nil:
		return "If-None-Match"
	}
	return ""
}

// entityTags reads a list of entity tags. What can't be read is refused: to skip it could overwrite a file.
func entityTags(h http.Header, name string) ([]string, error) {
	values := h.Values(name)
	if len(values) == 0 {
		return nil, nil
	}
	list := strings.Join(values, ",")
	if strings.TrimSpace(list) == "*" {
		return []string{"*"}, nil
	}
	tags := []string{}
	for tag := range strings.SplitSeq(list, ",") {
		tag = strings.TrimSpace(tag)
		if tag == "" {
			continue
		}
		bare := strings.TrimPrefix(tag, "W/")
		if len(bare) < 2 || bare[0] != '"' || strings.IndexByte(bare[1:], '"') != len(bare)-2 {
			return nil, retake.Invalid(name, `%s must be * or entity tags in double quotes, got %q`, name, clip(list))
		}
		tags = append(tags, tag)
	}
	if len(tags) == 0 {
		return nil, retake.Invalid(name, `%s must be * or entity tags in double quotes, got %q`, name, clip(list))
	}
	return tags, nil
}

// etagMatches reads an If-None-Match header of somebody who reads (RFC 9110, section 13.1.2). It skips what entityTags
// refuses: here the worst that comes of it is to send what the browser has already.
func etagMatches(header, etag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if part == "*" || part == etag {
			return true
		}
	}
	return false
}

// hold checks the conditions against a file; nil is one that does not exist.
func (c conditions) hold(file *retake.File) error {
	has := func(tags []string, weak bool) bool {
		if file == nil {
			return false
		}
		etag := `"` + file.Hash + `"`
		return tags[0] == "*" || slices.Contains(tags, etag) || weak && slices.Contains(tags, "W/"+etag)
	}
	if c.match != nil && !has(c.match, false) || c.noneMatch != nil && has(c.noneMatch, true) {
		return conditionFailed()
	}
	return nil
}

func conditionFailed() error {
	return &statusError{failedCondition, "The file is not, or no longer, the one the request's condition names."}
}

// check looks the file up and checks the conditions against it.
func (s *Server) check(x *exchange, f FileName, c conditions) error {
	if c.given() == "" {
		return nil
	}
	file, err := s.file(x, f)
	if err != nil && !errors.Is(err, retake.ErrNotFound) && retake.CodeOf(err) != retake.CodeNotFound {
		return err
	}
	return c.hold(file)
}

// wholeContent refuses what would store a part of a file, or a compressed one, as the file.
func wholeContent(h http.Header) error {
	if sent := h.Get("Content-Range"); sent != "" {
		return retake.Invalid("Content-Range", "Content-Range is not supported, got %q: send the whole file", clip(sent))
	}
	return plainContent(h)
}

func plainContent(h http.Header) error {
	if enc := h.Get("Content-Encoding"); enc != "" && !strings.EqualFold(enc, "identity") {
		return retake.Invalid("Content-Encoding", "Content-Encoding %q is not supported: send the body uncompressed", clip(enc))
	}
	return nil
}

// refuseEmptySuffix makes ServeContent see that the last 0 bytes can't be sent: it would answer 206 with nothing.
func refuseEmptySuffix(h http.Header, size int64) {
	list, ok := strings.CutPrefix(h.Get("Range"), "bytes=")
	if !ok || !strings.Contains(list, "0") {
		return
	}
	specs := strings.Split(list, ",")
	for i, spec := range specs {
		suffix, ok := strings.CutPrefix(strings.TrimSpace(spec), "-")
		if n, err := strconv.ParseInt(strings.TrimSpace(suffix), 10, 64); ok && err == nil && n == 0 {
			specs[i] = strconv.FormatInt(size, 10) + "-"
		}
	}
	h.Set("Range", "bytes="+strings.Join(specs, ","))
}
