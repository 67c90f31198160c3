package comfyui

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"retake/internal/engine/outside"
)

// Bounds of what a server may answer.
const (
	maxAnswer  = 64 << 20 // of JSON: a queue holds whole workflows, a node's description may list thousands of files
	maxRefusal = 1 << 20
	maxMessage = 64 << 20 // of a message on the socket: previews come there, too
)

var (
	errUnreachable = errors.New("the server can't be reached")
	errForeign     = errors.New("the server does not answer as a ComfyUI does")
)

// statusError is an answer that says no.
type statusError struct {
	status     int
	retryAfter time.Duration
	body       []byte
}

func (e *statusError) Error() string {
	return fmt.Sprintf("status %d: %s", e.status, outside.Line(string(e.body), 2000))
}

// client asks a server.
type client struct {
	base    *url.URL
	headers http.Header
	http    *http.Client
	within  time.Duration
	most    int64 // bytes of an answer in JSON
}

func newClient(cfg Config) (*client, error) {
	base, err := baseURL(cfg.URL)
	if err != nil {
		return nil, err
	}
	headers, err := readHeaders(cfg.Headers)
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = (&net.Dialer{Timeout: 10 * time.Second}).DialContext
	transport.ForceAttemptHTTP2 = false
	return &client{base: base, headers: headers, within: cfg.AnswerWithin, most: maxAnswer, http: &http.Client{
		Transport: transport,
		// What is sent holds keys and the user's footage: it goes nowhere but where the settings say.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// loopback reports whether a host is this very machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (c *client) address(query url.Values, parts ...string) string {
	u := c.base.JoinPath(parts...)
	u.RawQuery = query.Encode()
	return u.String()
}

// send sends a request and returns an answer of the 2xx kind, whose body has to be closed.
func (c *client) send(req *http.Request) (*http.Response, error) {
	for name, values := range c.headers {
		req.Header[name] = values
	}
	resp, err := c.http.Do(req)
	if err != nil {
		if cause := context.Cause(req.Context()); cause != nil && !errors.Is(cause, context.DeadlineExceeded) {
			return nil, cause
		}
		return nil, fmt.Errorf("%w: %w", errUnreachable, err)
	}
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return resp, nil
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
	return nil, &statusError{resp.StatusCode, outside.RetryAfter(resp.Header), c.unsaid(body)}
}

// unsaid is what a server says without our headers' values.
func (c *client) unsaid(body []byte) []byte {
	for _, values := range c.headers {
		for _, v := range values {
			body = []byte(outside.Without(string(body), outside.Secret(v)))
		}
	}
	return body
}

// ask asks a question, with a body of JSON or none, and reads the answer into a value, or drops it for nil.
func (c *client) ask(ctx context.Context, method string, body, into any, parts ...string) error {
	ctx, cancel := context.WithTimeout(ctx, c.within)
	defer cancel()
	var r io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return err
		}
		r = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.address(nil, parts...), r)
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.send(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, c.most+1))
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", errUnreachable, err)
	case into == nil:
		return nil
	case int64(len(data)) > c.most:
		return fmt.Errorf("%w: more than %d bytes", errForeign, c.most)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%w: %w", errForeign, err)
	}
	return nil
}

// decode reads a short answer.
func decode(body io.Reader, into any) error {
	data, err := io.ReadAll(io.LimitReader(body, maxRefusal))
	if err != nil {
		return fmt.Errorf("%w: %w", errUnreachable, err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%w: %w", errForeign, err)
	}
	return nil
}
