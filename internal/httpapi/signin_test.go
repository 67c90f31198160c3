package httpapi

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestPagesAskToSignIn(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	r := b.do("GET", "/ai/workbench?model=ltx-2-3-pro-retake&start=3", "")
	want := "/ai/signin?next=%2Fai%2Fworkbench%3Fmodel%3Dltx-2-3-pro-retake%26start%3D3"
	if r.status != http.StatusSeeOther || r.header.Get("Location") != want {
		t.Fatalf("%d, to %s", r.status, r.header.Get("Location"))
	}
	r = b.do("GET", want, "")
	for _, part := range []string{`<form method="post" action="/ai/signin">`, `<input type="hidden" name="next" value="/ai/workbench?model=ltx-2-3-pro-retake&amp;start=3">`,
		`type="password"`, `<label for="key">`} {
		if r.status != 200 || !strings.Contains(string(r.body), part) {
			t.Errorf("%d, the page lacks %s:\n%s", r.status, part, r.body)
		}
	}
	r = b.form("/ai/signin", "key="+oxKey+"&next="+url.QueryEscape("/ai/workbench?model=ltx-2-3-pro-retake&start=3"))
	if r.status != http.StatusSeeOther || r.header.Get("Location") != "/ai/workbench?model=ltx-2-3-pro-retake&start=3" {
		t.Fatalf("%d, to %s", r.status, r.header.Get("Location"))
	}
	if r := b.do("GET", r.header.Get("Location"), ""); r.status != 200 || !strings.Contains(string(r.body), "ltx-2-3-pro-retake") {
		t.Errorf("signed in: %d", r.status)
	}
	if r := b.do("GET", "/ai/signin", ""); !strings.Contains(string(r.body), "signed in as ox") {
		t.Errorf("the page does not know: %s", r.body)
	}
	r = b.form("/ai/signout", "")
	if r.status != http.StatusSeeOther || r.header.Get("Location") != "/ai/signin" || len(b.cookies) != 0 {
		t.Errorf("signed out: %d, to %s, %v", r.status, r.header.Get("Location"), b.cookies)
	}
	if r := b.do("GET", "/ai/workbench", ""); r.status != http.StatusSeeOther {
		t.Errorf("signed out: %d", r.status)
	}
	if r := w.do("GET", "/ai/workbench", ""); r.status != 200 {
		t.Errorf("with a key: %d", r.status)
	}
}

func TestSignInFormRefuses(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	for fields, part := range map[string]string{
		"":                         "Enter an API key",
		"key=":                     "Enter an API key",
		"key=rtk_wrong":            "unknown or was revoked",
		"key=" + oldKey:            "unknown or was revoked",
		"key=%3Cscript%3Ealert(1)": "unknown or was revoked",
	} {
		r := b.form("/ai/signin?key="+oxKey, fields+"&next=%2Fdocs%2Fx%22%3E%3Cscript%3E")
		page := string(r.body)
		if r.status != 401 || !strings.Contains(page, part) || !strings.Contains(page, `role="alert"`) || strings.Contains(page, "<script>") ||
			strings.Contains(page, "rtk_") || b.last != nil {
			t.Errorf("%q: %d, cookie %v:\n%s", fields, r.status, b.last, page)
		}
	}
	b.form("/ai/signin", "key=%zz").expect(t, 400, "invalid_params", "form")
	b.form("/ai/signin", "key="+oxKey, "Content-Type", "text/plain").expect(t, 400, "invalid_params", "Content-Type")
	b.form("/ai/signin", "key="+strings.Repeat("x", maxSignIn)).expect(t, 413, "payload_too_large", "16 KiB")
	// Nobody may sign a browser in from elsewhere, with whatever key.
	for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Sec-Fetch-Site", "", "Origin", "null"},
		{"Sec-Fetch-Site", "", "Origin", "http://evil.example"}} {
		if r := b.form("/ai/signin", "key="+oxKey, headers...); r.status != http.StatusForbidden || b.last != nil {
			t.Errorf("%v: %d", headers, r.status)
		}
	}
}

func TestPagePolicy(t *testing.T) {
	w := newWorld(t)
	const want = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; " +
		"connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	b := w.signedIn(oxKey)
	wrong := b.form("/ai/signin", "key=x")
	for name, r := range map[string]reply{
		"workbench": b.do("GET", "/ai/workbench", ""), "sign-in": b.do("GET", "/ai/signin", ""), "refused": wrong,
		"docs": b.do("GET", "/docs/models/lightricks-ltx-2-retake", ""),
	} {
		h := r.header
		if h.Get("Content-Security-Policy") != want || h.Get("X-Frame-Options") != "DENY" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", name, h)
		}
		// With no-referrer, browsers send "Origin: null" with forms, which is no proof of anything.
		if h.Get("Referrer-Policy") != "same-origin" {
			t.Errorf("%s: Referrer-Policy %q", name, h.Get("Referrer-Policy"))
		}
		if body := string(r.body); strings.Contains(body, "<script>") || strings.Contains(body, "style=") {
			t.Errorf("%s has something inline", name)
		}
	}
}

func TestNextPage(t *testing.T) {
	for _, good := range []string{"/ai/workbench", "/ai/workbench?model=x&prompt=a%20b%26c", "/ai/history#take-2", "/docs", "/docs/", "/docs/models/a.md", "/docs?x=1"} {
		if got := nextPage(good); got != good {
			t.Errorf("%s becomes %s", good, got)
		}
	}
	for _, bad := range badNext {
		if got := nextPage(bad); got != startPage {
			t.Errorf("%q leads to %q", bad, got)
		}
	}
	w := newWorld(t)
	for _, bad := range badNext {
		r := w.browser().form("/ai/signin", url.Values{"key": {oxKey}, "next": {bad}}.Encode())
		if r.status != http.StatusSeeOther || r.header.Get("Location") != startPage {
			t.Errorf("%q leads to %q (%d)", bad, r.header.Get("Location"), r.status)
		}
	}
}

var badNext = []string{
	"", "/", "ai/workbench", "//evil", "//evil/ai/", "///evil", `/\evil`, `\\evil`, `/ai/\evil`, "https://evil/ai/x", "https:/ai/x", "https:ai",
	"javascript:alert(1)", "data:text/html,x", "/ai/../..", "/ai/../api/session", "/ai/%2e%2e/api/session", "/ai/..%2f..%2fevil", "/ai/%5c..",
	"/ai//evil", "/ai/./x", "/aix", "/docsx", "/api/ai/queue", "/ai", "/ai/signin", "/ai/signin?next=/ai/signin", "/ai/signout",
	"/ai/x\r\nSet-Cookie: a=b", "/ai/\tx", " /ai/x", "/ai/%0d%0aX: y", "/ai/%00", "//user@evil/ai/x", "/ai/%252e%252e/x", "http:///ai/x", "?next=x", "#x",
}

// FuzzNextPage: wherever a browser would go from here is a page of this server.
func FuzzNextPage(f *testing.F) {
	for _, s := range badNext {
		f.Add(s)
	}
	f.Add("/ai/workbench?model=x#y")
	here, _ := url.Parse("https://retake.example/ai/signin")
	f.Fuzz(func(t *testing.T, asked string) {
		next := nextPage(asked)
		if strings.ContainsAny(next, "\\\r\n\t\x00") {
			t.Fatalf("%q leads to %q", asked, next)
		}
		u, err := here.Parse(next)
		if err != nil || u.Scheme != "https" || u.Host != "retake.example" || u.User != nil {
			t.Fatalf("%q leads to %v (%v)", asked, u, err)
		}
		if !strings.HasPrefix(u.Path, "/ai/") && u.Path != "/docs" && !strings.HasPrefix(u.Path, "/docs/") {
			t.Fatalf("%q leads to %q", asked, u.Path)
		}
		if again := nextPage(next); again != next {
			t.Fatalf("%q becomes %q, then %q", asked, next, again)
		}
	})
}

func TestOneTimeLink(t *testing.T) {
	w := newWorld(t)
	link := w.s.SignInLink("k-ox")
	if strings.Contains(link, "k-ox") {
		t.Errorf("the link tells the key: %s", link)
	}
	if r := w.browser().do("HEAD", link, ""); r.status != http.StatusSeeOther || len(r.header.Values("Set-Cookie")) > 0 {
		t.Errorf("HEAD: %d", r.status)
	}
	b := w.browser()
	r := b.do("GET", link+"&next=/docs/models/x", "", "Sec-Fetch-Site", "none")
	if r.status != http.StatusSeeOther || r.header.Get("Location") != "/docs/models/x" || b.session() != "k-ox: k-ox" {
		t.Fatalf("%d, to %s, %q", r.status, r.header.Get("Location"), b.session())
	}
	if r := b.do("GET", link, ""); r.status != http.StatusSeeOther || b.last != nil {
		t.Errorf("again, signed in: %d", r.status)
	}
	late := w.browser()
	if r := late.do("GET", link, ""); r.status != 401 || !strings.Contains(string(r.body), "used already") || late.last != nil {
		t.Errorf("again, by somebody else: %d %s", r.status, r.body)
	}
	for _, bad := range []string{"", "x", strings.ToLower(strings.TrimPrefix(link, "/ai/signin?once="))} {
		if r := late.do("GET", "/ai/signin?once="+bad, ""); r.status != 401 || late.last != nil {
			t.Errorf("token %q: %d", bad, r.status)
		}
	}
	if strings.Contains(w.log.String(), strings.TrimPrefix(link, "/ai/signin?once=")) {
		t.Error("the token is in the log")
	}
}

func TestOneTimeLinkExpires(t *testing.T) {
	w := newWorld(t)
	now := time.Now()
	w.s.once.now = func() time.Time { return now }
	expired, revoked := w.s.SignInLink("k-ox"), w.s.SignInLink("k-old")
	now = now.Add(onceTTL)
	fresh := w.s.SignInLink("k-ox")
	b := w.browser()
	for name, link := range map[string]string{"expired": expired, "of a revoked key": revoked} {
		if r := b.do("GET", link, ""); r.status != 401 || b.last != nil {
			t.Errorf("%s: %d", name, r.status)
		}
	}
	if r := b.do("GET", fresh, ""); r.status != http.StatusSeeOther || b.session() != "k-ox: k-ox" {
		t.Errorf("fresh: %d", r.status)
	}
	revoked = w.s.SignInLink("k-old")
	if r := w.browser().do("GET", revoked, ""); r.status != 401 {
		t.Errorf("of a revoked key: %d", r.status)
	}
}

// Of many who use the link at the same time, one is signed in.
func TestOneTimeLinkRace(t *testing.T) {
	w := newWorld(t)
	link := w.s.SignInLink("k-ox")
	var all sync.WaitGroup
	var mu sync.Mutex
	made := 0
	for range 16 {
		all.Go(func() {
			resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Get(w.url + link)
			if err != nil {
				t.Error(err)
				return
			}
			resp.Body.Close()
			mu.Lock()
			defer mu.Unlock()
			if len(resp.Cookies()) > 0 {
				made++
			}
		})
	}
	all.Wait()
	if made != 1 {
		t.Errorf("%d were signed in", made)
	}
}

func TestSignInAttempts(t *testing.T) {
	w := newWorld(t)
	now := time.Now()
	w.s.attempts.now = func() time.Time { return now }
	b := w.browser()
	for range 2 * signInBurst { // those that succeed don't count
		w.signedIn(oxKey)
	}
	for i := range signInBurst {
		if i%2 == 0 {
			b.do("POST", "/api/session", `{"key":"rtk_wrong"}`).expectStatus(t, 401)
		} else {
			b.form("/ai/signin", "key=rtk_wrong").expectStatus(t, 401)
		}
	}
	r := b.do("POST", "/api/session", `{"key":"`+oxKey+`"}`)
	r.expect(t, 429, "rate_limited", "attempts")
	if r.header.Get("Retry-After") == "" || b.last != nil {
		t.Errorf("%v", r.header)
	}
	r = b.form("/ai/signin", "key="+oxKey)
	if r.status != 429 || r.header.Get("Retry-After") == "" || !strings.Contains(string(r.body), "Too many attempts") || b.last != nil {
		t.Errorf("%d %s", r.status, r.body)
	}
	w.do("GET", "/api/ai/models", "").expectStatus(t, 200) // programs with a key go on
	now = now.Add(3 * time.Second)
	b.do("POST", "/api/session", `{"key":"`+oxKey+`"}`).expectStatus(t, 200)
	b.do("POST", "/api/session", `{"key":"rtk_wrong"}`).expectStatus(t, 401)
	b.do("POST", "/api/session", `{"key":"rtk_wrong"}`).expectStatus(t, 429)
}

func TestAddressOf(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.1:80": "192.0.2.1", "[::ffff:192.0.2.1]:80": "192.0.2.1", "[2001:db8:1:2:3:4:5:6]:80": "2001:db8:1:2::/64",
		"[2001:db8:1:2::9]:81": "2001:db8:1:2::/64", "[fe80::1%eth0]:80": "fe80::/64", "@": "@",
	} {
		if got := addressOf(remote); got != want {
			t.Errorf("%s is %s, want %s", remote, got, want)
		}
	}
}

// A browser that follows a link of another site keeps its cookie back, so the page has it ask again.
func TestLinkOfAnotherSite(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	const page = "/ai/signin?next=%2Fai%2Fworkbench%3Fmodel%3Dx"
	if r := b.do("GET", page, "", "Sec-Fetch-Site", "cross-site"); r.header.Get("Refresh") != "0; url=/ai/workbench?model=x" {
		t.Errorf("Refresh %q", r.header.Get("Refresh"))
	}
	if r := b.do("GET", "/ai/signin?next=//evil", "", "Sec-Fetch-Site", "cross-site"); r.header.Get("Refresh") != "0; url=/ai/workbench" {
		t.Errorf("Refresh %q", r.header.Get("Refresh"))
	}
	for _, site := range []string{"same-origin", "none", ""} { // or it would never end
		if r := b.do("GET", page, "", "Sec-Fetch-Site", site); r.header.Get("Refresh") != "" {
			t.Errorf("%s: Refresh %q", site, r.header.Get("Refresh"))
		}
	}
}
