package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// workPrefix begins the names of work folders, and tempPrefix those of results that are not yet there.
const (
	workPrefix = "retake-work-"
	tempPrefix = ".retake-"
)

// leftAfter is how old something has to be to count as left behind: who makes it locks it a moment later.
const leftAfter = time.Minute

// workFolder is where a process without a data folder works. It holds a lock on it, which the kernel drops however the
// process ends, so that a later one can tell what was left by kill -9.
type workFolder struct {
	path string
	lock *os.File
}

// newWorkFolder makes one, and removes those that were left behind.
func newWorkFolder() (*workFolder, error) {
	sweepLeft(os.TempDir(), func(e os.DirEntry) bool { return e.IsDir() && strings.HasPrefix(e.Name(), workPrefix) })
	path, err := os.MkdirTemp("", workPrefix)
	if err != nil {
		return nil, fmt.Errorf("make a work folder: %w", err)
	}
	lock, err := os.Open(path)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the work folder: %w", err), os.RemoveAll(path))
	}
	lockQuietly(lock)
	return &workFolder{path, lock}, nil
}

func (w *workFolder) remove() error { return errors.Join(os.RemoveAll(w.path), w.lock.Close()) }

// lockQuietly locks a file or folder for as long as it is open. A file system without locks has none to sweep either.
func lockQuietly(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

// sweepLeft removes what was left behind in a folder, among what is ours. What can't be removed stays: it is in nobody's way.
func sweepLeft(dir string, ours func(os.DirEntry) bool) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if path := filepath.Join(dir, e.Name()); ours(e) && left(path) {
			_ = os.RemoveAll(path)
		}
	}
}

// left reports whether a file or folder is of this user, not of just now, and nobody has it locked.
func left(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() && !info.Mode().IsRegular() || time.Since(info.ModTime()) < leftAfter {
		return false
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); !ok || int(stat.Uid) != os.Getuid() {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	return lockQuietly(f)
}
