package hosted

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"retake/internal/engine/outside"
)

// Exchange is one request and its answer as a recording has it: without keys, without the values of addresses' queries, and without
// files, of which length and hash are kept.
type Exchange struct {
	Method  string        `json:"method"`
	URL     string        `json:"url"`
	Request Body          `json:"request"`
	Status  int           `json:"status,omitempty"` // 0: no answer came
	Header  []Header      `json:"header,omitempty"` // Content-Type, Retry-After, Location
	Answer  Body          `json:"answer"`
	Failure string        `json:"failure,omitempty"`
	Took    time.Duration `json:"took_ns"`
}

// Body is what went over: JSON, text, or length and hash of anything else.
type Body struct {
	JSON   json.RawMessage `json:"json,omitempty"`
	Text   string          `json:"text,omitempty"`
	Length int64           `json:"length,omitempty"`
	SHA256 string          `json:"sha256,omitempty"`
}

// recorder writes each exchange to a file of its own.
type recorder struct {
	dir   string
	count atomic.Int64
}

func newRecorder(dir string) (*recorder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for recordings: %w", err)
	}
	return &recorder{dir: dir}, nil
}

func (r *recorder) wrap(next http.RoundTripper) http.RoundTripper { return recording{r, next} }

type recording struct {
	*recorder
	next http.RoundTripper
}

// RoundTrip makes the exchange; it is written when the answer's body is closed.
func (r recording) RoundTrip(req *http.Request) (*http.Response, error) {
	began := time.Now()
	secret := outside.Secret(req.Header.Get("Authorization"))
	x := &Exchange{Method: req.Method, URL: cleanURL(req.URL.String(), secret)}
	sent := newKept(req.Body, req.Header.Get("Content-Type"))
	if req.Body != nil {
		req = req.Clone(req.Context())
		req.Body = sent
	}
	resp, err := r.next.RoundTrip(req)
	name := filepath.Join(r.dir, fmt.Sprintf("%s-%04d.json", began.UTC().Format("20060102T150405.000"), r.count.Add(1)))
	write := func() error {
		x.Took = time.Since(began)
		x.Request = sent.body(secret)
		raw, err := json.MarshalIndent(x, "", "  ")
		if err != nil {
			return err
		}
		return os.WriteFile(name, append(raw, '\n'), 0o600)
	}
	if err != nil {
		x.Failure = outside.Without(err.Error(), secret)
		return nil, errors.Join(err, write())
	}
	x.Status = resp.StatusCode
	for _, h := range []string{"Content-Type", "Retry-After", "Location"} {
		if v := resp.Header.Get(h); v != "" {
			x.Header = append(x.Header, Header{h, cleanURL(v, secret)})
		}
	}
	got := newKept(resp.Body, resp.Header.Get("Content-Type"))
	got.closed = func() error {
		x.Answer = got.body(secret)
		return write()
	}
	resp.Body = got
	return resp, nil
}

// kept is a body that passes by: its beginning, length and hash.
type kept struct {
	inner io.ReadCloser

	mu     sync.Mutex // a request may still be written when its answer is read
	kind   string
	head   bytes.Buffer
	length int64
	sum    hash.Hash
	closed func() error
}

// maxKept bounds what is kept of a body's text, in bytes.
const maxKept = 256 << 10

func newKept(inner io.ReadCloser, kind string) *kept {
	return &kept{inner: inner, kind: kind, sum: sha256.New()}
}

func (k *kept) Read(p []byte) (int, error) {
	n, err := k.inner.Read(p)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.length += int64(n)
	k.sum.Write(p[:n])
	if room := maxKept - k.head.Len(); room > 0 {
		k.head.Write(p[:min(n, room)])
	}
	return n, err
}

func (k *kept) Close() error {
	err := k.inner.Close()
	if k.closed != nil {
		err = errors.Join(err, k.closed())
		k.closed = nil
	}
	return err
}

func (k *kept) body(secret string) Body {
	k.mu.Lock()
	defer k.mu.Unlock()
	whole := k.length == int64(k.head.Len())
	var v any
	d := json.NewDecoder(bytes.NewReader(k.head.Bytes()))
	d.UseNumber()
	switch {
	case k.length == 0:
		return Body{}
	case whole && strings.Contains(k.kind, "json") && d.Decode(&v) == nil:
		var out bytes.Buffer
		e := json.NewEncoder(&out)
		e.SetEscapeHTML(false)
		if e.Encode(cleanValue("", v, secret)) == nil {
			return Body{JSON: bytes.TrimSpace(out.Bytes())}
		}
	case whole && strings.HasPrefix(k.kind, "text/"):
		return Body{Text: outside.Without(k.head.String(), secret)}
	}
	return Body{Length: k.length, SHA256: hex.EncodeToString(k.sum.Sum(nil))}
}

var secretNames = []string{"key", "token", "secret", "authorization", "signature", "credential", "password", "cookie", "email", "user", "username", "headers"}

// cleanValue removes secrets from a JSON value.
func cleanValue(name string, v any, secret string) any {
	low := strings.ToLower(name)
	if low != "" && slices.ContainsFunc(secretNames, func(s string) bool { return low == s || strings.HasSuffix(low, "_"+s) || strings.HasSuffix(low, "-"+s) }) {
		if m, ok := v.(map[string]any); ok { // headers that a client has to send
			out := map[string]any{}
			for k := range m {
				out[outside.Without(k, secret)] = outside.Removed
			}
			return out
		}
		if v != nil {
			return outside.Removed
		}
	}
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, inner := range v {
			out[outside.Without(k, secret)] = cleanValue(k, inner, secret)
		}
		return out
	case []any:
		for i, inner := range v {
			v[i] = cleanValue("", inner, secret)
		}
	case string:
		if strings.HasPrefix(v, "data:") {
			return fmt.Sprintf("data: of %d characters", len(v))
		}
		return cleanURL(v, secret)
	}
	return v
}

// cleanURL removes what an address's query holds, and user and password. Other text is only freed of the secret.
func cleanURL(s, secret string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return outside.Without(s, secret)
	}
	u.User = nil
	if q := u.Query(); len(q) > 0 {
		for k := range q {
			q[k] = []string{outside.Removed}
		}
		u.RawQuery = q.Encode()
	}
	return outside.Without(u.String(), secret)
}
