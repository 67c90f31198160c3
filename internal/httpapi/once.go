package httpapi

import (
	"crypto/rand"
	"crypto/sha256"
	"net/url"
	"sync"
	"time"
)

// onceTTL is how long a link that signs in by itself can be used.
const onceTTL = time.Hour

// onceLinks are links that sign in by themselves, once. They are not stored: a restart ends them.
type onceLinks struct {
	now func() time.Time

	mu   sync.Mutex
	open map[[sha256.Size]byte]onceLink // by the token's hash
}

type onceLink struct {
	key   string // id
	until time.Time
}

func (o *onceLinks) make(key string) (token string) {
	token = rand.Text() + rand.Text()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open[sha256.Sum256([]byte(token))] = onceLink{key, o.now().Add(onceTTL)}
	return token
}

// take returns the key's id to the first who asks in time.
func (o *onceLinks) take(token string) (key string, ok bool) {
	hash := sha256.Sum256([]byte(token))
	o.mu.Lock()
	defer o.mu.Unlock()
	link, ok := o.open[hash]
	delete(o.open, hash)
	if !ok || !o.now().Before(link.until) {
		return "", false
	}
	return link.key, true
}

// SignInLink returns the path and query of a page that signs a browser in with the key of this id, without asking for
// it: once, within an hour, and only while this process runs.
func (s *Server) SignInLink(key string) string {
	return signInPage + "?once=" + url.QueryEscape(s.once.make(key))
}
