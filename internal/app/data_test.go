package app

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"retake/internal/config"
	"retake/internal/retake"
)

func TestDataFolderIsPrivate(t *testing.T) {
	for name, make := range map[string]func(string) error{
		"new":         func(string) error { return nil },
		"open to all": func(dir string) error { return os.Mkdir(dir, 0o755) },
		"a deep one":  func(string) error { return nil },
		"private yet": func(dir string) error { return os.Mkdir(dir, 0o700) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			if err := make(dir); err != nil {
				t.Fatal(err)
			}
			d, err := openData(config.Server{Data: dir})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.signingKey(); err != nil {
				t.Fatal(err)
			}
			for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "signing.key"): 0o600} {
				if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
					t.Errorf("%s: mode %v, %v", filepath.Base(path), info.Mode().Perm(), err)
				}
			}
		})
	}
}

func TestSigningKeyStays(t *testing.T) {
	d := data{t.TempDir()}
	first, err := d.signingKey()
	if err != nil || len(first) != signingKeySize {
		t.Fatalf("%d bytes, %v", len(first), err)
	}
	second, err := d.signingKey()
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("another key the second time, %v", err)
	}
	other, err := data{t.TempDir()}.signingKey()
	if err != nil || bytes.Equal(first, other) {
		t.Errorf("the same key in another folder, %v", err)
	}
	write(t, filepath.Join(d.dir, "signing.key"), "short")
	if _, err := d.signingKey(); err == nil || !strings.Contains(err.Error(), "5 bytes") {
		t.Errorf("damaged key: %v", err)
	}
}

func TestCleanWork(t *testing.T) {
	d := data{t.TempDir()}
	if err := os.MkdirAll(filepath.Join(d.work(), "edit-1", "deep"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := d.cleanWork(); err != nil {
		t.Fatal(err)
	}
	if left := names(t, d.work()); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

func TestFullDisk(t *testing.T) {
	for err, want := range map[error]retake.Code{
		&os.PathError{Op: "write", Err: syscall.ENOSPC}: retake.CodeUnavailable,
		&os.PathError{Op: "write", Err: syscall.EFBIG}:  retake.CodeUnavailable,
		errors.New("x"): retake.CodeInternal,
	} {
		if got := retake.CodeOf(fullDisk(err)); got != want {
			t.Errorf("fullDisk(%v) is %s", err, got)
		}
	}
	if fullDisk(nil) != nil {
		t.Error("fullDisk(nil) is an error")
	}
}
