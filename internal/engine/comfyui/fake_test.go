package comfyui

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"
)

// fake is a ComfyUI server as far as its routes and messages are documented. It runs a workflow with ffmpeg, on what a node
// LoadVideo names, and saves the result under a node SaveVideo.
type fake struct {
	t    *testing.T
	dir  string
	web  *httptest.Server
	args string // of ffmpeg; "": a copy of the streams
	stop context.CancelFunc
	wake chan struct{}

	mu          sync.Mutex
	faults      map[string]int // how often each is to happen yet; -1 for always
	lacking     []string       // classes that it has not
	models      []string       // that its loaders list
	queue       []*fakeJob
	running     *fakeJob
	history     map[string]*fakeJob
	sockets     map[string]*websocket.Conn
	submits     int
	uploads     int
	interrupted []string // ids that ran when an interrupt came
	header      http.Header
	number      int
}

type fakeJob struct {
	number     int
	id, client string
	prompt     map[string]node
	halt       chan struct{} // closed by end
	outputs    map[string]any
	status     map[string]any
	ended      sync.Once
}

func (j *fakeJob) end() { j.ended.Do(func() { close(j.halt) }) }

func (j *fakeJob) row() []any {
	return []any{j.number, j.id, j.prompt, map[string]any{"client_id": j.client}, []string{"24"}, map[string]any{}}
}

func newFake(t *testing.T, faults ...string) *fake {
	t.Helper()
	f := &fake{t: t, dir: t.TempDir(), wake: make(chan struct{}, 100), faults: map[string]int{}, history: map[string]*fakeJob{}, sockets: map[string]*websocket.Conn{},
		models: []string{DefaultConfig().Checkpoint, DefaultConfig().TextEncoder}}
	for _, name := range faults {
		f.faults[name] = 1
		if always, ok := strings.CutPrefix(name, "always "); ok {
			f.faults[always] = -1
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	f.stop = stop
	var worker sync.WaitGroup
	worker.Go(func() { f.work(ctx) })
	mux := http.NewServeMux()
	mux.HandleFunc("POST /upload/image", f.upload)
	mux.HandleFunc("POST /prompt", f.submit)
	mux.HandleFunc("GET /queue", f.getQueue)
	mux.HandleFunc("POST /queue", f.postQueue)
	mux.HandleFunc("POST /interrupt", f.interrupt)
	mux.HandleFunc("GET /history", f.getHistory)
	mux.HandleFunc("GET /history/{id}", f.getHistory)
	mux.HandleFunc("GET /view", f.view)
	mux.HandleFunc("GET /ws", f.socket)
	mux.HandleFunc("GET /system_stats", func(w http.ResponseWriter, _ *http.Request) {
		f.say(w, 200, map[string]any{"system": map[string]any{"comfyui_version": "0.30.0"}, "devices": []any{}})
	})
	mux.HandleFunc("GET /object_info/{class}", f.describe)
	f.web = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.header = r.Header.Clone()
		f.mu.Unlock()
		if r.URL.Path != "/ws" && f.fault("cut "+r.Method+" "+r.URL.Path) || f.fault("cut any") {
			panic(http.ErrAbortHandler)
		}
		if status := map[bool]int{f.fault("401"): 401, f.fault("413"): 413, f.fault("302"): 302, f.fault("429"): 429, f.fault("500"): 500}[true]; status != 0 {
			w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
			w.Header().Set("Retry-After", "40")
			w.WriteHeader(status)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		stop()
		worker.Wait()
		f.web.CloseClientConnections()
		f.web.Close()
	})
	return f
}

// fault reports whether a fault is to happen now.
func (f *fake) fault(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.faults[name] > 0 {
		f.faults[name]--
		return true
	}
	return f.faults[name] < 0
}

func (f *fake) say(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (f *fake) upload(w http.ResponseWriter, r *http.Request) {
	if f.fault("cut upload") {
		_, _ = io.CopyN(io.Discard, r.Body, 1000)
		panic(http.ErrAbortHandler)
	}
	file, head, err := r.FormFile("image")
	if err != nil {
		f.say(w, 400, "no image")
		return
	}
	defer file.Close()
	data, _ := io.ReadAll(file)
	name := strings.TrimSuffix(head.Filename, ".mp4") + " (1).mp4" // as if the name were taken
	if err := os.WriteFile(filepath.Join(f.dir, name), data, 0o600); err != nil {
		f.t.Error(err)
	}
	f.mu.Lock()
	f.uploads++
	f.mu.Unlock()
	f.say(w, 200, map[string]string{"name": name, "subfolder": r.FormValue("subfolder"), "type": r.FormValue("type")})
}

func (f *fake) submit(w http.ResponseWriter, r *http.Request) {
	var s submission
	if json.NewDecoder(r.Body).Decode(&s) != nil {
		f.say(w, 400, map[string]any{"error": "no JSON"})
		return
	}
	f.mu.Lock()
	refused := f.invalid(s.Prompt)
	f.mu.Unlock()
	if refused != nil {
		f.say(w, 400, refused)
		return
	}
	if f.fault("old") {
		s.ID = uuid.NewString()
	}
	f.mu.Lock()
	f.number++
	f.submits++
	j := &fakeJob{number: f.number, id: s.ID, client: s.Client, prompt: s.Prompt, halt: make(chan struct{})}
	f.queue = append(f.queue, j)
	f.mu.Unlock()
	f.wake <- struct{}{}
	if f.fault("cut after submit") {
		panic(http.ErrAbortHandler)
	}
	f.say(w, 200, map[string]any{"prompt_id": s.ID, "number": j.number, "node_errors": map[string]any{}})
}

// invalid is the answer to a workflow that is not taken, as execution.py's validate_prompt words it.
func (f *fake) invalid(prompt map[string]node) any {
	for id, n := range prompt {
		if slices.Contains(f.lacking, n.Class) {
			return map[string]any{"error": map[string]any{"type": "missing_node_type", "message": "Node '" + n.Meta.Title + "' not found. The custom node may not be installed.",
				"details": "Node ID '#" + id + "'", "extra_info": map[string]any{"class_type": n.Class}}, "node_errors": map[string]any{}}
		}
		for _, input := range []string{"ckpt_name", "text_encoder"} {
			if v, ok := n.Inputs[input].(string); ok && !slices.Contains(f.models, v) {
				return map[string]any{"error": map[string]any{"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation"},
					"node_errors": map[string]any{id: map[string]any{"class_type": n.Class, "errors": []any{map[string]any{"type": "value_not_in_list", "message": "Value not in list",
						"details": input + ": '" + v + "' not in []", "extra_info": map[string]any{"input_name": input, "received_value": v}}}}}}
			}
		}
	}
	if f.faults["bad value"] > 0 {
		return map[string]any{"error": map[string]any{"type": "prompt_outputs_failed_validation"}, "node_errors": map[string]any{"8": map[string]any{"class_type": "LTXVConditioning",
			"errors": []any{map[string]any{"type": "value_bigger_than_max", "message": "Value 1001 bigger than max of 1000", "details": "frame_rate"}}}}}
	}
	return nil
}

func (f *fake) getQueue(w http.ResponseWriter, _ *http.Request) {
	f.mu.Lock()
	rows, now := []any{}, []any{}
	for _, j := range f.queue {
		rows = append(rows, j.row())
	}
	if f.running != nil {
		now = append(now, f.running.row())
	}
	f.mu.Unlock()
	f.say(w, 200, map[string]any{"queue_running": now, "queue_pending": rows})
}

func (f *fake) postQueue(w http.ResponseWriter, r *http.Request) {
	var body struct{ Delete []string }
	_ = json.NewDecoder(r.Body).Decode(&body)
	f.mu.Lock()
	f.queue = slices.DeleteFunc(f.queue, func(j *fakeJob) bool { return slices.Contains(body.Delete, j.id) })
	f.mu.Unlock()
	w.WriteHeader(200)
}

// interrupt stops whatever runs, as older servers do.
func (f *fake) interrupt(w http.ResponseWriter, _ *http.Request) {
	f.mu.Lock()
	if j := f.running; j != nil {
		f.interrupted = append(f.interrupted, j.id)
		j.end()
	}
	f.mu.Unlock()
	w.WriteHeader(200)
}

func (f *fake) getHistory(w http.ResponseWriter, r *http.Request) {
	if f.fault("hostile history") {
		_, _ = io.WriteString(w, `{"`+strings.Repeat("x", 1<<20)+`":[`)
		return
	}
	f.mu.Lock()
	all := map[string]any{}
	for id, j := range f.history {
		if want := r.PathValue("id"); want == "" || want == id {
			all[id] = map[string]any{"prompt": j.row(), "outputs": j.outputs, "status": j.status}
		}
	}
	f.mu.Unlock()
	f.say(w, 200, all)
}

func (f *fake) view(w http.ResponseWriter, r *http.Request) {
	path := filepath.Join(f.dir, filepath.Base(r.FormValue("filename")))
	if f.fault("cut download") {
		data, _ := os.ReadFile(path)
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		_, _ = w.Write(data[:len(data)/2])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	if f.fault("endless download") {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
		return
	}
	if f.fault("file gone") {
		w.WriteHeader(404)
		return
	}
	http.ServeFile(w, r, path)
}

func (f *fake) describe(w http.ResponseWriter, r *http.Request) {
	class := r.PathValue("class")
	f.mu.Lock()
	defer f.mu.Unlock()
	if slices.Contains(f.lacking, class) {
		f.say(w, 200, map[string]any{})
		return
	}
	required := map[string]any{"ckpt_name": []any{f.models, map[string]any{}}, "text_encoder": []any{"COMBO", map[string]any{"options": f.models}},
		"file": []any{"COMBO", map[string]any{"options": []string{}, "video_upload": true}}, "text": []any{"STRING", map[string]any{}}}
	f.say(w, 200, map[string]any{class: map[string]any{"input": map[string]any{"required": required}, "name": class}})
}

func (f *fake) socket(w http.ResponseWriter, r *http.Request) {
	if f.fault("no socket") {
		w.WriteHeader(404)
		return
	}
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	client := r.FormValue("clientId")
	f.mu.Lock()
	f.sockets[client] = c
	f.mu.Unlock()
	_ = c.Write(r.Context(), websocket.MessageText, []byte(`{"type":"status","data":{"status":{"exec_info":{"queue_remaining":0}},"sid":"x"}}`))
	if f.fault("cut socket") {
		_ = c.CloseNow()
	}
	if f.fault("hostile socket") {
		_ = c.Write(r.Context(), websocket.MessageText, []byte(`{"type":"progress","data":{"value":-1e308,"max":1e-308}}`))
		_ = c.Write(r.Context(), websocket.MessageText, []byte(`[[[`))
		_ = c.Write(r.Context(), websocket.MessageBinary, make([]byte, 1<<20))
	}
	_, _, _ = c.Read(r.Context())
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.sockets[client] == c {
		delete(f.sockets, client)
	}
}

// tell sends a message to who submitted a job.
func (f *fake) tell(ctx context.Context, j *fakeJob, kind string, data map[string]any) {
	f.mu.Lock()
	c := f.sockets[j.client]
	f.mu.Unlock()
	if c == nil {
		return
	}
	data["prompt_id"] = j.id
	text, _ := json.Marshal(map[string]any{"type": kind, "data": data})
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_ = c.Write(ctx, websocket.MessageText, text)
}

// work runs the queue.
func (f *fake) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.wake:
		}
		for f.fault("paused") && ctx.Err() == nil {
			time.Sleep(5 * time.Millisecond)
		}
		f.mu.Lock()
		if len(f.queue) == 0 {
			f.mu.Unlock()
			continue
		}
		j := f.queue[0]
		f.queue, f.running = f.queue[1:], j
		f.mu.Unlock()
		j.outputs, j.status = map[string]any{}, map[string]any{"status_str": "success", "completed": true, "messages": []any{}}
		f.execute(ctx, j)
		f.mu.Lock()
		if f.running == j { // else it was restarted meanwhile
			f.running = nil
			f.history[j.id] = j
		}
		f.mu.Unlock()
		f.tell(ctx, j, "executing", map[string]any{"node": nil})
	}
}

func (f *fake) execute(ctx context.Context, j *fakeJob) {
	bad := func(kind string, data map[string]any) {
		j.status = map[string]any{"status_str": "error", "completed": false, "messages": []any{[]any{kind, data}}}
		f.tell(ctx, j, kind, data)
	}
	f.tell(ctx, j, "execution_start", map[string]any{})
	for _, id := range slices.Sorted(maps.Keys(j.prompt)) {
		f.tell(ctx, j, "executing", map[string]any{"node": id})
	}
	f.tell(ctx, j, "progress", map[string]any{"value": 4, "max": 8, "node": "19"})
	switch {
	case f.fault("waits"):
		select {
		case <-j.halt:
		case <-ctx.Done():
		}
		bad("execution_interrupted", map[string]any{"node_type": "SamplerCustomAdvanced"})
		return
	case f.fault("holds"): // and then goes on
		select {
		case <-j.halt:
		case <-ctx.Done():
		}
	case f.fault("error"):
		bad("execution_error", map[string]any{"node_type": "VAEDecodeTiled", "exception_type": "RuntimeError", "exception_message": "weights at /srv/comfy/models are broken\nTraceback"})
		return
	case f.fault("oom"):
		bad("execution_error", map[string]any{"node_type": "SamplerCustomAdvanced", "exception_type": "torch.OutOfMemoryError", "exception_message": "Allocation on device 0 would exceed allowed memory."})
		return
	case f.fault("saves nothing"):
		return
	}
	var in, out string
	for id, n := range j.prompt {
		switch n.Class {
		case "LoadVideo":
			in, _ = n.Inputs["file"].(string)
		case "SaveVideo":
			out = id
		}
	}
	name := "answer_" + j.id + ".mp4"
	in = filepath.Join(f.dir, filepath.Base(strings.TrimSuffix(in, " [temp]")))
	args := append([]string{"-nostdin", "-v", "error", "-y", "-i", in}, strings.Fields(f.args)...)
	if f.args == "" {
		args = append(args, "-c", "copy")
	}
	if f.fault("playlist") {
		_ = os.WriteFile(filepath.Join(f.dir, name), []byte("#EXTM3U\nhttp://127.0.0.1/secret\n"), 0o600)
	} else if text, err := exec.CommandContext(ctx, "ffmpeg", append(args, filepath.Join(f.dir, name))...).CombinedOutput(); err != nil {
		bad("execution_error", map[string]any{"node_type": "SaveVideo", "exception_type": "OSError", "exception_message": string(text)})
		return
	}
	if f.fault("truncated") {
		_ = os.Truncate(filepath.Join(f.dir, name), 3000)
	}
	file := map[string]string{"filename": name, "subfolder": "retake", "type": "output"}
	j.outputs = map[string]any{out: map[string]any{"images": []any{file}, "animated": []bool{true}}, "99": map[string]any{"text": []string{"x"}}}
}

// restart forgets all, as a server does that is started anew.
func (f *fake) restart() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.running != nil {
		f.running.end()
	}
	f.queue, f.running, f.history = nil, nil, map[string]*fakeJob{}
	for _, c := range f.sockets {
		_ = c.CloseNow()
	}
}

// clean checks that nothing is left: no job, no socket.
func (f *fake) clean() {
	f.t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		f.mu.Lock()
		queued, busy, sockets := len(f.queue), f.running != nil, len(f.sockets)
		f.mu.Unlock()
		if queued == 0 && !busy && sockets == 0 {
			return
		}
		if time.Now().After(end) {
			f.t.Errorf("left behind: %d queued, running %v, %d sockets", queued, busy, sockets)
			return
		}
	}
}

func (f *fake) count() (submits, uploads int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.submits, f.uploads
}
