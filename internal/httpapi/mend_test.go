package httpapi

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"retake/internal/retake"
)

// chatter is a hub whose subscriptions always have another event.
type chatter struct{ Hub }

type chatterSub struct{ Subscription }

func (c chatter) Subscribe(context.Context, []string, *int64) (Subscription, error) {
	return chatterSub{}, nil
}

func (chatterSub) Close() {}

func (chatterSub) Next(ctx context.Context) (Message, error) {
	select {
	case <-ctx.Done():
		return Message{}, ctx.Err()
	case <-time.After(50 * time.Millisecond):
	}
	return Message{Event: retake.Event{Name: retake.EventProgress}, Bytes: func() []byte { return []byte("id: 1\nevent: x\ndata: {}\n\n") }}, nil
}

func TestRevokedKeyEndsItsStream(t *testing.T) {
	for name, hub := range map[string]Hub{"idle": nil, "busy": chatter{}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(c *Config, d *Deps) {
				c.KeepAlive, c.KeyCache = time.Second, 0
				if hub != nil {
					d.Hub = hub
				}
			})
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			open := func(key string) *http.Response {
				req, err := http.NewRequestWithContext(ctx, "GET", w.url+"/api/events", nil)
				must(t, err)
				req.Header.Set("Authorization", "Bearer "+key)
				resp, err := http.DefaultClient.Do(req)
				must(t, err)
				t.Cleanup(func() { resp.Body.Close() })
				return resp
			}
			revoked, kept := open(oxKey), open(ottoKey)
			must(t, w.store.RevokeKey(ctx, "k-ox"))
			if _, err := io.Copy(io.Discard, revoked.Body); err != nil {
				t.Fatalf("the stream of a revoked key stays open: %v", err)
			}
			if _, err := bufio.NewReader(kept.Body).ReadByte(); err != nil {
				t.Errorf("the stream of another key: %v", err)
			}
		})
	}
}

// TestStalledBody sends a part of a body and waits for the answer, on a connection that would stay open.
func TestStalledBody(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *Deps) { c.Stall = time.Second })
	tests := map[string]struct {
		line, header string
		status       int
	}{
		"queue":    {"POST /api/ai/queue", "Authorization: Bearer " + oxKey + "\r\nContent-Length: 1000", 400},
		"chunked":  {"POST /api/ai/queue", "Authorization: Bearer " + oxKey + "\r\nTransfer-Encoding: chunked", 400},
		"put":      {"PUT /api/repos/ox/r/file/main/a.mp4", "Authorization: Bearer " + oxKey + "\r\nContent-Length: 1000", 400},
		"refused":  {"POST /api/ai/queue", "Content-Length: 1000", 401},
		"not read": {"GET /api/health", "Content-Length: 1000", 200},
		"multipart": {"PUT /api/repos/ox/r/file/main/a.mp4", "Authorization: Bearer " + oxKey +
			"\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000", 400},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
			must(t, err)
			defer c.Close()
			must(t, c.SetDeadline(time.Now().Add(5*time.Second)))
			_, err = io.WriteString(c, tt.line+" HTTP/1.1\r\nHost: x\r\n"+tt.header+"\r\n\r\n3\r\n")
			must(t, err)
			resp, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Fatalf("no answer: %v", err)
			}
			body, err := io.ReadAll(resp.Body)
			must(t, err)
			if resp.StatusCode != tt.status || !resp.Close {
				t.Errorf("%d, close %v: %s", resp.StatusCode, resp.Close, body)
			}
			if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
				t.Errorf("the connection stays: %v", err)
			}
		})
	}
}

// Who has no key yet can't hold a connection by sending a byte now and then.
func TestTrickledSignIn(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *Deps) { c.Stall = time.Second })
	for path, kind := range map[string]string{"/ai/signin": "application/x-www-form-urlencoded", "/api/session": jsonType} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			c, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
			must(t, err)
			defer c.Close()
			must(t, c.SetReadDeadline(time.Now().Add(20*time.Second)))
			_, err = io.WriteString(c, "POST "+path+" HTTP/1.1\r\nHost: x\r\nContent-Type: "+kind+"\r\nContent-Length: 1000\r\n\r\n")
			must(t, err)
			go func() {
				for err := error(nil); err == nil; time.Sleep(100 * time.Millisecond) {
					_, err = io.WriteString(c, " ")
				}
			}()
			resp, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Fatalf("no answer: %v", err)
			}
			if resp.StatusCode != http.StatusBadRequest || !resp.Close {
				t.Errorf("%d, close %v", resp.StatusCode, resp.Close)
			}
		})
	}
}

// A body of few bytes must not take much memory: 64 MiB of zeros would be 3 GiB once decoded.
func TestManyValues(t *testing.T) {
	w := newWorld(t)
	zeros := strings.Repeat("0,", maxValues) + "0"
	for _, path := range []string{"/api/ai/plan", "/api/ai/import", "/api/ai/queue", "/api/ai/snippets"} {
		w.do("POST", path, request(`,"z":[`+zeros+`]`)).expect(t, http.StatusRequestEntityTooLarge, "payload_too_large", "100000 values")
	}
	text := strings.Repeat(`,[{:\"\\`, maxValues) // a long text is one value
	w.do("POST", "/api/ai/import", `{"url":"`+text+`","a":"\\"}`).expect(t, http.StatusBadRequest, "invalid_params", "longer than")
}

// A view that takes for ever gives its place back.
func TestEndlessView(t *testing.T) {
	w := newWorld(t, func(c *Config, d *Deps) { d.Thumbnails, c.Thumbnails = endless{&stills{}}, 1 })
	w.s.views.patience = 10 * time.Millisecond
	for range 2 {
		w.do("GET", sample+"?waveform=true", "").expect(t, http.StatusRequestEntityTooLarge, "payload_too_large", "too long")
	}
}

type endless struct{ *stills }

func (endless) Waveform(ctx context.Context, _ string, _ int) (retake.Waveform, error) {
	<-ctx.Done()
	return retake.Waveform{}, context.Cause(ctx)
}

// What one caller may not see must not be kept for another.
func TestErrorsAreNotCached(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/api/ai/queue/none", "/api/repos/otto/r/file/main/a.mp4", "/none"} {
		if r := w.do("GET", path, ""); r.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d, Cache-Control %q", path, r.status, r.header.Get("Cache-Control"))
		}
	}
}

// In a sandbox without its origin, browsers could not play a clip whose address is opened.
func TestFilePolicies(t *testing.T) {
	w := newWorld(t)
	for name, want := range map[string]string{
		"a.mp4": "sandbox allow-same-origin", "a.mp3": "sandbox allow-same-origin", "a.png": "sandbox", "a.txt": "sandbox", "a.html": "sandbox", "a.svg": "sandbox",
	} {
		path := "/api/repos/ox/policies/file/main/" + name
		w.do("PUT", path, "<script>")
		policy := w.do("GET", path, "").header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'") || !strings.HasSuffix(policy, "; "+want) {
			t.Errorf("%s: %s", name, policy)
		}
	}
}

// TestUnreadBodyKeepsConnection: a body that is there is read away, as net/http does.
func TestUnreadBodyKeepsConnection(t *testing.T) {
	w := newWorld(t)
	c, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	must(t, err)
	defer c.Close()
	must(t, c.SetDeadline(time.Now().Add(5*time.Second)))
	in := bufio.NewReader(c)
	for range 2 {
		_, err = io.WriteString(c, "POST /api/ai/queue HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
		must(t, err)
		resp, err := http.ReadResponse(in, nil)
		must(t, err)
		_, _ = io.Copy(io.Discard, resp.Body)
		if resp.StatusCode != 401 || resp.Close {
			t.Errorf("%d, close %v", resp.StatusCode, resp.Close)
		}
	}
	// A client that waits for leave to send its body is not given it in vain.
	_, err = io.WriteString(c, "POST /api/ai/queue HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
	must(t, err)
	resp, err := http.ReadResponse(in, nil)
	must(t, err)
	if resp.StatusCode != 401 || !resp.Close {
		t.Errorf("with Expect: %d, close %v", resp.StatusCode, resp.Close)
	}
}

func TestFailedGenerationInLog(t *testing.T) {
	w := newWorld(t)
	w.runner.failWith(errors.New("disk on fire"))
	r := w.do("POST", "/api/ai/videos/generate", request(""), "X-Request-Id", "req-77")
	r.expect(t, http.StatusInternalServerError, "unknown_error", "req-77")
	id := r.header.Get("X-Generation-Id")
	for line := range strings.Lines(w.log.String()) {
		if strings.Contains(line, "level=ERROR") && strings.Contains(line, "request_id=req-77") &&
			strings.Contains(line, "generation="+id) && id != "" {
			return
		}
	}
	t.Errorf("no line has both ids, req-77 and %s:\n%s", id, w.log.String())
}

func TestErrorChainInLog(t *testing.T) {
	w := newWorld(t)
	w.s.handle("GET /chain", func(*exchange) error {
		return (&retake.Error{Code: retake.CodeInternal, Message: "Sorry."}).Because(errors.New("disk on fire"))
	})
	r := w.do("GET", "/chain", "", "X-Request-Id", "req-78")
	r.expect(t, http.StatusInternalServerError, "unknown_error", "req-78")
	for line := range strings.Lines(w.log.String()) {
		if strings.Contains(line, "request_id=req-78") && strings.Contains(line, "disk on fire") {
			return
		}
	}
	t.Errorf("the cause is not in the log:\n%s", w.log.String())
}

func TestFileConditions(t *testing.T) {
	w := newWorld(t)
	const file = "/api/repos/ox/r/file/main/c.txt"
	put := func(body string, headers ...string) reply { return w.do("PUT", file, body, headers...) }
	refused := func(r reply) {
		t.Helper()
		r.expect(t, http.StatusPreconditionFailed, "invalid_params", "condition")
	}
	ok := func(r reply) string {
		t.Helper()
		if r.status != http.StatusOK {
			t.Fatalf("%d %s", r.status, r.body)
		}
		return `"` + r.json(t)["commit"].(map[string]any)["id"].(string) + `"`
	}
	refused(put("a", "If-Match", "*"))
	refused(put("a", "If-Match", `"x"`))
	a := ok(put("a", "If-None-Match", "*"))
	refused(put("b", "If-None-Match", "*"))
	refused(put("b", "If-None-Match", `"x", W/`+a))
	refused(put("b", "If-Match", "W/"+a))
	refused(put("b", "If-Match", `"x"`))
	put("b", "If-Match", strings.Trim(a, `"`)).expect(t, 400, "invalid_params", "If-Match")
	put("b", "If-None-Match", "").expectStatus(t, 200)
	b := ok(put("b"))
	refused(put("c", "If-Match", a))
	c := ok(put("c", "If-Match", a+", "+b))
	refused(w.do("DELETE", file, "", "If-Match", a))
	refused(w.do("DELETE", file, "", "If-None-Match", "*"))
	if r := w.do("GET", file, ""); string(r.body) != "c" {
		t.Errorf("the file is %q", r.body)
	}
	const form = "--x\r\nContent-Disposition: form-data; name=\"NAME\"; filename=\"c.txt\"\r\n\r\nd\r\n--x--\r\n"
	kind := []string{"Content-Type", "multipart/form-data; boundary=x"}
	refused(put(strings.Replace(form, "NAME", "file", 1), append(kind, "If-Match", a)...))
	w.do("PUT", "/api/repos/ox/r/file/main/", strings.Replace(form, "NAME", "files[]", 1), append(kind, "If-None-Match", "*")...).
		expect(t, 400, "invalid_params", "If-None-Match")
	ok(put(strings.Replace(form, "NAME", "file", 1), append(kind, "If-Match", c)...))
	w.do("DELETE", file, "", "If-Match", "*").expectStatus(t, 200)
	w.do("DELETE", file, "", "If-Match", "*").expect(t, 404, "resource_not_found", "")
}

func (r reply) expectStatus(t *testing.T, status int) {
	t.Helper()
	if r.status != status {
		t.Errorf("status %d, want %d: %s", r.status, status, r.body)
	}
}

// TestFileConditionsRace: of several that create the file if it is not there, one does.
func TestFileConditionsRace(t *testing.T) {
	w := newWorld(t)
	const n = 8
	statuses := make(chan int, n)
	for i := range n {
		go func() {
			req, _ := http.NewRequest("PUT", w.url+"/api/repos/ox/r/file/main/race", strings.NewReader(strings.Repeat("x", i+1)))
			req.Header.Set("Authorization", "Bearer "+oxKey)
			req.Header.Set("If-None-Match", "*")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				statuses <- 0
				return
			}
			resp.Body.Close()
			statuses <- resp.StatusCode
		}()
	}
	made := 0
	for range n {
		switch <-statuses {
		case http.StatusOK:
			made++
		case http.StatusPreconditionFailed:
		default:
			t.Error("an unexpected status")
		}
	}
	if made != 1 {
		t.Errorf("%d created the file", made)
	}
}

func TestFileContentHeaders(t *testing.T) {
	w := newWorld(t)
	const file = "/api/repos/ox/r/file/main/c.txt"
	w.do("PUT", file, "a", "Content-Encoding", "identity").expectStatus(t, 200)
	for _, method := range []string{"PUT", "DELETE"} {
		w.do(method, file, "b", "Content-Range", "bytes 0-0/2").expect(t, 400, "invalid_params", "Content-Range")
		w.do(method, file, "b", "Content-Encoding", "gzip").expect(t, 400, "invalid_params", "Content-Encoding")
	}
	if r := w.do("GET", file, ""); string(r.body) != "a" {
		t.Errorf("the file is %q", r.body)
	}
}

func TestEmptySuffixRange(t *testing.T) {
	w := newWorld(t)
	for _, header := range []string{"bytes=-0", "bytes= -00 , -0", "bytes=-+0"} {
		w.do("GET", sample, "", "Range", header).expect(t, http.StatusRequestedRangeNotSatisfiable, "invalid_params", "range")
	}
	if r := w.do("GET", sample, "", "Range", "bytes=-0,0-2"); r.status != http.StatusPartialContent || string(r.body) != "the" {
		t.Errorf("%d %q", r.status, r.body)
	}
}
