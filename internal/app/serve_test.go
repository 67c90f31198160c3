package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"retake/internal/config"
	"retake/internal/engine/enginetest"
	"retake/internal/httpapi"
	"retake/internal/media"
	"retake/internal/retake"

	"github.com/google/go-cmp/cmp"
)

func TestMain(m *testing.M) {
	media.Main()
	enginetest.Program()
	os.Exit(m.Run())
}

// serving runs a server until the test ends and returns its address and key.
func serving(t *testing.T, change func(*config.Config)) (address, key string) {
	t.Helper()
	address, key, _ = signingIn(t, change)
	return address, key
}

// signingIn is serving, with the link that signs a browser in, "" for none.
func signingIn(t *testing.T, change func(*config.Config)) (address, key, link string) {
	t.Helper()
	cfg := config.Default()
	cfg.Server.Listen, cfg.Server.Data = "127.0.0.1:0", filepath.Join(t.TempDir(), "data")
	if change != nil {
		change(&cfg)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- Serve(ctx, cfg, ServeOptions{
			Log: slog.New(slog.DiscardHandler), Version: "test",
			FirstKey: func(k string) { key = k }, SignIn: func(l string) { link = l }, Ready: func(a string) { ready <- a },
		})
	}()
	select {
	case address = <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return address, key, link
}

// The first start on loopback tells a link, which signs in with the key that was made.
func TestSignInLink(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	var link string
	t.Run("first start", func(t *testing.T) {
		var address string
		address, _, link = signingIn(t, func(c *config.Config) { c.Server.Data = dir })
		if !strings.HasPrefix(link, "http://"+address+"/ai/signin?once=") {
			t.Fatalf("the link is %q", link)
		}
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		browser := &http.Client{Jar: jar}
		resp, err := browser.Get(link)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != 200 || resp.Request.URL.Path != "/ai/workbench" {
			t.Errorf("the link leads to %s: %d", resp.Request.URL, resp.StatusCode)
		}
	})
	t.Run("second start", func(t *testing.T) {
		if _, key, link := signingIn(t, func(c *config.Config) { c.Server.Data = dir }); key != "" || link != "" {
			t.Errorf("key %q, link %q", key, link)
		}
	})
	t.Run("for other machines", func(t *testing.T) {
		if _, key, link := signingIn(t, func(c *config.Config) { c.Server.Listen = "0.0.0.0:0" }); key == "" || link != "" {
			t.Errorf("key %q, link %q", key, link)
		}
	})
	t.Run("behind a proxy", func(t *testing.T) {
		_, _, link := signingIn(t, func(c *config.Config) { c.HTTP.PublicURL = "https://retake.example/" })
		if !strings.HasPrefix(link, "https://retake.example/ai/signin?once=") {
			t.Errorf("the link is %q", link)
		}
	})
}

func get(t *testing.T, url, key string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// Everything is wired: all checks pass, metrics are told, the sample can be read by anybody.
func TestServe(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	metrics := l.Addr().String()
	l.Close()
	address, key := serving(t, func(c *config.Config) { c.Server.Metrics = metrics })
	base := "http://" + address
	for _, tt := range []struct {
		url, key string
		status   int
		want     string
	}{
		{base + "/api/health", "", 200, `"ok"`},
		{base + "/api/ready", key, 200, `"engines":"ok","ffmpeg":"ok","queue":"ok","store":"ok"`},
		{base + "/metrics", "", 401, "unauthenticated"},
		{base + "/metrics", key, 200, `retake_queue_slots{engine="builtin"} 2`},
		{"http://" + metrics + "/", "", 200, "retake_queue_waiting 0"},
		{base + "/api/repos/ox/Oxen-AI-Assets/file/main/images/winter_summer_ox.mp4", "", 200, "ftyp"},
		{base + "/api/ai/models", key, 200, "lightricks-ltx-2-retake"},
	} {
		if status, body := get(t, tt.url, tt.key); status != tt.status || !strings.Contains(body, tt.want) {
			t.Errorf("%s: %d, %.300q, want %d with %q", tt.url, status, body, tt.status, tt.want)
		}
	}
}

func TestServeFails(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, change := range map[string]func(*config.Config){
		"address":       func(c *config.Config) { c.Server.Listen = taken.Addr().String() },
		"ffmpeg":        func(c *config.Config) { c.Media.FFmpeg = "no-such-ffmpeg" },
		"a file":        func(c *config.Config) { c.Server.Data = os.Args[0] },
		"another's key": func(c *config.Config) { write(t, filepath.Join(mkdir(t, c.Server.Data), "signing.key"), "x") },
	} {
		cfg := config.Default()
		cfg.Server.Listen, cfg.Server.Data = "127.0.0.1:0", filepath.Join(t.TempDir(), "data")
		change(&cfg)
		err := Serve(t.Context(), cfg, ServeOptions{
			Log: slog.New(slog.DiscardHandler), FirstKey: func(string) {}, Ready: func(string) { t.Errorf("%s: ready", name) },
		})
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func mkdir(t *testing.T, dir string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestStackStopsInReverse(t *testing.T) {
	var s stack
	var order []string
	for _, name := range []string{"store", "queue", "http"} {
		s.push(func() error { order = append(order, name); return fmt.Errorf("%s failed", name) })
	}
	s.run(func(ctx context.Context) { <-ctx.Done(); order = append(order, "loop") })
	err := s.stop()
	if d := cmp.Diff([]string{"loop", "http", "queue", "store"}, order); d != "" {
		t.Error(d)
	}
	if err == nil || !strings.Contains(err.Error(), "store failed") || !strings.Contains(err.Error(), "http failed") {
		t.Errorf("errors: %v", err)
	}
	if err := s.stop(); err != nil || len(order) != 4 {
		t.Errorf("stopped twice: %v", order)
	}
}

// A request may name this server in any of its ways; a file is then read from the store.
func TestOwnAddresses(t *testing.T) {
	const file = "/api/repos/ox/a/file/main/b.mp4"
	own := ownAddresses("https://retake.example/", &net.TCPAddr{IP: net.IPv4zero, Port: 80})
	for address, want := range map[string]bool{
		file: true, "https://retake.example" + file: true, "http://localhost:80" + file: true, "http://127.0.0.1:80" + file + "?token=x": true,
		"http://127.0.0.1:81" + file: false, "https://other.example" + file: false, "https://retake.example.evil" + file: false,
	} {
		if _, ok := httpapi.ParseFileURL(address, own...); ok != want {
			t.Errorf("%s: own %v, want %v", address, ok, want)
		}
	}
	own = ownAddresses("", &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80})
	if d := cmp.Diff([]string{"http://192.0.2.1:80"}, own); d != "" {
		t.Error(d)
	}
}

type fakeEngine struct {
	retake.Engine
	err error
}

func (f fakeEngine) Ready(context.Context) error { return f.err }

func TestEnginesReady(t *testing.T) {
	away := errors.New("away")
	for _, tt := range []struct {
		engines []retake.Engine
		ok      bool
	}{
		{nil, false},
		{[]retake.Engine{fakeEngine{err: away}}, false},
		{[]retake.Engine{fakeEngine{err: away}, fakeEngine{}}, true},
		{[]retake.Engine{fakeEngine{err: away}, struct{ retake.Engine }{}}, true},
	} {
		if err := enginesReady(tt.engines)(t.Context()); (err == nil) != tt.ok {
			t.Errorf("%v: %v", tt.engines, err)
		}
	}
}
