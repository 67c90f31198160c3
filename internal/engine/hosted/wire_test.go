package hosted

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

func TestAddress(t *testing.T) {
	w, err := newWire(DefaultConfig("https://api.example.com/v1", "", "", ""), []string{"https://files.example.com"}, "")
	if err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]string{
		"jobs": "https://api.example.com/v1/jobs", "/jobs?x=1": "https://api.example.com/jobs?x=1", "https://else.example.com/a": "https://else.example.com/a",
		"http://api.example.com/jobs": "", "file:///etc/passwd": "", "ftp://x/y": "", "https://user:secret@x/y": "", "https://": "", "%zz": "", "data:text/plain,x": "",
	} {
		u, err := w.address(ref)
		switch {
		case want == "" && (err == nil || !errors.Is(err, errGarbled)):
			t.Errorf("%s is taken as %v, %v", ref, u, err)
		case want != "" && (err != nil || u.String() != want):
			t.Errorf("%s is taken as %v, %v", ref, u, err)
		}
	}
	for address, own := range map[string]bool{
		"https://api.example.com/x": true, "https://API.example.com:443/x": true, "https://files.example.com/x": true, "https://api.example.com:8443/x": false,
		"https://api.example.com.evil.org/x": false, "https://example.com/x": false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if w.own(u) != own {
			t.Errorf("%s is own: %v", address, !own)
		}
	}
}

// A redirect is not followed with the key, nor with what is sent.
func TestRedirect(t *testing.T) {
	var stolen atomic.Int32
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { stolen.Add(1) }))
	defer thief.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, thief.URL, http.StatusTemporaryRedirect)
	}))
	defer s.Close()
	w, err := newWire(DefaultConfig(s.URL, "", "", ""), nil, "")
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	c := &Client{wire: w, key: "Bearer secret"}
	file := filepath.Join(t.TempDir(), "window.mp4")
	if err := os.WriteFile(file, []byte("footage"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"GET":  c.JSON(t.Context(), http.MethodGet, "x", nil, nil),
		"POST": c.JSON(t.Context(), http.MethodPost, "x", map[string]int{"a": 1}, nil),
		"form": c.Form(t.Context(), http.MethodPost, "x", Part{"f", "w.mp4", "video/mp4", file}, nil, nil),
		"put":  c.Put(t.Context(), s.URL+"/x", file),
	} {
		if f, ok := errors.AsType[*Failure](err); !ok || f.Status != http.StatusTemporaryRedirect {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := c.Download(t.Context(), s.URL+"/x", filepath.Join(t.TempDir(), "answer"), func(int64, int64) {}); !errors.Is(err, errInside) {
		t.Errorf("a result that lies inside: %v", err)
	}
	if n := stolen.Load(); n != 0 {
		t.Errorf("the other server was asked %d times", n)
	}
}

// A result's address of the provider's own may lead on, without the key, and not for ever.
func TestResultElsewhere(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/result", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		http.Redirect(w, r, "/signed", http.StatusFound)
	})
	mux.HandleFunc("/signed", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("the key goes along")
		}
		_, _ = w.Write([]byte("made anew"))
	})
	mux.HandleFunc("/round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/round", http.StatusFound) })
	s := httptest.NewServer(mux)
	defer s.Close()
	w, err := newWire(DefaultConfig(s.URL, "", "", ""), nil, "")
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	c := &Client{wire: w, key: "Bearer secret"}
	path := filepath.Join(t.TempDir(), "answer")
	if err := c.Download(t.Context(), s.URL+"/result", path, func(int64, int64) {}); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "made anew" {
		t.Errorf("got %q, %v", got, err)
	}
	if err := c.Download(t.Context(), s.URL+"/round", path, func(int64, int64) {}); !errors.Is(err, errRedirect) {
		t.Errorf("one that leads to itself: %v", err)
	}
}

// A provider that repeats the key where it refuses it does not bring it into the log.
func TestKeyRepeated(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/refused" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		text := "no such key: " + r.Header.Get("Authorization")
		if r.URL.Path == "/json" {
			text = `{"status":"` + text + `"}`
		}
		_, _ = w.Write([]byte(text))
	}))
	defer s.Close()
	w, err := newWire(DefaultConfig(s.URL, "", "", ""), nil, "")
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	c := &Client{wire: w, key: "Bearer s3cr3t"}
	for name, err := range map[string]error{
		"a refusal":  c.JSON(t.Context(), http.MethodGet, "refused", nil, nil),
		"nonsense":   c.JSON(t.Context(), http.MethodGet, "nonsense", nil, new(any)),
		"a download": c.Download(t.Context(), s.URL+"/refused", filepath.Join(t.TempDir(), "answer"), func(int64, int64) {}),
	} {
		f, ok := errors.AsType[*Failure](err)
		if !ok || strings.Contains(err.Error()+string(f.Body), "s3cr3t") || !strings.Contains(string(f.Body), "no such key") {
			t.Errorf("%s: %v", name, err)
		}
	}
	var said struct{ Status string }
	if err := c.JSON(t.Context(), http.MethodGet, "json", nil, &said); err != nil || said.Status != "no such key: Bearer REMOVED" {
		t.Errorf("an answer: %q, %v", said.Status, err)
	}
}

// A recording has no key where it is the name of a field, either.
func TestKeyAsName(t *testing.T) {
	raw, err := json.Marshal(cleanValue("", map[string]any{"s3cr3t": 1, "headers": map[string]any{"X-s3cr3t": 1}}, "s3cr3t"))
	if err != nil || string(raw) != `{"REMOVED":1,"headers":{"X-REMOVED":"REMOVED"}}` {
		t.Errorf("%s, %v", raw, err)
	}
}

// A provider's warnings are shown as sentences, some of them, and without the key.
func TestWarnings(t *testing.T) {
	t.Setenv("RETAKE_TEST_KEY", "s3cr3t")
	e := &Engine{cfg: Config{KeyEnv: "RETAKE_TEST_KEY"}}
	said := append([]string{"with s3cr3t\n\x1b[31m in it", " ", strings.Repeat("x", 1<<20)}, make([]string, 1000)...)
	got := e.warnings(said)
	if len(got) != 2 || got[0] != "with REMOVED [31m in it" || len(got[1]) > 400 {
		t.Errorf("%d warnings, the first %.80q", len(got), got)
	}
	if got := e.warnings(slices.Repeat([]string{"a"}, 1000)); len(got) != maxWarnings {
		t.Errorf("%d warnings", len(got))
	}
}

// What a server says at length is not read to its end.
func TestAnswerLimit(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 64 {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	}))
	defer s.Close()
	cfg := DefaultConfig(s.URL, "", "", "")
	cfg.AnswerLimit = 1 << 20
	w, err := newWire(cfg, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	c := &Client{wire: w}
	if err := c.Download(t.Context(), s.URL, filepath.Join(t.TempDir(), "answer"), func(int64, int64) {}); !errors.Is(err, errAnswerSize) {
		t.Errorf("a result: %v", err)
	}
	if err := c.JSON(t.Context(), http.MethodGet, "x", nil, new(any)); !errors.Is(err, errGarbled) {
		t.Errorf("an answer: %v", err)
	}
}
