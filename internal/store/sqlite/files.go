package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"retake/internal/retake"
)

const fileColumns = `namespace, repo, branch, path, hash, size, content_type, public, created, generation`

// scanFile reads fileColumns, and extra columns after them into extra.
func scanFile(row scanner, extra ...any) (f retake.File, err error) {
	var created int64
	var generation sql.NullString
	into := []any{&f.Namespace, &f.Repo, &f.Branch, &f.Path, &f.Hash, &f.Size, &f.ContentType, &f.Public, &created, &generation}
	err = row.Scan(append(into, extra...)...)
	f.Created, f.Generation = fromMicros(created), generation.String
	return f, err
}

// PutFile adds or replaces the name. Created is set to now when it is zero.
func (s *Store) PutFile(ctx context.Context, f retake.File) error {
	if err := s.writer.do(ctx, func(t *tx) error { return t.putFile(f) }); err != nil {
		return fmt.Errorf("put file: %w", err)
	}
	return nil
}

func (t *tx) putFile(f retake.File) error {
	if f.Created.IsZero() {
		f.Created = t.now
	}
	_, err := t.exec(`INSERT OR REPLACE INTO files (`+fileColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		f.Namespace, f.Repo, f.Branch, f.Path, f.Hash, f.Size, f.ContentType, f.Public, micros(f.Created), textOrNull(f.Generation))
	return err
}

// FileAt returns the file, or ErrNotFound.
func (s *Store) FileAt(ctx context.Context, namespace, repo, branch, path string) (*retake.File, error) {
	f, err := scanFile(s.reader.row(ctx, `SELECT `+fileColumns+` FROM files
		WHERE namespace = ? AND repo = ? AND branch = ? AND path = ?`, namespace, repo, branch, path))
	if err != nil {
		return nil, fmt.Errorf("file: %w", friendly(err))
	}
	return &f, nil
}

// ListFiles lists the files whose path starts with prefix, by path.
func (s *Store) ListFiles(ctx context.Context, namespace, repo, branch, prefix string) ([]retake.File, error) {
	rows, err := s.reader.rows(ctx, `SELECT `+fileColumns+` FROM files
		WHERE namespace = ?1 AND repo = ?2 AND branch = ?3 AND path >= ?4 AND path < ?4 || CHAR(1114111)
		ORDER BY path`, namespace, repo, branch, prefix)
	if err != nil {
		return nil, fmt.Errorf("list files: %w", friendly(err))
	}
	defer rows.Close()
	var list []retake.File
	for rows.Next() {
		f, err := scanFile(rows)
		if err != nil {
			return nil, fmt.Errorf("list files: %w", err)
		}
		list = append(list, f)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list files: %w", friendly(err))
	}
	return list, nil
}

// DeleteFile removes the name and leaves the blob, which a sweep removes when no name is left.
func (s *Store) DeleteFile(ctx context.Context, namespace, repo, branch, path string) error {
	err := s.writer.do(ctx, func(t *tx) error {
		n, err := t.exec(`DELETE FROM files WHERE namespace = ? AND repo = ? AND branch = ? AND path = ?`, namespace, repo, branch, path)
		if err == nil && n == 0 {
			err = retake.ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("delete file: %w", err)
	}
	return nil
}

// BlobReferenced reports whether any file has this hash.
func (s *Store) BlobReferenced(ctx context.Context, hash string) (found bool, err error) {
	err = s.reader.row(ctx, `SELECT EXISTS (SELECT 1 FROM files WHERE hash = ?)`, hash).Scan(&found)
	if err != nil {
		return false, fmt.Errorf("blob references: %w", friendly(err))
	}
	return found, nil
}
