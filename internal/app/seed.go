package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"retake/internal/retake"
	"retake/internal/sample"
)

// seed puts into a new database what every server starts with: the sample clip, and a key for its namespace. It is done in steps that may each have been done
// before, so a process killed in between does the rest at its next start. The key's id and secret are returned when one
// was made.
func seed(ctx context.Context, store retake.Store, blobs retake.Blobs) (id, key string, err error) {
	keys, err := store.ListKeys(ctx)
	if err != nil {
		return "", "", err
	}
	_, err = store.FileAt(ctx, retake.SampleNamespace, retake.SampleRepo, retake.SampleBranch, retake.SamplePath)
	if errors.Is(err, retake.ErrNotFound) && !everUsed(keys) {
		err = seedSample(ctx, store, blobs)
	}
	if err != nil && !errors.Is(err, retake.ErrNotFound) {
		return "", "", fmt.Errorf("make the sample repository: %w", err)
	}
	if len(keys) > 0 {
		return "", "", nil
	}
	return newKey(ctx, store, retake.SampleNamespace, nil)
}

// everUsed reports whether somebody has worked with this server: then a sample that isn't there was deleted.
func everUsed(keys []retake.Key) bool {
	for _, k := range keys {
		if !k.LastUsed.IsZero() {
			return true
		}
	}
	return false
}

func seedSample(ctx context.Context, store retake.Store, blobs retake.Blobs) error {
	hash, size, err := blobs.Put(ctx, bytes.NewReader(sample.Clip()))
	if err != nil {
		return err
	}
	return store.PutFile(ctx, retake.File{
		Namespace: retake.SampleNamespace, Repo: retake.SampleRepo, Branch: retake.SampleBranch, Path: retake.SamplePath,
		Hash: hash, Size: size, ContentType: "video/mp4", Public: true,
	})
}
