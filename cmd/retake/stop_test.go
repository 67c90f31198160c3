package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"retake/internal/sample"
	"retake/internal/servertest"
)

// Cancelled in each phase a generation ends as cancelled, publishes nothing and leaves no process.
func testCancel(t *testing.T, bin, clip string) {
	for _, phase := range phases {
		t.Run(string(phase), func(t *testing.T) {
			w := newWorld(t, bin)
			p := w.start([]string{"RETAKE_PAUSE_PHASE=" + string(phase)})
			p.upload(clip)
			p.Hold.Hold()
			ids := p.enqueue(small, 1)
			p.Reached()
			p.cancel(ids[0])
			p.Release()
			if status, row := p.outcome(ids[0]); status != "cancelled" {
				t.Errorf("ended as %v", row)
			}
			p.eventually("no process is left", func() bool { return len(children(t, p.PID())) == 0 })
			if code := p.end(syscall.SIGTERM); code != 0 {
				t.Errorf("exit code %d\n%s", code, p.Log())
			}
			// A result that was stored just before the cancel waits for the sweep of the next start.
			p = w.start(nil)
			p.swept(2) // the sample and the upload
			p.end(syscall.SIGTERM)
			w.settled(ids, 0)
		})
	}
	t.Run("ffmpeg at work", func(t *testing.T) {
		w := newWorld(t, bin)
		p := w.start(nil)
		ids := p.enqueue(seeded, 1)
		p.eventually("the engine works", func() bool { return p.row(ids[0])["phase"] == "engine" })
		pids := p.working()
		p.cancel(ids[0])
		asked := time.Now()
		p.eventually("ffmpeg is gone", func() bool { return len(alive(pids)) == 0 && len(children(t, p.PID())) == 0 })
		t.Logf("ffmpeg was gone after %s", time.Since(asked).Round(time.Millisecond))
		if status, row := p.outcome(ids[0]); status != "cancelled" {
			t.Errorf("ended as %v", row)
		}
		p.end(syscall.SIGTERM)
		w.settled(ids, 0)
	})
}

// A stop loses nothing: what runs is finished or handed back, what waits goes on waiting.
func testStop(t *testing.T, bin, clip string) {
	for _, tt := range []struct {
		name  string
		drain string
		want  []string // states after the stop, in the order of the queue
	}{
		{"time to finish", "2m", []string{"succeeded", "queued", "queued"}},
		{"no time", "0s", []string{"queued", "queued", "queued"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, bin)
			p := w.start([]string{"RETAKE_QUEUE_DRAIN=" + tt.drain, "RETAKE_ENGINE_BUILTIN_SLOTS=1", "RETAKE_PAUSE_PHASE=engine"})
			p.upload(clip)
			p.Hold.Hold()
			ids := p.enqueue(small, 3)
			p.Reached()
			p.stopping()
			p.Release()
			if code := p.wait(); code != 0 {
				t.Errorf("exit code %d\n%s", code, p.Log())
			}
			if n := strings.Count(p.Log(), "listening on"); n != 1 {
				t.Errorf("ready was said %d times", n)
			}
			if d := cmp.Diff(tt.want, w.states(ids)); d != "" {
				t.Errorf("after the stop: %s", d)
			}
			p = w.start(nil)
			for _, id := range ids {
				if status, row := p.outcome(id); status != "succeeded" {
					t.Errorf("%s: %v", id, row)
				}
			}
			p.end(syscall.SIGTERM)
			w.settled(ids, 3)
		})
	}
	t.Run("ffmpeg at work", func(t *testing.T) {
		w := newWorld(t, bin)
		p := w.start([]string{"RETAKE_QUEUE_DRAIN=0s"})
		ids := p.enqueue(seeded, 1)
		p.eventually("the engine works", func() bool { return p.row(ids[0])["phase"] == "engine" })
		pids := p.working()
		if code := p.end(syscall.SIGTERM); code != 0 {
			t.Errorf("exit code %d\n%s", code, p.Log())
		}
		if left := alive(pids); len(left) > 0 {
			t.Errorf("processes left: %v", left)
		}
		if d := cmp.Diff([]string{"queued"}, w.states(ids)); d != "" {
			t.Errorf("after the stop: %s", d)
		}
	})
	t.Run("second signal", func(t *testing.T) {
		w := newWorld(t, bin)
		p := w.start([]string{"RETAKE_PAUSE_PHASE=engine"})
		p.upload(clip)
		p.Hold.Hold()
		ids := p.enqueue(small, 1)
		p.Reached()
		p.stopping()
		if code := p.end(syscall.SIGTERM); code != 130 {
			t.Errorf("exit code %d, want 130", code)
		}
		p = w.start(nil)
		if status, row := p.outcome(ids[0]); status != "succeeded" {
			t.Errorf("ended as %v", row)
		}
		p.end(syscall.SIGTERM)
		w.settled(ids, 1)
	})
	t.Run("two servers on one folder", func(t *testing.T) {
		w := newWorld(t, bin)
		p := w.start(nil)
		out, err := exec.Command(bin, "serve", "--listen", "127.0.0.1:0", "--data", w.dir).CombinedOutput()
		if err == nil || !bytes.Contains(out, []byte("another retake is using this data folder")) {
			t.Errorf("the second server: %v\n%s", err, out)
		}
		p.call("GET", "/api/health", nil)
	})
}

// The command line against a server, and interrupted.
func testEdit(t *testing.T, bin, clip string) {
	w := newWorld(t, bin)
	p := w.start(nil)
	dir := t.TempDir()
	out := filepath.Join(dir, "out.mp4")
	run := func(key, server string) (code int, stdout []byte) {
		cmd := exec.Command(bin, "edit", clip, "-p", "heavy snow", "--start", "2", "--duration", "2", "-o", out, "--server", server, "--json")
		cmd.Env = append(os.Environ(), "RETAKE_API_KEY="+key)
		stdout, _ = cmd.Output()
		return cmd.ProcessState.ExitCode(), stdout
	}
	code, stdout := run(p.key, p.URL)
	var answer struct {
		File         string
		GenerationID string `json:"generation_id"`
		Report       struct{ Holds bool }
	}
	if err := json.Unmarshal(stdout, &answer); code != 0 || err != nil || answer.File != out || !answer.Report.Holds {
		t.Fatalf("exit code %d, %v\n%s\n%s", code, err, stdout, p.Log())
	}
	if got, err := exec.Command(bin, "verify", clip, out, "--start", "2", "--duration", "2").CombinedOutput(); err != nil {
		t.Errorf("verify: %v\n%s", err, got)
	}
	if err := os.Remove(out); err != nil {
		t.Fatal(err)
	}
	if code, _ := run("wrong", p.URL); code != 5 {
		t.Errorf("a wrong key: exit code %d", code)
	}
	if code, _ := run("", p.URL); code != 5 {
		t.Errorf("no key: exit code %d", code)
	}
	p.end(syscall.SIGTERM)
	if code, _ := run(p.key, p.URL); code != 5 {
		t.Errorf("no server: exit code %d", code)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	p = w.start(nil)
	p.swept(2) // the sample and the result: the upload was taken back
	p.end(syscall.SIGTERM)
	w.settled([]string{answer.GenerationID}, 1)
	t.Run("interrupted", func(t *testing.T) { testInterrupt(t, bin) })
}

func testInterrupt(t *testing.T, bin string) {
	dir, temp := t.TempDir(), t.TempDir()
	in := filepath.Join(dir, "in.mp4")
	if err := os.WriteFile(in, sample.Clip(), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "edit", in, "-p", "snow", "--start", "2", "--duration", "4")
	cmd.Env = append(os.Environ(), "TMPDIR="+temp)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pids []int
	for end := time.Now().Add(servertest.Patience); len(pids) == 0 && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
		if pids = children(t, cmd.Process.Pid); !inside(temp) {
			pids = nil // ffprobe only, so far
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its code is what counts
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
	if left := alive(pids); len(left) > 0 {
		t.Errorf("processes left: %v", left)
	}
	var left []string
	for _, d := range []string{dir, temp} {
		entries, err := os.ReadDir(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			left = append(left, e.Name())
		}
	}
	if d := cmp.Diff([]string{"in.mp4"}, left); d != "" {
		t.Errorf("left behind: %s", d)
	}
}

// inside reports whether the folder has a file in one of its folders.
func inside(dir string) bool {
	deep, err := filepath.Glob(filepath.Join(dir, "*", "*", "*"))
	return err == nil && len(deep) > 0
}

// swept waits until so many blobs are left.
func (p *process) swept(blobs int) {
	p.t.Helper()
	p.eventually("blobs that nothing names are swept", func() bool {
		left, err := filepath.Glob(filepath.Join(p.dir, "blobs", "*", "*"))
		return err == nil && len(left) == blobs
	})
}
