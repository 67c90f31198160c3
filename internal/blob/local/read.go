package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"retake/internal/retake"
)

// file is an open blob.
type file struct {
	*os.File
	info fs.FileInfo
}

func (f *file) Size() int64        { return f.info.Size() }
func (f *file) ModTime() time.Time { return f.info.ModTime() }

// Open returns the blob for reading, or ErrNotFound. It stays readable when the blob is deleted meanwhile.
func (b *Blobs) Open(ctx context.Context, sum string) (retake.BlobReader, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !valid(sum) || b.dropped(sum) {
		return nil, fmt.Errorf("open blob: %w", retake.ErrNotFound)
	}
	f, err := b.root.Open(name(sum))
	if err != nil {
		return nil, fmt.Errorf("open blob: %w", notFound(err))
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open blob: %w", err), f.Close())
	}
	return &file{File: f, info: info}, nil
}

func (b *Blobs) dropped(sum string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.pins[sum]
	return p != nil && p.deleted
}

// LocalPath returns the blob's own file. A Delete or a Sweep meanwhile takes effect on the file when it is released.
func (b *Blobs) LocalPath(ctx context.Context, sum string) (path string, release func(), err error) {
	if err := ctx.Err(); err != nil {
		return "", nil, err
	}
	if !valid(sum) {
		return "", nil, fmt.Errorf("find blob: %w", retake.ErrNotFound)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.pins[sum]
	if p != nil && p.deleted {
		return "", nil, fmt.Errorf("find blob: %w", retake.ErrNotFound)
	}
	if _, err := b.root.Stat(name(sum)); err != nil {
		return "", nil, fmt.Errorf("find blob: %w", notFound(err))
	}
	if p == nil {
		p = &pin{}
		b.pins[sum] = p
	}
	p.users++
	return filepath.Join(b.dir, filepath.FromSlash(name(sum))), sync.OnceFunc(func() { b.unpin(sum, p) }), nil
}

func (b *Blobs) unpin(sum string, p *pin) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p.users--; p.users > 0 {
		return
	}
	delete(b.pins, sum)
	if p.deleted {
		// If this fails the blob is there again without a name, and a sweep removes it.
		_ = b.root.Remove(name(sum))
	}
}

func notFound(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return retake.ErrNotFound
	}
	return err
}
