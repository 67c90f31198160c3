package seam

import (
	"runtime"

	"retake/internal/bands"
)

// leastRows is the fewest rows that are worth a band of their own.
const leastRows = 32

// inRows has f work on bands of rows side by side and waits for all.
func inRows(rows int, f func(from, to int)) {
	bands.Each(rows, min(runtime.GOMAXPROCS(0), rows/leastRows), f)
}
