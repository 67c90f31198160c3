package retake

import (
	"context"
	"io"
	"time"
)

// Blobs stores immutable bytes by the SHA-256 of their content. A blob appears whole or not at all.
type Blobs interface {
	// Put stores what r yields and returns its hash and size. Nothing is left behind when it fails. A full disk is
	// an *Error with CodeUnavailable.
	Put(ctx context.Context, r io.Reader) (hash string, size int64, err error)
	// PutFile moves a finished local file in, by rename where that is possible. The file is gone afterwards.
	PutFile(ctx context.Context, path string) (hash string, size int64, err error)
	// Open returns the blob for reading at any offset, or ErrNotFound.
	Open(ctx context.Context, hash string) (BlobReader, error)
	// LocalPath returns a path to the blob's bytes that stays valid until release is called. A local store gives
	// its own file, a remote one a copy.
	LocalPath(ctx context.Context, hash string) (path string, release func(), err error)
	// Delete removes the blob; no error when it is not there.
	Delete(ctx context.Context, hash string) error
	// Sweep removes blobs and temporary files older than age for which keep is false, and returns how many.
	Sweep(ctx context.Context, age time.Duration, keep func(hash string) (bool, error)) (int, error)
}

// BlobReader reads a blob.
type BlobReader interface {
	io.ReadSeekCloser
	Size() int64
	ModTime() time.Time
}
