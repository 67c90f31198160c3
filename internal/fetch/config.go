package fetch

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Config bounds what is fetched, and from where.
type Config struct {
	MaxBytes       int64         `koanf:"max_bytes"`       // of one clip
	Timeout        time.Duration `koanf:"timeout"`         // for a whole download
	ConnectTimeout time.Duration `koanf:"connect_timeout"` // for a connection, and again for its TLS handshake
	StallTimeout   time.Duration `koanf:"stall_timeout"`   // without a byte
	MaxRedirects   int           `koanf:"max_redirects"`
	Ports          []int         `koanf:"ports"`         // that may be connected to; empty: any
	AllowPrivate   []string      `koanf:"allow_private"` // networks (CIDR), addresses or host names inside that may be fetched from, on any port
}

// DefaultConfig allows the public internet on the usual ports.
func DefaultConfig() Config {
	return Config{
		MaxBytes: 2 << 30, Timeout: 15 * time.Minute, ConnectTimeout: 10 * time.Second, StallTimeout: 30 * time.Second,
		MaxRedirects: 5, Ports: []int{80, 443, 8000, 8080, 8443},
	}
}

// Validate reports every mistake, each with its key.
func (c Config) Validate() error {
	var errs []error
	bad := func(key, format string, args ...any) {
		errs = append(errs, fmt.Errorf("fetch.%s: %s", key, fmt.Sprintf(format, args...)))
	}
	if c.MaxBytes < 1 {
		bad("max_bytes", "must be positive, got %d", c.MaxBytes)
	}
	for key, d := range map[string]time.Duration{
		"timeout": c.Timeout, "connect_timeout": c.ConnectTimeout, "stall_timeout": c.StallTimeout,
	} {
		if d <= 0 {
			bad(key, "must be positive, got %s", d)
		}
	}
	if c.MaxRedirects < 0 || c.MaxRedirects > 20 {
		bad("max_redirects", "must be between 0 and 20, got %d", c.MaxRedirects)
	}
	for _, p := range c.Ports {
		if p < 1 || p > 65535 {
			bad("ports", "must be between 1 and 65535, got %d", p)
		}
	}
	for _, entry := range c.AllowPrivate {
		if _, err := parseAllowed(entry); err != nil {
			bad("allow_private", "%v", err)
		}
	}
	return errors.Join(errs...)
}

// allowed is one entry of Config.AllowPrivate: a network or a host name.
type allowed struct {
	prefix netip.Prefix
	host   string
}

func parseAllowed(entry string) (allowed, error) {
	if p, err := netip.ParsePrefix(entry); err == nil {
		return allowed{prefix: p.Masked()}, nil
	}
	if ip, err := netip.ParseAddr(entry); err == nil && ip.Zone() == "" {
		return allowed{prefix: netip.PrefixFrom(ip, ip.BitLen())}, nil
	}
	host := canonicalHost(entry)
	if host == "" || strings.ContainsAny(host, "/:@ *[]") || endsInNumber(host) {
		return allowed{}, fmt.Errorf("%q is neither a network such as 10.1.0.0/16, nor an address, nor a host name", entry)
	}
	return allowed{host: host}, nil
}
