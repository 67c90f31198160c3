package httpapi

import (
	"net/http"
	"strings"
	"testing"
)

// browser keeps cookies as browsers do, and says with each request that it comes from a page of the server.
type browser struct {
	w       *world
	cookies map[string]string
	last    *http.Cookie // set by the last answer
}

func (w *world) browser() *browser { return &browser{w: w, cookies: map[string]string{}} }

// signedIn is a browser with the keys' sessions, the last one in use.
func (w *world) signedIn(keys ...string) *browser {
	w.t.Helper()
	b := w.browser()
	for _, key := range keys {
		if r := b.do("POST", "/api/session", `{"key":"`+key+`"}`); r.status != http.StatusOK {
			w.t.Fatalf("sign in: %d %s", r.status, r.body)
		}
	}
	return b
}

// do sends a request with the cookies. headers are name, value, name, value; an empty value takes one away.
func (b *browser) do(method, path, body string, headers ...string) reply {
	b.w.t.Helper()
	all := []string{"Authorization", "", "Sec-Fetch-Site", "same-origin", "Cookie", b.header()}
	r := b.w.do(method, path, body, append(all, headers...)...)
	b.last = nil
	for _, line := range r.header.Values("Set-Cookie") {
		c, err := http.ParseSetCookie(line)
		must(b.w.t, err)
		b.last = c
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	return r
}

// form posts a form's fields.
func (b *browser) form(path, fields string, headers ...string) reply {
	b.w.t.Helper()
	return b.do("POST", path, fields, append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)...)
}

func (b *browser) header() string {
	var pairs []string
	for name, value := range b.cookies {
		pairs = append(pairs, name+"="+value)
	}
	return strings.Join(pairs, "; ")
}

// session asks who is signed in: the key in use, then all keys.
func (b *browser) session() string {
	b.w.t.Helper()
	return keysOf(b.w.t, b.do("GET", "/api/session", ""))
}

func keysOf(t testing.TB, r reply) string {
	t.Helper()
	if r.status != http.StatusOK || r.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("session: %d, Cache-Control %q: %s", r.status, r.header.Get("Cache-Control"), r.body)
	}
	body := r.json(t)
	current, _ := body["current"].(string)
	if body["signed_in"] != (current != "") {
		t.Errorf("signed_in does not fit current: %s", r.body)
	}
	list := []string{current + ":"}
	for _, k := range body["keys"].([]any) {
		list = append(list, k.(map[string]any)["id"].(string))
	}
	return strings.Join(list, " ")
}

// wantSession checks the session that a route answers with.
func wantSession(t testing.TB, r reply, want string) {
	t.Helper()
	if got := keysOf(t, r); got != want {
		t.Errorf("the session is %q, want %q", got, want)
	}
}
