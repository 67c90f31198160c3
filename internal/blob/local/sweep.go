package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// Delete removes the blob.
func (b *Blobs) Delete(ctx context.Context, sum string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !valid(sum) {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.remove(sum); err != nil {
		return fmt.Errorf("delete blob: %w", err)
	}
	return nil
}

// remove deletes a blob, or marks it when its path is in use. The caller holds mu.
func (b *Blobs) remove(sum string) error {
	if p := b.pins[sum]; p != nil {
		p.deleted = true
		return nil
	}
	err := b.root.Remove(name(sum))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Sweep removes old blobs that nobody keeps and temporary files that a crash left behind. It stops at the first
// error. Files that are neither are left alone.
func (b *Blobs) Sweep(ctx context.Context, age time.Duration, keep func(sum string) (bool, error)) (n int, err error) {
	before := time.Now().Add(-age)
	for i := range 256 {
		shard := fmt.Sprintf("%02x", i)
		removed, err := b.sweepDir(ctx, shard, func(base string) (bool, error) { return b.sweepBlob(shard, base, before, keep) })
		n += removed
		if err != nil {
			return n, fmt.Errorf("sweep blobs: %w", err)
		}
	}
	removed, err := b.sweepDir(ctx, tempDir, func(base string) (bool, error) { return b.sweepTemp(base, before) })
	if err != nil {
		return n, fmt.Errorf("sweep temporary files: %w", err)
	}
	return n + removed, nil
}

func (b *Blobs) sweepDir(ctx context.Context, dir string, sweep func(base string) (bool, error)) (n int, err error) {
	entries, err := fs.ReadDir(b.root.FS(), dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		removed, err := sweep(e.Name())
		if err != nil {
			return n, err
		}
		if removed {
			n++
		}
	}
	return n, nil
}

func (b *Blobs) sweepBlob(shard, sum string, before time.Time, keep func(string) (bool, error)) (bool, error) {
	if !valid(sum) || sum[:2] != shard {
		return false, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if p := b.pins[sum]; p != nil && p.deleted {
		return false, nil
	}
	if old, err := b.old(name(sum), before); err != nil || !old {
		return false, err
	}
	if kept, err := keep(sum); err != nil || kept {
		return false, err
	}
	return true, b.remove(sum)
}

func (b *Blobs) sweepTemp(base string, before time.Time) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.temps[base] {
		return false, nil
	}
	path := tempDir + "/" + base
	if old, err := b.old(path, before); err != nil || !old {
		return false, err
	}
	return true, b.root.RemoveAll(path)
}

func (b *Blobs) old(path string, before time.Time) (bool, error) {
	info, err := b.root.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && !info.ModTime().After(before), err
}
