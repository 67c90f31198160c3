package httpapi

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"retake/internal/retake"
)

func (r reply) detail(t testing.TB) string {
	t.Helper()
	detail, _ := r.json(t)["error"].(map[string]any)["detail"].(string)
	return detail
}

// expect checks an error's status, type and a part of its text.
func (r reply) expect(t *testing.T, status int, kind, part string) {
	t.Helper()
	if r.status != status {
		t.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	if got := r.json(t)["status_message"]; got != kind {
		t.Errorf("type %v, want %s", got, kind)
	}
	if d := r.detail(t); !strings.Contains(d, part) {
		t.Errorf("detail %q does not say %q", d, part)
	}
}

func TestBadKeys(t *testing.T) {
	w := newWorld(t)
	tests := map[string]struct{ header, part string }{
		"none":           {"", "No API key"},
		"wrong":          {"Bearer rtk_wrong", "unknown or was revoked"},
		"revoked":        {"Bearer " + oldKey, "unknown or was revoked"},
		"another scheme": {"Basic b3g6b3g=", "Bearer KEY"},
		"empty":          {"Bearer ", "Bearer KEY"},
	}
	paths := []string{"/api/ai/queue", "/api/ai/models", "/api/events", "/api/ai/generations", "/metrics", "/api/ready", "/api/repos/ox/secret/file/main/a.mp4"}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, p := range paths {
				r := w.do("GET", p, "", "Authorization", tt.header)
				r.expect(t, http.StatusUnauthorized, "unauthenticated", tt.part)
				if r.header.Get("WWW-Authenticate") == "" {
					t.Error("WWW-Authenticate is missing")
				}
			}
		})
	}
	for _, p := range []string{"/api/health", "/openapi.json", "/llms.txt", "/ai/signin", "/docs/models/lightricks-ltx-2-retake"} {
		if r := w.do("GET", p, "", "Authorization", ""); r.status != http.StatusOK {
			t.Errorf("%s without a key: %d", p, r.status)
		}
	}
	if strings.Contains(w.log.String(), oxKey) || strings.Contains(w.log.String(), oldKey) {
		t.Error("a key is in the log")
	}
}

func TestRevokedKeyStopsAtOnce(t *testing.T) {
	w := newWorld(t)
	if r := w.do("GET", "/api/ai/models", ""); r.status != http.StatusOK {
		t.Fatal(r.status)
	}
	must(t, w.store.RevokeKey(t.Context(), "k-ox"))
	w.s.ForgetKeys()
	w.do("GET", "/api/ai/models", "").expect(t, http.StatusUnauthorized, "unauthenticated", "revoked")
}

func TestBadBodies(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *Deps) { c.MaxJSON = 2 << 20 })
	deep := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
	endless := strings.Repeat("[", 20_000)
	huge := `,"note":"` + strings.Repeat("x", 3<<20) + `"`
	tests := map[string]struct {
		body   string
		status int
		kind   string
		part   string
	}{
		"empty":               {"", 400, "invalid_params", "empty"},
		"no JSON":             {"prompt=snow", 400, "invalid_params", "not valid JSON"},
		"cut short":           {`{"model":"x"`, 400, "invalid_params", "ends too early"},
		"NaN":                 {request(`,"start_time":NaN`), 400, "invalid_params", "not valid JSON"},
		"Infinity":            {request(`,"duration":Infinity`), 400, "invalid_params", "not valid JSON"},
		"infinite in effect":  {request(`,"duration":1e999`), 400, "invalid_params", "duration must be a finite number"},
		"huge exponent":       {request(`,"duration":1e1000000000`), 400, "invalid_params", "duration must be a finite number"},
		"trailing garbage":    {request("") + "x", 400, "invalid_params", "goes on after"},
		"two objects":         {request("") + request(""), 400, "invalid_params", "goes on after"},
		"an array":            {`[1]`, 400, "invalid_params", "must be a JSON object"},
		"null":                {`null`, 400, "invalid_params", "must be a JSON object"},
		"deep":                {request(`,"deep":` + deep), 400, "invalid_params", "nested more than"},
		"endlessly deep":      {endless, 400, "invalid_params", "not valid JSON"},
		"NUL":                 {request(`,"note":"a\u0000b"`), 400, "invalid_params", "NUL"},
		"over the limit":      {request(huge), 413, "payload_too_large", "2 MiB"},
		"large row":           {request(`,"note":"` + strings.Repeat("x", 70_000) + `"`), 413, "payload_too_large", "at most 64 KiB. The largest of its parameters, note, takes 68.4 KiB."},
		"large address":       {strings.Replace(request(""), sample, "https://example.com/"+strings.Repeat("a", 70_000), 1), 413, "payload_too_large", "its parameters, input_video,"},
		"no model":            {`{"prompt":"snow"}`, 400, "invalid_params", "model is missing"},
		"model is a number":   {`{"model":3,"prompt":"snow"}`, 400, "invalid_params", "model must be a string"},
		"unknown model":       {`{"model":"nope","prompt":"snow"}`, 404, "resource_not_found", "Model not found: nope"},
		"no prompt":           {`{"model":"lightricks-ltx-2-retake"}`, 400, "invalid_params", "prompt is missing"},
		"prompt is a number":  {`{"model":"lightricks-ltx-2-retake","prompt":1}`, 400, "invalid_params", "prompt must be a string"},
		"foreign namespace":   {request(`,"target_namespace":"otto"`), 404, "resource_not_found", "Namespace not found: otto"},
		"target goes up":      {request(`,"target_directory":"a/../b"`), 400, "invalid_params", "target_directory"},
		"target repo is path": {request(`,"target_repo":"a/b"`), 400, "invalid_params", "target_repo"},
		"unknown engine":      {request(`,"engine":"magic"`), 400, "invalid_params", "engine must be one of builtin"},
	}
	for name, tt := range tests {
		for _, path := range []string{"/api/ai/queue", "/api/ai/videos/generate"} {
			t.Run(name+path, func(t *testing.T) {
				w.do("POST", path, tt.body).expect(t, tt.status, tt.kind, tt.part)
			})
		}
	}
	if _, total, err := w.store.Generations(t.Context(), retake.Filter{}, retake.Page{Number: 1, Size: 1}); err != nil || total != 0 {
		t.Errorf("%d generations were made of bad requests (%v)", total, err)
	}
}

func TestContentTypes(t *testing.T) {
	w := newWorld(t)
	for _, good := range []string{"application/json", "application/json; charset=utf-8", "application/merge+json", ""} {
		if r := w.do("POST", "/api/ai/queue", request(""), "Content-Type", good); r.status != http.StatusOK {
			t.Errorf("%q: %d %s", good, r.status, r.body)
		}
	}
	for _, bad := range []string{"application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", "nonsense/"} {
		w.do("POST", "/api/ai/queue", request(""), "Content-Type", bad).expect(t, 400, "invalid_params", "Content-Type must be application/json")
	}
	w.do("POST", "/api/ai/queue", request(""), "Content-Encoding", "gzip").expect(t, 400, "invalid_params", "uncompressed")
}

func TestNumGenerations(t *testing.T) {
	w := newWorld(t)
	for _, bad := range []string{"0", "13", "-1", `"3"`, "1.5", "true", "[]", "1e99"} {
		w.do("POST", "/api/ai/queue", request(`,"num_generations":`+bad)).
			expect(t, 400, "invalid_params", "num_generations must be an integer between 1 and 12")
	}
	for good, n := range map[string]int{"1": 1, "12": 12, "null": 1, "2.0": 2} {
		r := w.do("POST", "/api/ai/queue", request(`,"num_generations":`+good))
		if got := len(r.json(t)["generations"].([]any)); got != n {
			t.Errorf("%s made %d", good, got)
		}
	}
}

func TestMethods(t *testing.T) {
	w := newWorld(t)
	tests := []struct {
		method, path string
		allow        string
	}{
		{"PATCH", "/api/ai/queue", "GET, HEAD, POST"},
		{"GET", "/api/ai/videos/generate", "POST"},
		{"POST", "/api/repos/ox/r/file/main/a.mp4", fileMethods},
		{"BREW", "/api/health", "GET, HEAD"},
	}
	for _, tt := range tests {
		r := w.do(tt.method, tt.path, "")
		r.expect(t, http.StatusMethodNotAllowed, "invalid_params", tt.method)
		if got := r.header.Get("Allow"); got != tt.allow {
			t.Errorf("%s %s: Allow %q, want %q", tt.method, tt.path, got, tt.allow)
		}
	}
	if r := w.do("OPTIONS", "/api/ai/queue", ""); r.status != http.StatusNoContent || r.header.Get("Allow") == "" {
		t.Errorf("OPTIONS: %d %v", r.status, r.header)
	}
	if r := w.do("HEAD", "/api/ai/models", ""); r.status != http.StatusOK || r.header.Get("Content-Length") == "" || len(r.body) > 0 {
		t.Errorf("HEAD: %d %v %q", r.status, r.header, r.body)
	}
	w.do("GET", "/nothing/here", "").expect(t, 404, "resource_not_found", "/nothing/here")
	w.do("POST", "/api/ai/images/generate", "{}").expect(t, 404, "resource_not_found", "videos only")
	w.do("POST", "/api/ai/chat/completions", "{}").expect(t, 404, "resource_not_found", "videos only")
}

func TestHugeHeader(t *testing.T) {
	w := newWorld(t)
	req, err := http.NewRequestWithContext(t.Context(), "GET", w.url+"/api/health", nil)
	must(t, err)
	req.Header.Set("X-Big", strings.Repeat("x", 1<<20))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return // the server hung up while the header was still on its way, which is as good
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d", resp.StatusCode)
	}
}

func TestCrossOrigin(t *testing.T) {
	w := newWorld(t)
	w.do("POST", "/api/ai/queue", request(""), "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example").
		expect(t, http.StatusForbidden, "unauthenticated", "another site")
	if r := w.do("POST", "/api/ai/queue", request(""), "Sec-Fetch-Site", "same-origin"); r.status != http.StatusOK {
		t.Errorf("same origin: %d", r.status)
	}
}

func TestPanicAndStoreFailure(t *testing.T) {
	boom := errors.New("disk /secret/path on fire")
	w := newWorld(t, func(_ *Config, d *Deps) {
		d.Checks["fire"] = func(context.Context) error { return boom }
		d.Thumbnails = &stills{err: boom}
	})
	r := w.do("GET", sample+"?thumbnail=true", "")
	r.expect(t, http.StatusInternalServerError, "unknown_error", r.header.Get("X-Request-Id"))
	if bytes.Contains(r.body, []byte("secret")) {
		t.Errorf("the cause leaked: %s", r.body)
	}
	if log := w.log.String(); !strings.Contains(log, r.header.Get("X-Request-Id")) || !strings.Contains(log, "on fire") {
		t.Error("the cause is not in the log")
	}
	r = w.do("GET", "/api/ready", "")
	r.expect(t, http.StatusServiceUnavailable, "unavailable", "not ready")
	if bytes.Contains(r.body, []byte("secret")) {
		t.Errorf("the cause leaked: %s", r.body)
	}
	w.s.handle("GET /panic", func(*exchange) error { panic("/secret/path") })
	r = w.do("GET", "/panic", "", "X-Request-Id", "abc-123")
	r.expect(t, http.StatusInternalServerError, "unknown_error", "abc-123")
	if bytes.Contains(r.body, []byte("secret")) || !strings.Contains(w.log.String(), "bad_test.go") {
		t.Errorf("a panic must be in the log and nowhere else: %s", r.body)
	}
}

func TestRateLimit(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *Deps) { c.RatePerSecond, c.RateBurst = 0.5, 3 })
	for range 3 {
		if r := w.do("GET", "/api/ai/models", ""); r.status != http.StatusOK {
			t.Fatal(r.status)
		}
	}
	r := w.do("GET", "/api/ai/models", "")
	r.expect(t, http.StatusTooManyRequests, "rate_limited", "Try again in")
	for _, name := range []string{"Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"} {
		if r.header.Get(name) == "" {
			t.Errorf("%s is missing", name)
		}
	}
	if r := w.do("GET", "/api/ai/models", "", "Authorization", "Bearer "+ottoKey); r.status != http.StatusOK {
		t.Errorf("another key is limited too: %d", r.status)
	}
}
