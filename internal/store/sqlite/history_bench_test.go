package sqlite_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"retake/internal/retake"
	"retake/internal/store/sqlite"
)

const (
	historyRows = 100_000
	sampleInput = "/api/repos/ox/Oxen-AI-Assets/file/main/images/winter_summer_ox.mp4"
)

// fillHistory writes 100,000 ended rows with reports and results of common size: nine of ten of the namespace ox, each
// tenth of those filed into the organisation barn; half of them used the sample clip, the others one clip for ten rows.
const fillHistory = `
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)
INSERT INTO generations (id, namespace, username, model, params, prompt, input, engine, priority,
	target_namespace, target_repo, target_directory, status, result_file, report, enqueued, completed)
SELECT printf('%08d-0000-7000-8000-000000000000', i),
	iif(i % 10, 'ox', 'otto'), 'ox', 'lightricks-ltx-2-retake',
	json_object('prompt', 'heavy snow at night, wind howling', 'start_time', 2, 'duration', 4, 'mode', 'replace_video'),
	iif(i % 100, 'heavy snow at night, wind howling', 'rain'),
	iif(i % 2, ?2, '/api/repos/ox/clips/file/main/' || (i / 10) || '.mp4'),
	'builtin', 0, iif(i % 10 = 1, 'barn', iif(i % 10, 'ox', 'otto')), '', '', 'succeeded',
	iif(i % 10 = 1, 'barn', iif(i % 10, 'ox', 'otto')) || '/generations/file/main/2026-01-01/' || printf('%08d-0000-7000-8000-000000000000', i) || '.mp4',
	randomblob(3000), 1700000000000000 + i, 1700000000000000 + i
FROM n`

const fillFiles = `INSERT INTO files (namespace, repo, branch, path, hash, size, content_type, public, created, generation)
SELECT target_namespace, 'generations', 'main', '2026-01-01/' || id || '.mp4', lower(hex(randomblob(32))), 1000000, 'video/mp4', 0,
	completed, id FROM generations`

// openHistory opens a database with a long history, which is made once.
func openHistory(b *testing.B) *sqlite.Store {
	b.Helper()
	path := filepath.Join(b.TempDir(), "retake.db")
	open := func() *sqlite.Store {
		s, err := sqlite.Open(b.Context(), sqlite.Config{Path: path})
		if err != nil {
			b.Fatal(err)
		}
		return s
	}
	open().Close()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		b.Fatal(err)
	}
	for _, step := range []struct {
		query string
		args  []any
	}{{fillHistory, []any{historyRows, sampleInput}}, {fillFiles, nil}} {
		if _, err := db.ExecContext(b.Context(), step.query, step.args...); err != nil {
			b.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	s := open()
	b.Cleanup(func() { s.Close() })
	return s
}

// BenchmarkHistory asks a history of 100,000 rows what the history page asks.
func BenchmarkHistory(b *testing.B) {
	s := openHistory(b)
	both, page := []string{"ox", "barn"}, retake.Page{Number: 1, Size: 50}
	list := func(f retake.Filter, p retake.Page) func(context.Context) error {
		return func(ctx context.Context) error {
			_, _, err := s.Generations(ctx, f, p)
			return err
		}
	}
	files := func(f retake.FileFilter) func(context.Context) error {
		return func(ctx context.Context) error {
			_, _, err := s.RecentFiles(ctx, f, page)
			return err
		}
	}
	for _, c := range []struct {
		name string
		ask  func(context.Context) error
	}{
		{"list", list(retake.Filter{Namespaces: []string{"ox"}}, page)},
		{"list-granted", list(retake.Filter{Namespaces: both}, page)},
		{"list-last-page", list(retake.Filter{Namespaces: both}, retake.Page{Number: 1800, Size: 50})},
		{"list-failed", list(retake.Filter{Namespaces: both, Statuses: []retake.Status{retake.Failed}}, page)},
		{"list-engine", list(retake.Filter{Namespaces: both, Engine: "builtin"}, page)},
		{"list-search", list(retake.Filter{Namespaces: both, Search: "rain"}, page)},
		{"active", list(retake.Filter{Namespaces: both, Statuses: []retake.Status{retake.Queued, retake.Processing}}, retake.Page{})},
		{"input-few", list(retake.Filter{Namespaces: both, Input: "/api/repos/ox/clips/file/main/77.mp4"}, page)},
		{"input-sample", list(retake.Filter{Namespaces: both, Input: sampleInput}, page)},
		{"files", files(retake.FileFilter{Namespaces: []string{"ox"}, PublicRepos: []string{"ox/Oxen-AI-Assets"}})},
		{"files-granted", files(retake.FileFilter{Namespaces: both, PublicRepos: []string{"ox/Oxen-AI-Assets"}})},
		{"files-video", files(retake.FileFilter{Namespaces: both, MediaType: "video"})},
		{"files-search", files(retake.FileFilter{Namespaces: both, Search: "00077"})},
		{"storage", func(ctx context.Context) error { _, err := s.Storage(ctx, "ox"); return err }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if err := c.ask(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
