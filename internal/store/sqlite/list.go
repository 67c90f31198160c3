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
	rows, err := s.reads.QueryContext(ctx, `SELECT `+columns+` FROM generations g WHERE g.seq IN (`+matching+`) ORDER BY g.seq DESC`, args...)
	if err != nil {
		return nil, 0, fmt.Errorf("list generations: %w", friendly(err))
	}
	defer rows.Close()
	var list []*retake.Generation
	for rows.Next() {
		g, err := scanGeneration(rows)
		if err != nil {
			return nil, 0, fmt.Errorf("list generations: %w", err)
		}
		list = append(list, g)
	}
	if err := rows.Err(); err != nil {
		return nil, 0, fmt.Errorf("list generations: %w", friendly(err))
	}
	return list, total, nil
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
