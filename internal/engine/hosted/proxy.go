package hosted

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"code.dny.dev/ssrf"
)

// proxyFunc says by which proxy a request goes, nil for none, as http.ProxyFromEnvironment does.
type proxyFunc func(*http.Request) (*url.URL, error)

// transport makes connections by a dialer, or a usual one for nil.
func transport(dialer *net.Dialer, proxy proxyFunc) *http.Transport {
	if dialer == nil {
		dialer = &net.Dialer{Timeout: dialWithin}
	}
	return &http.Transport{
		Proxy: proxy, DialContext: dialer.DialContext, TLSHandshakeTimeout: dialWithin, ResponseHeaderTimeout: time.Minute,
		MaxResponseHeaderBytes: 64 << 10, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 4, ForceAttemptHTTP2: true,
	}
}

const dialWithin = 15 * time.Second

// guarded makes requests to public addresses only. Without a proxy the address that is dialled is checked, after its name was resolved.
// A proxy resolves names itself, and we only see it: so the host is checked before the proxy is asked, by its address or by what its
// name means here, where it means anything.
type guarded struct {
	guard  *ssrf.Guardian
	proxy  proxyFunc
	direct *http.Transport
	by     *http.Transport
	lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)
}

func newGuarded(proxy proxyFunc) *guarded {
	guard := ssrf.New(ssrf.WithAnyPort())
	g := &guarded{guard: guard, proxy: proxy, lookup: net.DefaultResolver.LookupNetIP,
		direct: transport(&net.Dialer{Timeout: dialWithin, Control: guard.Safe}, nil), by: transport(nil, proxy)}
	g.direct.DisableCompression, g.by.DisableCompression = true, true
	return g
}

// RoundTrip implements http.RoundTripper. It is asked anew for each redirect.
func (g *guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	proxy, err := g.proxy(r)
	if err != nil {
		return nil, fmt.Errorf("choose a proxy: %w", err)
	}
	if proxy == nil {
		resp, err := g.direct.RoundTrip(r)
		if errors.Is(err, ssrf.ErrProhibitedIP) || errors.Is(err, ssrf.ErrProhibitedNetwork) || errors.Is(err, ssrf.ErrInvalidHostPort) {
			err = fmt.Errorf("%w: %w", errInside, err)
		}
		return resp, err
	}
	if err := g.check(r.Context(), r.URL); err != nil {
		if r.Body != nil {
			err = errors.Join(err, r.Body.Close())
		}
		return nil, err
	}
	return g.by.RoundTrip(r)
}

// CloseIdleConnections ends the connections that wait for use; http.Client looks for it.
func (g *guarded) CloseIdleConnections() {
	g.direct.CloseIdleConnections()
	g.by.CloseIdleConnections()
}

// errInside says that an address leads into a network that is not public.
var errInside = errors.New("the address is not public")

// insideNames are the ends of names that mean something in one's own network alone: RFC 6761, 6762, 8375, and .internal of ICANN.
var insideNames = []string{".localhost", ".local", ".internal", ".home.arpa"}

// check refuses what a proxy is not to be asked for.
func (g *guarded) check(ctx context.Context, u *url.URL) error {
	_, port, _ := net.SplitHostPort(hostPort(u))
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		return g.public(ip, port)
	}
	if !strings.Contains(host, ".") || slices.ContainsFunc(insideNames, func(end string) bool { return strings.HasSuffix(host, end) }) {
		return fmt.Errorf("%w: a name of one's own network", errInside)
	}
	if last := host[strings.LastIndexByte(host, '.')+1:]; strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
		return fmt.Errorf("%w: an address in another notation", errInside) // 127.1 and 0x7f.1 are addresses to some proxies
	}
	within, cancel := context.WithTimeout(ctx, dialWithin)
	defer cancel()
	list, err := g.lookup(within, "ip", host)
	if err != nil {
		return context.Cause(ctx) // behind a proxy outside names often mean nothing: what it connects to is the proxy's to decide
	}
	for _, ip := range list {
		if err := g.public(ip, port); err != nil {
			return err
		}
	}
	return nil
}

// public refuses an address that is not.
func (g *guarded) public(ip netip.Addr, port string) error {
	ip = ip.Unmap().WithZone("")
	network := "tcp4"
	if ip.Is6() {
		network = "tcp6"
	}
	if err := g.guard.Safe(network, net.JoinHostPort(ip.String(), port), nil); err != nil {
		return fmt.Errorf("%w: %w", errInside, err)
	}
	return nil
}
