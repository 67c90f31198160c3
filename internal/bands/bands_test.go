package bands

import (
	"sync"
	"testing"
)

// Every row is in one band, bands begin at even rows, and there are no more of them than workers.
func TestEach(t *testing.T) {
	for rows := range 70 {
		for workers := range 9 {
			var mu sync.Mutex
			seen, count := make([]int, rows), 0
			Each(rows, workers, func(from, to int) {
				mu.Lock()
				defer mu.Unlock()
				count++
				if from%2 != 0 {
					t.Errorf("%d rows, %d workers: a band begins at row %d", rows, workers, from)
				}
				for y := from; y < to; y++ {
					seen[y]++
				}
			})
			for y, n := range seen {
				if n != 1 {
					t.Fatalf("%d rows, %d workers: row %d is in %d bands", rows, workers, y, n)
				}
			}
			if count > max(workers, 1) {
				t.Errorf("%d rows, %d workers: %d bands", rows, workers, count)
			}
		}
	}
}
