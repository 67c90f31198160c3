package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"retake/internal/servertest"
)

// buildFaults builds the program with the hooks that hold a generation in a phase.
func buildFaults(t *testing.T) string {
	t.Helper()
	bin, err := servertest.Build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// process is a running retake serve.
type process struct {
	*servertest.Server
	*servertest.Hold
	t   *testing.T
	key string
	dir string // the data folder
}

// world is a data folder with a server, one after the other, and a small clip in it.
type world struct {
	t   *testing.T
	bin string
	dir string
	key string
}

func newWorld(t *testing.T, bin string) *world {
	return &world{t: t, bin: bin, dir: filepath.Join(t.TempDir(), "data")}
}

const small = "/api/repos/ox/tests/file/main/clip.mp4"

// seeded is the sample clip: 1080p, so that an edit of it takes a while.
const seeded = "/api/repos/ox/Oxen-AI-Assets/file/main/images/winter_summer_ox.mp4"

// start starts a server and waits until it is ready. prefix goes in front of the command: a shell that sets limits.
func (w *world) start(env []string, prefix ...string) *process {
	w.t.Helper()
	hold := servertest.NewHold(w.t)
	p := &process{t: w.t, dir: w.dir, Hold: hold, Server: servertest.Start(w.t, servertest.Options{
		Program: w.bin, By: prefix, Listen: "127.0.0.1:0", Data: w.dir, Hold: hold, Env: env})}
	w.t.Cleanup(func() {
		hold.Release()
		p.Kill() // if it still runs
	})
	if link := "\nsign in: " + p.URL + "/ai/signin?once="; w.key == "" && !strings.Contains(p.Log(), link) {
		w.t.Errorf("the first start does not tell how to sign in:\n%s", p.Log())
	}
	if p.Key != "" {
		w.key = p.Key
	}
	p.key = w.key
	return p
}

// stopping sends the signal to stop and waits until it was taken up.
func (p *process) stopping() {
	p.t.Helper()
	if err := p.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	p.eventually("the stop begins", func() bool { return strings.Contains(p.Log(), "stopping") })
}

// end sends a signal and returns the exit code.
func (p *process) end(s syscall.Signal) int {
	p.t.Helper()
	if err := p.Signal(s); err != nil {
		p.t.Fatal(err)
	}
	return p.wait()
}

func (p *process) wait() int {
	p.t.Helper()
	err, ok := p.Wait()
	if !ok {
		p.t.Fatalf("the server does not end:\n%s", p.Log())
	}
	if ee, ok := errors.AsType[*exec.ExitError](err); ok {
		return ee.ExitCode()
	} else if err != nil {
		p.t.Fatal(err)
	}
	return 0
}

func (p *process) eventually(what string, met func() bool) {
	p.t.Helper()
	for end := time.Now().Add(servertest.Patience); !met(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			p.t.Fatalf("never: %s\n%s", what, p.Log())
		}
	}
}

// call makes a request, which must be answered with 200.
func (p *process) call(method, path string, body any) map[string]any {
	p.t.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case []byte:
		r = bytes.NewReader(b)
	default:
		data, err := json.Marshal(b)
		if err != nil {
			p.t.Fatal(err)
		}
		r = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.URL+path, r)
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+p.key)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatalf("%v\n%s", err, p.Log())
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		p.t.Fatalf("%s %s: %s %v\n%s\n%s", method, path, resp.Status, err, data, p.Log())
	}
	var answer map[string]any
	if err := json.Unmarshal(data, &answer); err != nil {
		p.t.Fatalf("%s %s: %v\n%s", method, path, err, data)
	}
	return answer
}

func (p *process) upload(clip string) {
	p.t.Helper()
	data, err := os.ReadFile(clip)
	if err != nil {
		p.t.Fatal(err)
	}
	p.call(http.MethodPut, small, data)
}

// enqueue queues n edits of 2 s.
func (p *process) enqueue(input string, n int) (ids []string) {
	p.t.Helper()
	answer := p.call(http.MethodPost, "/api/ai/queue", map[string]any{
		"model": "lightricks-ltx-2-retake", "prompt": "snow", "input_video": input,
		"start_time": 2, "duration": 2, "num_generations": n,
	})
	list, ok := answer["generations"].([]any)
	if !ok || len(list) != n {
		p.t.Fatalf("queued: %v", answer)
	}
	for _, g := range list {
		ids = append(ids, g.(map[string]any)["generation_id"].(string))
	}
	return ids
}

func (p *process) row(id string) map[string]any {
	p.t.Helper()
	return p.call(http.MethodGet, "/api/ai/queue/"+id, nil)
}

// outcome waits for the generation's end.
func (p *process) outcome(id string) (status string, row map[string]any) {
	p.t.Helper()
	p.eventually("generation "+id+" ends", func() bool {
		row = p.row(id)
		status, _ = row["status"].(string)
		return status != "queued" && status != "processing"
	})
	return status, row
}

func (p *process) cancel(id string) {
	p.t.Helper()
	p.call(http.MethodDelete, "/api/ai/queue/"+id, nil)
}

// children lists the processes that a process has started and that have not ended.
func children(t *testing.T, parent int) (pids []int) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if pid, state, ppid := stat(f); ppid == parent && state != "Z" {
			pids = append(pids, pid)
		}
	}
	return pids
}

// alive returns those of pids that have not ended.
func alive(pids []int) (left []int) {
	for _, pid := range pids {
		if _, state, _ := stat(fmt.Sprintf("/proc/%d/stat", pid)); state != "" && state != "Z" {
			left = append(left, pid)
		}
	}
	return left
}

// stat reads a process's entry (proc(5)): "PID (NAME) STATE PPID …". state is "" for one that is gone.
func stat(path string) (pid int, state string, parent int) {
	line, err := os.ReadFile(path)
	if err != nil {
		return 0, "", 0
	}
	end := bytes.LastIndexByte(line, ')')
	if _, err := fmt.Sscan(string(line), &pid); err != nil || end < 0 {
		return 0, "", 0
	}
	if _, err := fmt.Sscan(string(line[end+1:]), &state, &parent); err != nil {
		return 0, "", 0
	}
	return pid, state, parent
}

// working waits until the process has children at work and returns them.
func (p *process) working() (pids []int) {
	p.t.Helper()
	p.eventually("ffmpeg runs", func() bool {
		pids = children(p.t, p.PID())
		return len(pids) > 0
	})
	return pids
}
