package pipeline

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"retake/internal/retake"
)

// noRoom turns "no space left" of a file system or a quota into an error that says so.
func noRoom(err error) error {
	if err == nil || retake.CodeOf(err) != retake.CodeInternal {
		return err
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		return retake.Errorf(retake.CodeUnavailable, "The server's disk is full: nothing was changed. Free some room there and try again.").Because(err)
	}
	return err
}

// copyFile copies a file to where there is none yet. The kernel shares the bytes of both where the file system can.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// moveFile puts a finished file in its place, atomically where both are on one file system; elsewhere by way of a
// copy beside the place.
func moveFile(from, to string) error {
	err := os.Rename(from, to)
	if !errors.Is(err, syscall.EXDEV) {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("move result: %w", err)
	}
	defer in.Close()
	out, err := os.CreateTemp(filepath.Dir(to), ".retake-*")
	if err != nil {
		return fmt.Errorf("move result: %w", err)
	}
	_, err = io.Copy(out, in)
	err = errors.Join(err, out.Chmod(0o644), out.Sync(), out.Close())
	if err == nil {
		err = os.Rename(out.Name(), to)
	}
	if err != nil {
		os.Remove(out.Name())
		return fmt.Errorf("move result: %w", err)
	}
	return nil
}
