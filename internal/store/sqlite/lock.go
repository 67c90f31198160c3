package sqlite

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"retake/internal/retake"
)

// fileLock is an advisory lock that the kernel drops when the process dies, however it dies.
type fileLock struct{ file *os.File }

func lockFile(path string) (*fileLock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock of the database: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errors.Join(retake.Errorf(retake.CodeUnavailable,
			"another retake is using this data folder. Stop it first, or give this one a folder of its own with --data."), f.Close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock the database: %w", err), f.Close())
	}
	return &fileLock{file: f}, nil
}

// release leaves the file: removing it would let two processes lock two different files of the same name.
func (l *fileLock) release() error { return l.file.Close() }
