package hosted

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"time"

	"retake/internal/engine/outside"
)

// stall is how long a download may bring nothing.
const stall = time.Minute

var errStalled = errors.New("nothing came for too long")

// errAnswerSize says that a result is larger than is taken.
var errAnswerSize = errors.New("the result is larger than answer_limit")

// Download fetches a result to a new file. The key goes along only to the provider's own hosts. A part that an earlier call left is
// replaced. Errors are *Failure, or about the file.
func (c *Client) Download(ctx context.Context, address, path string, progress func(done, total int64)) (err error) {
	u, err := c.wire.address(address)
	if err != nil {
		return &Failure{Cause: err}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	ctx, stop := context.WithTimeoutCause(ctx, c.wire.cfg.FileWithin, errSlow)
	defer stop()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	idle := time.AfterFunc(stall, func() { cancel(errStalled) })
	defer idle.Stop()
	return c.download(ctx, u, f, func(done, total int64) {
		idle.Reset(stall)
		progress(done, total)
	})
}

func (c *Client) download(ctx context.Context, u *url.URL, f *os.File, progress func(done, total int64)) error {
	resp, err := c.get(ctx, u)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		raw, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
		return &Failure{Status: resp.StatusCode, Body: c.unsaid(raw), RetryAfter: outside.RetryAfter(resp.Header)}
	}
	limit := c.wire.cfg.AnswerLimit
	if resp.ContentLength > limit {
		return errAnswerSize
	}
	if err := f.Truncate(0); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	n, err := io.Copy(f, io.LimitReader(&counted{r: resp.Body, total: resp.ContentLength, progress: progress}, limit+1))
	switch {
	case n > limit:
		return errAnswerSize
	case errors.As(err, new(*fs.PathError)): // the file's
		return fmt.Errorf("write the result: %w", err)
	case err != nil:
		return &Failure{Cause: cause(ctx, err)}
	case n == 0:
		return &Failure{Cause: fmt.Errorf("%w: the result is empty", errGarbled)}
	}
	return nil
}

// get asks for a file. The provider's own hosts may lead elsewhere, where the key doesn't go along and only what is public is asked.
func (c *Client) get(ctx context.Context, u *url.URL) (*http.Response, error) {
	for hop := 0; ; hop++ {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
		if err != nil {
			return nil, &Failure{Cause: fmt.Errorf("%w: the result's address", errGarbled)}
		}
		req.Header.Set("User-Agent", "retake")
		req.Header.Set("Accept-Encoding", "identity")
		if c.key != "" && hop == 0 && c.wire.own(u) {
			req.Header.Set("Authorization", c.key)
		}
		resp, err := c.wire.api(u).Do(req)
		if err != nil {
			return nil, &Failure{Cause: cause(ctx, err)}
		}
		next, err := resp.Location()
		if resp.StatusCode < 300 || resp.StatusCode > 399 || err != nil { // http.Client follows those of other hosts
			return resp, nil
		}
		resp.Body.Close()
		if hop == maxRedirects {
			return nil, &Failure{Cause: errRedirect}
		}
		if u, err = c.wire.address(next.String()); err != nil {
			return nil, &Failure{Cause: err}
		}
	}
}

// counted counts what is read.
type counted struct {
	r           io.Reader
	done, total int64
	progress    func(done, total int64)
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.done += int64(n)
	c.progress(c.done, c.total)
	return n, err
}
