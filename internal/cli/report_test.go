package cli

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A pipe that nobody writes to must be refused at once: opening it to read would wait for ever.
func TestReadable(t *testing.T) {
	dir := t.TempDir()
	file, pipe, link := filepath.Join(dir, "file"), filepath.Join(dir, "pipe"), filepath.Join(dir, "link")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	if err := readable(file, link); err != nil {
		t.Errorf("a file and a link to it: %v", err)
	}
	for path, want := range map[string]string{pipe: "is not a regular file", dir: "is not a file but a folder", filepath.Join(dir, "none"): "there is no file"} {
		done := make(chan error, 1)
		go func() { done <- readable(file, path) }()
		select {
		case err := <-done:
			if exitCode(err) != exitInput || !strings.Contains(message(err), want) {
				t.Errorf("%s: %v, exit code %d", path, err, exitCode(err))
			}
		case <-time.After(5 * time.Second):
			t.Errorf("%s: waits", path)
		}
	}
}
