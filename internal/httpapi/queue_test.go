package httpapi

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"retake/internal/retake"
)

// row reads a generation as ox.
func (w *world) row(id string) map[string]any {
	w.t.Helper()
	return w.do("GET", "/api/ai/queue/"+id, "").json(w.t)
}

func TestRowOfSucceeded(t *testing.T) {
	w := newWorld(t)
	id := w.enqueue(`,"start_time":1.5,"mode":"replace_audio","seed":9007199254740993,"note":{"a":[1]},"status":"hacked","generation_id":"x"`)
	w.waitFor(id, retake.Succeeded)
	got := w.row(id)
	link, _ := got["result_url"].(string)
	for _, vary := range []string{"result_url", "enqueued_at", "started_at", "completed_at"} {
		if got[vary] == nil {
			t.Errorf("%s is null", vary)
		}
		delete(got, vary)
	}
	want := map[string]any{
		"generation_id": id, "model_name": "lightricks-ltx-2-retake", "prompt": "heavy snow", "media_type": "video",
		"result_size": float64(len(clipBytes)), "status": "succeeded", "error_message": nil, "error_type": nil, "error_field": nil, "target_namespace": "ox", "target_repo": nil, "target_directory": nil,
		"progress": 1.0, "phase": nil, "eta_seconds": nil, "queue_position": nil, "waiting": nil, "engine": "builtin", "request_id": nil,
		"segment":    map[string]any{"start": 1.5, "end": 7.5},
		"report":     map[string]any{"holds": true, "exact": true, "summary": "All else is the original."},
		"warnings":   []any{"a test"},
		"start_time": 1.5, "mode": "replace_audio", "seed": float64(9007199254740993), "input_video": sample,
		"note": map[string]any{"a": []any{1.0}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	raw := w.do("GET", "/api/ai/queue/"+id, "").body
	if !bytes.Contains(raw, []byte(`"seed":9007199254740993`)) {
		t.Errorf("the seed lost digits: %s", raw)
	}
	u, err := url.Parse(link)
	must(t, err)
	if r := w.do("GET", u.RequestURI(), "", "Authorization", ""); r.status != http.StatusOK || !bytes.Equal(r.body, clipBytes) {
		t.Errorf("result_url answers %d", r.status)
	}
}

func TestRowsWhileTheyWaitAndRun(t *testing.T) {
	w := newWorld(t)
	release := w.runner.hold()
	defer release()
	running := w.enqueue("")
	w.waitFor(running, retake.Processing)
	for w.row(running)["phase"] == nil {
		time.Sleep(time.Millisecond)
	}
	if r := w.row(running); r["phase"] != "engine" || r["progress"] != 0.5 || r["eta_seconds"] != 2.0 || r["started_at"] == nil {
		t.Errorf("running: %v", r)
	}
	first, second := w.enqueue(""), w.enqueue("")
	if r := w.row(first); r["status"] != "queued" || r["queue_position"] != 0.0 || r["phase"] != nil {
		t.Errorf("queued: %v", r)
	}
	if r := w.row(second); r["queue_position"] != 1.0 {
		t.Errorf("second: %v", r["queue_position"])
	}
	list := w.do("GET", "/api/ai/queue", "").json(t)
	if list["count"] != 3.0 {
		t.Errorf("count %v", list["count"])
	}
	release()
	w.waitFor(second, retake.Succeeded)
	if list := w.do("GET", "/api/ai/queue", "").json(t); list["count"] != 0.0 || len(list["generations"].([]any)) != 0 {
		t.Errorf("after the end: %v", list)
	}
	if list := w.do("GET", "/api/ai/queue?status=succeeded", "").json(t); list["count"] != 3.0 {
		t.Errorf("succeeded: %v", list["count"])
	}
}

// The queue takes parameters as they come; they fail the generation when it runs. Strict handling refuses at once.
func TestParametersAreCheckedWhenRun(t *testing.T) {
	w := newWorld(t)
	const bad = `,"duration":20`
	id := w.enqueue(bad)
	w.waitFor(id, retake.Failed)
	const message = "duration must be between 2 and 16 seconds, got 20"
	if r := w.row(id); r["status"] != "failed" || r["error_message"] != message || r["result_url"] != nil {
		t.Errorf("row %v", r)
	}
	r := w.do("POST", "/api/ai/queue", request(bad), "Prefer", "handling=strict")
	r.expect(t, 400, "invalid_params", message)
	if r := w.do("POST", "/api/ai/queue", request(""), "Prefer", "handling=strict"); r.header.Get("Preference-Applied") != "handling=strict" {
		t.Errorf("%d %v", r.status, r.header)
	}
	w.do("POST", "/api/ai/videos/generate", request(bad)).expect(t, 400, "invalid_params", message)
}

func TestSeedsOfSeveral(t *testing.T) {
	w := newWorld(t)
	seeds := func(fields string) (got []any) {
		r := w.do("POST", "/api/ai/queue", request(fields)).json(t)
		for _, g := range r["generations"].([]any) {
			got = append(got, w.row(g.(map[string]any)["generation_id"].(string))["seed"])
		}
		return got
	}
	if diff := cmp.Diff([]any{7.0, 8.0, 9.0}, seeds(`,"num_generations":3,"seed":7`)); diff != "" {
		t.Error(diff)
	}
	a, again := seeds(`,"num_generations":2`), seeds(`,"num_generations":2`)
	if a[0] == a[1] || a[0] == nil {
		t.Errorf("seeds %v: two takes would be alike", a)
	}
	if diff := cmp.Diff(a, again); diff != "" {
		t.Errorf("the same request gives other seeds: %s", diff)
	}
	if got := seeds(""); got[0] != nil {
		t.Errorf("a single one got the seed %v", got[0])
	}
}

func TestIdempotencyKey(t *testing.T) {
	w := newWorld(t)
	post := func(fields string) reply {
		return w.do("POST", "/api/ai/queue", request(fields), "Idempotency-Key", "K1")
	}
	post(`,"num_generations":99`).expect(t, 400, "invalid_params", "num_generations") // frees the key
	first := post("")
	if again := post(""); !bytes.Equal(first.body, again.body) {
		t.Errorf("%s\n%s", first.body, again.body)
	}
	post(`,"seed":1`).expect(t, http.StatusUnprocessableEntity, "invalid_params", "Idempotency-Key")
	if _, total, err := w.store.Generations(t.Context(), retake.Filter{}, retake.Page{Number: 1, Size: 1}); err != nil || total != 1 {
		t.Errorf("%d rows (%v)", total, err)
	}
	w.do("POST", "/api/ai/queue", request(""), "Idempotency-Key", strings.Repeat("k", 300)).expect(t, 400, "invalid_params", "Idempotency-Key")
}

func TestCancel(t *testing.T) {
	w := newWorld(t)
	defer w.runner.hold()()
	running := w.enqueue("")
	w.waitFor(running, retake.Processing)
	waiting := w.enqueue("")
	for _, id := range []string{waiting, running, running} {
		r := w.do("DELETE", "/api/ai/queue/"+id, "")
		if diff := cmp.Diff(map[string]any{"status": "success", "generation_id": id}, r.json(t)); diff != "" {
			t.Error(diff)
		}
		w.waitFor(id, retake.Cancelled)
	}
	for _, method := range []string{"GET", "DELETE"} {
		w.do(method, "/api/ai/queue/nope", "").expect(t, 404, "resource_not_found", "Generation not found: nope")
		w.do(method, "/api/ai/queue/"+running, "", "Authorization", "Bearer "+ottoKey).expect(t, 404, "resource_not_found", "Generation not found")
	}
	w.do("GET", "/api/ai/generations/"+running, "", "Authorization", "Bearer "+ottoKey).expect(t, 404, "resource_not_found", "")
}

func TestGenerateWaits(t *testing.T) {
	w := newWorld(t)
	r := w.do("POST", "/api/ai/videos/generate", request(""))
	var body struct {
		Model   string
		Created int64
		Videos  []struct{ URL string }
	}
	must(t, json.Unmarshal(r.body, &body))
	id := r.header.Get("X-Generation-Id")
	if r.status != http.StatusOK || body.Model != "lightricks-ltx-2-retake" || body.Created == 0 || len(body.Videos) != 1 || !strings.Contains(body.Videos[0].URL, id) {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if got := w.row(id)["status"]; got != "succeeded" {
		t.Errorf("the row is %v", got)
	}
	r = w.do("POST", "/api/ai/videos/generate", request(`,"response_format":"b64_json"`))
	encoded := r.json(t)["videos"].([]any)[0].(map[string]any)["b64_json"].(string)
	if data, err := base64.StdEncoding.DecodeString(encoded); err != nil || !bytes.Equal(data, clipBytes) {
		t.Errorf("b64_json holds %d bytes (%v)", len(data), err)
	}
	w.do("POST", "/api/ai/videos/generate", request(`,"response_format":"gif"`)).expect(t, 400, "invalid_params", "url or b64_json")
	w.do("POST", "/api/ai/videos/generate", request(`,"response_format":1`)).expect(t, 400, "invalid_params", "response_format must be a string")
}

func TestGenerateFails(t *testing.T) {
	w := newWorld(t)
	tests := map[retake.Code]struct {
		status int
		kind   string
	}{
		retake.CodeEngine:     {502, "engine_error"},
		retake.CodePromise:    {502, "engine_error"},
		retake.CodeUnreadable: {400, "invalid_params"},
		retake.CodeInvalid:    {400, "invalid_params"},
	}
	for code, want := range tests {
		w.runner.failWith(retake.Errorf(code, "It did not work: try snow."))
		r := w.do("POST", "/api/ai/videos/generate", request(""))
		r.expect(t, want.status, want.kind, "It did not work: try snow.")
		if r.header.Get("X-Generation-Id") == "" {
			t.Error("X-Generation-Id is missing")
		}
	}
}

func TestGenerateAnswersLater(t *testing.T) {
	w := newWorld(t)
	release := w.runner.hold()
	for _, prefer := range []string{"wait=0", "respond-async", "respond-async, wait=1"} {
		r := w.do("POST", "/api/ai/videos/generate", request(""), "Prefer", prefer)
		id := r.header.Get("X-Generation-Id")
		if r.status != http.StatusAccepted || r.header.Get("Location") != "/api/ai/queue/"+id || r.json(t)["generation_id"] != id {
			t.Errorf("%s: %d %v %s", prefer, r.status, r.header, r.body)
		}
		if r.header.Get("Preference-Applied") == "" {
			t.Errorf("%s: Preference-Applied is missing", prefer)
		}
		defer w.waitFor(id, retake.Succeeded)
	}
	w.do("POST", "/api/ai/videos/generate", request(""), "Prefer", "wait=soon").expect(t, 400, "invalid_params", "wait must be")
	release()
}

func TestGenerateIsCancelledOrDrained(t *testing.T) {
	w := newWorld(t)
	defer w.runner.hold()()
	wait := func() (id string, done chan reply) {
		before := len(w.ids())
		done = make(chan reply, 1)
		go func() { done <- w.do("POST", "/api/ai/videos/generate", request("")) }()
		for len(w.ids()) == before {
			time.Sleep(time.Millisecond)
		}
		return w.ids()[0], done
	}
	id, done := wait()
	w.do("DELETE", "/api/ai/queue/"+id, "")
	(<-done).expect(t, http.StatusConflict, "cancelled", "cancelled")
	id, done = wait()
	w.s.Drain()
	(<-done).expect(t, http.StatusServiceUnavailable, "unavailable", "shutting down")
	if got := w.row(id)["status"]; got == "failed" || got == "cancelled" {
		t.Errorf("the row is %v, but the run goes on", got)
	}
	w.do("POST", "/api/ai/queue", request("")).expect(t, http.StatusServiceUnavailable, "unavailable", "shutting down")
}

// ids lists all generations, the newest first.
func (w *world) ids() (ids []string) {
	list, _, err := w.store.Generations(w.t.Context(), retake.Filter{}, retake.Page{})
	must(w.t, err)
	for _, g := range list {
		ids = append(ids, g.ID)
	}
	return ids
}

func TestInlineClipLeavesTheRow(t *testing.T) {
	w := newWorld(t)
	clip := bytes.Repeat([]byte{0, 1, 2, 3}, 5000)
	body := strings.Replace(request(""), sample, "data:video/mp4;base64,"+base64.StdEncoding.EncodeToString(clip), 1)
	r := w.do("POST", "/api/ai/queue", body)
	id := r.json(t)["generations"].([]any)[0].(map[string]any)["generation_id"].(string)
	input, _ := w.row(id)["input_video"].(string)
	if !strings.HasPrefix(input, "/api/repos/ox/uploads/file/main/") || !strings.HasSuffix(input, ".mp4") {
		t.Fatalf("input_video %.80q", input)
	}
	if r := w.do("GET", input, ""); !bytes.Equal(r.body, clip) || r.header.Get("Content-Type") != "video/mp4" {
		t.Errorf("the clip is %d bytes of %s", len(r.body), r.header.Get("Content-Type"))
	}
	for _, bad := range []string{"data:video/mp4;base64,", "data:video/mp4;base64"} {
		body := strings.Replace(request(""), sample, bad+strings.Repeat("*", 5000), 1)
		w.do("POST", "/api/ai/queue", body).expect(t, 400, "invalid_params", "data: URI")
	}
}

// TestRowBeforeProgress holds that a generation whose worker has told nothing yet has no time left, rather than none left.
func TestRowBeforeProgress(t *testing.T) {
	g := &retake.Generation{ID: "G", Status: retake.Processing}
	if r := (&Server{}).row("", g, nil); r.ETASeconds != nil {
		t.Errorf("%v s left", *r.ETASeconds)
	}
	g.Progress = retake.Progress{Phase: retake.PhaseEngine, ETA: 2}
	if r := (&Server{}).row("", g, nil); r.ETASeconds == nil || *r.ETASeconds != 2 {
		t.Errorf("%v, want 2 s", r.ETASeconds)
	}
}
