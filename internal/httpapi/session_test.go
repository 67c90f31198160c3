package httpapi

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"retake/internal/retake"
)

func TestSignInAndOut(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	if got := b.session(); got != ":" {
		t.Errorf("before: %q", got)
	}
	r := b.do("POST", "/api/session", `{"key":" `+ottoKey+` "}`)
	wantSession(t, r, "k-otto: k-otto")
	if got := r.json(t)["keys"].([]any)[0].(map[string]any); got["namespace"] != "otto" || got["namespaces"].([]any)[0] != "barn" {
		t.Errorf("the key is %v", got)
	}
	if at := r.json(t)["expires_at"].(float64); time.Until(time.Unix(int64(at), 0)).Round(time.Hour) != 30*24*time.Hour {
		t.Errorf("it expires at %v", at)
	}
	if r := b.do("GET", "/api/ai/generations", ""); r.status != http.StatusOK || r.header.Get("Cross-Origin-Resource-Policy") != "same-origin" ||
		r.header.Get("Cache-Control") != "private, no-cache" {
		t.Errorf("%d %v", r.status, r.header)
	}
	stolen := b.header()
	wantSession(t, b.do("DELETE", "/api/session", ""), ":")
	if b.last == nil || b.last.MaxAge >= 0 || len(b.cookies) != 0 {
		t.Errorf("the cookie stays: %v", b.last)
	}
	w.do("GET", "/api/ai/generations", "", "Authorization", "", "Cookie", stolen).expect(t, 401, "unauthenticated", "not signed in any more")
	wantSession(t, b.do("DELETE", "/api/session", ""), ":")
	if b.last != nil {
		t.Error("a cookie is set where there was none")
	}
}

func TestSessionCookie(t *testing.T) {
	for base, want := range map[string]string{
		"":                           "retake_session_PORT; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict",
		"https://retake.example":     "__Host-retake_session; Path=/; Max-Age=2592000; HttpOnly; Secure; SameSite=Strict",
		"https://retake.example:444": "__Host-retake_session_444; Path=/; Max-Age=2592000; HttpOnly; Secure; SameSite=Strict",
		"http://retake.example/":     "retake_session; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict",
	} {
		w := newWorld(t, func(c *Config, _ *Deps) { c.PublicURL = base })
		b := w.signedIn(oxKey)
		line := b.last.String()
		name, rest, _ := strings.Cut(line, "=")
		value, attributes, _ := strings.Cut(rest, "; ")
		_, port, _ := strings.Cut(strings.TrimPrefix(w.url, "http://"), ":")
		if got := name + "; " + attributes; got != strings.Replace(want, "PORT", port, 1) {
			t.Errorf("%q: the cookie is %s, want %s", base, got, want)
		}
		if len(value) != 43 {
			t.Errorf("the secret has %d characters, not 32 bytes", len(value))
		}
		if strings.Contains(w.log.String(), value) || strings.Contains(w.log.String(), oxKey) {
			t.Error("a secret is in the log")
		}
		if _, err := w.store.Session(t.Context(), value); err == nil {
			t.Error("the secret itself is stored")
		}
	}
}

func TestSeveralKeys(t *testing.T) {
	w := newWorld(t)
	b := w.signedIn(oxKey)
	before := b.header()
	mine := w.enqueue("")
	wantSession(t, b.do("POST", "/api/session", `{"key":"`+ottoKey+`"}`), "k-otto: k-ox k-otto")
	if b.header() == before {
		t.Error("the secret is not a new one")
	}
	w.do("GET", "/api/ai/queue", "", "Authorization", "", "Cookie", before).expect(t, 401, "unauthenticated", "")
	b.do("GET", "/api/ai/queue/"+mine, "").expect(t, 404, "resource_not_found", "")
	wantSession(t, b.do("PUT", "/api/session", `{"current":"k-ox"}`), "k-ox: k-ox k-otto")
	b.do("GET", "/api/ai/queue/"+mine, "").expectStatus(t, 200)
	b.do("PUT", "/api/session", `{"current":"k-old"}`).expect(t, 400, "invalid_params", "k-old")
	b.do("PUT", "/api/session", `{}`).expect(t, 400, "invalid_params", "current is missing")
	b.do("DELETE", "/api/session/keys/k-old", "").expect(t, 404, "resource_not_found", "k-old")
	wantSession(t, b.do("DELETE", "/api/session/keys/k-ox", ""), "k-otto: k-otto")
	b.do("GET", "/api/ai/queue/"+mine, "").expect(t, 404, "resource_not_found", "")
	wantSession(t, b.do("DELETE", "/api/session/keys/k-otto", ""), ":")
	if len(b.cookies) != 0 {
		t.Error("the cookie stays")
	}
	for _, r := range []reply{b.do("PUT", "/api/session", `{"current":"k-ox"}`), b.do("DELETE", "/api/session/keys/k-ox", "")} {
		r.expect(t, 401, "unauthenticated", "not signed in")
	}
}

func TestRevokedKeyInSession(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *Deps) { c.KeyCache = time.Hour })
	b := w.signedIn(ottoKey, oxKey)
	b.do("GET", "/api/ai/queue", "").expectStatus(t, 200)
	must(t, w.store.RevokeKey(t.Context(), "k-ox"))
	r := b.do("GET", "/api/ai/queue", "") // at once, whatever the cache of keys says
	r.expect(t, 401, "unauthenticated", "in use was revoked")
	wantSession(t, b.do("GET", "/api/session", ""), ": k-otto") // nobody chose the other namespace
	wantSession(t, b.do("PUT", "/api/session", `{"current":"k-otto"}`), "k-otto: k-otto")
	b.do("GET", "/api/ai/queue", "").expectStatus(t, 200)
	// The cache still knows the revoked key; it must not come into a session by it.
	w.do("GET", "/api/ai/models", "").expectStatus(t, 200)
	r = b.do("POST", "/api/session", `{"key":"`+oxKey+`"}`)
	r.expect(t, 401, "unauthenticated", "revoked")
	must(t, w.store.RevokeKey(t.Context(), "k-otto"))
	b.do("GET", "/api/ai/queue", "").expect(t, 401, "unauthenticated", "not signed in any more")
	if got := b.session(); got != ":" {
		t.Errorf("after all: %q", got)
	}
}

func TestExpiredSession(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *Deps) { c.SessionTTL = time.Minute })
	now := time.Now()
	w.s.now = func() time.Time { return now.Add(-time.Minute) } // the store's clock is ahead
	b := w.browser()
	if r := b.do("POST", "/api/session", `{"key":"`+oxKey+`"}`); r.status == http.StatusOK {
		t.Fatalf("a session that is over was made: %s", r.body)
	}
	w.s.now = time.Now
	b = w.signedIn(oxKey)
	for _, hash := range []string{HashKey(b.last.Value)} {
		must(t, w.store.DeleteSession(t.Context(), hash))
		_, err := w.store.CreateSession(t.Context(), hash, "k-ox", time.Now().Add(30*time.Millisecond), "")
		must(t, err)
	}
	time.Sleep(40 * time.Millisecond)
	b.do("GET", "/api/ai/queue", "").expect(t, 401, "unauthenticated", "not signed in any more")
	if r := b.do("GET", "/ai/workbench?model=x", ""); r.status != http.StatusSeeOther {
		t.Errorf("a page: %d", r.status)
	}
	if got := b.session(); got != ":" {
		t.Errorf("the session is %q", got)
	}
	// A browser drops the cookie by its own clock; its page needs no lesson about headers.
	w.do("GET", "/api/ai/queue", "", "Authorization", "", "Sec-Fetch-Site", "same-origin").expect(t, 401, "unauthenticated", "not signed in any more")
	wantSession(t, b.do("POST", "/api/session", `{"key":"`+ottoKey+`"}`), "k-otto: k-otto")
}

func TestAuthorizationWins(t *testing.T) {
	w := newWorld(t)
	b := w.signedIn(oxKey)
	name, secret := b.last.Name, b.last.Value
	b.do("GET", "/api/ai/queue", "", "Authorization", "Bearer rtk_wrong").expect(t, 401, "unauthenticated", "unknown")
	b.do("GET", "/api/ai/queue", "", "Authorization", "Basic x").expect(t, 401, "unauthenticated", "Bearer KEY")
	id := w.enqueue("")
	b.do("GET", "/api/ai/queue/"+id, "", "Authorization", "Bearer "+ottoKey).expect(t, 404, "resource_not_found", "")
	// A cookie's secret is no key, and a key is no cookie's secret.
	b.do("GET", "/api/ai/queue", "", "Authorization", "Bearer "+secret).expect(t, 401, "unauthenticated", "unknown")
	w.do("GET", "/api/ai/queue", "", "Authorization", "", "Cookie", name+"="+oxKey).expect(t, 401, "unauthenticated", "")
	// Programs need no proof.
	r := b.do("POST", "/api/ai/queue", request(""), "Authorization", "Bearer "+oxKey, "Sec-Fetch-Site", "")
	r.expectStatus(t, 200)
}

// TestSameOriginProof sends what a browser would, from the server's own pages and from others.
func TestSameOriginProof(t *testing.T) {
	w := newWorld(t)
	b := w.signedIn(oxKey)
	own := w.url
	other := strings.Replace(own, "127.0.0.1:", "127.0.0.1:1", 1) // another port of the same host is the same site
	none := []string{"Sec-Fetch-Site", ""}
	allowed := map[string][]string{
		"own page":         {"Sec-Fetch-Site", "same-origin"},
		"own page, old":    append(none, "Origin", own),
		"own page, either": {"Sec-Fetch-Site", "same-origin", "Origin", own},
	}
	refused := map[string][]string{
		"neither header":          none,
		"another site":            {"Sec-Fetch-Site", "cross-site"},
		"another port":            {"Sec-Fetch-Site", "same-site"},
		"another port, its name":  {"Sec-Fetch-Site", "same-site", "Origin", other},
		"another port, old":       append(none, "Origin", other),
		"another site, old":       append(none, "Origin", "http://evil.example"),
		"another scheme":          append(none, "Origin", strings.Replace(own, "http://", "https://", 1)),
		"no origin":               append(none, "Origin", "null"),
		"no page":                 {"Sec-Fetch-Site", "none"},
		"a lie about the origin":  {"Sec-Fetch-Site", "cross-site", "Origin", own},
		"a site that is none yet": {"Sec-Fetch-Site", "new-kind"},
	}
	requests := []struct{ method, path, body string }{
		{"POST", "/api/ai/queue", request("")},
		{"DELETE", "/api/ai/queue/01", ""},
		{"PUT", "/api/repos/ox/r/file/main/a.txt", "a"},
		{"DELETE", "/api/repos/ox/r/file/main/b.txt", ""},
		{"POST", "/api/ai/models/lightricks-ltx-2-retake/favorite", ""},
		{"POST", "/api/session", `{"key":"` + ottoKey + `"}`},
		{"PUT", "/api/session", `{"current":"k-ox"}`},
		{"DELETE", "/api/session/keys/k-none", ""},
		{"DELETE", "/api/session", ""},
		{"POST", "/ai/signin", "key=" + ottoKey},
		{"POST", "/ai/signout", ""},
	}
	for _, rq := range requests {
		kind := "application/json"
		if strings.HasPrefix(rq.path, "/ai/") {
			kind = "application/x-www-form-urlencoded"
		}
		for name, headers := range refused {
			r := b.do(rq.method, rq.path, rq.body, append([]string{"Content-Type", kind}, headers...)...)
			if r.status != http.StatusForbidden || b.last != nil {
				t.Errorf("%s %s from %s: %d, cookie %v", rq.method, rq.path, name, r.status, b.last)
			}
		}
		for name, headers := range allowed {
			from := w.signedIn(oxKey)
			r := from.do(rq.method, rq.path, rq.body, append([]string{"Content-Type", kind}, headers...)...)
			if r.status == http.StatusForbidden || r.status == http.StatusUnauthorized {
				t.Errorf("%s %s from %s: %d %s", rq.method, rq.path, name, r.status, r.body)
			}
		}
	}
	if got := b.session(); got != "k-ox: k-ox" {
		t.Errorf("after all that was refused the session is %q", got)
	}
}

// A trusted origin is a proof for http.CrossOriginProtection, but not for a cookie that came from elsewhere.
func TestSameOriginProofBehindProxy(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *Deps) { c.PublicURL = "https://retake.example:443/" })
	b := w.signedIn(oxKey)
	for site, origins := range map[string]map[string]int{
		"":            {"https://retake.example": 200, "http://retake.example": 403, w.url: 403, "": 403},
		"same-origin": {"https://retake.example": 200, "": 200},
		"same-site":   {"https://retake.example": 403, "https://retake.example:443": 403},
		"cross-site":  {"https://retake.example": 403, "https://retake.example:443": 403},
	} {
		for origin, want := range origins {
			if r := b.do("POST", "/api/ai/queue", request(""), "Sec-Fetch-Site", site, "Origin", origin); r.status != want {
				t.Errorf("site %q, origin %q: %d, want %d", site, origin, r.status, want)
			}
		}
	}
}

func TestReadingByCookie(t *testing.T) {
	w := newWorld(t)
	b := w.signedIn(oxKey)
	const file = "/api/repos/ox/r/file/main/a.txt"
	w.do("PUT", file, "a").expectStatus(t, 200)
	for _, method := range []string{"GET", "HEAD"} {
		for _, path := range []string{"/api/ai/queue", file, "/ai/workbench"} {
			for name, headers := range map[string][]string{
				"own page":      {"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", "empty"},
				"old browser":   {"Sec-Fetch-Site", ""},
				"address bar":   {"Sec-Fetch-Site", "none", "Sec-Fetch-Dest", "document"},
				"followed link": {"Sec-Fetch-Site", "same-site", "Sec-Fetch-Dest", "document"},
			} {
				if r := b.do(method, path, "", headers...); r.status != http.StatusOK {
					t.Errorf("%s %s, %s: %d", method, path, name, r.status)
				}
			}
			for _, dest := range []string{"script", "iframe", "image", "empty", "video", ""} {
				if r := b.do(method, path, "", "Sec-Fetch-Site", "same-site", "Sec-Fetch-Dest", dest); r.status == http.StatusOK {
					t.Errorf("%s %s as %q of another port: %d", method, path, dest, r.status)
				}
			}
		}
	}
	// What anybody may read stays readable from anywhere.
	if r := b.do("GET", sample, "", "Sec-Fetch-Site", "same-site", "Sec-Fetch-Dest", "video"); r.status != http.StatusOK {
		t.Errorf("a public file: %d", r.status)
	}
	if got := keysOf(t, b.do("GET", "/api/session", "", "Sec-Fetch-Site", "same-site", "Sec-Fetch-Dest", "empty")); got != ":" {
		t.Errorf("another port learns %q", got)
	}
}

// TestFilesByCookieRunNothing: a file of somebody else in the namespace must not act as the one who opens it.
func TestFilesByCookieRunNothing(t *testing.T) {
	w := newWorld(t)
	b := w.signedIn(oxKey)
	const evil = `<script>fetch("/api/ai/queue")</script>`
	for _, name := range []string{"a.html", "a.svg", "a.js", "a.mjs", "a.xml", "a.xhtml", "a", "a.mp4", "a.txt", "a.pdf", "a.css"} {
		path := "/api/repos/ox/r/file/main/" + name
		w.do("PUT", path, evil, "Content-Type", "text/html").expectStatus(t, 200)
		r := b.do("GET", path, "")
		kind := r.header.Get("Content-Type")
		policy := r.header.Get("Content-Security-Policy")
		if r.status != 200 || !strings.HasSuffix(strings.TrimSuffix(policy, " allow-same-origin"), "; sandbox") || !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "script-src") ||
			r.header.Get("X-Content-Type-Options") != "nosniff" || strings.Contains(kind, "html") || strings.Contains(kind, "script") || strings.Contains(kind, "xml") {
			t.Errorf("%s: %d, %s, %q", name, r.status, kind, policy)
		}
	}
}

func TestExpiredLinkByCookie(t *testing.T) {
	w := newWorld(t)
	const file = "/api/repos/ox/r/file/main/a.txt"
	w.do("PUT", file, "a").expectStatus(t, 200)
	w.signedIn(oxKey).do("GET", file+"?token=1.x", "").expectStatus(t, 200)
	w.signedIn(ottoKey).do("GET", file+"?token=1.x", "").expect(t, 404, "resource_not_found", "")
	w.browser().do("GET", file+"?token=1.x", "").expect(t, 401, "unauthenticated", "signature")
}

func TestPlantedCookie(t *testing.T) {
	w := newWorld(t)
	own, planted := w.signedIn(oxKey), w.signedIn(ottoKey)
	both := planted.header() + "; " + own.header()
	b := w.browser()
	b.do("GET", "/api/ai/queue", "", "Cookie", both).expect(t, 401, "unauthenticated", "several sign-ins")
	wantSession(t, b.do("GET", "/api/session", "", "Cookie", both), ":")
	if r := b.do("GET", "/ai/signin", "", "Cookie", both); !strings.Contains(string(r.body), "several sign-ins") {
		t.Errorf("the page does not say what is wrong: %s", r.body)
	}
	// Whoever planted a session has no part in the one that follows.
	wantSession(t, b.do("POST", "/api/session", `{"key":"`+oxKey+`"}`, "Cookie", planted.header()), "k-ox: k-otto k-ox")
	if got := planted.session(); got != ":" {
		t.Errorf("the planted session is %q", got)
	}
	b.do("POST", "/ai/signout", "", "Cookie", both)
	if got := own.session(); got != ":" {
		t.Errorf("signed out with both, but %q is left", got)
	}
}

func TestEventsByCookie(t *testing.T) {
	end := map[string]func(w *world, b *browser){
		"revoked":     func(w *world, _ *browser) { must(w.t, w.store.RevokeKey(w.t.Context(), "k-ox")) },
		"signed out":  func(_ *world, b *browser) { b.do("POST", "/ai/signout", "") },
		"one key out": func(_ *world, b *browser) { b.do("DELETE", "/api/session/keys/k-ox", "") },
	}
	for name, end := range end {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(c *Config, _ *Deps) { c.KeepAlive = time.Second })
			b := w.signedIn(ottoKey, oxKey)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, "GET", w.url+"/api/events", nil)
			must(t, err)
			req.Header.Set("Cookie", b.header())
			resp, err := http.DefaultClient.Do(req)
			must(t, err)
			defer resp.Body.Close()
			in := bufio.NewReader(resp.Body)
			w.enqueue("")
			if line, err := in.ReadString('\n'); err != nil || resp.StatusCode != 200 {
				t.Fatalf("%d, %q, %v", resp.StatusCode, line, err)
			}
			b.do("PUT", "/api/session", `{"current":"k-otto"}`) // the stream stays that of its own key
			for line := ""; line != ": keep-alive\n"; line, err = in.ReadString('\n') {
				must(t, err)
			}
			end(w, b)
			if _, err := io.Copy(io.Discard, in); err != nil {
				t.Errorf("the stream stays open: %v", err)
			}
		})
	}
}

func TestSessionBodies(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	for body, part := range map[string]string{
		``: "empty", `{}`: "key is missing", `{"key":7}`: "key must be a string", `{"key":" "}`: "key is missing", `[]`: "JSON object",
	} {
		r := b.do("POST", "/api/session", body)
		r.expect(t, 400, "invalid_params", part)
	}
	r := b.do("POST", "/api/session", `{"key":"rtk_wrong"}`)
	r.expect(t, 401, "unauthenticated", "unknown or was revoked")
	if field := r.json(t)["error"].(map[string]any)["field"]; field != "key" {
		t.Errorf("the error is about %v", field)
	}
	b.do("POST", "/api/session", `{"key":"`+strings.Repeat("x", maxSignIn)+`"}`).expect(t, 413, "payload_too_large", "16 KiB")
	if b.last != nil {
		t.Error("a cookie was set")
	}
}

func TestErrorField(t *testing.T) {
	w := newWorld(t)
	field := func(r reply) any { return r.json(t)["error"].(map[string]any)["field"] }
	if got := field(w.do("POST", "/api/ai/videos/generate", request(`,"duration":99`))); got != "duration" {
		t.Errorf("refused at once: %v", got)
	}
	if got := field(w.do("GET", "/api/ai/queue/none", "")); got != nil {
		t.Errorf("about nothing: %v", got)
	}
	id := w.enqueue(`,"duration":99`)
	w.waitFor(id, retake.Failed)
	if row := w.do("GET", "/api/ai/queue/"+id, "").json(t); row["error_field"] != "duration" || row["error_type"] != "invalid_params" {
		t.Errorf("the row says %v, %v", row["error_field"], row["error_type"])
	}
	w.runner.failWith(&retake.Error{Code: retake.CodeUnreadable, Field: "input_video", Message: "The clip can't be read."})
	if got := field(w.do("POST", "/api/ai/videos/generate", request(""))); got != "input_video" {
		t.Errorf("failed while the request waited: %v", got)
	}
}
