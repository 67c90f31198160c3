package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"retake/internal/retake"
)

// local allows the loopback addresses, where the test servers are.
func local(c *Config) {
	c.AllowPrivate = []string{"127.0.0.0/8", "::1"}
	c.Timeout, c.ConnectTimeout, c.StallTimeout = time.Minute, 10*time.Second, 30*time.Second
}

func fetcher(t *testing.T, edits ...func(*Config)) *Fetcher {
	t.Helper()
	cfg := DefaultConfig()
	for _, e := range edits {
		e(&cfg)
	}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	return New(cfg)
}

// get fetches into a file and returns its bytes.
func get(t *testing.T, f *Fetcher, address string) ([]byte, error) {
	t.Helper()
	dst, err := os.Create(filepath.Join(t.TempDir(), "clip"))
	if err != nil {
		t.Fatal(err)
	}
	defer dst.Close()
	fetchErr := f.Fetch(t.Context(), address, dst, nil)
	data, err := os.ReadFile(dst.Name())
	if err != nil {
		t.Fatal(err)
	}
	return data, fetchErr
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s.URL
}

// wantError checks the code, the field and the message, and that nothing of the address is in the message.
func wantError(t *testing.T, err error, code retake.Code, message string) {
	t.Helper()
	e, ok := errors.AsType[*retake.Error](err)
	if !ok {
		t.Fatalf("got %v, want a *retake.Error", err)
	}
	if e.Code != code || e.Field != "input_video" || !strings.Contains(e.Message, message) {
		t.Errorf("got %s about %q: %q (%v); want %s with %q", e.Code, e.Field, e.Message, e.Cause, code, message)
	}
}

func TestFetch(t *testing.T) {
	clip := bytes.Repeat([]byte("ox in the snow "), 100_000)
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/clip.mp4?signature=x", http.StatusFound)
			return
		}
		for header, want := range map[string]string{"Accept-Encoding": "identity", "Authorization": "", "Referer": "", "User-Agent": "retake"} {
			if got := r.Header.Get(header); got != want {
				t.Errorf("%s: %q, want %q", header, got, want)
			}
		}
		w.Write(clip)
	})
	f := fetcher(t, local)
	withUser := strings.Replace(base, "http://", "http://user:secret@", 1)
	for _, address := range []string{base + "/clip.mp4", base + "/moved?token=y", withUser + "/clip.mp4#t=1", " " + base + "\n"} {
		data, err := get(t, f, address)
		if err != nil || !bytes.Equal(data, clip) {
			t.Errorf("%s: %d bytes, %v", address, len(data), err)
		}
	}
}

func TestFetchTellsProgress(t *testing.T) {
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/known" {
			w.Header().Set("Content-Length", "300000")
		}
		w.Write(make([]byte, 300_000))
	})
	for path, want := range map[string]int64{"/known": 300_000, "/unknown": -1} {
		dst, err := os.Create(filepath.Join(t.TempDir(), "clip"))
		if err != nil {
			t.Fatal(err)
		}
		defer dst.Close()
		last := int64(0)
		err = fetcher(t, local).Fetch(t.Context(), base+path, dst, func(done, total int64) {
			if total != want || done <= last {
				t.Errorf("%s: progress %d of %d after %d; want a total of %d", path, done, total, last, want)
			}
			last = done
		})
		if err != nil || last != 300_000 {
			t.Errorf("%s: ended at %d, %v", path, last, err)
		}
	}
}

func TestFetchData(t *testing.T) {
	f := fetcher(t, func(c *Config) { c.MaxBytes = 1000 })
	encode := func(n int) string {
		return "data:video/mp4;base64," + base64.StdEncoding.EncodeToString(make([]byte, n))
	}
	if data, err := get(t, f, encode(1000)); err != nil || len(data) != 1000 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	for _, tt := range []struct {
		uri     string
		code    retake.Code
		message string
	}{
		{encode(1001), retake.CodeTooLarge, "1000 bytes"},
		{encode(0), retake.CodeUnreadable, "no content"},
		{"data:video/mp4;base64,***", retake.CodeInvalid, "malformed"},
		{"data:video/mp4", retake.CodeInvalid, "malformed"},
	} {
		_, err := get(t, f, tt.uri)
		wantError(t, err, tt.code, tt.message)
		wantError(t, f.Check(tt.uri), tt.code, tt.message)
	}
}

// What the address itself gives away, before any connection.
func TestBadAddresses(t *testing.T) {
	f := fetcher(t)
	for address, message := range map[string]string{
		"":                             "no address",
		"clip.mp4":                     "no address",
		"://x":                         "no address",
		"http://":                      "no address",
		"http:clip.mp4":                "no address",
		"http://us er:secret@host/%zz": "no address",
		"http://[::1/x":                "no address",
		"http://host/" + strings.Repeat("a", maxURL): "longer than",
		"file:///etc/passwd":                         "not fetched",
		"FILE:///etc/passwd":                         "not fetched",
		"concat:/etc/passwd|/etc/hosts":              "not fetched",
		"subfile,,start,0,end,9,,:/etc/hosts":        "no address",
		"crypto:file:///etc/passwd":                  "not fetched",
		"ftp://example.com/clip.mp4":                 "not fetched",
		"gopher://example.com/":                      "not fetched",
		"rtmp://example.com/live":                    "not fetched",
		"unix:///run/docker.sock":                    "not fetched",
		"javascript:alert(1)":                        "not fetched",
		"http://127.0.0.1/":                          "private network",
		"http://127.8.9.10:8080/":                    "private network",
		"http://0.0.0.0/":                            "private network",
		"http://10.0.0.1/":                           "private network",
		"http://172.16.0.1/":                         "private network",
		"http://192.168.1.1/":                        "private network",
		"http://100.64.0.1/":                         "private network",
		"http://169.254.169.254/latest/meta-data/":   "private network",
		"http://224.0.0.1/":                          "private network",
		"http://255.255.255.255/":                    "private network",
		"http://[::1]/":                              "private network",
		"http://[::]/":                               "private network",
		"http://[::ffff:127.0.0.1]/":                 "private network",
		"http://[::ffff:a9fe:a9fe]/":                 "private network",
		"http://[64:ff9b::7f00:1]/":                  "private network",
		"http://[2002:7f00:1::]/":                    "private network",
		"http://[fe80::1%25eth0]/":                   "private network",
		"http://[fd00:ec2::254]/":                    "private network",
		"http://2130706433/":                         "is a number",
		"http://0x7f000001/":                         "is a number",
		"http://0177.0.0.1/":                         "is a number",
		"http://127.1/":                              "is a number",
		"http://127.0.0.1./":                         "is a number",
		"http://0x7f.0.0.0x1/":                       "is a number",
	} {
		t.Run(address[:min(len(address), 40)], func(t *testing.T) {
			err := f.Check(address)
			wantError(t, err, retake.CodeInvalid, message)
			if strings.Contains(fmt.Sprint(err), "secret") {
				t.Errorf("the error repeats a password: %v", err)
			}
			if _, err := get(t, f, address); err == nil {
				t.Error("Fetch takes what Check refuses")
			}
		})
	}
	for _, address := range []string{"https://example.com/clip.mp4", "http://93.184.215.14/", "http://[::ffff:93.184.215.14]/", "http://[2606:2800:21f:cb07::1]/", "HTTPS://user:pw@Example.com:8443/a?b=c", "http://0x7f.example/", "http://cafe.f00d/"} {
		if err := f.Check(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// The guard sees addresses, not names: a name that resolves inwards gets no connection.
func TestNamesThatResolveInwards(t *testing.T) {
	var reached atomic.Bool
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		reached.Store(true)
		w.Write([]byte("inside"))
	})
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	named := "http://localhost:" + u.Port()
	anyPort := func(c *Config) { c.Ports = nil }
	_, err = get(t, fetcher(t, anyPort), named)
	wantError(t, err, retake.CodeInvalid, "private network")
	if reached.Load() {
		t.Fatal("the connection was made")
	}
	// Each way to allow it works, and the first does not allow other names.
	for _, entry := range []string{"localhost", "LOCALHOST.", "127.0.0.1", "127.0.0.0/8"} {
		f := fetcher(t, anyPort, func(c *Config) { c.AllowPrivate = []string{entry, "::1"} })
		if data, err := get(t, f, named); err != nil || string(data) != "inside" {
			t.Errorf("allow_private: %s: got %q, %v", entry, data, err)
		}
	}
	f := fetcher(t, anyPort, func(c *Config) { c.AllowPrivate = []string{"localhost", "10.0.0.0/8"} })
	_, err = get(t, f, base)
	wantError(t, err, retake.CodeInvalid, "private network")
}

func TestPorts(t *testing.T) {
	base := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("x")) })
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	// A name, so that the guard is asked at the connection.
	_, err = get(t, fetcher(t), "http://localhost:"+u.Port())
	wantError(t, err, retake.CodeInvalid, "port")
}

func TestRedirects(t *testing.T) {
	var reached atomic.Bool
	inside := serve(t, func(w http.ResponseWriter, r *http.Request) { reached.Store(true) })
	insideURL, err := url.Parse(inside)
	if err != nil {
		t.Fatal(err)
	}
	var hops atomic.Int64
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		hops.Add(1)
		to := r.URL.Query().Get("to")
		if to == "" {
			to = "/again"
		}
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	})
	// Only the first server may be reached, by its name.
	f := fetcher(t, func(c *Config) { c.Ports = nil; c.AllowPrivate = []string{"localhost"} })
	start := strings.Replace(base, "127.0.0.1", "localhost", 1)
	for _, tt := range []struct {
		to      string
		code    retake.Code
		message string
	}{
		{inside, retake.CodeInvalid, "private network"},
		{"http://[::ffff:127.0.0.1]:" + insideURL.Port(), retake.CodeInvalid, "private network"},
		{"http://169.254.169.254/latest/", retake.CodeInvalid, "private network"},
		{"http://2130706433:" + insideURL.Port(), retake.CodeInvalid, "is a number"},
		{"file:///etc/passwd", retake.CodeInvalid, "not fetched"},
		{"concat:/etc/passwd", retake.CodeInvalid, "not fetched"},
		{"data:video/mp4;base64,aGk", retake.CodeInvalid, "not fetched"},
		{"http://%zz/", retake.CodeUnreadable, "can't be fetched"},
		{"/again", retake.CodeUnreadable, "redirects more than 5 times"},
	} {
		hops.Store(0)
		_, err := get(t, f, start+"/?to="+url.QueryEscape(tt.to))
		wantError(t, err, tt.code, tt.message)
		if n := hops.Load(); n > 6 {
			t.Errorf("%s: %d requests", tt.to, n)
		}
	}
	if reached.Load() {
		t.Error("a redirect reached the private server")
	}
}

func TestAnswers(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(make([]byte, 50<<20))
	z.Close()
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		switch r.URL.Path {
		case "/gzip":
			h.Set("Content-Encoding", "gzip")
			w.Write(packed.Bytes())
		case "/endless":
			for chunk := make([]byte, 64<<10); r.Context().Err() == nil; {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		case "/announced":
			h.Set("Content-Length", "99999999999")
			w.WriteHeader(http.StatusOK)
		case "/short":
			h.Set("Content-Length", "5000")
			w.Write(make([]byte, 100))
			panic(http.ErrAbortHandler)
		case "/empty":
		case "/404":
			w.WriteHeader(http.StatusNotFound)
		case "/403":
			w.WriteHeader(http.StatusForbidden)
		case "/500":
			w.WriteHeader(http.StatusInternalServerError)
		case "/206":
			w.WriteHeader(http.StatusPartialContent)
		case "/headers":
			for i := range 100 {
				h.Set(fmt.Sprintf("X-%d", i), strings.Repeat("a", 1000))
			}
		case "/no-http":
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				conn.Write([]byte("+OK hello\r\n"))
				conn.Close()
			}
		}
	})
	f := fetcher(t, local, func(c *Config) { c.MaxBytes = 1 << 20 })
	for _, tt := range []struct {
		path    string
		code    retake.Code
		message string
	}{
		{"/gzip", retake.CodeUnreadable, "compressed (gzip)"},
		{"/endless", retake.CodeTooLarge, "(1 MiB)"},
		{"/announced", retake.CodeTooLarge, "(1 MiB)"},
		{"/short", retake.CodeUnreadable, "broke off"},
		{"/empty", retake.CodeUnreadable, "empty"},
		{"/404", retake.CodeUnreadable, "status 404"},
		{"/403", retake.CodeUnreadable, "status 403"},
		{"/500", retake.CodeUnreadable, "status 500"},
		{"/206", retake.CodeUnreadable, "status 206"},
		{"/headers", retake.CodeUnreadable, "can't be fetched"},
		{"/no-http", retake.CodeUnreadable, "can't be fetched"},
	} {
		data, err := get(t, f, base+tt.path+"?signature=secret")
		wantError(t, err, tt.code, tt.message)
		if strings.Contains(fmt.Sprint(err), "secret") {
			t.Errorf("%s: the error repeats the address: %v", tt.path, err)
		}
		if len(data) > 1<<20+1 {
			t.Errorf("%s: %d bytes written", tt.path, len(data))
		}
	}
}

func TestStallsAndDeadlines(t *testing.T) {
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/silent" {
			<-r.Context().Done()
			return
		}
		w.Write([]byte("a beginning"))
		http.NewResponseController(w).Flush()
		for r.URL.Path == "/trickle" && r.Context().Err() == nil {
			w.Write([]byte("x"))
			http.NewResponseController(w).Flush()
			time.Sleep(10 * time.Millisecond)
		}
		<-r.Context().Done()
	})
	short := func(c *Config) { c.StallTimeout, c.ConnectTimeout = 300*time.Millisecond, 100*time.Millisecond }
	_, err := get(t, fetcher(t, local, short), base+"/stall")
	wantError(t, err, retake.CodeUnreadable, "stopped sending")
	_, err = get(t, fetcher(t, local, short), base+"/silent")
	wantError(t, err, retake.CodeUnreadable, "did not answer")
	_, err = get(t, fetcher(t, local, func(c *Config) { c.Timeout = 500 * time.Millisecond }), base+"/trickle")
	wantError(t, err, retake.CodeUnreadable, "took longer than 500ms")
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("a beginning"))
		http.NewResponseController(w).Flush()
		cancel(retake.ErrCancelled)
		<-r.Context().Done()
	})
	dst, err := os.Create(filepath.Join(t.TempDir(), "clip"))
	if err != nil {
		t.Fatal(err)
	}
	defer dst.Close()
	for range 2 { // while running, and before it starts
		if err := fetcher(t, local).Fetch(ctx, base, dst, nil); !errors.Is(err, retake.ErrCancelled) {
			t.Errorf("got %v, want the context's cause", err)
		}
	}
}

func TestUnreachable(t *testing.T) {
	s := httptest.NewServer(nil)
	refused := s.URL
	s.Close()
	_, err := get(t, fetcher(t, local), refused)
	wantError(t, err, retake.CodeUnreadable, "refuses connections")
	_, err = get(t, fetcher(t, local), "http://no-such-host.invalid/")
	wantError(t, err, retake.CodeUnreadable, "not known")

	tls := httptest.NewUnstartedServer(nil)
	tls.Config.ErrorLog = log.New(io.Discard, "", 0)
	tls.StartTLS()
	defer tls.Close()
	_, err = get(t, fetcher(t, local), tls.URL)
	wantError(t, err, retake.CodeUnreadable, "certificate")
}

// A proxy would connect for us, past the guard.
func TestUsesNoProxy(t *testing.T) {
	if tr, ok := fetcher(t).client.Transport.(*http.Transport); !ok || tr.Proxy != nil {
		t.Error("the transport asks for a proxy")
	}
}

func TestFullDisk(t *testing.T) {
	base := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write(make([]byte, 1<<20)) })
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	defer full.Close()
	for _, address := range []string{base, "data:,x"} {
		if err := fetcher(t, local).Fetch(t.Context(), address, full, nil); retake.CodeOf(err) != retake.CodeUnavailable {
			t.Errorf("got %v, want CodeUnavailable", err)
		}
	}
}

func TestValidate(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Errorf("the defaults: %v", err)
	}
	err := Config{MaxRedirects: -1, Ports: []int{0}, AllowPrivate: []string{"300.1.1.1", "10.0.0.0/99", "http://x", ""}}.Validate()
	for _, want := range []string{"max_bytes", "timeout", "connect_timeout", "stall_timeout", "max_redirects", "ports", `"300.1.1.1"`, `"10.0.0.0/99"`, `"http://x"`, `""`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not named in: %v", want, err)
		}
	}
}
