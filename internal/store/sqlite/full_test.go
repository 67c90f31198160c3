package sqlite

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"retake/internal/retake"
)

// TestFullDisk lets SQLite run out of pages, which it reports as it reports a full disk.
func TestFullDisk(t *testing.T) {
	s, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "retake.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	limit := func(pages int) {
		t.Helper()
		if err := s.writer.do(t.Context(), func(tx *tx) error {
			var got int
			return tx.scan(fmt.Sprintf(`PRAGMA max_page_count = %d`, pages), nil, &got)
		}); err != nil {
			t.Fatal(err)
		}
	}
	big := []*retake.Generation{{Namespace: "ox", Engine: "builtin", Prompt: strings.Repeat("x", 1<<20)}}
	limit(60)
	if _, err := s.Create(t.Context(), big, nil); retake.CodeOf(err) != retake.CodeUnavailable || !strings.Contains(retake.UserMessage(err), "disk is full") {
		t.Fatalf("Create on a full disk: %v", err)
	}
	if _, total, err := s.Generations(t.Context(), retake.Filter{}, retake.Page{}); err != nil || total != 0 {
		t.Fatalf("%d rows, %v; want none", total, err)
	}
	limit(100_000)
	if _, err := s.Create(t.Context(), big, nil); err != nil {
		t.Fatalf("Create with room again: %v", err)
	}
}
