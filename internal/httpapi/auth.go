package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"retake/internal/retake"
	"retake/internal/turn"
)

// HashKey returns the form in which a key's secret is stored: its SHA-256 in hex. Keys are long random strings, so a
// slow password hash would add nothing.
func HashKey(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// keyCache saves the look-up of keys used again and again. It holds no secrets, only their hashes.
type keyCache struct {
	ttl time.Duration
	now func() time.Time

	mu   sync.RWMutex
	keys map[[sha256.Size]byte]cachedKey
}

type cachedKey struct {
	key   *retake.Key
	until time.Time
}

// maxCachedKeys bounds the cache; reaching it empties it, which costs each key one look-up.
const maxCachedKeys = 10_000

func (c *keyCache) get(hash [sha256.Size]byte) *retake.Key {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if e, ok := c.keys[hash]; ok && c.now().Before(e.until) {
		return e.key
	}
	return nil
}

func (c *keyCache) put(hash [sha256.Size]byte, k *retake.Key) {
	if c.ttl <= 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.keys == nil || len(c.keys) >= maxCachedKeys {
		c.keys = map[[sha256.Size]byte]cachedKey{}
	}
	c.keys[hash] = cachedKey{k, c.now().Add(c.ttl)}
}

func (c *keyCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keys = nil
}

// ForgetKeys drops what is remembered of keys, so that a revoked one stops working at once. Without it, a key
// revoked by another process works for at most Config.KeyCache.
func (s *Server) ForgetKeys() { s.keys.clear() }

func unauthenticated(format string, args ...any) *retake.Error {
	return retake.Errorf(retake.CodeUnauthenticated, format, args...)
}

// bearer returns the key that came with the request, "" for none.
func bearer(h http.Header) (string, error) {
	v := h.Get("Authorization")
	if v == "" {
		return "", nil
	}
	scheme, secret, _ := strings.Cut(v, " ")
	secret = strings.TrimSpace(secret)
	if !strings.EqualFold(scheme, "Bearer") || secret == "" {
		return "", unauthenticated("The Authorization header must read: Bearer KEY")
	}
	return secret, nil
}

// authenticate finds the request's key and counts the request against its rate.
func (s *Server) authenticate(x *exchange) error {
	key, err := s.callersKey(x)
	if err != nil {
		return err
	}
	return s.useKey(x, key)
}

// useKey makes a key that of the request, whose turns and rate it counts against.
func (s *Server) useKey(x *exchange, key *retake.Key) error {
	x.key = key
	x.takeTurnsAs(turn.Owner{Name: key.ID})
	return s.limiter.take(x, key.ID)
}

// callersKey finds the key of the Authorization header, which wins, or else the one in use in the browser's session. An
// answer to the latter is for pages of this server alone.
func (s *Server) callersKey(x *exchange) (*retake.Key, error) {
	secret, err := bearer(x.r.Header)
	if err != nil {
		return nil, err
	}
	if secret != "" {
		return s.lookup(x.r.Context(), secret)
	}
	key, err := s.sessionKey(x)
	if err == nil {
		// No page of another origin may use the answer, and no cache may give it to somebody else.
		x.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		x.Header().Set("Cache-Control", "private, no-cache")
	}
	return key, err
}

// stillMay returns an error when the key that a long request began with is not the caller's any more.
func (s *Server) stillMay(ctx context.Context, x *exchange) error {
	secret, err := bearer(x.r.Header)
	if err != nil {
		return err
	}
	if secret != "" {
		_, err = s.lookup(ctx, secret)
		return err
	}
	session, err := s.session(ctx, x)
	if err == nil && session.Key(x.key.ID) == nil {
		err = unauthenticated("The key was revoked, or signed out.")
	}
	return err
}

func (s *Server) lookup(ctx context.Context, secret string) (*retake.Key, error) {
	hash := sha256.Sum256([]byte(secret))
	if k := s.keys.get(hash); k != nil {
		return k, nil
	}
	k, err := s.store.KeyByHash(ctx, hex.EncodeToString(hash[:]))
	if errors.Is(err, retake.ErrNotFound) || err == nil && k.Revoked {
		return nil, unauthenticated("The API key is unknown or was revoked.")
	}
	if err != nil {
		return nil, fmt.Errorf("look up key: %w", err)
	}
	s.keys.put(hash, k)
	return k, nil
}

// mayUse reports whether a key acts in a namespace.
func mayUse(k *retake.Key, namespace string) bool {
	return k != nil && (namespace == k.Namespace || slices.Contains(k.Namespaces, namespace))
}

// namespaces lists those a key acts in, its own first.
func namespaces(k *retake.Key) []string {
	return append([]string{k.Namespace}, k.Namespaces...)
}

// keyed wraps a handler that only callers with a key may reach.
func (s *Server) keyed(h handler) handler {
	return func(x *exchange) error {
		if err := s.authenticate(x); err != nil {
			return err
		}
		return h(x)
	}
}
