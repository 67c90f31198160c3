package enginetest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"retake/internal/engine/hosted"
)

// Replay serves a folder of recorded exchanges: each request gets the next recorded answer to its method and path. Addresses in
// answers lead back to this server, and a file in place of one whose bytes weren't kept. It returns the server's address.
func Replay(t testing.TB, dir, file string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no exchanges in %s: %v", dir, err)
	}
	var mu sync.Mutex
	left := map[string][]hosted.Exchange{}
	hosts := map[string]bool{}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var x hosted.Exchange
		if err := json.Unmarshal(raw, &x); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		u, err := url.Parse(x.URL)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		key := x.Method + " " + u.Path
		left[key] = append(left[key], x)
		hosts[u.Scheme+"://"+u.Host] = true
	}
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		key := r.Method + " " + r.URL.Path
		list := left[key]
		if len(list) > 1 {
			left[key] = list[1:]
		}
		mu.Unlock()
		if len(list) == 0 {
			t.Errorf("nothing is recorded of %s", key)
			http.NotFound(w, r)
			return
		}
		x := list[0]
		body := string(x.Answer.JSON) + x.Answer.Text
		for h := range hosts {
			body = strings.ReplaceAll(body, h, server.URL)
		}
		for _, h := range x.Header {
			w.Header().Set(h.Name, h.Value)
		}
		if x.Answer.SHA256 != "" {
			http.ServeFile(w, r, file)
			return
		}
		w.WriteHeader(x.Status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return server.URL
}
