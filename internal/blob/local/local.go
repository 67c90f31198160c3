// Package local stores blobs as files in a folder: the content's SHA-256 names the file, its first two digits the
// folder it is in. A blob is written under a temporary name, synced, and renamed, so a name always means the whole
// content, also after the power failed.
//
// The package knows nothing of what blobs are for or who may read them; names and owners are in the store.
package local

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"retake/internal/retake"
)

var _ retake.Blobs = (*Blobs)(nil)

// tempDir is the folder of unfinished blobs, beside the shards and so on their file system.
const tempDir = "tmp"

// Config says where the blobs are.
type Config struct {
	Dir string `koanf:"dir"` // made when it is not there
}

// DefaultConfig returns the configuration without a folder.
func DefaultConfig() Config { return Config{} }

// Validate reports every mistake at once, each naming its key.
func (c Config) Validate() error {
	if c.Dir == "" {
		return errors.New("dir must name the folder of the blobs")
	}
	return nil
}

// Blobs is an open folder of blobs. It is safe for concurrent use.
type Blobs struct {
	dir  string // absolute
	root *os.Root

	// mu makes a blob's arrival, its pin and its removal exclude each other, so that a sweep does not take what was
	// just put again.
	mu    sync.Mutex
	pins  map[string]*pin
	temps map[string]bool // names in tempDir that a Put is writing
}

// pin counts those who use a blob's file by its path.
type pin struct {
	users   int
	deleted bool // remove the file when the last one is done
}

// Open opens the folder and makes it when it is not there.
func Open(cfg Config) (*Blobs, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("blob configuration: %w", err)
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("folder of the blobs: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, tempDir), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the blobs: %w", noSpace(err))
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder of the blobs: %w", err)
	}
	return &Blobs{dir: dir, root: root, pins: map[string]*pin{}, temps: map[string]bool{}}, nil
}

// Close closes the folder. Blobs that are open stay readable.
func (b *Blobs) Close() error { return b.root.Close() }

// Put stores what r yields.
func (b *Blobs) Put(ctx context.Context, r io.Reader) (sum string, size int64, err error) {
	temp, f, err := b.createTemp()
	if err != nil {
		return "", 0, fmt.Errorf("put blob: %w", noSpace(err))
	}
	defer b.dropTemp(temp)
	h := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, h), reader{ctx, r})
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", 0, fmt.Errorf("put blob: %w", noSpace(err))
	}
	sum = hexSum(h)
	if _, err := b.place(sum, size, func(to string) error { return b.root.Rename(temp, to) }); err != nil {
		return "", 0, fmt.Errorf("put blob: %w", noSpace(err))
	}
	return sum, size, nil
}

// PutFile moves a finished file in. Where it is on another file system it is copied.
func (b *Blobs) PutFile(ctx context.Context, path string) (sum string, size int64, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return "", 0, fmt.Errorf("put file: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return "", 0, fmt.Errorf("put file: not a regular file (%w)", errors.Join(err, fs.ErrInvalid))
	}
	h := sha256.New()
	if size, err = io.Copy(h, reader{ctx, f}); err != nil {
		return "", 0, fmt.Errorf("put file: %w", err)
	}
	if err := errors.Join(f.Chmod(0o600), f.Sync()); err != nil {
		return "", 0, fmt.Errorf("put file: %w", noSpace(err))
	}
	sum = hexSum(h)
	held, err := b.place(sum, size, func(to string) error { return os.Rename(path, filepath.Join(b.dir, to)) })
	if err == nil && held != nil && !os.SameFile(held, info) {
		err = os.Remove(path)
	}
	if !errors.Is(err, syscall.EXDEV) {
		return sum, size, noSpace(err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", 0, fmt.Errorf("put file: %w", err)
	}
	if sum, size, err = b.Put(ctx, f); err != nil {
		return "", 0, err
	}
	if err := os.Remove(path); err != nil {
		return "", 0, fmt.Errorf("put file: %w", err)
	}
	return sum, size, nil
}

// place lets move put a finished file under the blob's name and makes the name durable. A blob that is there already
// keeps its file, as whoever uses that may be confined to it, and is returned; move is not called then.
func (b *Blobs) place(sum string, size int64, move func(to string) error) (held fs.FileInfo, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	shard := sum[:2]
	switch err := b.root.Mkdir(shard, 0o700); {
	case err == nil:
		if err := b.syncDir("."); err != nil {
			return nil, err
		}
	case !errors.Is(err, fs.ErrExist):
		return nil, err
	}
	held, err = b.root.Lstat(name(sum))
	if err != nil || !held.Mode().IsRegular() || held.Size() != size {
		held = nil // not there, or not whole
		if err := move(name(sum)); err != nil {
			return nil, err
		}
	}
	now := time.Now() // to a sweep, what was moved or was there is as new as what was written
	if err := b.root.Chtimes(name(sum), now, now); err != nil {
		return nil, err
	}
	if p := b.pins[sum]; p != nil {
		p.deleted = false
	}
	return held, b.syncDir(shard)
}

func (b *Blobs) syncDir(dir string) error {
	d, err := b.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (b *Blobs) createTemp() (string, *os.File, error) {
	base := rand.Text()
	b.mu.Lock()
	b.temps[base] = true
	b.mu.Unlock()
	f, err := b.root.OpenFile(tempDir+"/"+base, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		b.dropTemp(tempDir + "/" + base)
		return "", nil, err
	}
	return tempDir + "/" + base, f, nil
}

// dropTemp removes a temporary file if it was not renamed away.
func (b *Blobs) dropTemp(temp string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.temps, filepath.Base(temp))
	// What cannot be removed now is found by a sweep.
	_ = b.root.Remove(temp)
}

// reader stops reading when its context ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// name is the blob's path in the folder.
func name(sum string) string { return sum[:2] + "/" + sum }

// valid reports whether sum is a SHA-256 as this package writes it. What is not can name no blob, and no file
// outside the shards either.
func valid(sum string) bool {
	if len(sum) != 2*sha256.Size {
		return false
	}
	for _, c := range []byte(sum) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// noSpace gives a full disk its sentence.
func noSpace(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return retake.Errorf(retake.CodeUnavailable, "The server's disk is full. Free some space on it, then try again.").Because(err)
	}
	return err
}
