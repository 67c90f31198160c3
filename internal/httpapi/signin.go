package httpapi

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"

	"retake/internal/retake"
	"retake/internal/webui"
)

// page wraps a page that only somebody who is signed in, or sends a key, may see. Others are asked to sign in.
func (s *Server) page(h handler) handler {
	return func(x *exchange) error {
		err := s.authenticate(x)
		if retake.CodeOf(err) == retake.CodeUnauthenticated {
			return seeOther(x, signInPage+"?next="+url.QueryEscape(x.r.URL.RequestURI()))
		}
		if err != nil {
			return err
		}
		return h(x)
	}
}

// getSignIn shows the page that asks for a key, or signs in by a link.
func (s *Server) getSignIn(x *exchange) error {
	q := x.r.URL.Query()
	next := nextPage(q.Get("next"))
	if !q.Has("once") {
		return s.sendSignIn(x, http.StatusOK, next, "")
	}
	if x.r.Method == http.MethodHead {
		return seeOther(x, next) // whoever only looks does not use the link up
	}
	if key, ok := s.once.take(q.Get("once")); ok {
		_, err := s.signIn(x, key)
		if err == nil {
			return seeOther(x, next)
		}
		if retake.CodeOf(err) != retake.CodeUnauthenticated {
			return err
		}
	}
	if _, err := s.sessionKey(x); err == nil {
		return seeOther(x, next) // by this link, perhaps: browsers open their pages again
	}
	return s.sendSignIn(x, http.StatusUnauthorized, next, "This link was used already, or has expired. Sign in with an API key.")
}

// postSignIn takes the form of that page.
func (s *Server) postSignIn(x *exchange) error {
	if err := s.maySignIn(x); err != nil {
		return err
	}
	form, err := s.readForm(x)
	if err != nil {
		return err
	}
	next := nextPage(form.Get("next"))
	key, err := s.tryKey(x, form.Get("key"))
	if err == nil {
		_, err = s.signIn(x, key.ID)
	}
	switch retake.CodeOf(err) {
	case retake.CodeRateLimited:
		x.Header().Set("Retry-After", strconv.Itoa(retryAfter(err)))
		return s.sendSignIn(x, http.StatusTooManyRequests, next, retake.UserMessage(err))
	case retake.CodeUnauthenticated:
		return s.sendSignIn(x, http.StatusUnauthorized, next, retake.UserMessage(err))
	case retake.CodeInvalid:
		return s.sendSignIn(x, http.StatusUnauthorized, next, "Enter an API key.")
	}
	if err != nil {
		return err
	}
	return seeOther(x, next)
}

func (s *Server) postSignOut(x *exchange) error {
	if err := s.signOut(x); err != nil {
		return err
	}
	return seeOther(x, signInPage)
}

// readForm reads the fields of a form from the request's body. Those in the address don't count: a key does not belong
// there.
func (s *Server) readForm(x *exchange) (url.Values, error) {
	kind, _, err := mime.ParseMediaType(x.r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, retake.Invalid("Content-Type", "Content-Type must be application/x-www-form-urlencoded, got %q", clip(x.r.Header.Get("Content-Type")))
	}
	body, err := io.ReadAll(http.MaxBytesReader(x.ResponseWriter, x.shortReader(s.cfg.Stall), maxSignIn))
	if err != nil {
		return nil, bodyError(err)
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, retake.Invalid("", "The form can't be read.")
	}
	return form, nil
}

// sendSignIn shows the form, with what was wrong about the last try.
func (s *Server) sendSignIn(x *exchange, status int, next, problem string) error {
	if _, err := s.sessionHash(x); err != nil && problem == "" {
		problem = retake.UserMessage(err) // or nobody would know why signing in leads back here
	}
	v := webui.SignIn{Next: next, Problem: problem}
	found, err := s.session(x.r.Context(), x)
	if err == nil && s.ownPage(x) == nil {
		for _, k := range found.Keys {
			v.Namespaces = append(v.Namespaces, k.Namespace)
		}
	}
	page, err := webui.SignInPage(v)
	if err != nil {
		return fmt.Errorf("render sign-in page: %w", err)
	}
	// Browsers keep a SameSite=Strict cookie back when a link of another site is followed. Somebody who is signed in
	// goes on by a request of this page, with which it is sent.
	if status == http.StatusOK && x.r.Header.Get("Sec-Fetch-Site") == "cross-site" && len(s.sessionHashes(x)) == 0 {
		x.Header().Set("Refresh", "0; url="+next)
	}
	return sendPageAs(x, status, page)
}
