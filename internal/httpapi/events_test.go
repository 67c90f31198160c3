package httpapi

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"retake/internal/retake"
)

// sseEvent is one event as a client reads it.
type sseEvent struct{ id, name, data string }

// listen opens the event stream and returns a reader of its events. Comments are skipped.
func (w *world) listen(headers ...string) func() sseEvent {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	w.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", w.url+"/api/events", nil)
	must(w.t, err)
	req.Header.Set("Authorization", "Bearer "+oxKey)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	must(w.t, err)
	w.t.Cleanup(func() { resp.Body.Close() })
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream" {
		w.t.Fatalf("Content-Type %q", got)
	}
	lines := bufio.NewScanner(resp.Body)
	return func() sseEvent {
		w.t.Helper()
		var e sseEvent
		for lines.Scan() {
			field, value, _ := strings.Cut(lines.Text(), ": ")
			switch field {
			case "id":
				e.id = value
			case "event":
				e.name = value
			case "data":
				e.data = value
			case "":
				if e != (sseEvent{}) {
					return e
				}
			}
		}
		w.t.Fatalf("the stream ended: %v", lines.Err())
		return e
	}
}

// lasting skips what is not kept.
func lasting(next func() sseEvent) sseEvent {
	for {
		if e := next(); (retake.Event{Name: e.name}).Kept() {
			return e
		}
	}
}

func TestEncodeEvent(t *testing.T) {
	signer, err := NewSigner(bytes.Repeat([]byte("k"), 32))
	must(t, err)
	signer.now = func() time.Time { return time.Unix(1_000_000, 0) }
	enc := &EventEncoder{Signer: signer, Base: "http://localhost:8000/", TTL: time.Minute}
	link := signer.Link(FileName{"ox", "generations", "main", "d/a & b.mp4"}, time.Minute)
	gen := func(status retake.Status) *retake.Generation {
		return &retake.Generation{ID: "G", Model: "M", Status: status, Error: `no "snow" <here> & there`,
			ResultFile: "ox/generations/file/main/d/a & b.mp4",
			Progress:   retake.Progress{Phase: retake.PhaseEngine, Fraction: 0.12345, ETA: 3.14159}}
	}
	unknownETA := gen(retake.Processing)
	unknownETA.Progress.ETA = -1
	tests := map[string]struct {
		event retake.Event
		want  string
	}{
		"succeeded": {retake.Event{Seq: 7, Name: retake.EventCompleted, Generation: gen(retake.Succeeded)},
			"id: 7\nevent: media_generation_completed\n" +
				`data: {"generation_id":"G","status":"succeeded","media_type":"video","model":"M","url":"http://localhost:8000` + link + `"}` + "\n\n"},
		"failed": {retake.Event{Seq: 8, Name: retake.EventCompleted, Generation: gen(retake.Failed)},
			"id: 8\nevent: media_generation_completed\n" +
				`data: {"generation_id":"G","status":"failed","media_type":"video","error":"no \"snow\" <here> & there"}` + "\n\n"},
		"cancelled": {retake.Event{Seq: 9, Name: retake.EventCancelled, Generation: gen(retake.Cancelled)},
			"id: 9\nevent: media_generation_cancelled\n" +
				`data: {"generation_id":"G","status":"cancelled","media_type":"video"}` + "\n\n"},
		"queued": {retake.Event{Seq: 9, Name: retake.EventQueued, Generation: gen(retake.Queued)},
			"id: 9\nevent: media_generation_queued\n" + `data: {"generation_id":"G","status":"queued"}` + "\n\n"},
		"deleted": {retake.Event{Seq: 9, Name: retake.EventDeleted, Generation: gen(retake.Succeeded)},
			"id: 9\nevent: media_generation_deleted\n" + `data: {"generation_id":"G","status":"deleted"}` + "\n\n"},
		"progress": {retake.Event{Seq: 9, Name: retake.EventProgress, Generation: gen(retake.Processing)},
			"id: 9\nevent: media_generation_progress\n" +
				`data: {"generation_id":"G","phase":"engine","progress":0.123,"eta_seconds":3.1}` + "\n\n"},
		"progress without a time left": {retake.Event{Name: retake.EventProgress, Generation: unknownETA},
			"id: 0\nevent: media_generation_progress\n" +
				`data: {"generation_id":"G","phase":"engine","progress":0.123,"eta_seconds":null}` + "\n\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, string(enc.Encode(tt.event))); diff != "" {
				t.Error(diff)
			}
		})
	}
	if strings.Contains(link, "&") {
		t.Errorf("a link with an ampersand breaks in a shell: %s", link)
	}
}

func TestEventsLive(t *testing.T) {
	w := newWorld(t)
	next := w.listen()
	id := w.enqueue("")
	e := next()
	if e.name != retake.EventQueued || e.data != `{"generation_id":"`+id+`","status":"queued"}` {
		t.Errorf("first event %+v, want that %s was queued", e, id)
	}
	e = next()
	if e.name != retake.EventProgress || e.id == "" || !strings.Contains(e.data, `"generation_id":"`+id+`"`) {
		t.Errorf("second event %+v, want progress of %s", e, id)
	}
	e = lasting(next)
	var data struct{ URL, Status string }
	must(t, json.Unmarshal([]byte(e.data), &data))
	if e.name != retake.EventCompleted || data.Status != "succeeded" {
		t.Fatalf("got %+v", e)
	}
	path := strings.TrimPrefix(data.URL, "http://retake.test")
	if r := w.do("GET", path, "", "Authorization", ""); r.status != http.StatusOK || !bytes.Equal(r.body, clipBytes) {
		t.Errorf("the event's link answers %d", r.status)
	}
}

func TestEventsResume(t *testing.T) {
	w := newWorld(t)
	first := w.enqueue("")
	w.waitFor(first, retake.Succeeded)
	seen := lasting(w.listen())
	var missed []string
	for range 3 {
		id := w.enqueue("")
		w.waitFor(id, retake.Succeeded)
		missed = append(missed, id)
	}
	next := w.listen("Last-Event-ID", seen.id)
	for _, id := range missed {
		if e := lasting(next); !strings.Contains(e.data, id) {
			t.Fatalf("got %+v, want %s", e, id)
		}
	}
	for _, odd := range []string{"x", "-1", "99999999"} {
		if e := lasting(w.listen("Last-Event-ID", odd)); !strings.Contains(e.data, first) {
			t.Errorf("Last-Event-ID %s: got %+v, want the recent past from %s on", odd, e, first)
		}
	}
}

func TestEventsOfCancelled(t *testing.T) {
	w := newWorld(t)
	defer w.runner.hold()()
	next := w.listen()
	id := w.enqueue("")
	w.do("DELETE", "/api/ai/queue/"+id, "")
	if e := lasting(next); e.name != retake.EventCancelled || !strings.Contains(e.data, id) {
		t.Errorf("got %+v", e)
	}
}

func TestEventsStayInTheirNamespace(t *testing.T) {
	w := newWorld(t)
	next := w.listen()
	other := w.do("POST", "/api/ai/queue", request(""), "Authorization", "Bearer "+ottoKey)
	otherID := other.json(t)["generations"].([]any)[0].(map[string]any)["generation_id"].(string)
	w.waitFor(otherID, retake.Succeeded)
	own := w.enqueue("")
	for {
		e := next()
		if strings.Contains(e.data, otherID) {
			t.Fatalf("an event of another namespace: %+v", e)
		}
		if e.name == retake.EventCompleted && strings.Contains(e.data, own) {
			return
		}
	}
}

// A key that acts in further namespaces lists their rows, so it hears of them, too.
func TestEventsOfGrantedNamespaces(t *testing.T) {
	w := newWorld(t)
	must(t, w.store.CreateKey(t.Context(), retake.Key{ID: "k-barn", Namespace: "barn"}, HashKey("rtk_barn")))
	next := w.listen("Authorization", "Bearer "+ottoKey)
	r := w.do("POST", "/api/ai/queue", request(""), "Authorization", "Bearer rtk_barn")
	id := r.json(t)["generations"].([]any)[0].(map[string]any)["generation_id"].(string)
	names := ""
	for e := next(); ; e = next() {
		if !strings.Contains(e.data, id) {
			t.Fatalf("an event of another generation: %+v", e)
		}
		if e.name != retake.EventProgress {
			names += e.name + " "
		}
		if e.name == retake.EventCompleted {
			break
		}
	}
	w.do("DELETE", "/api/ai/generations/"+id, "", "Authorization", "Bearer rtk_barn")
	if e := next(); e.name != retake.EventDeleted || names != retake.EventQueued+" "+retake.EventCompleted+" " {
		t.Errorf("%s, then %+v", names, e)
	}
}

func TestEventsEndWhenDraining(t *testing.T) {
	w := newWorld(t)
	done := make(chan reply)
	go func() { done <- w.do("GET", "/api/events", "") }()
	for w.s.followers.count() == 0 {
		time.Sleep(time.Millisecond)
	}
	w.s.Drain()
	if r := <-done; r.status != http.StatusOK {
		t.Errorf("status %d", r.status)
	}
	if r := w.do("GET", "/api/events", ""); r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "" {
		t.Errorf("a new stream while draining: %d %s", r.status, r.body)
	}
}

// count is how many streams are past the point where draining refuses them.
func (f *followers) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.open)
}

func (s *Server) streamsOpen(key string) int {
	s.streams.mu.Lock()
	defer s.streams.mu.Unlock()
	return s.streams.open[key]
}

func TestEventsKeepAlive(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *Deps) { c.KeepAlive = time.Second })
	req, err := http.NewRequestWithContext(t.Context(), "GET", w.url+"/api/events", nil)
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+oxKey)
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	defer resp.Body.Close()
	line, err := bufio.NewReader(resp.Body).ReadString('\n')
	must(t, err)
	if line != ": keep-alive\n" {
		t.Errorf("got %q", line)
	}
}

// awk reads the event stream as the hub's third sample does, and returns the data of the generation's completion.
func (w *world) awk(ctx context.Context, id string) (string, error) {
	script := `curl -sN "$URL/api/events" -H "Authorization: Bearer $KEY" | awk -v id="$ID" '
		$0 == "event: media_generation_completed" { wanted = 1; next }
		wanted && /^data: / { wanted = 0; if (index($0, "\"generation_id\":\"" id "\"")) { print substr($0, 7); exit } }'`
	cmd := exec.CommandContext(ctx, "sh", "-c", script)
	cmd.Env = append(cmd.Environ(), "URL="+w.url, "KEY="+oxKey, "ID="+id)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	return string(out), err
}

// The hub's third sample enqueues first and listens after. The generation is done by then, or goes on for long while
// awk's buffer fills with progress; however full it is, the completion must come through.
func TestListenWithAwk(t *testing.T) {
	for _, tool := range []string{"sh", "curl", "awk"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%s is needed: install it", tool)
		}
	}
	for _, progress := range []int{-1, 0, 20, 47, 64, 100, 200} {
		t.Run(fmt.Sprint(progress), func(t *testing.T) {
			w := newWorld(t)
			for range 3 { // these are replayed first
				w.waitFor(w.enqueue(""), retake.Succeeded)
			}
			release := w.runner.hold()
			defer release()
			id := w.enqueue("")
			if progress < 0 {
				release()
				w.waitFor(id, retake.Succeeded)
			}
			type found struct {
				out string
				err error
			}
			done := make(chan found, 1)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			go func() { out, err := w.awk(ctx, id); done <- found{out, err} }()
			if progress >= 0 {
				for w.s.streamsOpen("k-ox") == 0 && ctx.Err() == nil {
					time.Sleep(time.Millisecond)
				}
				for i := range progress {
					w.hub.Publish(retake.Event{Namespace: "ox", Name: retake.EventProgress, Generation: &retake.Generation{
						ID: fmt.Sprintf("%036d", i), Progress: retake.Progress{Phase: retake.PhaseEngine, Fraction: 0.125, ETA: 10}}})
				}
				release()
			}
			f := <-done
			var got struct {
				GenerationID string `json:"generation_id"`
				Status, URL  string
			}
			if err := json.Unmarshal([]byte(f.out), &got); err != nil || got.GenerationID != id || got.Status != "succeeded" || got.URL == "" {
				t.Errorf("awk found %q (%v)", f.out, f.err)
			}
		})
	}
}
