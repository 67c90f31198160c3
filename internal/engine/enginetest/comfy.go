package enginetest

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"
	"github.com/google/uuid"
)

// Steps of a ComfyUI besides those of a provider.
const (
	StepSocket = "socket"
	StepRun    = "run" // a job of ours begins to run
)

// Comfy is a ComfyUI server as far as its routes and messages are documented. It runs a workflow with ffmpeg, on what a node LoadVideo
// names, and saves the result under a node SaveVideo. Stays holds a job until it is interrupted, or Mend.
type Comfy struct {
	*Fake
	Lacking []string // classes that it has not
	Models  []string // that its loaders list
	Old     bool     // it chooses the numbers of jobs itself
	Refuses string   // a workflow, for this reason
	Saves   string   // the name that an answer is said to be saved under, "" for its own

	wake   chan struct{}
	number int // of the newest job

	// What follows is guarded by Fake.mu, as what a test sets is.
	queue       []*comfyJob
	running     *comfyJob
	history     map[string]*comfyJob
	sockets     map[string]*websocket.Conn
	interrupted []string // ids that ran when an interrupt came
	submits     int
	header      http.Header // of the newest request
}

// comfyNode is what is looked at of a workflow's node.
type comfyNode struct {
	Class  string         `json:"class_type"`
	Inputs map[string]any `json:"inputs"`
	Meta   struct {
		Title string `json:"title"`
	} `json:"_meta"`
}

// NewComfy starts one that has these models.
func NewComfy(t testing.TB, models ...string) *Comfy {
	t.Helper()
	f := &Comfy{Fake: NewFake(t), Models: models, wake: make(chan struct{}, 100), history: map[string]*comfyJob{}, sockets: map[string]*websocket.Conn{}}
	f.Good = "-c copy"
	ctx, stop := context.WithCancel(context.Background())
	var worker sync.WaitGroup
	worker.Go(func() { f.run(ctx) })
	mux := http.NewServeMux()
	mux.HandleFunc("POST /upload/image", f.Step(StepUpload, f.upload))
	mux.HandleFunc("POST /prompt", f.Step(StepSubmit, f.submit))
	mux.HandleFunc("GET /queue", f.Step(StepPoll, f.getQueue))
	mux.HandleFunc("POST /queue", f.Step(StepCancel, f.postQueue))
	mux.HandleFunc("POST /interrupt", f.Step(StepCancel, f.interrupt))
	mux.HandleFunc("GET /history", f.Step(StepPoll, f.getHistory))
	mux.HandleFunc("GET /history/{id}", f.Step(StepPoll, f.getHistory))
	mux.HandleFunc("GET /view", f.Step(StepDownload, f.view))
	mux.HandleFunc("GET /ws", f.Step(StepSocket, f.socket))
	mux.HandleFunc("GET /system_stats", func(w http.ResponseWriter, _ *http.Request) {
		Say(w, 200, Object{"system": Object{"comfyui_version": "0.30.0"}, "devices": []any{}})
	})
	mux.HandleFunc("GET /object_info/{class}", f.describe)
	f.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.header = r.Header.Clone()
		f.mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { // before the server ends, which waits for the sockets
		stop()
		worker.Wait()
		f.Restart()
	})
	return f
}

// Header is that of the newest request.
func (f *Comfy) Header() http.Header {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.header
}

func (f *Comfy) upload(w http.ResponseWriter, r *http.Request) {
	file, head, err := r.FormFile("image")
	if err != nil {
		Say(w, 400, "no image")
		return
	}
	defer file.Close()
	name := strings.TrimSuffix(head.Filename, ".mp4") + " (1).mp4" // as if the name were taken
	if err := f.Keep(name, file); err != nil {
		f.T.Error(err)
	}
	Say(w, 200, map[string]string{"name": name, "subfolder": r.FormValue("subfolder"), "type": r.FormValue("type")})
}

func (f *Comfy) submit(w http.ResponseWriter, r *http.Request) {
	var s struct {
		Prompt map[string]comfyNode `json:"prompt"`
		Client string               `json:"client_id"`
		ID     string               `json:"prompt_id"`
	}
	if json.NewDecoder(r.Body).Decode(&s) != nil {
		Say(w, 400, Object{"error": "no JSON"})
		return
	}
	f.mu.Lock()
	if refused := f.invalid(s.Prompt); refused != nil {
		f.mu.Unlock()
		Say(w, 400, refused)
		return
	}
	if f.Old {
		s.ID = uuid.NewString()
	}
	f.submits++
	j := f.put(s.ID, s.Client, s.Prompt)
	f.mu.Unlock()
	Say(w, 200, Object{"prompt_id": s.ID, "number": j.number, "node_errors": Object{}})
}

// invalid is the answer to a workflow that is not taken, as execution.py's validate_prompt words it.
func (f *Comfy) invalid(prompt map[string]comfyNode) any {
	const failed = "prompt_outputs_failed_validation"
	for id, n := range prompt {
		if slices.Contains(f.Lacking, n.Class) {
			return Object{"error": Object{"type": "missing_node_type", "message": "Node '" + n.Meta.Title + "' not found. The custom node may not be installed.",
				"details": "Node ID '#" + id + "'", "extra_info": Object{"class_type": n.Class}}, "node_errors": Object{}}
		}
		for _, input := range []string{"ckpt_name", "text_encoder"} {
			if v, ok := n.Inputs[input].(string); ok && !slices.Contains(f.Models, v) {
				return Object{"error": Object{"type": failed, "message": "Prompt outputs failed validation"},
					"node_errors": Object{id: Object{"class_type": n.Class, "errors": []any{Object{"type": "value_not_in_list", "message": "Value not in list",
						"details": input + ": '" + v + "' not in []", "extra_info": Object{"input_name": input, "received_value": v}}}}}}
			}
		}
	}
	if f.Refuses != "" {
		return Object{"error": Object{"type": failed}, "node_errors": Object{"8": Object{"class_type": "LTXVConditioning",
			"errors": []any{Object{"type": "value_bigger_than_max", "message": f.Refuses, "details": "frame_rate"}}}}}
	}
	return nil
}

func (f *Comfy) getQueue(w http.ResponseWriter, _ *http.Request) {
	f.mu.Lock()
	rows, now := []any{}, []any{}
	for _, j := range f.queue {
		rows = append(rows, j.row())
	}
	if f.running != nil {
		now = append(now, f.running.row())
	}
	f.mu.Unlock()
	Say(w, 200, Object{"queue_running": now, "queue_pending": rows})
}

func (f *Comfy) postQueue(_ http.ResponseWriter, r *http.Request) {
	var body struct{ Delete []string }
	_ = json.NewDecoder(r.Body).Decode(&body)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queue = slices.DeleteFunc(f.queue, func(j *comfyJob) bool { return slices.Contains(body.Delete, j.id) })
}

// interrupt stops whatever runs, as older servers do.
func (f *Comfy) interrupt(http.ResponseWriter, *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if j := f.running; j != nil {
		f.interrupted = append(f.interrupted, j.id)
		j.end(interrupted)
	}
}

func (f *Comfy) getHistory(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	all := Object{}
	for id, j := range f.history {
		if want := r.PathValue("id"); want == "" || want == id {
			all[id] = Object{"prompt": j.row(), "outputs": j.outputs, "status": j.status}
		}
	}
	f.mu.Unlock()
	Say(w, 200, all)
}

func (f *Comfy) view(w http.ResponseWriter, r *http.Request) {
	if f.next("view") != nil { // an endless file
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
		return
	}
	http.ServeFile(w, r, filepath.Join(f.dir, filepath.Base(r.FormValue("filename"))))
}

func (f *Comfy) describe(w http.ResponseWriter, r *http.Request) {
	class := r.PathValue("class")
	f.mu.Lock()
	defer f.mu.Unlock()
	if slices.Contains(f.Lacking, class) {
		Say(w, 200, Object{})
		return
	}
	required := Object{"ckpt_name": []any{f.Models, Object{}}, "text_encoder": []any{"COMBO", Object{"options": f.Models}},
		"file": []any{"COMBO", Object{"options": []string{}, "video_upload": true}}, "text": []any{"STRING", Object{}}}
	Say(w, 200, Object{class: Object{"input": Object{"required": required}, "name": class}})
}

func (f *Comfy) socket(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	client := r.FormValue("clientId")
	f.mu.Lock()
	f.sockets[client] = c
	f.mu.Unlock()
	_ = c.Write(r.Context(), websocket.MessageText, []byte(`{"type":"status","data":{"status":{"exec_info":{"queue_remaining":0}},"sid":"x"}}`))
	if fault := f.next("messages"); fault != nil {
		_ = c.Write(r.Context(), websocket.MessageText, []byte(fault.Body))
		_ = c.Write(r.Context(), websocket.MessageBinary, make([]byte, 1<<20))
		if fault.Cut {
			_ = c.CloseNow()
		}
	}
	_, _, _ = c.Read(r.Context())
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.sockets[client] == c {
		delete(f.sockets, client)
	}
}

// Answer returns the bytes that the only job saved.
func (f *Comfy) Answer() []byte {
	names, _ := filepath.Glob(filepath.Join(f.dir, "answer_*"))
	if len(names) != 1 {
		f.T.Errorf("%d answers", len(names))
		return nil
	}
	data, err := os.ReadFile(names[0])
	if err != nil {
		f.T.Error(err)
	}
	return data
}
