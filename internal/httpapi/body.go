package httpapi

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// requestBody watches how far a request's body was read.
type requestBody struct {
	io.ReadCloser
	read          int64
	ended, failed bool
}

func (b *requestBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	if errors.Is(err, io.EOF) {
		b.ended = true
	} else if err != nil {
		b.failed = true
	}
	return n, err
}

const (
	// maxDrain is how much of an unread body is read away to keep the connection; net/http has the same limit.
	maxDrain = 256 << 10
	// drainTime is how long that may take at most.
	drainTime = 5 * time.Second
)

// watchBody lets x know its body's state. The request is copied, because net/http looks at the body it gave.
func (x *exchange) watchBody(limit time.Duration) {
	if x.r.ContentLength == 0 {
		return
	}
	x.body, x.drainTime = &requestBody{ReadCloser: x.r.Body}, min(limit, drainTime)
	r := *x.r
	r.Body = x.body
	x.r = &r
}

// settleBody is called before a response begins. net/http reads the rest of a body away before it sends anything, and
// without a deadline: a client that stalls would never be answered. So that is done here, or the connection closed.
func (x *exchange) settleBody() {
	b := x.body
	if b == nil || b.ended {
		return
	}
	if !b.failed && b.read == 0 && strings.EqualFold(x.r.Header.Get("Expect"), "100-continue") {
		return // reading would ask for the body; net/http closes the connection
	}
	ctl := http.NewResponseController(x.ResponseWriter)
	if !b.failed && x.Header().Get("Connection") != "close" && x.r.ContentLength-b.read <= maxDrain {
		_ = ctl.SetReadDeadline(time.Now().Add(x.drainTime))
		_, _ = io.CopyN(io.Discard, b, maxDrain+1)
		if b.ended {
			_ = ctl.SetReadDeadline(time.Time{})
			return
		}
	}
	x.Header().Set("Connection", "close")
	_ = ctl.SetReadDeadline(time.Now()) // closing the body reads, too
}
