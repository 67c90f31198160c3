package enginetest

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// comfyJob is a job in a ComfyUI's queue.
type comfyJob struct {
	number     int
	id, client string
	prompt     map[string]comfyNode
	halt       chan bool // is told once how its wait ends
	ended      sync.Once
	outputs    map[string]any
	status     map[string]any
}

// How a wait ends.
const (
	goesOn      = false
	interrupted = true
)

func (j *comfyJob) end(how bool) { j.ended.Do(func() { j.halt <- how }) }

func (j *comfyJob) row() []any {
	return []any{j.number, j.id, j.prompt, Object{"client_id": j.client}, []string{"24"}, Object{}}
}

// put puts a job into the queue. f.mu is held.
func (f *Comfy) put(id, client string, prompt map[string]comfyNode) *comfyJob {
	f.number++
	j := &comfyJob{number: f.number, id: id, client: client, prompt: prompt, halt: make(chan bool, 1)}
	f.queue = append(f.queue, j)
	f.wake <- struct{}{}
	return j
}

const stranger = "stranger"

// Busy has somebody else's job run first, until Mend.
func (f *Comfy) Busy() {
	f.mu.Lock()
	f.put(stranger, "", map[string]comfyNode{})
	f.mu.Unlock()
	for {
		f.mu.Lock()
		runs := f.running != nil
		f.mu.Unlock()
		if runs {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// Disturbed reports whether somebody else's job was interrupted or taken out of the queue.
func (f *Comfy) Disturbed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Contains(f.interrupted, stranger) || f.running == nil || f.running.id != stranger
}

// Mend ends all faults; what is held goes on.
func (f *Comfy) Mend() {
	f.Fake.Mend()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Lacking, f.Refuses, f.Saves = nil, "", ""
	if f.running != nil {
		f.running.end(goesOn)
	}
}

// Restart forgets all, as a server does that is started anew.
func (f *Comfy) Restart() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.running != nil {
		f.running.end(interrupted)
	}
	f.queue, f.running, f.history = nil, nil, map[string]*comfyJob{}
	for _, c := range f.sockets {
		_ = c.CloseNow()
	}
}

// Taken counts the jobs of ours that were queued.
func (f *Comfy) Taken() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.submits
}

// Running counts the jobs of ours that have not ended.
func (f *Comfy) Running() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, j := range append(slices.Clone(f.queue), f.running) {
		if j != nil && j.id != stranger {
			n++
		}
	}
	return n
}

// Left is what is left on the server. A job of ours that runs with nobody to wait for it is given the time to end, if it does.
func (f *Comfy) Left() string {
	for end := time.Now().Add(20 * time.Second); f.Running() > 0 && !f.Stays && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	saved, _ := filepath.Glob(filepath.Join(f.dir, "answer_*"))
	switch {
	case f.Running() > 0:
		return "the job runs on in ComfyUI"
	case len(saved) > 0:
		return "its file in the output folder"
	}
	return "nothing"
}

// tell sends a message to who submitted a job.
func (f *Comfy) tell(ctx context.Context, j *comfyJob, kind string, data Object) {
	f.mu.Lock()
	c := f.sockets[j.client]
	f.mu.Unlock()
	if c == nil {
		return
	}
	data["prompt_id"] = j.id
	text, _ := json.Marshal(Object{"type": kind, "data": data})
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_ = c.Write(ctx, websocket.MessageText, text)
}

// run runs the queue.
func (f *Comfy) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.wake:
		}
		f.mu.Lock()
		if len(f.queue) == 0 {
			f.mu.Unlock()
			continue
		}
		j := f.queue[0]
		f.queue, f.running = f.queue[1:], j
		f.mu.Unlock()
		j.outputs, j.status = Object{}, Object{"status_str": "success", "completed": true, "messages": []any{}}
		f.execute(ctx, j)
		f.mu.Lock()
		if f.running == j { // else it was restarted meanwhile
			f.running = nil
			f.history[j.id] = j
		}
		f.mu.Unlock()
		f.tell(ctx, j, "executing", Object{"node": nil})
	}
}

// waits holds a job until it is told how to go on, and reports whether it was interrupted.
func (j *comfyJob) waits(ctx context.Context) bool {
	select {
	case how := <-j.halt:
		return how
	case <-ctx.Done():
		return true
	}
}

func (f *Comfy) execute(ctx context.Context, j *comfyJob) {
	bad := func(kind string, data Object) {
		j.status = Object{"status_str": "error", "completed": false, "messages": []any{[]any{kind, data}}}
		f.tell(ctx, j, kind, data)
	}
	if j.id == stranger {
		j.waits(ctx)
		return
	}
	f.tell(ctx, j, "execution_start", Object{})
	for _, id := range slices.Sorted(maps.Keys(j.prompt)) {
		f.tell(ctx, j, "executing", Object{"node": id})
	}
	f.tell(ctx, j, "progress", Object{"value": 4, "max": 8, "node": "19"})
	f.mu.Lock()
	stays := f.Stays
	f.mu.Unlock()
	fault := f.next(StepRun)
	if stays && j.waits(ctx) {
		bad("execution_interrupted", Object{"node_type": "SamplerCustomAdvanced"})
		return
	}
	if fault == nil || fault.Body == "removed" {
		if err := f.save(ctx, j, fault != nil); err != nil {
			bad("execution_error", Object{"node_type": "SaveVideo", "exception_type": "OSError", "exception_message": err.Error()})
		}
		return
	}
	switch fault.Body { // "nothing saved" is none of these
	case "restart":
		f.Restart()
	case "stop":
		bad("execution_interrupted", Object{"node_type": "SamplerCustomAdvanced"})
	case "memory":
		bad("execution_error", Object{"node_type": "SamplerCustomAdvanced", "exception_type": "torch.OutOfMemoryError", "exception_message": "Allocation on device 0 would exceed allowed memory."})
	case "node":
		bad("execution_error", Object{"node_type": "VAEDecodeTiled", "exception_type": "RuntimeError", "exception_message": "weights at /srv/comfy/models are broken\nTraceback"})
	}
}

// save makes a job's answer, and removes it if so asked.
func (f *Comfy) save(ctx context.Context, j *comfyJob, remove bool) error {
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
	window := f.Uploaded(filepath.Base(strings.TrimSuffix(in, " [temp]")))
	path := filepath.Join(f.dir, name)
	err := f.Bad.write(ctx, window, path, f.Good)
	if err == nil && remove {
		err = os.Remove(path)
	}
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.Saves != "" {
		name = f.Saves + name
	}
	file := map[string]string{"filename": name, "subfolder": "retake", "type": "output"}
	j.outputs = Object{out: Object{"images": []any{file}, "animated": []bool{true}}, "99": Object{"text": []string{"x"}}}
	return nil
}
