package sqlite

import (
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"retake/internal/retake"
)

// TestHistoryMigration brings a database up to date that was written before rows knew their clips and files their
// generations.
func TestHistoryMigration(t *testing.T) {
	cfg := Config{Path: filepath.Join(t.TempDir(), "retake.db")}.withDefaults()
	db, err := openDB(cfg, false)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dir, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	const made, replaced = "0197a6a0-0000-7000-8000-00000000000a", "0197a6a0-0000-7000-8000-00000000000b"
	for _, row := range [][3]any{{made, `{"input_video":"/api/a.mp4"}`, 100}, {replaced, `{"input_video":7}`, 100}} {
		if _, err := db.Exec(`INSERT INTO generations (id, namespace, username, model, params, prompt, engine, priority, target_namespace,
			target_repo, target_directory, status, result_file, enqueued, completed)
			VALUES (?1, 'ox', 'ox', 'm', ?2, '', 'builtin', 0, 'ox', '', '', 'succeeded', 'ox/generations/file/main/day/' || ?1 || '.mp4', 1, ?3)`,
			row[0], row[1], row[2]); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range [][2]any{{"day/" + made + ".mp4", 99}, {"day/" + replaced + ".mp4", 101}, {"other/" + made + ".mp4", 99}} {
		if _, err := db.Exec(`INSERT INTO files (namespace, repo, branch, path, hash, size, content_type, public, created)
			VALUES ('ox', 'generations', 'main', ?, 'aa', 12, 'video/mp4', 0, ?)`, file[0], file[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	files, err := s.ListFiles(t.Context(), "ox", "generations", "main", "")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range files {
		got[f.Path] = f.Generation
	}
	want := map[string]string{"day/" + made + ".mp4": made, "day/" + replaced + ".mp4": "", "other/" + made + ".mp4": ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files and their generations (-want +got):\n%s", diff)
	}
	list, total, err := s.Generations(t.Context(), retake.Filter{Input: "/api/a.mp4"}, retake.Page{})
	if err != nil || total != 1 || list[0].ID != made {
		t.Errorf("%d rows with the clip, %v; want that of %s", total, err, made)
	}
}
