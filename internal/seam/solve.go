package seam

import "math"

// leastSquares gathers rows of a linear regression and solves it. n is at most 3*bends.
type leastSquares struct {
	n int
	a [][]float64 // normal matrix
	b []float64
}

func newLeastSquares(n int) *leastSquares {
	l := &leastSquares{n: n, a: make([][]float64, n), b: make([]float64, n)}
	for i := range l.a {
		l.a[i] = make([]float64, n)
	}
	return l
}

// add takes a row in, given by its columns that are not zero.
func (l *leastSquares) add(at []int, x []float64, y float64) {
	for i, p := range at {
		for j, q := range at {
			l.a[p][q] += x[i] * x[j]
		}
		l.b[p] += x[i] * y
	}
}

// pull draws a coefficient towards a value with the force of a weight.
func (l *leastSquares) pull(at int, to, weight float64) {
	l.a[at][at] += weight
	l.b[at] += weight * to
}

// solve returns the coefficients, false when they are not determined.
func (l *leastSquares) solve() ([]float64, bool) {
	n := l.n
	for i := range n {
		top := i
		for r := i + 1; r < n; r++ {
			if math.Abs(l.a[r][i]) > math.Abs(l.a[top][i]) {
				top = r
			}
		}
		l.a[i], l.a[top] = l.a[top], l.a[i]
		l.b[i], l.b[top] = l.b[top], l.b[i]
		if math.Abs(l.a[i][i]) < 1e-9 {
			return nil, false
		}
		for r := i + 1; r < n; r++ {
			f := l.a[r][i] / l.a[i][i]
			for c := i; c < n; c++ {
				l.a[r][c] -= f * l.a[i][c]
			}
			l.b[r] -= f * l.b[i]
		}
	}
	out := make([]float64, n)
	for i := n - 1; i >= 0; i-- {
		sum := l.b[i]
		for c := i + 1; c < n; c++ {
			sum -= l.a[i][c] * out[c]
		}
		out[i] = sum / l.a[i][i]
	}
	return out, true
}
