package hosted

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"retake/internal/engine/outside"
)

// maxBody bounds an answer that is no file, in bytes.
const maxBody = 1 << 20

// Client speaks with one provider on behalf of one job. The key goes to the provider's own hosts alone.
type Client struct {
	wire *wire
	key  string // as the header Authorization has it, "" for none
}

// Failure is an exchange that did not bring what was asked for.
type Failure struct {
	Status     int    // of the answer, 0: none came
	Body       []byte // of the answer, bounded
	RetryAfter time.Duration
	Sent       bool // the request, or a part of it, may have arrived
	Cause      error
}

func (f *Failure) Error() string {
	if f.Status == 0 {
		return fmt.Sprintf("no answer: %v", f.Cause)
	}
	return fmt.Sprintf("HTTP %d: %s", f.Status, outside.Line(string(f.Body), 300))
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Cause }

// passing reports whether the same exchange may go well a moment later.
func (f *Failure) passing() bool {
	switch f.Status {
	case 0:
		return !errors.Is(f.Cause, errGarbled)
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return f.Status >= 500 && f.Status != http.StatusNotImplemented
}

// errGarbled says that an answer can't be read.
var errGarbled = errors.New("the answer is not as documented")

// Own reports whether an address is the provider's own, where the key goes along.
func (c *Client) Own(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && c.wire.own(u)
}

// Header is one line of a request's header.
type Header struct{ Name, Value string }

// JSON makes an exchange in JSON. ref is an address, or a path below the provider's. in and out may be nil. Errors are *Failure.
func (c *Client) JSON(ctx context.Context, method, ref string, in, out any, header ...Header) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("write a request: %w", err)
		}
		body = bytes.NewReader(raw)
		header = append([]Header{{"Content-Type", "application/json"}}, header...)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.wire.cfg.RequestWithin, errSlow)
	defer cancel()
	return c.exchange(ctx, method, ref, body, -1, out, header)
}

// errSlow is the cause of an exchange that took too long.
var errSlow = errors.New("it took too long")

// Part is a form's field that holds a file.
type Part struct{ Field, Name, Type, Path string }

// Form sends a form with one file in it, and reads an answer in JSON. Errors are *Failure.
func (c *Client) Form(ctx context.Context, method, ref string, part Part, fields []Header, out any) error {
	f, err := os.Open(part.Path)
	if err != nil {
		return fmt.Errorf("open the window: %w", err)
	}
	defer f.Close()
	var head bytes.Buffer
	w := multipart.NewWriter(&head)
	for _, v := range fields {
		if err := w.WriteField(v.Name, v.Value); err != nil {
			return fmt.Errorf("write a form: %w", err)
		}
	}
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", multipart.FileContentDisposition(part.Field, part.Name))
	h.Set("Content-Type", part.Type)
	if _, err := w.CreatePart(h); err != nil {
		return fmt.Errorf("write a form: %w", err)
	}
	tail := "\r\n--" + w.Boundary() + "--\r\n"
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("open the window: %w", err)
	}
	length := int64(head.Len()) + info.Size() + int64(len(tail))
	ctx, cancel := context.WithTimeoutCause(ctx, c.wire.cfg.FileWithin, errSlow)
	defer cancel()
	return c.exchange(ctx, method, ref, io.MultiReader(&head, f, strings.NewReader(tail)), length, out, []Header{{"Content-Type", w.FormDataContentType()}})
}

// Put sends a file as the body of a request, to an address that the provider has given for it. Errors are *Failure.
func (c *Client) Put(ctx context.Context, address, path string, header ...Header) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open the window: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("open the window: %w", err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.wire.cfg.FileWithin, errSlow)
	defer cancel()
	return c.exchange(ctx, http.MethodPut, address, f, info.Size(), nil, header)
}

// exchange sends a request and reads its answer.
func (c *Client) exchange(ctx context.Context, method, ref string, body io.Reader, length int64, out any, header []Header) error {
	u, err := c.wire.address(ref)
	if err != nil {
		return &Failure{Cause: err}
	}
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaderField: func(string, []string) { sent.Store(true) }})
	req, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return &Failure{Cause: fmt.Errorf("%w: an address: %w", errGarbled, err)}
	}
	if length >= 0 {
		req.ContentLength = length
	}
	req.Header.Set("User-Agent", "retake")
	req.Header.Set("Accept", "application/json")
	for _, h := range header {
		req.Header.Set(h.Name, h.Value)
	}
	if c.key != "" && c.wire.own(u) {
		req.Header.Set("Authorization", c.key)
	}
	req.GetBody = nil // nothing is sent twice unseen
	resp, err := c.wire.api(u).Do(req)
	if err != nil {
		return &Failure{Sent: sent.Load(), Cause: cause(ctx, err)}
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return &Failure{Status: resp.StatusCode, Body: c.unsaid(raw[:min(len(raw), maxBody)]), RetryAfter: outside.RetryAfter(resp.Header), Sent: true}
	}
	switch {
	case err != nil:
		return &Failure{Sent: true, Cause: cause(ctx, err)}
	case len(raw) > maxBody:
		return &Failure{Sent: true, Cause: fmt.Errorf("%w: it is longer than %d bytes", errGarbled, maxBody)}
	case out == nil:
		return nil
	}
	raw = c.unsaid(raw)
	if err := json.Unmarshal(raw, out); err != nil {
		return &Failure{Sent: true, Body: raw, Cause: fmt.Errorf("%w: %w", errGarbled, err)}
	}
	return nil
}

// unsaid is what a provider says without the key.
func (c *Client) unsaid(raw []byte) []byte {
	return []byte(outside.Without(string(raw), outside.Secret(c.key)))
}

// cause is why an exchange failed, without its address, which may hold a secret.
func cause(ctx context.Context, err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	if c := context.Cause(ctx); c != nil {
		return fmt.Errorf("%w (%w)", c, err)
	}
	return err
}

// Garbled is an answer that could be read and is not as documented.
func Garbled(what string) error {
	return &Failure{Sent: true, Cause: fmt.Errorf("%w: %s", errGarbled, outside.Line(what, 300))}
}
