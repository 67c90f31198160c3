package fetch

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// guard decides which addresses may be connected to. It is asked for each connection after the name was resolved,
// so neither a name that resolves to a private address nor one that changes between check and use gets through.
type guard struct {
	hosts    []string // whose every address is allowed
	prefixes []netip.Prefix
	public   *ssrf.Guardian
	timeout  time.Duration
}

func newGuard(cfg Config) *guard {
	g := &guard{timeout: cfg.ConnectTimeout}
	for _, entry := range cfg.AllowPrivate {
		a, err := parseAllowed(entry)
		switch {
		case err != nil: // Validate reports it
		case a.host != "":
			g.hosts = append(g.hosts, a.host)
		default:
			g.prefixes = append(g.prefixes, a.prefix)
		}
	}
	ports := ssrf.WithAnyPort()
	if len(cfg.Ports) > 0 {
		list := make([]uint16, len(cfg.Ports))
		for i, p := range cfg.Ports {
			list[i] = uint16(p)
		}
		ports = ssrf.WithPorts(list...)
	}
	g.public = ssrf.New(ports)
	return g
}

// dial connects to a host and port as they stand in a URL.
func (g *guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: g.timeout, Control: g.public.Safe}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if slices.Contains(g.hosts, canonicalHost(host)) {
		d.Control = nil
	} else if len(g.prefixes) > 0 {
		d.Control = g.control
	}
	return d.DialContext(ctx, network, address)
}

func (g *guard) control(network, address string, conn syscall.RawConn) error {
	if at, err := netip.ParseAddrPort(address); err == nil && g.inside(at.Addr()) {
		return nil
	}
	return g.public.Safe(network, address, conn)
}

// literal judges a host that is written as an address, before anything is dialled.
func (g *guard) literal(ip netip.Addr) error {
	if ip = ip.WithZone("").Unmap(); g.inside(ip) {
		return nil
	}
	return g.public.SafeAddr(ip)
}

func (g *guard) inside(ip netip.Addr) bool {
	ip = ip.WithZone("").Unmap()
	return slices.ContainsFunc(g.prefixes, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// canonicalHost spells a host name as it is compared.
func canonicalHost(host string) string {
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// endsInNumber reports whether the last label of a host looks like a number, which makes it an IPv4 address in one of
// the old spellings (decimal, octal, hexadecimal, fewer than four parts) if it is not one in the usual spelling.
// See https://url.spec.whatwg.org/#ends-in-a-number-checker.
func endsInNumber(host string) bool {
	host = canonicalHost(host)
	last := host[strings.LastIndexByte(host, '.')+1:]
	if hex, found := strings.CutPrefix(last, "0x"); found {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return last != "" && strings.Trim(last, "0123456789") == ""
}
