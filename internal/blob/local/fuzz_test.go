package local_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"retake/internal/retake"
)

// FuzzName asks for blobs by any name: only the blob's own name may find something, and nothing outside the folder
// may be read or removed.
func FuzzName(f *testing.F) {
	sum := sha256.Sum256([]byte("x"))
	own := hex.EncodeToString(sum[:])
	for _, s := range []string{own, "", "..", "../secret", own[:2] + "/" + own, strings.ToUpper(own), own + "\x00", "tmp", strings.Repeat("0", 64)} {
		f.Add(s)
	}
	dir := f.TempDir()
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte("s"), 0o600); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name string) {
		b := open(t, filepath.Join(dir, "blobs"))
		if _, _, err := b.Put(t.Context(), strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
		r, err := b.Open(t.Context(), name)
		if err == nil {
			r.Close()
		}
		if (err == nil) != (name == own) || err != nil && !errors.Is(err, retake.ErrNotFound) {
			t.Fatalf("Open(%q): %v", name, err)
		}
		if err := b.Delete(t.Context(), name); err != nil {
			t.Fatalf("Delete(%q): %v", name, err)
		}
		if _, err := os.Stat(secret); err != nil {
			t.Fatalf("Delete(%q) reached outside: %v", name, err)
		}
	})
}
