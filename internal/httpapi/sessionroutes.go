package httpapi

import (
	"errors"
	"fmt"
	"net/http"

	"retake/internal/retake"
)

// sessionBody is what every route of the session answers.
type sessionBody struct {
	SignedIn  bool         `json:"signed_in"`
	Current   *string      `json:"current"`
	Keys      []sessionRow `json:"keys"`
	ExpiresAt *int64       `json:"expires_at"`
}

// sessionRow is a key of the session.
type sessionRow struct {
	ID         string   `json:"id"`
	Namespace  string   `json:"namespace"`
	Namespaces []string `json:"namespaces"`
}

// maxSignIn bounds the body of a request about the session, in bytes.
const maxSignIn = 16 << 10

// sendSession answers with a session, nil for none.
func sendSession(x *exchange, found *retake.Session) error {
	body := sessionBody{Keys: []sessionRow{}}
	if found != nil {
		body.Current, body.ExpiresAt = orNull(found.Current), unixOrNull(found.Expires)
		body.SignedIn = found.Current != ""
		for _, k := range found.Keys {
			body.Keys = append(body.Keys, sessionRow{k.ID, k.Namespace, append([]string{}, k.Namespaces...)})
		}
	}
	x.Header().Set("Cache-Control", "no-store")
	return x.json(http.StatusOK, body)
}

// getSession says who is signed in. Nobody is no error.
func (s *Server) getSession(x *exchange) error {
	found, err := s.session(x.r.Context(), x)
	if err == nil {
		err = s.ownPage(x)
	}
	if retake.CodeOf(err) == retake.CodeUnauthenticated {
		found, err = nil, nil
	}
	if err != nil {
		return err
	}
	return sendSession(x, found)
}

// postSession signs in, or adds a key to the session.
func (s *Server) postSession(x *exchange) error {
	if err := s.maySignIn(x); err != nil {
		return err
	}
	params, _, err := readObjectFrom(x, x.shortReader(s.cfg.Stall), maxSignIn)
	if err != nil {
		return err
	}
	secret, err := requiredString(params, "key")
	if err != nil {
		return err
	}
	key, err := s.tryKey(x, secret)
	if err != nil {
		return err
	}
	made, err := s.signIn(x, key.ID)
	if err != nil {
		return err
	}
	return sendSession(x, made)
}

// maySignIn holds a browser that has a session to its own pages.
func (s *Server) maySignIn(x *exchange) error {
	if len(s.sessionHashes(x)) == 0 {
		return nil
	}
	return s.ownPage(x)
}

// putSession puts another key of the session in use.
func (s *Server) putSession(x *exchange) error {
	hash, err := s.changeable(x)
	if err != nil {
		return err
	}
	params, _, err := readObjectFrom(x, x.shortReader(s.cfg.Stall), maxSignIn)
	if err != nil {
		return err
	}
	id, err := requiredString(params, "current")
	if err != nil {
		return err
	}
	changed, err := s.store.UseSessionKey(x.r.Context(), hash, id)
	if errors.Is(err, retake.ErrNotFound) {
		return retake.Invalid("current", "current must be the id of a key that you are signed in with, got %q", clip(id))
	}
	if err != nil {
		return fmt.Errorf("change the key in use: %w", err)
	}
	return sendSession(x, changed)
}

// changeable returns the hash of the session that a request may change.
func (s *Server) changeable(x *exchange) (hash string, err error) {
	hash, err = s.sessionHash(x)
	if err != nil {
		return "", err
	}
	if hash == "" {
		return "", unauthenticated("You are not signed in.")
	}
	if err := s.ownPage(x); err != nil {
		return "", err
	}
	_, err = s.session(x.r.Context(), x)
	return hash, err
}

// deleteSession signs out.
func (s *Server) deleteSession(x *exchange) error {
	if err := s.signOut(x); err != nil {
		return err
	}
	return sendSession(x, nil)
}

// deleteSessionKey signs one key out, and the browser with the last one.
func (s *Server) deleteSessionKey(x *exchange) error {
	hash, err := s.changeable(x)
	if err != nil {
		return err
	}
	id := x.r.PathValue("id")
	changed, err := s.store.RemoveSessionKey(x.r.Context(), hash, id)
	if errors.Is(err, retake.ErrNotFound) {
		return notFound("You are not signed in with a key of the id %s.", clip(id))
	}
	if err != nil {
		return fmt.Errorf("sign a key out: %w", err)
	}
	if changed == nil {
		s.dropCookie(x)
	}
	return sendSession(x, changed)
}
