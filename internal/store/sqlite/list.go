package sqlite

import (
	"context"
	"fmt"
	"strings"

	"retake/internal/retake"
)

// Generations lists newest first.
func (s *Store) Generations(ctx context.Context, f retake.Filter, p retake.Page) ([]*retake.Generation, int, error) {
	if f.MediaType != "" && f.MediaType != "video" {
		return nil, 0, nil
	}
	where, args := conditions(f)
	var total int
	if err := s.reads.QueryRowContext(ctx, `SELECT COUNT(*) FROM generations g`+where, args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count generations: %w", friendly(err))
	}
	query := `SELECT ` + columns + ` FROM generations g` + where + ` ORDER BY g.seq DESC`
	if p.Size > 0 {
		query += ` LIMIT ? OFFSET ?`
		args = append(args, p.Size, max(p.Number-1, 0)*p.Size)
	}
	rows, err := s.reads.QueryContext(ctx, query, args...)
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

// conditions writes a filter as SQL.
func conditions(f retake.Filter) (where string, args []any) {
	var terms []string
	add := func(term string, values ...any) {
		terms = append(terms, term)
		args = append(args, values...)
	}
	if len(f.Namespaces) > 0 {
		in := placeholders(len(f.Namespaces))
		owners := make([]any, len(f.Namespaces))
		for i, n := range f.Namespaces {
			owners[i] = n
		}
		add(`(g.namespace IN `+in+` OR (g.target_namespace <> g.namespace AND g.target_namespace IN `+in+`))`, append(owners, owners...)...)
	}
	if len(f.Statuses) > 0 {
		active := true
		statuses := make([]any, len(f.Statuses))
		for i, st := range f.Statuses {
			active = active && (st == retake.Queued || st == retake.Processing)
			statuses[i] = string(st)
		}
		add(`g.status IN `+placeholders(len(statuses)), statuses...)
		if active {
			add(`g.status IN ('queued', 'processing')`) // in the index's own words, so that the index is used
		}
	}
	if f.Model != "" {
		add(`g.model = ?`, f.Model)
	}
	if f.Repo != "" {
		add(`CASE g.target_repo WHEN '' THEN 'generations' ELSE g.target_repo END = ?`, f.Repo)
	}
	if folder := strings.Trim(f.Folder, "/"); folder != "" {
		// Without a directory asked for, the folder is the date and seen only in the result's path.
		add(`(TRIM(g.target_directory, '/') = ? OR (g.target_directory = '' AND INSTR('/' || g.result_file, '/' || ? || '/') > 0))`, folder, folder)
	}
	if f.Search != "" {
		add(`g.prompt LIKE ? ESCAPE '\'`, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(f.Search)+"%")
	}
	if len(terms) == 0 {
		return "", nil
	}
	return ` WHERE ` + strings.Join(terms, ` AND `), args
}

func placeholders(n int) string {
	return `(` + strings.TrimSuffix(strings.Repeat(`?, `, n), `, `) + `)`
}
