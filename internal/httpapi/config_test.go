package httpapi

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

func TestConfigNamesEveryMistake(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Fatal(err)
	}
	bad := Config{PublicURL: "ftp://x", RatePerSecond: -1, KeyCache: -1, PublicRepos: []string{"ox", "a/../b"}}
	err := bad.Validate()
	if err == nil {
		t.Fatal("nothing was found")
	}
	for _, key := range []string{"public_url", "max_json_bytes", "max_file_bytes", "rate_per_second", "max_sync", "max_streams",
		"key_cache", "link_ttl", "session_ttl", "stall_timeout", "keep_alive", "public_repos", "thumbnails"} {
		if !strings.Contains(err.Error(), key+": ") {
			t.Errorf("%s is not named in:\n%v", key, err)
		}
	}
	if _, err := New(bad, Deps{}); err == nil {
		t.Error("New took it")
	}
	if _, err := New(DefaultConfig(), Deps{}); err == nil {
		t.Error("New did without its dependencies")
	}
}

// A registry that has the process's collectors already is no conflict; two servers on one registry are.
func TestSharedRegistry(t *testing.T) {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector())
	if _, err := newMetrics(reg); err != nil {
		t.Error(err)
	}
}

func TestLimiterRefills(t *testing.T) {
	now := time.Unix(0, 0)
	l := &limiter{rate: 2, burst: 2, now: func() time.Time { return now }, buckets: map[string]*bucket{}}
	spend := func(want bool) {
		t.Helper()
		if _, ok := l.spend("k"); ok != want {
			t.Errorf("at %s: allowed %v, want %v", now.Sub(time.Unix(0, 0)), ok, want)
		}
	}
	spend(true)
	spend(true)
	spend(false)
	if wait, _ := l.spend("k"); wait != 500*time.Millisecond {
		t.Errorf("wait %s, want 500ms", wait)
	}
	now = now.Add(500 * time.Millisecond)
	spend(true)
	spend(false)
	now = now.Add(time.Hour) // fills up to the burst and no further
	spend(true)
	spend(true)
	spend(false)
}

func TestLimiterForgets(t *testing.T) {
	now := time.Unix(0, 0)
	l := &limiter{rate: 1, burst: 2, now: func() time.Time { return now }, buckets: map[string]*bucket{}}
	for i := range maxBuckets {
		l.spend(string(rune(i)) + "k")
	}
	now = now.Add(time.Minute)
	l.spend("one more")
	if len(l.buckets) != 1 {
		t.Errorf("%d buckets are kept", len(l.buckets))
	}
}

func TestGate(t *testing.T) {
	g := &gate{limit: 1, what: "streams", open: map[string]int{}}
	leave, err := g.enter("k")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.enter("k"); err == nil {
		t.Error("a second one was let in")
	}
	if _, err := g.enter("other"); err != nil {
		t.Error(err)
	}
	leave()
	if _, err := g.enter("k"); err != nil {
		t.Error(err)
	}
}

func TestKeyCacheExpires(t *testing.T) {
	w := newWorld(t)
	now := time.Now()
	w.s.keys.now = func() time.Time { return now }
	w.do("GET", "/api/ai/models", "")
	must(t, w.store.RevokeKey(t.Context(), "k-ox"))
	now = now.Add(w.s.cfg.KeyCache + time.Millisecond)
	w.do("GET", "/api/ai/models", "").expect(t, 401, "unauthenticated", "revoked")
}

func TestPublicURL(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *Deps) { c.PublicURL = "https://retake.example/" })
	r := w.do("POST", "/api/ai/videos/generate", request(""))
	if !strings.Contains(string(r.body), `"url":"https://retake.example/api/repos/`) {
		t.Errorf("%s", r.body)
	}
	if r := w.do("POST", "/api/ai/queue", request(""), "Origin", "https://retake.example", "Sec-Fetch-Site", "cross-site"); r.status != 200 {
		t.Errorf("the public address is another site: %d", r.status)
	}
}

func TestRequestID(t *testing.T) {
	for given, kept := range map[string]bool{"abc-1.2_X": true, "": false, "a b": false, "a\nb": false, strings.Repeat("x", 65): false} {
		if got := requestID(given); (got == given) != kept || got == "" {
			t.Errorf("%q became %q", given, got)
		}
	}
}
