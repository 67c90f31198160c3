package local_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"retake/internal/blob/blobtest"
	"retake/internal/blob/local"
	"retake/internal/retake"
)

func open(t *testing.T, dir string) *local.Blobs {
	t.Helper()
	b, err := local.Open(local.Config{Dir: dir})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return b
}

func TestBlobs(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) retake.Blobs { return open(t, filepath.Join(t.TempDir(), "new", "blobs")) })
}

// files lists what is in the folder.
func files(t *testing.T, dir string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			list = append(list, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestLayout(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	sum, _, err := b.Put(t.Context(), strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); len(got) != 1 || got[0] != filepath.Join(sum[:2], sum) {
		t.Fatalf("the folder holds %q, want the blob only", got)
	}
	if _, _, err := b.Put(t.Context(), io.MultiReader(strings.NewReader("half"), broken{})); err == nil {
		t.Fatal("Put worked with a broken reader")
	}
	if got := files(t, dir); len(got) != 1 {
		t.Fatalf("a failed Put left %q", got)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("broken") }

// TestSweepAfterCrash finds what a killed process leaves: an unfinished blob, and blobs without a name.
func TestSweepAfterCrash(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	old, _, err := b.Put(t.Context(), strings.NewReader("old"))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err = b.Put(t.Context(), strings.NewReader("young")); err != nil {
		t.Fatal(err)
	}
	half, foreign := filepath.Join(dir, "tmp", "HALF"), filepath.Join(dir, old[:2], "README")
	for _, path := range []string{half, foreign} {
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	yesterday := time.Now().Add(-24 * time.Hour)
	for _, path := range []string{half, foreign, filepath.Join(dir, old[:2], old)} {
		if err := os.Chtimes(path, yesterday, yesterday); err != nil {
			t.Fatal(err)
		}
	}
	n, err := b.Sweep(t.Context(), time.Hour, func(string) (bool, error) { return false, nil })
	if err != nil || n != 2 {
		t.Fatalf("swept %d, %v; want 2", n, err)
	}
	if got := files(t, dir); len(got) != 2 {
		t.Fatalf("left %q, want the young blob and the foreign file", got)
	}
}

// TestPutAgainIsYoung puts an old blob again: from then on a sweep must leave it, as its new name comes later.
func TestPutAgainIsYoung(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	yesterday := time.Now().Add(-24 * time.Hour)
	put := map[string]func() (string, error){
		"Put": func() (string, error) {
			sum, _, err := b.Put(t.Context(), strings.NewReader("x"))
			return sum, err
		},
		"PutFile": func() (string, error) {
			path := filepath.Join(t.TempDir(), "x")
			if err := errors.Join(os.WriteFile(path, []byte("x"), 0o600), os.Chtimes(path, yesterday, yesterday)); err != nil {
				return "", err
			}
			sum, _, err := b.PutFile(t.Context(), path)
			return sum, err
		},
	}
	for name, again := range put {
		sum, err := again()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(filepath.Join(dir, sum[:2], sum), yesterday, yesterday); err != nil {
			t.Fatal(err)
		}
		if _, err := again(); err != nil {
			t.Fatal(err)
		}
		if n, err := b.Sweep(t.Context(), time.Hour, func(string) (bool, error) { return false, nil }); err != nil || n != 0 {
			t.Errorf("%s: swept %d, %v; want none", name, n, err)
		}
	}
}

// TestPutAgainMends puts a blob whose file lost a part of its content, and a blob's own file.
func TestPutAgainMends(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	sum, _, err := b.Put(t.Context(), strings.NewReader("whole"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, sum[:2], sum)
	if err := os.Truncate(path, 2); err != nil {
		t.Fatal(err)
	}
	want := func(when string) {
		t.Helper()
		if got, err := os.ReadFile(path); err != nil || string(got) != "whole" {
			t.Fatalf("%s: the blob has %q, %v", when, got, err)
		}
		if got := files(t, dir); len(got) != 1 {
			t.Fatalf("%s: the folder holds %q, want the blob only", when, got)
		}
	}
	if _, _, err := b.Put(t.Context(), strings.NewReader("whole")); err != nil {
		t.Fatal(err)
	}
	want("Put")
	if _, _, err := b.PutFile(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	want("PutFile of the blob itself")
}

func TestPutFileFromAnotherFileSystem(t *testing.T) {
	elsewhere := mountSmall(t, "8m")
	b := open(t, t.TempDir())
	path := filepath.Join(elsewhere, "x")
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	sum, size, err := b.PutFile(t.Context(), path)
	if err != nil || size != 1 {
		t.Fatalf("PutFile: %d bytes, %v", size, err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("the file is still there (%v)", err)
	}
	r, err := b.Open(t.Context(), sum)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestFullDisk(t *testing.T) {
	dir := mountSmall(t, "1m")
	b := open(t, dir)
	kept, _, err := b.Put(t.Context(), strings.NewReader("kept"))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = b.Put(t.Context(), strings.NewReader(strings.Repeat("x", 4<<20)))
	if retake.CodeOf(err) != retake.CodeUnavailable || !strings.Contains(retake.UserMessage(err), "disk is full") {
		t.Fatalf("Put on a full disk: %v", err)
	}
	if got := files(t, dir); len(got) != 1 || filepath.Base(got[0]) != kept {
		t.Fatalf("a full disk left %q", got)
	}
	if _, _, err := b.Put(t.Context(), strings.NewReader("small")); err != nil {
		t.Fatalf("Put after a full disk: %v", err)
	}
}

// mountSmall mounts a file system of a given size in memory, which needs root.
func mountSmall(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}
