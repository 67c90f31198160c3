package seam

import (
	"runtime"
	"sync"
)

// inRows has f work on bands of rows side by side and waits for all.
func inRows(rows int, f func(from, to int)) {
	n := min(runtime.GOMAXPROCS(0), max(rows/32, 1))
	if n < 2 {
		f(0, rows)
		return
	}
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { f(rows*i/n, rows*(i+1)/n) })
	}
	all.Wait()
}
