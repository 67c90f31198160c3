package httpapi

import (
	"io"
	"math"
	"net/http"
	"time"
)

// stallWriter sends a long body and gives up on a client that takes nothing for longer than limit.
type stallWriter struct {
	*exchange
	ctl   *http.ResponseController
	limit time.Duration
}

func newStallWriter(x *exchange, limit time.Duration) *stallWriter {
	return &stallWriter{x, http.NewResponseController(x.ResponseWriter), limit}
}

func (w *stallWriter) extend() { _ = w.ctl.SetWriteDeadline(time.Now().Add(w.limit)) }

func (w *stallWriter) Write(p []byte) (int, error) {
	w.extend()
	return w.exchange.Write(p)
}

// sendChunk is small enough that a client that takes anything at all gets it within the limit, and large enough for
// sendfile to be worth it.
const sendChunk = 1 << 20

// ReadFrom sends in chunks, each with a deadline of its own.
func (w *stallWriter) ReadFrom(src io.Reader) (total int64, err error) {
	// sendfile sees through one LimitedReader, not through two.
	left, ok := src.(*io.LimitedReader)
	if !ok {
		left = &io.LimitedReader{R: src, N: math.MaxInt64}
	}
	for left.N > 0 {
		w.extend()
		n, err := w.exchange.ReadFrom(&io.LimitedReader{R: left.R, N: min(sendChunk, left.N)})
		total += n
		left.N -= n
		if err != nil || n == 0 {
			return total, err
		}
	}
	return total, nil
}
