package httpapi

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Signer makes and checks links to files that work without a key until they expire. The signature is HMAC-SHA256 over
// the file's name and the expiry; it covers reading alone.
type Signer struct {
	key []byte
	now func() time.Time
}

// linkParam is the one query parameter of a signed link. Being one, a link has no "&" for shells to trip over.
const linkParam = "token"

// minSignKey is the shortest signing key, in bytes: the strength of the hash.
const minSignKey = 32

// NewSigner returns a Signer with a secret of at least 32 random bytes. All processes of a service share one, or
// links of one would not work on another.
func NewSigner(key []byte) (*Signer, error) {
	if len(key) < minSignKey {
		return nil, fmt.Errorf("the signing key has %d bytes, it needs at least %d", len(key), minSignKey)
	}
	return &Signer{key: key, now: time.Now}, nil
}

// Link returns the path and query, without scheme and host, under which f can be read for ttl.
func (s *Signer) Link(f FileName, ttl time.Duration) string {
	return f.URLPath() + "?" + linkParam + "=" + s.token(f, s.now().Add(ttl))
}

func (s *Signer) token(f FileName, expires time.Time) string {
	at := strconv.FormatInt(expires.Unix(), 10)
	return at + "." + base64.RawURLEncoding.EncodeToString(s.sum(f, at))
}

func (s *Signer) sum(f FileName, expires string) []byte {
	mac := hmac.New(sha256.New, s.key)
	fmt.Fprintf(mac, "retake file 1\n%s\n%s", f.String(), expires)
	return mac.Sum(nil)
}

// Check returns nil when the token allows f to be read now, or an error that says what is wrong with the link.
func (s *Signer) Check(f FileName, token string) error {
	at, sum, ok := strings.Cut(token, ".")
	got, err := base64.RawURLEncoding.Strict().DecodeString(sum)
	if !ok || err != nil || !hmac.Equal(got, s.sum(f, at)) {
		return unauthenticated("The link's signature does not fit this file. Use the link exactly as it was given, or send an API key.")
	}
	expires, err := strconv.ParseInt(at, 10, 64)
	if err != nil || s.now().Unix() >= expires {
		return unauthenticated("The link has expired. Read the generation again for a fresh one, or send an API key.")
	}
	return nil
}

// linkTo makes an absolute signed address of the file with this repository path, nil when there is none.
func (s *Server) linkTo(base, repoPath string) *string {
	if repoPath == "" {
		return nil
	}
	f, err := parseRepoPath(repoPath)
	if err != nil {
		return nil
	}
	link := base + s.signer.Link(f, s.cfg.LinkTTL)
	return &link
}

// base returns the address this server has for the caller, without a slash at the end.
func (s *Server) base(x *exchange) string {
	if s.cfg.PublicURL != "" {
		return strings.TrimRight(s.cfg.PublicURL, "/")
	}
	u := url.URL{Scheme: "http", Host: x.r.Host}
	if x.r.TLS != nil {
		u.Scheme = "https"
	}
	return u.String()
}
