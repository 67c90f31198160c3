package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"retake/internal/retake"
)

// exchange is one request with its response: the ResponseWriter that handlers write to, and what the middleware
// knows of the caller.
type exchange struct {
	http.ResponseWriter
	r     *http.Request
	id    string
	key   *retake.Key // nil without authentication
	route string      // the matched pattern, "" before routing

	status int
	bytes  int64
	wrote  bool
	// swallow keeps net/http's plain-text errors from the client; the middleware writes its own in their place.
	swallow int

	body      *requestBody // nil: the request has none
	drainTime time.Duration
}

// Unwrap lets http.ResponseController reach the connection.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

func (x *exchange) WriteHeader(status int) {
	if x.wrote || x.swallow != 0 {
		return
	}
	if x.replaceable(status) {
		x.swallow = status
		return
	}
	if status >= 200 {
		x.settleBody()
		x.wrote, x.status = true, status
		// The server's own deadline counts from the request's arrival; a response that comes late has its own.
		_ = http.NewResponseController(x.ResponseWriter).SetWriteDeadline(time.Now().Add(writeTimeout))
	}
	x.ResponseWriter.WriteHeader(status)
}

// replaceable reports whether a status comes from net/http rather than from a handler of ours: the mux answers for
// what no route matches, ServeContent for ranges and conditions.
func (x *exchange) replaceable(status int) bool {
	kind := x.Header().Get("Content-Type")
	if kind == jsonType {
		return false
	}
	switch status {
	case http.StatusRequestedRangeNotSatisfiable, http.StatusPreconditionFailed:
		return true
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return x.route == "" && kind != htmlType
	}
	return false
}

func (x *exchange) Write(p []byte) (int, error) {
	if x.swallow != 0 {
		return len(p), nil
	}
	if !x.wrote {
		x.WriteHeader(http.StatusOK)
	}
	n, err := x.ResponseWriter.Write(p)
	x.bytes += int64(n)
	return n, err
}

// ReadFrom keeps the way open for sendfile.
func (x *exchange) ReadFrom(src io.Reader) (int64, error) {
	if x.swallow != 0 {
		return io.Copy(io.Discard, src)
	}
	if !x.wrote {
		x.WriteHeader(http.StatusOK)
	}
	n, err := io.Copy(x.ResponseWriter, src)
	x.bytes += n
	return n, err
}

// writeTimeout is how long a client may take to accept a response, or each chunk of a long one.
const writeTimeout = 30 * time.Second

const jsonType = "application/json"

// encoder pairs a buffer with an encoder that leaves <, > and & as they are, so that links can be cut out of a
// response by tools that know no JSON.
type encoder struct {
	buf bytes.Buffer
	enc *json.Encoder
}

var encoders = sync.Pool{New: func() any {
	e := &encoder{}
	e.enc = json.NewEncoder(&e.buf)
	e.enc.SetEscapeHTML(false)
	return e
}}

func borrowEncoder() *encoder {
	e := encoders.Get().(*encoder)
	e.buf.Reset()
	return e
}

// release gives the encoder back, unless its buffer grew so large that it would only hold memory.
func (e *encoder) release() {
	if e.buf.Cap() <= 64<<10 {
		encoders.Put(e)
	}
}

// value appends v as compact JSON, without the encoder's newline.
func (e *encoder) value(v any) error {
	if err := e.enc.Encode(v); err != nil {
		return err
	}
	e.buf.Truncate(e.buf.Len() - 1)
	return nil
}

// json sends v. It is encoded before the status is written, so that a failure can still become a 500.
func (x *exchange) json(status int, v any) error {
	e := borrowEncoder()
	defer e.release()
	if err := e.value(v); err != nil {
		return fmt.Errorf("encode response: %w", err)
	}
	return x.send(status, jsonType, e.buf.Bytes())
}

// send writes a whole body. An error of writing means that the client went away; there is nobody to tell.
func (x *exchange) send(status int, contentType string, body []byte) error {
	h := x.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	x.WriteHeader(status)
	_, _ = x.Write(body)
	return nil
}

// stallReader reads a body and gives up when it pauses for longer than limit. The deadline is taken off at the end,
// or the server would take it for the client's leaving; after a failure it stays until settleBody.
type stallReader struct {
	body  io.ReadCloser
	ctl   *http.ResponseController
	limit time.Duration
	until time.Time // when all of it must be there; zero: no such time
}

func (x *exchange) stallReader(limit time.Duration) *stallReader {
	return &stallReader{body: x.r.Body, ctl: http.NewResponseController(x.ResponseWriter), limit: limit}
}

// shortReader reads a short body, which must come whole within limit: somebody without a key could otherwise hold
// connections for days with a byte now and then.
func (x *exchange) shortReader(limit time.Duration) *stallReader {
	r := x.stallReader(limit)
	r.until = time.Now().Add(limit)
	return r
}

func (s *stallReader) Read(p []byte) (int, error) {
	at := time.Now().Add(s.limit)
	if !s.until.IsZero() {
		at = s.until
	}
	_ = s.ctl.SetReadDeadline(at) // not supported by test recorders only
	n, err := s.body.Read(p)
	if errors.Is(err, io.EOF) {
		_ = s.ctl.SetReadDeadline(time.Time{})
	}
	return n, err
}

func (s *stallReader) Close() error { return s.body.Close() }
