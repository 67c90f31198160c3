package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"retake/internal/retake"
)

// Generations lists newest first. The page's numbers are found in an index alone, then its rows are read.
func (s *Store) Generations(ctx context.Context, f retake.Filter, p retake.Page) ([]*retake.Generation, int, error) {
	return listed(ctx, s, f, p, columns, func(row scanner) (*retake.Generation, error) { return scanGeneration(row) })
}

// GenerationSizes lists as Generations does. octet_length looks at a column's head only.
func (s *Store) GenerationSizes(ctx context.Context, f retake.Filter, p retake.Page) ([]retake.RowSize, int, error) {
	const sizes = `g.id, octet_length(g.params) + octet_length(g.prompt) + COALESCE(octet_length(g.report), 0)`
	return listed(ctx, s, f, p, sizes, func(row scanner) (size retake.RowSize, err error) {
		err = row.Scan(&size.ID, &size.Bytes)
		return size, err
	})
}

// listed reads columns of a page of what matches, and counts all that does.
func listed[T any](ctx context.Context, s *Store, f retake.Filter, p retake.Page, columns string, read func(scanner) (T, error)) ([]T, int, error) {
	if f.MediaType != "" && f.MediaType != "video" {
		return nil, 0, nil
	}
	matching, args := matchingGenerations(f)
	var total int
	if err := s.reads.QueryRowContext(ctx, `SELECT COUNT(*) FROM (`+matching+`)`, args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count generations: %w", friendly(err))
	}
	if p.Size > 0 {
		matching += ` ORDER BY seq DESC LIMIT ? OFFSET ?`
		args = append(args, p.Size, max(p.Number-1, 0)*p.Size)
	}
	list, err := readAll(ctx, s, `SELECT `+columns+` FROM generations g WHERE g.seq IN (`+matching+`) ORDER BY g.seq DESC`, args, read)
	if err != nil {
		return nil, 0, fmt.Errorf("list generations: %w", err)
	}
	return list, total, nil
}

func readAll[T any](ctx context.Context, s *Store, query string, args []any, read func(scanner) (T, error)) (list []T, err error) {
	rows, err := s.reads.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, friendly(err)
	}
	defer rows.Close()
	for rows.Next() {
		one, err := read(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, friendly(rows.Err())
}

// GenerationsByID returns rows in the order of ids, without those that are not there.
func (s *Store) GenerationsByID(ctx context.Context, ids []string) ([]*retake.Generation, error) {
	found, err := readAll(ctx, s, `SELECT `+columns+` FROM generations g WHERE g.id IN `+placeholders(len(ids)), anys(ids),
		func(row scanner) (*retake.Generation, error) { return scanGeneration(row) })
	if err != nil {
		return nil, fmt.Errorf("generations: %w", err)
	}
	byID := make(map[string]*retake.Generation, len(found))
	for _, g := range found {
		byID[g.ID] = g
	}
	list := found[:0]
	for _, id := range ids {
		if g := byID[id]; g != nil {
			list = append(list, g)
			delete(byID, id)
		}
	}
	return list, nil
}

// matchingGenerations writes a filter as a query for the numbers of its rows: those of the namespaces, then those filed into them
// by others. Asked as one, with OR, SQLite would look into every row.
func matchingGenerations(f retake.Filter) (query string, args []any) {
	rest, restArgs := conditions(f)
	if len(f.Namespaces) == 0 {
		return `SELECT seq FROM generations WHERE TRUE` + rest, restArgs
	}
	in, names := placeholders(len(f.Namespaces)), anys(f.Namespaces)
	index := ``
	if len(f.Statuses) > 0 && !slices.ContainsFunc(f.Statuses, retake.Status.Ended) {
		index = ` INDEXED BY generations_active` // as small as the queue
		rest += ` AND status IN ('queued', 'processing')`
	}
	query = `SELECT seq FROM generations` + index + ` WHERE namespace IN ` + in + rest + `
		UNION ALL SELECT seq FROM generations WHERE target_namespace <> namespace AND target_namespace IN ` + in + ` AND namespace NOT IN ` + in + rest
	return query, slices.Concat(names, restArgs, names, names, restArgs)
}

// conditions writes what a filter asks besides the namespaces as terms of SQL, each after an AND.
func conditions(f retake.Filter) (terms string, args []any) {
	add := func(term string, values ...any) {
		terms += ` AND ` + term
		args = append(args, values...)
	}
	if len(f.Statuses) > 0 {
		add(`status IN `+placeholders(len(f.Statuses)), anys(f.Statuses)...)
	}
	if f.Model != "" {
		add(`model = ?`, f.Model)
	}
	if f.Engine != "" {
		add(`engine = ?`, f.Engine)
	}
	if f.Request != "" {
		add(`request = ?`, f.Request)
	}
	if f.Input != "" {
		add(`input = ?`, f.Input)
	}
	if f.Repo != "" {
		add(`CASE target_repo WHEN '' THEN 'generations' ELSE target_repo END = ?`, f.Repo)
	}
	if folder := strings.Trim(f.Folder, "/"); folder != "" {
		// Without a directory asked for, the folder is the date and seen only in the result's path.
		add(`(TRIM(target_directory, '/') = ? OR (target_directory = '' AND INSTR('/' || result_file, '/' || ? || '/') > 0))`, folder, folder)
	}
	if f.Search != "" {
		add(`prompt LIKE ? ESCAPE '\'`, containing(f.Search))
	}
	return terms, args
}

func placeholders(n int) string {
	return `(` + strings.TrimSuffix(strings.Repeat(`?, `, n), `, `) + `)` // with none: a list that holds nothing
}

// containing is the LIKE pattern, with \ as its escape, of texts that hold s.
func containing(s string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s) + "%"
}
