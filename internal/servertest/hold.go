package servertest

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Hold makes the generations of servers wait in the phase that RETAKE_PAUSE_PHASE names.
type Hold struct {
	t    testing.TB
	path string // generations wait while this file is there
}

// NewHold returns one that holds nothing yet.
func NewHold(t testing.TB) *Hold {
	return &Hold{t, filepath.Join(t.TempDir(), "hold")}
}

// Hold makes generations wait from now on.
func (h *Hold) Hold() {
	h.t.Helper()
	if err := os.WriteFile(h.path, nil, 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// Reached waits until a generation does.
func (h *Hold) Reached() {
	h.t.Helper()
	for end := time.Now().Add(Patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(h.path + ".reached"); err == nil {
			return
		}
	}
	h.t.Fatal("no generation reached the phase")
}

// Release lets what is held go on.
func (h *Hold) Release() {
	_ = os.Remove(h.path)
	_ = os.Remove(h.path + ".reached")
}
