package httpapi

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"
)

// handler answers a request, or returns the error that writeError turns into an answer.
type handler func(x *exchange) error

// ServeHTTP names the request, answers it, counts and logs it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	x := &exchange{ResponseWriter: w, r: r, id: requestID(r.Header.Get("X-Request-Id"))}
	x.watchBody(s.cfg.Stall)
	h := w.Header()
	h.Set("X-Request-Id", x.id)
	h.Set("X-Content-Type-Options", "nosniff")
	s.metrics.inFlight.Inc()
	defer func() {
		s.metrics.inFlight.Dec()
		s.account(x, time.Since(start))
	}()
	s.protect(x, s.dispatch)
}

// protect runs h and writes its error. A panic becomes a 500 whose id is in the log, next to the stack.
func (s *Server) protect(x *exchange, h handler) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if v == http.ErrAbortHandler {
			panic(v)
		}
		s.log.LogAttrs(x.r.Context(), slog.LevelError, "panic", slog.String("request_id", x.id),
			slog.Any("panic", v), slog.String("stack", string(debug.Stack())))
		s.metrics.panics.Inc()
		s.writeError(x, fmt.Errorf("panic: %v", v))
	}()
	if err := h(x); err != nil {
		s.writeError(x, err)
	}
}

// dispatch finds the route. File routes read the path as it was sent: the mux would tidy it up before anybody could
// refuse it.
func (s *Server) dispatch(x *exchange) error {
	if err := s.origin.Check(x.r); err != nil {
		return &statusError{forbidden, "A page of another site may not send this request."}
	}
	if strings.HasPrefix(x.r.URL.EscapedPath(), repoPrefix) {
		x.route = "/api/repos/{path...}"
		if err := s.files(x); err != nil {
			return err
		}
		return s.unrouted(x)
	}
	s.mux.ServeHTTP(x, x.r)
	return s.unrouted(x)
}

// handle registers h for a pattern of ServeMux.
func (s *Server) handle(pattern string, h handler) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		x := w.(*exchange)
		x.r, x.route = r, r.Pattern
		s.protect(x, h)
	})
}

// unrouted answers in place of net/http's plain text, which x swallowed.
func (s *Server) unrouted(x *exchange) error {
	status := x.swallow
	x.swallow = 0
	x.Header().Del("Content-Type")
	switch {
	case status == 0:
		return nil
	case status == http.StatusMethodNotAllowed:
		return s.wrongMethod(x, x.Header().Get("Allow"))
	case status == http.StatusRequestedRangeNotSatisfiable:
		return &statusError{badRange, "The range lies outside the file."}
	case status == http.StatusPreconditionFailed:
		return conditionFailed()
	}
	return notFound("There is nothing at %s.", clip(x.r.URL.Path))
}

// wrongMethod refuses a method, and tells OPTIONS which ones there are.
func (s *Server) wrongMethod(x *exchange, allow string) error {
	x.Header().Set("Allow", allow)
	if x.r.Method == http.MethodOptions {
		x.WriteHeader(http.StatusNoContent)
		return nil
	}
	return &statusError{methodNotAllowed, fmt.Sprintf("%s is not possible here, only %s.", clip(x.r.Method), allow)}
}

// account counts and logs a finished request. The query stays out of the log: it may hold a link's signature.
func (s *Server) account(x *exchange, took time.Duration) {
	status := x.status
	if status == 0 {
		status = http.StatusOK
	}
	s.metrics.observe(x, status, took)
	if !s.log.Enabled(x.r.Context(), slog.LevelInfo) {
		return
	}
	attrs := make([]slog.Attr, 0, 9)
	attrs = append(attrs,
		slog.String("request_id", x.id), slog.String("method", clip(x.r.Method)), slog.String("path", clip(x.r.URL.Path)),
		slog.Int("status", status), slog.Int64("bytes", x.bytes), slog.Duration("took", took), slog.String("remote", x.r.RemoteAddr))
	if x.key != nil {
		attrs = append(attrs, slog.String("key", x.key.ID), slog.String("namespace", x.key.Namespace))
	}
	s.log.LogAttrs(x.r.Context(), slog.LevelInfo, "request", attrs...)
}

// requestID keeps a proxy's id when it is harmless in a log, or makes one.
func requestID(given string) string {
	if n := len(given); n > 0 && n <= 64 && !strings.ContainsFunc(given, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.')
	}) {
		return given
	}
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// originOf returns an address's origin as browsers write it: without the port that goes without saying.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	host := strings.ToLower(u.Host)
	if port := u.Port(); u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		host = strings.TrimSuffix(host, ":"+port)
	}
	return u.Scheme + "://" + host
}
