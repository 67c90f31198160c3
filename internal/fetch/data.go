package fetch

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

var errDataSize = errors.New("larger than the limit")

// parseData decodes a data: URI (RFC 2397), at most limit bytes of content. It takes both base64 alphabets, with or
// without padding, and white space inside, as they are met in the wild.
func parseData(uri string, limit int64) (mediaType string, data []byte, err error) {
	if len(uri) < 5 || !strings.EqualFold(uri[:5], "data:") {
		return "", nil, errors.New("not a data: URI")
	}
	head, body, found := strings.Cut(uri[5:], ",")
	if !found {
		return "", nil, errors.New("no comma before the content")
	}
	encoded := false
	if i := strings.LastIndexByte(head, ';'); i >= 0 && strings.EqualFold(strings.TrimSpace(head[i+1:]), "base64") {
		encoded, head = true, head[:i]
	}
	mediaType, _, _ = strings.Cut(head, ";")
	mediaType = strings.ToLower(strings.TrimSpace(mediaType))
	// Percent-encoding triples the content at most, and base64 grows it by a third on top.
	if int64(len(body)) > 5*limit+16 {
		return "", nil, errDataSize
	}
	if strings.Contains(body, "%") {
		if body, err = url.PathUnescape(body); err != nil {
			return "", nil, fmt.Errorf("percent-encoding: %w", err)
		}
	}
	if !encoded {
		data = []byte(body)
	} else if data, err = decodeBase64(body, limit); err != nil {
		return "", nil, err
	}
	if int64(len(data)) > limit {
		return "", nil, errDataSize
	}
	return mediaType, data, nil
}

func decodeBase64(body string, limit int64) ([]byte, error) {
	body = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\r', '\n':
			return -1
		case '-':
			return '+'
		case '_':
			return '/'
		}
		return r
	}, body)
	body = strings.TrimRight(body, "=")
	if int64(base64.RawStdEncoding.DecodedLen(len(body))) > limit {
		return nil, errDataSize
	}
	data, err := base64.RawStdEncoding.DecodeString(body)
	if err != nil {
		return nil, fmt.Errorf("base64: %w", err)
	}
	return data, nil
}
