package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"retake/internal/engine/enginetest"
)

// A server that is killed while a provider works on its job asks after the same job at its next start, and hands nothing in again. One that
// stops in order does, too. What it took is in the row.
func testHosted(t *testing.T, bin, clip string) {
	for name, sig := range map[string]syscall.Signal{"killed": syscall.SIGKILL, "stopped": syscall.SIGTERM} {
		t.Run(name, func(t *testing.T) {
			f := enginetest.NewFake(t)
			f.Stays = true
			f.ServeLTX()
			env := []string{"RETAKE_ENGINE_HOSTED_LTX_ENABLED=true", "RETAKE_ENGINE_HOSTED_LTX_URL=" + f.URL, "LTX_API_KEY=test-key", "RETAKE_MODELS_PREFER=ltx",
				"RETAKE_ENGINE_HOSTED_LTX_POLL_EVERY=20ms", "RETAKE_QUEUE_DRAIN=100ms", "RETAKE_LOG_LEVEL=debug"}
			w := newWorld(t, bin)
			p := w.start(env)
			p.upload(clip)
			ids := p.enqueue(small, 1)
			p.eventually("the provider is asked", func() bool { return f.Seen(enginetest.StepPoll) > 1 })
			p.end(sig)
			f.Mend()
			p = w.start(env)
			status, row := p.outcome(ids[0])
			if status != "succeeded" || row["engine"] != "ltx" {
				t.Errorf("it is %v\n%s", row, p.Log())
			}
			if n := len(f.Jobs()); n != 1 {
				t.Errorf("%d jobs were handed in", n)
			}
			list := p.call("GET", "/api/ai/generations", nil)["generations"].([]any)
			if cost := list[0].(map[string]any)["cost"]; cost == nil || cost == 0.0 {
				t.Errorf("its cost is %v", cost)
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
			w.settled(ids, 1)
		})
	}
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
}
