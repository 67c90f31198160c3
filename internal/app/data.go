package app

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"retake/internal/config"
	"retake/internal/retake"
)

// data is the server's folder:
//
//	retake.db    the database, and SQLite's files beside it
//	blobs/       file contents, named by their hash
//	work/        what running generations need; emptied at each start
//	signing.key  the secret of signed links, 0600
type data struct{ dir string }

// openData finds the folder and makes it, readable for nobody else, where it is missing.
func openData(cfg config.Server) (data, error) {
	dir, err := cfg.DataDir()
	if err != nil {
		return data{}, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return data{}, fmt.Errorf("make the data folder: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return data{}, fmt.Errorf("open the data folder: %w", err)
	}
	// A folder that others can read was perhaps made by hand. It holds clips and a secret.
	if info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(dir, 0o700); err != nil {
			return data{}, fmt.Errorf("close the data folder to others: %w", err)
		}
	}
	return data{dir}, nil
}

func (d data) database() string { return filepath.Join(d.dir, "retake.db") }
func (d data) blobs() string    { return filepath.Join(d.dir, "blobs") }
func (d data) work() string     { return filepath.Join(d.dir, "work") }

// cleanWork removes what a killed process left and makes the folder anew. Call it with the database's lock held.
func (d data) cleanWork() error {
	if err := os.RemoveAll(d.work()); err != nil {
		return fmt.Errorf("clean the work folder: %w", err)
	}
	if err := os.MkdirAll(d.work(), 0o700); err != nil {
		return fmt.Errorf("make the work folder: %w", err)
	}
	return nil
}

const signingKeySize = 32 // bytes

// signingKey reads the secret of signed links, and makes it at the first start. It appears whole or not at all.
func (d data) signingKey() ([]byte, error) {
	path := filepath.Join(d.dir, "signing.key")
	key, err := os.ReadFile(path)
	if err == nil && len(key) == signingKeySize {
		return key, nil
	}
	if err == nil {
		return nil, fmt.Errorf("the signing key has %d bytes, not %d: remove %s for a new one (links given out so far stop working)", len(key), signingKeySize, path)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the signing key: %w", err)
	}
	key = make([]byte, signingKeySize)
	rand.Read(key) // never fails
	if err := writeWhole(path, key); err != nil {
		return nil, fmt.Errorf("write the signing key: %w", err)
	}
	return key, nil
}

// writeWhole writes a small private file so that it is there whole, on the disk, or not at all.
func writeWhole(path string, content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// fullDisk says in a sentence that there is no room left, whatever part of the machine ran out of it.
func fullDisk(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		return retake.Errorf(retake.CodeUnavailable, "There is no room left on the disk. Make some and try again.").Because(err)
	}
	return err
}
