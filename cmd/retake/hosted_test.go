package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"retake/internal/engine/enginetest"
	"retake/internal/store/sqlite"
)

// A server that is killed while a provider works on the takes of a request, which share their clip and window, asks after the same jobs at
// its next start, and hands nothing in again. One that stops in order does, too. What it took is in the rows.
func testHosted(t *testing.T, bin, clip string) {
	for name, sig := range map[string]syscall.Signal{"killed": syscall.SIGKILL, "stopped": syscall.SIGTERM} {
		t.Run(name, func(t *testing.T) {
			f := enginetest.NewFake(t)
			f.Stays = true
			f.ServeLTX()
			env := []string{"RETAKE_ENGINE_HOSTED_LTX_ENABLED=true", "RETAKE_ENGINE_HOSTED_LTX_URL=" + f.URL, "LTX_API_KEY=test-key", "RETAKE_MODELS_PREFER=ltx",
				"RETAKE_ENGINE_HOSTED_LTX_POLL_EVERY=20ms", "RETAKE_ENGINE_HOSTED_LTX_SLOTS=2", "RETAKE_QUEUE_DRAIN=100ms", "RETAKE_LOG_LEVEL=debug"}
			w := newWorld(t, bin)
			p := w.start(env)
			p.upload(clip)
			ids := p.enqueue(small, 2)
			p.eventually("the provider is asked after both", func() bool { return len(f.Jobs()) == 2 && f.Seen(enginetest.StepPoll) > 3 })
			p.end(sig)
			f.Mend()
			p = w.start(env)
			for _, id := range ids {
				status, row := p.outcome(id)
				report, _ := row["report"].(map[string]any)
				if status != "succeeded" || row["engine"] != "ltx" || report["holds"] != true {
					t.Errorf("it is %v\n%s", row, p.Log())
				}
			}
			if n := len(f.Jobs()); n != 2 {
				t.Errorf("%d jobs were handed in", n)
			}
			for _, row := range p.call("GET", "/api/ai/generations", nil)["generations"].([]any) {
				if r := row.(map[string]any); r["cost"] == nil || r["cost"] == "0" || r["currency"] != "USD" || r["request_id"] == nil {
					t.Errorf("it cost %v %v in the request %v", r["cost"], r["currency"], r["request_id"])
				}
			}
			p.end(syscall.SIGTERM)
			err := filepath.WalkDir(w.dir, func(path string, d os.DirEntry, err error) error {
				if err == nil && !d.IsDir() {
					if raw, err := os.ReadFile(path); err == nil && bytes.Contains(raw, []byte("test-key")) {
						t.Errorf("%s holds the provider's key", d.Name())
					}
				}
				return nil
			})
			if err != nil || strings.Contains(p.Log(), "test-key") {
				t.Errorf("the log holds the key, or %v", err)
			}
			w.settled(ids, 2)
		})
	}
}

// A server that is killed after a provider took its job, and before the provider's number of it came, can't know it where there is no list of
// jobs: at the next start nothing is handed in again, and the row says that it may have been charged.
func testHostedInDoubt(t *testing.T, bin, clip string) {
	f := enginetest.NewFake(t)
	f.Inject(enginetest.StepSubmit, enginetest.Fault{Hang: true, After: true})
	f.ServeLTX()
	env := []string{"RETAKE_ENGINE_HOSTED_LTX_ENABLED=true", "RETAKE_ENGINE_HOSTED_LTX_URL=" + f.URL, "LTX_API_KEY=test-key", "RETAKE_MODELS_PREFER=ltx",
		"RETAKE_ENGINE_HOSTED_LTX_POLL_EVERY=20ms"}
	w := newWorld(t, bin)
	p := w.start(env)
	p.upload(clip)
	ids := p.enqueue(small, 1)
	p.eventually("the provider takes the job", func() bool { return f.Taken() == 1 })
	p.end(syscall.SIGKILL)
	p = w.start(env)
	status, row := p.outcome(ids[0])
	if said, _ := row["error_message"].(string); status != "failed" || !strings.Contains(said, "may have been taken and charged") {
		t.Errorf("it is %v\n%s", row, p.Log())
	}
	if n := f.Taken(); n != 1 {
		t.Errorf("%d jobs were handed in", n)
	}
	p.end(syscall.SIGTERM)
	w.settled(ids, 0)
}

// A server stands in front of another, as it would in front of the hub: the other makes the segment, this one keeps the rest exact.
func testFront(t *testing.T, bin, clip string) {
	hub := newWorld(t, bin).start(nil)
	w := newWorld(t, bin)
	p := w.start([]string{"RETAKE_ENGINE_HOSTED_OXEN_ENABLED=true", "RETAKE_ENGINE_HOSTED_OXEN_URL=" + hub.URL, "OXEN_API_KEY=" + hub.key,
		"RETAKE_ENGINE_HOSTED_OXEN_REPO=ox/windows", "RETAKE_ENGINE_HOSTED_OXEN_POLL_EVERY=50ms", "RETAKE_MODELS_PREFER=oxen"})
	p.upload(clip)
	ids := p.enqueue(small, 1)
	status, row := p.outcome(ids[0])
	report, _ := row["report"].(map[string]any)
	if status != "succeeded" || row["engine"] != "oxen" || report["holds"] != true || report["exact"] != true {
		t.Fatalf("it is %v\n%s\n%s", row, p.Log(), hub.Log())
	}
	if strings.Contains(hub.Log(), clip) || strings.Contains(p.Log(), hub.key) {
		t.Error("a log says what it must not")
	}
	made := hub.call("GET", "/api/ai/generations", nil)["generations"].([]any)
	if len(made) != 1 || made[0].(map[string]any)["engine"] != "builtin" {
		t.Errorf("the other server made %v", made)
	}
	p.end(syscall.SIGTERM)
	hub.end(syscall.SIGTERM)
	w.settled(ids, 1)
	there, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(hub.dir, "retake.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	files, err := there.ListFiles(t.Context(), "ox", "windows", "main", "")
	if err != nil || len(files) != 1 || strings.HasSuffix(files[0].Path, "/window.mp4") {
		t.Errorf("what stayed there, which should be its result alone, is %v, %v", files, err)
	}
}
