package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"retake/internal/retake"
)

// maxURL bounds an http address, in bytes.
const maxURL = 8 << 10

// Causes of a download that was given up.
var (
	errStalled = errors.New("no data for too long")
	errTooSlow = errors.New("download took too long")
)

// Fetcher downloads clips. It is safe for concurrent use and holds no connections between downloads.
type Fetcher struct {
	cfg    Config
	guard  *guard
	client *http.Client
}

// New makes a Fetcher. cfg must be valid.
func New(cfg Config) *Fetcher {
	f := &Fetcher{cfg: cfg, guard: newGuard(cfg)}
	f.client = &http.Client{
		CheckRedirect: f.redirect,
		Transport: &http.Transport{
			Proxy:                  nil, // a proxy would connect for us, past the guard
			DialContext:            f.guard.dial,
			TLSHandshakeTimeout:    cfg.ConnectTimeout,
			ResponseHeaderTimeout:  cfg.StallTimeout,
			MaxResponseHeaderBytes: 64 << 10,
			DisableCompression:     true, // a small answer must not grow
			DisableKeepAlives:      true,
		},
	}
	return f
}

// Check says what is wrong with an address as far as can be told without connecting: its form, its scheme, an
// address of a private network spelled out, a data: URI that is malformed or too large.
func (f *Fetcher) Check(address string) error {
	if isData(address) {
		_, err := f.data(address)
		return err
	}
	_, err := f.parse(address)
	return err
}

// Fetch writes the clip at an address to dst and calls progress, if not nil, with the bytes so far and in all (-1
// when unknown). Errors are a *retake.Error about input_video, or wrap the context's cause. On an error dst holds
// a part.
func (f *Fetcher) Fetch(ctx context.Context, address string, dst *os.File, progress func(done, total int64)) error {
	if ctx.Err() != nil {
		return fmt.Errorf("fetch: %w", context.Cause(ctx))
	}
	if progress == nil {
		progress = func(int64, int64) {}
	}
	if isData(address) {
		data, err := f.data(address)
		if err != nil {
			return err
		}
		if _, err := dst.Write(data); err != nil {
			return writeError(err)
		}
		progress(int64(len(data)), int64(len(data)))
		return nil
	}
	u, err := f.parse(address)
	if err != nil {
		return err
	}
	return f.download(ctx, u, dst, progress)
}

func isData(address string) bool {
	return len(address) >= 5 && strings.EqualFold(address[:5], "data:")
}

func (f *Fetcher) data(uri string) ([]byte, error) {
	_, data, err := parseData(uri, f.cfg.MaxBytes)
	switch {
	case errors.Is(err, errDataSize):
		return nil, f.tooLarge()
	case err != nil:
		return nil, retake.Invalid(field, "The data: URI is malformed. It must read data:video/mp4;base64, followed by the clip.").Because(err)
	case len(data) == 0:
		return nil, unreadable("The data: URI holds no content.")
	}
	return data, nil
}

func (f *Fetcher) download(ctx context.Context, u *url.URL, dst io.Writer, progress func(done, total int64)) error {
	ctx, stop := context.WithTimeoutCause(ctx, f.cfg.Timeout, errTooSlow)
	defer stop()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	// The name's resolution, the connection and every redirect count too.
	stalled := time.AfterFunc(f.cfg.StallTimeout+2*f.cfg.ConnectTimeout, func() { cancel(errStalled) })
	defer stalled.Stop()

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return errMalformed()
	}
	req.Header.Set("Accept-Encoding", "identity")
	req.Header.Set("User-Agent", "retake")
	resp, err := f.client.Do(req)
	if err != nil {
		return f.explain(ctx, err)
	}
	defer resp.Body.Close()
	if err := f.checkResponse(resp); err != nil {
		return err
	}
	body := &meter{r: resp.Body, total: resp.ContentLength, progress: progress, alive: func() { stalled.Reset(f.cfg.StallTimeout) }}
	body.alive()
	n, err := io.Copy(writer{dst}, io.LimitReader(body, f.cfg.MaxBytes+1))
	switch {
	case err != nil:
		return f.explain(ctx, err)
	case n > f.cfg.MaxBytes:
		return f.tooLarge()
	case n == 0:
		return unreadable("The server at that address sent an empty file.")
	}
	return nil
}

// parse reads an http or https address. User name and password in it are dropped: they are not ours to send, and
// must not come into a log.
func (f *Fetcher) parse(address string) (*url.URL, error) {
	if len(address) > maxURL {
		return nil, retake.Invalid(field, "The address of the clip is longer than %d characters.", maxURL)
	}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return nil, errMalformed() // url's error repeats the address, password included
	}
	if err := f.checkURL(u); err != nil {
		return nil, err
	}
	u.User = nil
	u.Fragment = ""
	return u, nil
}

// meter counts what is read.
type meter struct {
	r           io.Reader
	done, total int64
	progress    func(done, total int64)
	alive       func()
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if n > 0 {
		m.alive()
		m.done += int64(n)
		m.progress(m.done, m.total)
	}
	return n, err
}

// writer marks errors of the file, to tell them from the network's.
type writer struct{ w io.Writer }

func (w writer) Write(p []byte) (int, error) {
	n, err := w.w.Write(p)
	if err != nil {
		err = writeError(err)
	}
	return n, err
}
