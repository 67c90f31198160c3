package app

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	blobs "retake/internal/blob/local"
	"retake/internal/config"
	"retake/internal/retake"
	"retake/internal/sample"
	"retake/internal/store/sqlite"

	"github.com/google/go-cmp/cmp"
)

func openParts(t *testing.T) (*sqlite.Store, *blobs.Blobs) {
	t.Helper()
	dir := t.TempDir()
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(dir, "retake.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	b, err := blobs.Open(blobs.Config{Dir: filepath.Join(dir, "blobs")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return s, b
}

func TestSeedOnce(t *testing.T) {
	s, b := openParts(t)
	id, key, err := seed(t.Context(), s, b)
	if err != nil || !strings.HasPrefix(key, keyPrefix) {
		t.Fatalf("first start: key %q, %v", key, err)
	}
	f, err := s.FileAt(t.Context(), retake.SampleNamespace, retake.SampleRepo, retake.SampleBranch, retake.SamplePath)
	if err != nil || !f.Public || f.Size != int64(len(sample.Clip())) {
		t.Errorf("the sample: %+v, %v", f, err)
	}
	_, again, err := seed(t.Context(), s, b)
	if err != nil || again != "" {
		t.Errorf("second start: key %q, %v", again, err)
	}
	if keys, err := s.ListKeys(t.Context()); err != nil || len(keys) != 1 || keys[0].Namespace != retake.SampleNamespace || keys[0].ID != id {
		t.Errorf("keys %v, %v", keys, err)
	}
}

// A start that was killed between its steps is finished by the next one.
func TestSeedFinishesWhatAKilledStartBegan(t *testing.T) {
	s, b := openParts(t)
	if err := seedSample(t.Context(), s, b); err != nil {
		t.Fatal(err)
	}
	if _, key, err := seed(t.Context(), s, b); err != nil || key == "" {
		t.Errorf("no key was made: %v", err)
	}
}

// A key made before a first start came to its end is the one to use, but the sample has to come.
func TestSeedAfterKeysCreate(t *testing.T) {
	s, b := openParts(t)
	if _, _, err := newKey(t.Context(), s, "acme", nil); err != nil {
		t.Fatal(err)
	}
	if _, key, err := seed(t.Context(), s, b); err != nil || key != "" {
		t.Errorf("key %q, %v", key, err)
	}
	if _, err := s.FileAt(t.Context(), retake.SampleNamespace, retake.SampleRepo, retake.SampleBranch, retake.SamplePath); err != nil {
		t.Errorf("no sample: %v", err)
	}
}

func TestKeys(t *testing.T) {
	cfg := config.Default()
	cfg.Server.Data = filepath.Join(t.TempDir(), "data")
	if _, err := ListKeys(t.Context(), cfg); retake.CodeOf(err) != retake.CodeInvalid {
		t.Errorf("keys of no server: %v", err)
	}
	if _, err := CreateKey(t.Context(), cfg, "ox", nil); retake.CodeOf(err) != retake.CodeInvalid {
		t.Errorf("a key for no server: %v", err)
	}
	if _, err := os.Stat(cfg.Server.Data); err == nil {
		t.Error("it made a data folder")
	}
	d, err := openData(cfg.Server)
	if err != nil {
		t.Fatal(err)
	}
	if err := withStore(t.Context(), cfg, d, func(*sqlite.Store) error { return nil }); err != nil {
		t.Fatal(err)
	}
	secrets := map[string]bool{}
	for _, n := range []string{"ox", "acme"} {
		secret, err := CreateKey(t.Context(), cfg, n, []string{"herd"})
		if err != nil {
			t.Fatal(err)
		}
		secrets[secret] = true
	}
	if len(secrets) != 2 {
		t.Error("two keys are the same")
	}
	for _, bad := range []string{"", "a/b", "..", ".a", "a b", strings.Repeat("a", 65)} {
		if _, err := CreateKey(t.Context(), cfg, bad, nil); retake.CodeOf(err) != retake.CodeInvalid {
			t.Errorf("namespace %q: %v", bad, err)
		}
		if _, err := CreateKey(t.Context(), cfg, "ox", []string{bad}); retake.CodeOf(err) != retake.CodeInvalid {
			t.Errorf("grant %q: %v", bad, err)
		}
	}
	list, err := ListKeys(t.Context(), cfg)
	if err != nil || len(list) != 2 {
		t.Fatalf("%v, %v", list, err)
	}
	if d := cmp.Diff([]string{"herd"}, list[0].Namespaces); d != "" {
		t.Error(d)
	}
	if err := RevokeKey(t.Context(), cfg, list[0].ID); err != nil {
		t.Error(err)
	}
	if err := RevokeKey(t.Context(), cfg, "nope"); retake.CodeOf(err) != retake.CodeInvalid || errors.Is(err, retake.ErrNotFound) {
		t.Errorf("unknown id: %v", err)
	}
}
