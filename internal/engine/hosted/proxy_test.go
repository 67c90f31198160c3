package hosted

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// proxy is one that leads to a single server, whatever it is asked for.
type proxy struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // METHOD HOST
	keys  []string // what it could read of Authorization
}

func newProxy(t *testing.T, to http.Handler, secure string) *proxy {
	p := &proxy{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked = append(p.asked, r.Method+" "+r.Host)
		p.keys = append(p.keys, r.Header.Get("Authorization"))
		p.mu.Unlock()
		if r.Method != http.MethodConnect {
			to.ServeHTTP(w, r)
			return
		}
		there, err := net.Dial("tcp", secure)
		if err != nil {
			t.Error(err)
			return
		}
		here, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
		var both sync.WaitGroup
		both.Go(func() { _, _ = io.Copy(there, here); there.Close() })
		_, _ = io.Copy(here, there)
		here.Close()
		both.Wait()
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *proxy) saw() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked)
}

// past is a host that is reached past the proxy.
const past = "127.0.0.2"

// by has the connections to a provider go by a proxy.
func by(t *testing.T, w *wire, p *proxy) *guarded {
	t.Helper()
	address, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	choose := func(r *http.Request) (*url.URL, error) {
		if r.URL.Hostname() == past {
			return nil, nil
		}
		return address, nil
	}
	g := newGuarded(choose)
	g.lookup = func(_ context.Context, _, host string) ([]netip.Addr, error) {
		switch host {
		case "inside.example.org":
			return []netip.Addr{netip.MustParseAddr("93.184.215.14"), netip.MustParseAddr("10.1.2.3")}, nil
		case "outside.example.org":
			return []netip.Addr{netip.MustParseAddr("93.184.215.14")}, nil
		}
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	w.inside.Transport, w.open.Transport = transport(nil, choose), g
	t.Cleanup(w.close)
	return g
}

// Exchanges and files of a provider go by the proxy, by a tunnel where they are encrypted, so that it can't read the key.
func TestProxy(t *testing.T) {
	provider := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		_, _ = io.WriteString(w, `{"id":"7"}`)
	})
	secure := httptest.NewTLSServer(provider)
	defer secure.Close()
	w, err := newWire(DefaultConfig("https://example.com", "", "", ""), nil, "")
	if err != nil {
		t.Fatal(err)
	}
	p := newProxy(t, provider, secure.Listener.Addr().String())
	by(t, w, p)
	roots := x509.NewCertPool()
	roots.AddCert(secure.Certificate())
	w.inside.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: roots}
	c := &Client{wire: w, key: "Bearer secret"}
	var out struct{ ID string }
	if err := c.JSON(t.Context(), http.MethodGet, "x", nil, &out); err != nil || out.ID != "7" {
		t.Errorf("an exchange: %v, %q", err, out.ID)
	}
	if err := c.Download(t.Context(), "https://example.com/answer.mp4", filepath.Join(t.TempDir(), "answer"), func(int64, int64) {}); err != nil {
		t.Errorf("a file: %v", err)
	}
	for i, asked := range p.saw() {
		if asked != "CONNECT example.com:443" || p.keys[i] != "" {
			t.Errorf("the proxy saw %s with %q", asked, p.keys[i])
		}
	}
	if len(p.saw()) == 0 {
		t.Error("the proxy was not asked")
	}
}

// No address of one's own network is asked for, be it by a proxy or past it, be it at once or after a redirect.
func TestProxyIsNoWayInside(t *testing.T) {
	p := newProxy(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Errorf("%s got the key", r.Host)
		}
		if r.URL.Path == "/leads-inside" {
			http.Redirect(w, r, "http://169.254.169.254/latest", http.StatusFound)
			return
		}
		_, _ = io.WriteString(w, "footage")
	}), "")
	w, err := newWire(DefaultConfig("http://api.example.com", "", "", ""), nil, "")
	if err != nil {
		t.Fatal(err)
	}
	by(t, w, p)
	c := &Client{wire: w, key: "Bearer secret"}
	load := func(address string) error {
		return c.Download(t.Context(), address, filepath.Join(t.TempDir(), "answer"), func(int64, int64) {})
	}
	for _, address := range []string{
		"http://10.0.0.1/x", "http://127.0.0.1:9/x", "http://[::1]/x", "http://[::ffff:10.0.0.1]/x", "http://[fd00::1]/x", "http://169.254.169.254/latest", "http://100.64.0.1/x",
		"http://localhost/x", "http://LOCALHOST./x", "http://printer/x", "http://metadata.google.internal/x", "http://nas.local/x",
		"http://127.1/x", "http://0x7f.0x1/x", "http://2130706433/x", "http://inside.example.org/x", p.URL + "/x", "http://" + past + ":9/x",
	} {
		if err := load(address); !errors.Is(err, errInside) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if saw := p.saw(); len(saw) > 0 {
		t.Errorf("the proxy was asked for %q", saw)
	}
	if err := load("http://files.example.net/leads-inside"); !errors.Is(err, errInside) {
		t.Errorf("a redirect: %v", err)
	}
	for _, address := range []string{"http://outside.example.org/x", "http://known-to-the-proxy.example.net/x", "http://93.184.215.14/x"} {
		if err := load(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	if want := []string{"GET files.example.net", "GET outside.example.org", "GET known-to-the-proxy.example.net", "GET 93.184.215.14"}; !slices.Equal(p.saw(), want) {
		t.Errorf("the proxy was asked for %q, want %q", p.saw(), want)
	}
}

// The proxies are those of the environment, which is read once in a process: so the test runs itself with another.
func TestProxyOfEnvironment(t *testing.T) {
	if os.Getenv("RETAKE_TEST_PROXY") != "" {
		w, err := newWire(DefaultConfig("http://api.example.com", "", "", ""), []string{"http://past.example.com:9"}, "")
		if err != nil {
			t.Fatal(err)
		}
		c := &Client{wire: w}
		for address, reached := range map[string]bool{"http://api.example.com/x": true, "http://93.184.215.14/x": true, "http://past.example.com:9/x": false} {
			err := c.JSON(t.Context(), http.MethodGet, address, nil, nil)
			if (err == nil) != reached {
				t.Errorf("%s: %v", address, err)
			}
		}
		return
	}
	p := newProxy(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }), "")
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProxyOfEnvironment$")
	child.Env = append(os.Environ(), "RETAKE_TEST_PROXY=1", "HTTP_PROXY="+p.URL, "http_proxy="+p.URL, "NO_PROXY=past.example.com", "no_proxy=past.example.com")
	if out, err := child.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	saw := p.saw()
	slices.Sort(saw)
	if !slices.Equal(saw, []string{"GET 93.184.215.14", "GET api.example.com"}) {
		t.Errorf("the proxy was asked for %q", saw)
	}
}
