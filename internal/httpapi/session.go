package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"retake/internal/retake"
)

// sessionCookie begins the name of the cookie that holds a session's secret. The store keeps only its hash.
const sessionCookie = "retake_session"

// sessionSize is the length of the secret, in random bytes.
const sessionSize = 32

// newCookie returns the session's cookie for this caller, without a value. Browsers share cookies between the ports of
// a host, so the port is a part of the name: two servers on one machine keep their sign-ins apart.
func (s *Server) newCookie(x *exchange) *http.Cookie {
	c := &http.Cookie{Name: sessionCookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode}
	base, err := url.Parse(s.base(x))
	if err != nil {
		return c // a Host header that is no host
	}
	if port := base.Port(); port != "" {
		c.Name += "_" + port
	}
	if base.Scheme == "https" {
		c.Name, c.Secure = "__Host-"+c.Name, true
	}
	return c
}

// maxCookies bounds how many cookies of one name are looked at.
const maxCookies = 8

// sessionHashes returns the hashes of the sessions that the browser sent. It sends more than one when somebody else on
// the same host, at another port or under a parent domain, planted a cookie of this name.
func (s *Server) sessionHashes(x *exchange) []string {
	var hashes []string
	for _, c := range x.r.CookiesNamed(s.newCookie(x).Name) {
		if c.Value != "" && len(hashes) < maxCookies {
			hashes = append(hashes, HashKey(c.Value))
		}
	}
	return hashes
}

// sessionHash returns the hash of the browser's one session, "" for none.
func (s *Server) sessionHash(x *exchange) (string, error) {
	switch hashes := s.sessionHashes(x); len(hashes) {
	case 0:
		return "", nil
	case 1:
		return hashes[0], nil
	}
	return "", unauthenticated("The browser sent several sign-ins, of which none can be trusted. Delete the cookies of this address, then sign in again.")
}

func signedOut() error {
	return unauthenticated("You are not signed in any more: the sign-in ended, or its keys were revoked. Sign in again.")
}

// session finds the session of the browser's cookie.
func (s *Server) session(ctx context.Context, x *exchange) (*retake.Session, error) {
	hash, err := s.sessionHash(x)
	if err != nil {
		return nil, err
	}
	if hash == "" && x.r.Header.Get("Sec-Fetch-Site") == "same-origin" { // a page of this server, whose cookie the browser dropped
		return nil, signedOut()
	}
	if hash == "" {
		return nil, unauthenticated("No API key was sent. Send it as a header: Authorization: Bearer KEY")
	}
	found, err := s.store.Session(ctx, hash)
	if errors.Is(err, retake.ErrNotFound) {
		return nil, signedOut()
	}
	if err != nil {
		return nil, fmt.Errorf("look up session: %w", err)
	}
	return found, nil
}

// sessionKey finds the key in use of the browser's session. It is looked up each time, so that a revoked key and a
// sign-out count at once.
func (s *Server) sessionKey(x *exchange) (*retake.Key, error) {
	found, err := s.session(x.r.Context(), x)
	if err != nil {
		return nil, err
	}
	if err := s.ownPage(x); err != nil {
		return nil, err
	}
	key := found.Key(found.Current)
	if key == nil {
		return nil, unauthenticated("The key in use was revoked. Choose another one, or sign in again.")
	}
	return key, nil
}

// ownPage lets a request by cookie pass when it comes from a page of this server. http.CrossOriginProtection has seen
// it before, but lets pass what carries neither header. SameSite alone keeps out pages of other sites, but not those
// at another port of the same host.
func (s *Server) ownPage(x *exchange) error {
	h := x.r.Header
	site := h.Get("Sec-Fetch-Site")
	if x.r.Method == http.MethodGet || x.r.Method == http.MethodHead {
		if site == "" || site == "same-origin" || site == "none" || h.Get("Sec-Fetch-Dest") == "document" {
			return nil // a link that somebody followed is the document; what a page of others loads or frames is not
		}
		return unauthenticated("A page of another origin can't use this sign-in. Send an API key instead.")
	}
	if site == "same-origin" || site == "" && h.Get("Origin") == originOf(s.base(x)) {
		return nil
	}
	return &statusError{forbidden, "With a sign-in, only a page of this server may send this request. Programs send an API key in the Authorization header."}
}

// signIn makes a session with the key for the browser. Its secret is always a new one, so that nobody who planted or
// saw the one before has a part in it; the keys of that one stay.
func (s *Server) signIn(x *exchange, key string) (*retake.Session, error) {
	replaces, err := s.sessionHash(x)
	if err != nil {
		replaces = "" // several: the new one stands alone
	}
	random := make([]byte, sessionSize)
	_, _ = rand.Read(random) // never fails
	c := s.newCookie(x)
	c.Value, c.MaxAge = base64.RawURLEncoding.EncodeToString(random), int(s.cfg.SessionTTL.Seconds())
	made, err := s.store.CreateSession(x.r.Context(), HashKey(c.Value), key, s.now().Add(s.cfg.SessionTTL), replaces)
	if errors.Is(err, retake.ErrNotFound) {
		return nil, badKey()
	}
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	http.SetCookie(x, c)
	return made, nil
}

// signOut ends the browser's sessions. A request without one changes nothing, not even the cookie.
func (s *Server) signOut(x *exchange) error {
	hashes := s.sessionHashes(x)
	if len(hashes) == 0 {
		return nil
	}
	if err := s.ownPage(x); err != nil {
		return err
	}
	for _, hash := range hashes {
		if err := s.store.DeleteSession(x.r.Context(), hash); err != nil {
			return fmt.Errorf("sign out: %w", err)
		}
	}
	s.dropCookie(x)
	return nil
}

func (s *Server) dropCookie(x *exchange) {
	c := s.newCookie(x)
	c.MaxAge = -1
	http.SetCookie(x, c)
}
