package app

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// age makes a file or folder an hour old.
func age(t *testing.T, path string) {
	t.Helper()
	then := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, then, then); err != nil {
		t.Fatal(err)
	}
}

func isThere(path string) bool { _, err := os.Lstat(path); return err == nil }

func TestWorkFolder(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	folder := func(name string, old bool) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Join(path, "edit-1"), 0o700); err != nil {
			t.Fatal(err)
		}
		if old {
			age(t, path)
		}
		return path
	}
	killed, begun, other := folder(workPrefix+"1", true), folder(workPrefix+"2", false), folder("else", true)
	link := filepath.Join(dir, workPrefix+"3")
	if err := os.Symlink(other, link); err != nil {
		t.Fatal(err)
	}
	running, err := newWorkFolder()
	if err != nil {
		t.Fatal(err)
	}
	age(t, running.path)
	w, err := newWorkFolder()
	if err != nil {
		t.Fatal(err)
	}
	if isThere(killed) {
		t.Error("what a killed process left is still there")
	}
	for _, path := range []string{begun, other, link, running.path, w.path} {
		if !isThere(path) {
			t.Errorf("%s was removed", path)
		}
	}
	if err := w.remove(); err != nil || isThere(w.path) {
		t.Errorf("removed: %v", err)
	}
	if err := running.remove(); err != nil {
		t.Error(err)
	}
}

// TestOutputSweep holds that an edit removes the empty files that killed ones left beside its result, and no others.
func TestOutputSweep(t *testing.T) {
	dir := t.TempDir()
	empty, full := filepath.Join(dir, tempPrefix+"1.mp4"), filepath.Join(dir, tempPrefix+"2.mp4")
	write(t, empty, "")
	write(t, full, "somebody's")
	running, err := createOutput(filepath.Join(dir, "a.mp4"), false, "in.mp4")
	if err != nil {
		t.Fatal(err)
	}
	defer running.discard()
	for _, path := range []string{empty, full, running.temp.Name()} {
		age(t, path)
	}
	o, err := createOutput(filepath.Join(dir, "b.mp4"), false, "in.mp4")
	if err != nil {
		t.Fatal(err)
	}
	defer o.discard()
	if isThere(empty) {
		t.Error("what a killed edit left is still there")
	}
	if !isThere(full) || !isThere(running.temp.Name()) {
		t.Error("what is not left behind was removed")
	}
}
