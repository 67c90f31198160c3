package client

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
	"os"
	"strings"
	"time"

	"retake/internal/retake"
)

// Limits of what is read from a server.
const (
	maxAnswer      = 8 << 20 // bytes of a JSON answer
	cleanupTimeout = 5 * time.Second
)

// ErrUnreachable is wrapped by errors of a server that does not answer, or not as a Retake server does.
var ErrUnreachable = errors.New("the server can't be reached")

// Client talks to one server with one key. It is safe for concurrent use.
type Client struct {
	base  *url.URL
	key   string
	http  *http.Client
	pause time.Duration // before the event stream is tried again, the first time
}

// New makes a client. server is the address, such as http://127.0.0.1:8377; it may have a path.
func New(server, key string) (*Client, error) {
	base, err := url.Parse(server)
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" {
		return nil, retake.Invalid("server", "the server must be an http or https address such as http://127.0.0.1:8377, got %q", server)
	}
	base.Path = strings.TrimSuffix(base.Path, "/")
	if key == "" {
		return nil, retake.Errorf(retake.CodeUnauthenticated, "There is no API key: put one into the environment variable RETAKE_API_KEY or OXEN_API_KEY. On the server's machine retake keys create ox --data DIR makes one.")
	}
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: 60 * time.Second,
	}
	return &Client{base: base, key: key, http: &http.Client{Transport: transport}, pause: firstPause}, nil
}

// Close drops the connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// at returns the address of a path of the server, or of an absolute address as the server gave it.
func (c *Client) at(ref string) (*url.URL, error) {
	u, err := url.Parse(ref)
	if err != nil {
		return nil, err
	}
	if u.IsAbs() {
		return u, nil
	}
	full := *c.base
	full.Path, full.RawPath = c.base.Path+u.Path, ""
	full.RawQuery = u.RawQuery
	return &full, nil
}

// request makes a request with the key, which goes to this server only.
func (c *Client) request(ctx context.Context, method, ref string, body io.Reader) (*http.Request, error) {
	u, err := c.at(ref)
	if err != nil {
		return nil, fmt.Errorf("address %q: %w", ref, err)
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return nil, err
	}
	if u.Host == c.base.Host {
		req.Header.Set("Authorization", "Bearer "+c.key)
	}
	return req, nil
}

// send sends req and returns the answer if its status is 2xx. The caller closes the body.
func (c *Client) send(req *http.Request) (*http.Response, error) {
	resp, err := c.http.Do(req)
	if err != nil {
		if req.Context().Err() != nil {
			return nil, context.Cause(req.Context())
		}
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, reason(err))
	}
	if resp.StatusCode/100 == 2 {
		return resp, nil
	}
	defer resp.Body.Close()
	return nil, refusal{resp.StatusCode, answered(resp)}
}

// refusal is an answer with another status than 2xx.
type refusal struct {
	status int
	error
}

func (r refusal) Unwrap() error { return r.error }

// reason takes off what Go wraps around the cause of a request that did not come through: method, address, network.
func reason(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	if e, ok := errors.AsType[*net.OpError](err); ok {
		err = e.Err
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		return errors.New(e.Err)
	}
	if e, ok := errors.AsType[*os.SyscallError](err); ok {
		err = e.Err
	}
	return err
}

// answered turns an error answer into the error it tells of.
func answered(resp *http.Response) error {
	var body struct {
		Error struct{ Type, Detail, Message, Title string }
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err == nil {
		err = json.Unmarshal(data, &body)
	}
	if err != nil || body.Error.Type == "" {
		return fmt.Errorf("%w: it answered %s, which is not how a Retake server answers", ErrUnreachable, resp.Status)
	}
	for _, text := range []string{body.Error.Detail, body.Error.Message, body.Error.Title, resp.Status} {
		if text != "" {
			return retake.Errorf(retake.Code(body.Error.Type), "%s", text)
		}
	}
	return nil // not reached: the status is never empty
}

// call sends in as JSON, unless it is nil, and reads the answer into out, unless that is nil.
func (c *Client) call(ctx context.Context, method, ref string, header http.Header, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(data)
	}
	req, err := c.request(ctx, method, ref, body)
	if err != nil {
		return err
	}
	for name, values := range header {
		req.Header[name] = values
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.send(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(out); err != nil {
		return fmt.Errorf("%w: read its answer: %w", ErrUnreachable, err)
	}
	return nil
}
