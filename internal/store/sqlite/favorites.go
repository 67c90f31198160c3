package sqlite

import (
	"context"
	"fmt"
)

// SetFavorite marks or unmarks a model for a namespace.
func (s *Store) SetFavorite(ctx context.Context, namespace, model string, on bool) error {
	query := `DELETE FROM favorites WHERE namespace = ? AND model = ?`
	if on {
		query = `INSERT OR IGNORE INTO favorites (namespace, model) VALUES (?, ?)`
	}
	err := s.writer.do(ctx, func(t *tx) error {
		_, err := t.exec(query, namespace, model)
		return err
	})
	if err != nil {
		return fmt.Errorf("set favourite: %w", err)
	}
	return nil
}

// FavoriteModels lists the models a namespace marked, by name.
func (s *Store) FavoriteModels(ctx context.Context, namespace string) ([]string, error) {
	rows, err := s.reader.rows(ctx, `SELECT model FROM favorites WHERE namespace = ? ORDER BY model`, namespace)
	if err != nil {
		return nil, fmt.Errorf("list favourites: %w", friendly(err))
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var m string
		if err := rows.Scan(&m); err != nil {
			return nil, fmt.Errorf("list favourites: %w", err)
		}
		list = append(list, m)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list favourites: %w", friendly(err))
	}
	return list, nil
}
