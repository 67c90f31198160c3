package httpapi

import (
	"net"
	"net/netip"
	"strings"
	"time"

	"retake/internal/retake"
)

// At most this many attempts to sign in may fail from one address in a minute.
const (
	signInBurst = 20
	signInRate  = signInBurst / 60.0 // a second
)

// tryKey finds the key of somebody who wants to sign in, and makes it that of the request. An attempt that fails counts
// against its address; one that succeeds does not, as many people may share an address.
func (s *Server) tryKey(x *exchange, secret string) (*retake.Key, error) {
	secret = strings.TrimSpace(secret)
	if secret == "" {
		return nil, retake.Invalid("key", "key is missing: enter an API key")
	}
	from := addressOf(x.r.RemoteAddr)
	if wait, ok := s.attempts.spend(from); !ok {
		return nil, &retake.Error{Code: retake.CodeRateLimited, Field: "key", RetryAfter: max(wait, time.Second),
			Message: "Too many attempts to sign in failed from this address. Try again in a minute."}
	}
	key, err := s.lookup(x.r.Context(), secret)
	if retake.CodeOf(err) == retake.CodeUnauthenticated {
		return nil, badKey()
	}
	if err != nil {
		return nil, err
	}
	s.attempts.giveBack(from)
	return key, s.useKey(x, key)
}

func badKey() error {
	return &retake.Error{Code: retake.CodeUnauthenticated, Field: "key", Message: "The API key is unknown or was revoked. Copy it again, whole."}
}

// addressOf is who made a connection: the IPv4 address, or the network of an IPv6 one, as everybody has many of those.
func addressOf(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		if network, err := ip.Prefix(64); err == nil {
			return network.String()
		}
	}
	return ip.String()
}
