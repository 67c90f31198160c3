package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"retake/internal/retake"

	"github.com/google/go-cmp/cmp"
)

// hub plays the server's side of the contract with canned answers and notes what it is asked.
type hub struct {
	mu     sync.Mutex
	asked  []string // "PUT /api/…", with upload folders as *
	model  string   // answer of GET models/m
	plan   string   // answer of POST plan, "" for a server that has none
	body   map[string]any
	rows   []string // answers of GET queue/{id}, the last one repeated
	events []string // one stream for each connection, the last one repeated
	lastID []string // Last-Event-ID of each connection
}

// busy is an answer instead of a plan.
const busy = `{"error":{"type":"unavailable","detail":"The server is about to stop."}}`

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	path := r.URL.Path
	if rest, ok := strings.CutPrefix(path, "/api/repos/ox/uploads/file/main/"); ok {
		_, name, _ := strings.Cut(rest, "/")
		path = "/api/repos/ox/uploads/file/main/*/" + name
	}
	h.asked = append(h.asked, r.Method+" "+path)
	if r.Header.Get("Authorization") != "Bearer secret" {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":{"type":"unauthenticated","detail":"no such key"}}`)
		return
	}
	switch {
	case path == "/api/ai/models/m":
		fmt.Fprint(w, h.model)
	case path == "/api/ai/plan" && h.plan == "":
		w.WriteHeader(http.StatusNotFound)
	case path == "/api/ai/plan" && h.plan == busy:
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, busy)
	case path == "/api/ai/plan":
		fmt.Fprint(w, h.plan)
	case path == "/api/ai/queue":
		if err := json.NewDecoder(r.Body).Decode(&h.body); err != nil {
			http.Error(w, err.Error(), 400)
			return
		}
		fmt.Fprint(w, `{"generations":[{"generation_id":"g1","status":"queued"}]}`)
	case path == "/api/ai/queue/g1" && r.Method == http.MethodGet:
		fmt.Fprint(w, next(&h.rows))
	case path == "/api/ai/generations/g1":
		fmt.Fprint(w, `{"status":"success","generation":{"cost":"0.40","currency":"USD"}}`)
	case path == "/api/events":
		h.lastID = append(h.lastID, r.Header.Get("Last-Event-ID"))
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, next(&h.events))
	case path == "/result.mp4":
		fmt.Fprint(w, "edited")
	default:
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			panic(err)
		}
		fmt.Fprint(w, `{"status":"success"}`)
	}
}

func next(list *[]string) string {
	first := (*list)[0]
	if len(*list) > 1 {
		*list = (*list)[1:]
	}
	return first
}

const (
	running   = `{"status":"processing","phase":"engine","progress":0.5,"eta_seconds":3}`
	succeeded = `{"status":"succeeded","result_url":"/result.mp4?token=x","report":{"holds":true},"warnings":["w"]}`
	failed    = `{"status":"failed","error_message":"no engine"}`
	progress1 = "id: 7\nevent: media_generation_progress\ndata: {\"generation_id\":\"g1\",\"phase\":\"splicing\",\"progress\":0.8,\"eta_seconds\":1}\n\n"
	other     = "id: 8\nevent: media_generation_completed\ndata: {\"generation_id\":\"g0\",\"status\":\"succeeded\"}\n\n"
	completed = ": keep-alive\n\nid: 9\nevent: media_generation_completed\ndata: {\"generation_id\":\"g1\",\"status\":\"succeeded\"}\n\n"
)

func edit(t *testing.T, h *hub, key, input string) (*Result, string, []retake.Progress, error) {
	t.Helper()
	if h.model == "" {
		h.model = "{}"
	}
	srv := httptest.NewServer(h)
	defer srv.Close()
	c, err := New(srv.URL+"/", key)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.pause = time.Microsecond
	var out bytes.Buffer
	var seen []retake.Progress
	seed := int64(4)
	job := Job{Model: "m", Namespace: "ox", Request: retake.Request{
		Prompt: "snow", Input: input, Start: 1, Duration: 2, Mode: retake.ReplaceVideo, Seed: &seed,
	}}
	r, err := c.Edit(t.Context(), job, &out, func(p retake.Progress) { seen = append(seen, p) })
	return r, out.String(), seen, err
}

func clip(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a clip.mp4")
	if err := os.WriteFile(path, []byte("bytes"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEditUploadsFollowsDownloadsAndTidies(t *testing.T) {
	// The first stream breaks off; the second resumes after what was seen.
	h := &hub{rows: []string{running, running, succeeded}, events: []string{progress1, other + completed}}
	r, out, seen, err := edit(t, h, "secret", clip(t))
	if err != nil {
		t.Fatal(err)
	}
	want := &Result{GenerationID: "g1", Report: &retake.Report{Holds: true}, Warnings: []string{"w"}, Cost: "0.40", Currency: "USD", Bytes: 6}
	if d := cmp.Diff(want, r); d != "" || out != "edited" {
		t.Errorf("result %q (-want +got):\n%s", out, d)
	}
	if d := cmp.Diff([]string{"", "7"}, h.lastID); d != "" {
		t.Errorf("Last-Event-ID: %s", d)
	}
	wantAsked := []string{
		"GET /api/ai/models/m", "PUT /api/repos/ox/uploads/file/main/*/a clip.mp4", "POST /api/ai/queue",
		"GET /api/ai/queue/g1", "GET /api/events", "GET /api/ai/queue/g1", "GET /api/events", "GET /api/ai/queue/g1",
		"GET /api/ai/generations/g1", "GET /result.mp4", "DELETE /api/repos/ox/uploads/file/main/*/a clip.mp4",
	}
	if d := cmp.Diff(wantAsked, h.asked); d != "" {
		t.Errorf("asked (-want +got):\n%s", d)
	}
	if h.body["seed"] != 4.0 || h.body["duration"] != 2.0 || h.body["mode"] != "replace_video" {
		t.Errorf("queued with %v", h.body)
	}
	wantSeen := []retake.Progress{
		{Phase: "engine", Fraction: 0.5, ETA: 3}, {Phase: "splicing", Fraction: 0.8, ETA: 1}, {Phase: "engine", Fraction: 0.5, ETA: 3},
	}
	if d := cmp.Diff(wantSeen, seen); d != "" {
		t.Errorf("progress: %s", d)
	}
}

// Before a job is queued that costs money, whoever wants it is asked.
func TestEditAgrees(t *testing.T) {
	no := errors.New("no")
	for _, tt := range []struct {
		name, plan string
		agrees     error
		costs      []retake.Cost // that were asked about
		queued     bool
	}{
		{"no", `{"estimate":{"engines":[{"state":"priced","cost":"0.4","currency":"USD"}]}}`, no, []retake.Cost{{Cost: "0.4", Currency: "USD"}}, false},
		{"yes", `{"estimate":{"engines":[{"state":"priced","cost":"0.4","currency":"USD"}]}}`, nil, []retake.Cost{{Cost: "0.4", Currency: "USD"}}, true},
		{"unknown price", `{"estimate":{"engines":[{"state":"unknown"}]}}`, no, []retake.Cost{{}}, false},
		{"free", `{"estimate":{"engines":[{"state":"free"}]}}`, no, nil, true},
		{"no estimate", `{"estimate":null}`, no, nil, true},
		{"no plan", "", no, nil, true},
		{"no plan now", busy, no, nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := &hub{model: "{}", plan: tt.plan, rows: []string{succeeded}, events: []string{""}}
			srv := httptest.NewServer(h)
			defer srv.Close()
			c, err := New(srv.URL, "secret")
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			var costs []retake.Cost
			agree := func(c retake.Cost) error { costs = append(costs, c); return tt.agrees }
			_, err = c.Edit(t.Context(), Job{Model: "m", Namespace: "ox", Agree: agree, Request: retake.Request{Prompt: "snow", Input: clip(t)}}, io.Discard, func(retake.Progress) {})
			if queued := slices.Contains(h.asked, "POST /api/ai/queue"); queued != tt.queued || queued != (err == nil) || err != nil && !errors.Is(err, no) && retake.CodeOf(err) != retake.CodeUnavailable {
				t.Errorf("queued %v, %v", queued, err)
			}
			if d := cmp.Diff(tt.costs, costs); d != "" {
				t.Errorf("asked about (-want +got):\n%s", d)
			}
			if last := h.asked[len(h.asked)-1]; !strings.HasPrefix(last, "DELETE /api/repos/") {
				t.Errorf("the upload stays: %q", last)
			}
		})
	}
}

func TestEditOfAnAddressUploadsNothing(t *testing.T) {
	h := &hub{rows: []string{succeeded}, events: []string{""}}
	if _, _, _, err := edit(t, h, "secret", "https://example.org/a.mp4"); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"GET /api/ai/models/m", "POST /api/ai/queue", "GET /api/ai/queue/g1", "GET /api/ai/generations/g1", "GET /result.mp4"}, h.asked); d != "" {
		t.Error(d)
	}
	if h.body["input_video"] != "https://example.org/a.mp4" {
		t.Errorf("input_video %v", h.body["input_video"])
	}
}

// A model may call its parameters anything; it tells which is which.
func TestEditUsesTheModelsNames(t *testing.T) {
	h := &hub{rows: []string{succeeded}, events: []string{""}, model: `{"request_schema":{"properties":
		{"clip":{"x-role":"input_video"},"from":{"x-role":"start_time"},"long":{"x-role":"duration"},"task":{}}}}`}
	if _, _, _, err := edit(t, h, "secret", "https://example.org/a.mp4"); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"model": "m", "prompt": "snow", "clip": "https://example.org/a.mp4", "from": 1.0, "long": 2.0, "mode": "replace_video", "seed": 4.0}
	if d := cmp.Diff(want, h.body); d != "" {
		t.Error(d)
	}
}

func TestEditErrors(t *testing.T) {
	r, _, _, err := edit(t, &hub{rows: []string{failed}, events: []string{""}}, "secret", clip(t))
	if f, ok := errors.AsType[*Failure](err); !ok || f.Message != "no engine" || r.GenerationID != "g1" || r.Cost != "0.40" {
		t.Errorf("failed generation: %v", err)
	}
	_, _, _, err = edit(t, &hub{}, "wrong", clip(t))
	if retake.CodeOf(err) != retake.CodeUnauthenticated || retake.UserMessage(err) != "no such key" {
		t.Errorf("wrong key: %v", err)
	}
	_, _, _, err = edit(t, &hub{rows: []string{"<html>"}, events: []string{""}}, "secret", "https://example.org/a.mp4")
	if !errors.Is(err, ErrUnreachable) {
		t.Errorf("not a Retake server: %v", err)
	}
}

func TestCancelCancelsTheGenerationAndTakesTheUploadBack(t *testing.T) {
	h := &hub{model: "{}", rows: []string{running}, events: []string{progress1}}
	srv := httptest.NewServer(h)
	defer srv.Close()
	c, err := New(srv.URL, "secret")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	job := Job{Model: "m", Namespace: "ox", Request: retake.Request{Input: clip(t)}}
	_, err = c.Edit(ctx, job, io.Discard, func(retake.Progress) { cancel(retake.ErrCancelled) })
	if !errors.Is(err, retake.ErrCancelled) {
		t.Errorf("error %v", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	want := []string{"DELETE /api/ai/queue/g1", "DELETE /api/repos/ox/uploads/file/main/*/a clip.mp4"}
	if d := cmp.Diff(want, h.asked[len(h.asked)-2:]); d != "" {
		t.Errorf("last asked (-want +got):\n%s", d)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, server := range []string{"", "localhost:80", "ftp://x", "http://"} {
		if _, err := New(server, "k"); retake.CodeOf(err) != retake.CodeInvalid {
			t.Errorf("New(%q): %v", server, err)
		}
	}
	if _, err := New("http://x", ""); retake.CodeOf(err) != retake.CodeUnauthenticated {
		t.Errorf("no key: %v", err)
	}
}

// The key must not go to another host, such as a store that a result's address points to.
func TestKeyStaysWithItsServer(t *testing.T) {
	c, err := New("http://a.example/base", "secret")
	if err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]string{"/api/x": "Bearer secret", "http://a.example/y": "Bearer secret", "http://b.example/y": ""} {
		req, err := c.request(t.Context(), http.MethodGet, ref, nil)
		if err != nil || req.Header.Get("Authorization") != want {
			t.Errorf("%s: Authorization %q, %v", ref, req.Header.Get("Authorization"), err)
		}
	}
	if u, err := c.at("/api/x?y=1"); err != nil || u.String() != "http://a.example/base/api/x?y=1" {
		t.Errorf("at: %v %v", u, err)
	}
}

func FuzzEvents(f *testing.F) {
	f.Add(progress1 + other + completed)
	f.Add("data: a\ndata:b\r\n\r\nid\n\nevent")
	f.Fuzz(func(t *testing.T, stream string) {
		count := 0
		err := readEvents(strings.NewReader(stream), func(e Event) bool {
			count++
			if strings.ContainsAny(e.ID+e.Name, "\n") {
				t.Errorf("line break in %q", e)
			}
			return count < 3
		})
		if err == nil && count < 3 {
			t.Error("ended without having been told to")
		}
	})
}

// A generation that is deleted is not waited for any longer.
func TestDeletedEndsTheWait(t *testing.T) {
	deleted := "id: 7\nevent: media_generation_deleted\ndata: {\"generation_id\":\"g1\",\"status\":\"deleted\"}\n\n"
	h := &hub{rows: []string{running}, events: []string{deleted, ""}}
	if _, _, _, err := edit(t, h, "secret", clip(t)); err == nil {
		t.Error("the edit of a deleted generation succeeded")
	}
	if len(h.lastID) != 1 {
		t.Errorf("%d connections, want one", len(h.lastID))
	}
}
