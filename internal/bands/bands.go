// Package bands has pictures worked on in bands of rows, several side by side.
package bands

import "sync"

// Each calls f on bands [from, to) that together are the rows [0, rows), at most workers of them at once, and returns when
// all are done. A band begins at an even row, so that with 4:2:0 its rows of chroma are its own.
func Each(rows, workers int, f func(from, to int)) {
	band := (rows/max(workers, 1) + 2) &^ 1
	if workers < 2 || band >= rows {
		f(0, rows)
		return
	}
	var all sync.WaitGroup
	for from := band; from < rows; from += band {
		all.Go(func() { f(from, min(from+band, rows)) })
	}
	f(0, band)
	all.Wait()
}
