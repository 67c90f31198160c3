package hosted

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// wire is the connections to a provider, shared by its jobs.
type wire struct {
	cfg    Config
	base   *url.URL
	hosts  []string     // host:port that are the provider's own, as the settings name them
	inside *http.Client // to those
	open   *http.Client // to any other, which may only be public
}

// maxRedirects bounds how often a file's address may lead to another.
const maxRedirects = 5

// newWire connects to nothing yet. others are addresses of the provider besides cfg.URL that are to see the key.
func newWire(cfg Config, others []string, record string) (*wire, error) {
	w := &wire{cfg: cfg}
	for i, address := range append([]string{cfg.URL}, others...) {
		u, err := url.Parse(address)
		if err != nil {
			return nil, fmt.Errorf("read an address: %w", err)
		}
		if i == 0 {
			w.base = u
			w.base.Path = strings.TrimSuffix(u.Path, "/") + "/"
		}
		w.hosts = append(w.hosts, hostPort(u))
	}
	wrap := func(t http.RoundTripper) http.RoundTripper { return t }
	if record != "" {
		r, err := newRecorder(record)
		if err != nil {
			return nil, err
		}
		wrap = r.wrap
	}
	w.inside = &http.Client{Transport: wrap(transport(nil, http.ProxyFromEnvironment)), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	w.open = &http.Client{Transport: wrap(newGuarded(http.ProxyFromEnvironment)), CheckRedirect: w.redirect}
	return w, nil
}

// address reads an address, or a path below the provider's. A provider that is spoken with by TLS can't send us elsewhere without.
func (w *wire) address(ref string) (*url.URL, error) {
	u, err := w.base.Parse(ref)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: an address", errGarbled) // what it is may be a secret
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil:
		return nil, fmt.Errorf("%w: an address of another kind", errGarbled)
	case u.Scheme == "http" && w.base.Scheme == "https":
		return nil, fmt.Errorf("%w: an address that is not encrypted", errGarbled)
	}
	return u, nil
}

// own reports whether an address is the provider's, which may see the key.
func (w *wire) own(u *url.URL) bool { return slices.Contains(w.hosts, hostPort(u)) }

// api returns who makes exchanges with an address.
func (w *wire) api(u *url.URL) *http.Client {
	if w.own(u) {
		return w.inside
	}
	return w.open
}

var errRedirect = errors.New("a file's address leads elsewhere too often, or to an unsafe place")

// redirect follows files only, and never from https to http.
func (w *wire) redirect(req *http.Request, via []*http.Request) error {
	if req.Method != http.MethodGet && req.Method != http.MethodHead {
		return http.ErrUseLastResponse
	}
	if len(via) > maxRedirects || via[len(via)-1].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return errRedirect
	}
	return nil
}

// close ends the connections that wait for use.
func (w *wire) close() {
	w.inside.CloseIdleConnections()
	w.open.CloseIdleConnections()
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}
