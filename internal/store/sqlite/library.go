package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"retake/internal/retake"
)

// RecentFiles lists files newest first. As with generations, the page's names are found in an index alone.
func (s *Store) RecentFiles(ctx context.Context, f retake.FileFilter, p retake.Page) ([]retake.File, int, error) {
	matching, args := matchingFiles(f)
	var total int
	if err := s.reads.QueryRowContext(ctx, `SELECT COUNT(*) FROM (`+matching+`)`, args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count files: %w", friendly(err))
	}
	const newestFirst = ` ORDER BY created DESC, namespace DESC, repo DESC, branch DESC, path DESC`
	if p.Size > 0 {
		matching += newestFirst + ` LIMIT ? OFFSET ?`
		args = append(args, p.Size, max(p.Number-1, 0)*p.Size)
	}
	rows, err := s.reads.QueryContext(ctx, `SELECT `+fileColumns+`, COALESCE((SELECT prompt FROM generations WHERE id = files.generation), '')
		FROM files WHERE (namespace, repo, branch, path) IN (
		SELECT namespace, repo, branch, path FROM (`+matching+`))`+newestFirst, args...)
	if err != nil {
		return nil, 0, fmt.Errorf("list recent files: %w", friendly(err))
	}
	defer rows.Close()
	var list []retake.File
	for rows.Next() {
		var prompt string
		f, err := scanFile(rows, &prompt)
		if err != nil {
			return nil, 0, fmt.Errorf("list recent files: %w", err)
		}
		f.Prompt = prompt
		list = append(list, f)
	}
	if err := rows.Err(); err != nil {
		return nil, 0, fmt.Errorf("list recent files: %w", friendly(err))
	}
	return list, total, nil
}

// matchingFiles writes a filter as a query for the names of its files: those of the namespaces, then others that are
// public, alone or with their repository. Each part has an index.
func matchingFiles(f retake.FileFilter) (query string, args []any) {
	const names = `SELECT created, namespace, repo, branch, path FROM files WHERE `
	rest, restArgs := fileConditions(f)
	own := anys(f.Namespaces)
	in := `namespace IN ` + placeholders(len(own))
	query, args = names+in+rest, slices.Concat(own, restArgs)
	query += ` UNION ALL ` + names + `public AND NOT ` + in + rest
	args = slices.Concat(args, own, restArgs)
	for _, repo := range f.PublicRepos {
		namespace, name, _ := strings.Cut(repo, "/")
		query += ` UNION ALL ` + names + `namespace = ? AND repo = ? AND NOT public AND NOT ` + in + rest
		args = slices.Concat(args, []any{namespace, name}, own, restArgs)
	}
	return query, args
}

// fileConditions writes what a filter asks besides who may see a file as terms of SQL, each after an AND.
func fileConditions(f retake.FileFilter) (terms string, args []any) {
	add := func(term string, value any) {
		terms += ` AND ` + term
		args = append(args, value)
	}
	if f.Namespace != "" {
		add(`namespace = ?`, f.Namespace)
	}
	if f.Repo != "" {
		add(`repo = ?`, f.Repo)
	}
	if f.MediaType != "" {
		add(`content_type LIKE ?`, f.MediaType+"/%")
	}
	if f.Search != "" {
		add(`path LIKE ? ESCAPE '\'`, containing(f.Search))
	}
	return terms, args
}

func anys[S ~string](list []S) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

// Storage adds up what a namespace keeps, as of one moment.
func (s *Store) Storage(ctx context.Context, namespace string) (st retake.Storage, err error) {
	err = s.reads.QueryRowContext(ctx, `
		SELECT COALESCE(SUM(names), 0), COALESCE(SUM(size), 0), COALESCE(SUM(results), 0),
			COALESCE(SUM(CASE WHEN results > 0 THEN size END), 0),
			(SELECT COUNT(*) FROM generations WHERE namespace = ?1)
		FROM (SELECT MAX(size) AS size, COUNT(*) AS names, COUNT(generation) AS results
			FROM files WHERE namespace = ?1 GROUP BY hash)`, namespace).
		Scan(&st.Files, &st.Bytes, &st.ResultFiles, &st.ResultBytes, &st.Generations)
	if err != nil {
		return st, fmt.Errorf("add up storage: %w", friendly(err))
	}
	return st, nil
}
