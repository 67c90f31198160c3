package httpapi

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"retake/internal/retake"
	"retake/internal/webui"
)

// answer is how a code looks on the wire.
type answer struct {
	status int
	kind   string // the error's type
	title  string
}

// answers is the one table from code to response.
var answers = map[retake.Code]answer{
	retake.CodeInvalid:         {http.StatusBadRequest, "invalid_params", "Invalid parameters"},
	retake.CodeUnreadable:      {http.StatusBadRequest, "invalid_params", "The clip can't be used"},
	retake.CodeUnsupported:     {http.StatusBadRequest, "unsupported_media_type", "Unsupported media type"},
	retake.CodeUnauthenticated: {http.StatusUnauthorized, "unauthenticated", "Not authenticated"},
	retake.CodeNotFound:        {http.StatusNotFound, "resource_not_found", "Not found"},
	retake.CodeTooLarge:        {http.StatusRequestEntityTooLarge, "payload_too_large", "Too large"},
	retake.CodeConflict:        {http.StatusUnprocessableEntity, "invalid_params", "Key used before"},
	retake.CodeRateLimited:     {http.StatusTooManyRequests, "rate_limited", "Too many requests"},
	retake.CodeEngine:          {http.StatusBadGateway, "engine_error", "The engine failed"},
	retake.CodeRefused:         {http.StatusUnprocessableEntity, "content_refused", "The content is refused"},
	retake.CodeNoCredit:        {http.StatusPaymentRequired, "no_credit", "No credit"},
	retake.CodeEngineKey:       {http.StatusBadGateway, "engine_error", "The engine's key is refused"},
	retake.CodeOverloaded:      {http.StatusServiceUnavailable, "unavailable", "The engine has no room"},
	retake.CodePromise:         {http.StatusBadGateway, "engine_error", "The result was withheld"},
	retake.CodeUnavailable:     {http.StatusServiceUnavailable, "unavailable", "Unavailable"},
	retake.CodeInternal:        {http.StatusInternalServerError, "unknown_error", "Something went wrong"},
}

// statusError gives an error a status of HTTP's own that no code of the domain stands for.
type statusError struct {
	answer
	message string
}

func (e *statusError) Error() string { return e.message }

var (
	methodNotAllowed = answer{http.StatusMethodNotAllowed, "invalid_params", "Method not allowed"}
	badRange         = answer{http.StatusRequestedRangeNotSatisfiable, "invalid_params", "Range not satisfiable"}
	failedCondition  = answer{http.StatusPreconditionFailed, "invalid_params", "Precondition failed"}
	forbidden        = answer{http.StatusForbidden, "unauthenticated", "Forbidden"}
	notEnded         = answer{http.StatusConflict, "not_ended", "Not ended"}
	cancelled        = answer{http.StatusConflict, "cancelled", "Cancelled"}
)

// errorBody satisfies both shapes of error that clients read.
type errorBody struct {
	Error struct {
		Type    string `json:"type"`
		Title   string `json:"title"`
		Detail  string `json:"detail"`
		Message string `json:"message"`
		Field   string `json:"field,omitempty"` // of the request, that it is about
	} `json:"error"`
	Status        string `json:"status"`
	StatusMessage string `json:"status_message"`
}

// writeError is the only place that turns an error into a response.
func (s *Server) writeError(x *exchange, err error) {
	a, message := s.classify(x, err)
	if x.wrote {
		s.log.LogAttrs(x.r.Context(), slog.LevelWarn, "response cut short", slog.String("request_id", x.id), slog.Any("error", err))
		panic(http.ErrAbortHandler) // the client must not take half a body for a whole one
	}
	h := x.Header()
	for _, name := range []string{"Content-Length", "Etag", "Last-Modified", "Content-Disposition"} {
		h.Del(name)
	}
	h.Set("Cache-Control", "no-store") // some statuses are cached unless told otherwise, and hold for one caller only
	if seconds := retryAfter(err); seconds > 0 {
		h.Set("Retry-After", strconv.Itoa(seconds))
	} else if a.status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "5")
	}
	if a.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="retake"`)
	}
	if a.status == http.StatusNotFound && wantsPage(x.r) {
		if page, err := webui.Nothing(message); err == nil {
			_ = sendPageAs(x, a.status, page) // fails only with the client
			return
		}
	}
	var body errorBody
	body.Error.Type, body.Error.Title = a.kind, a.title
	body.Error.Detail, body.Error.Message = message, message
	if a.status != http.StatusInternalServerError {
		body.Error.Field = retake.FieldOf(err)
	}
	body.Status, body.StatusMessage = "error", a.kind
	if err := x.json(a.status, body); err != nil {
		s.log.Error("encode error", "error", err)
	}
}

// wantsPage reports whether a browser asks for a page, rather than a program for the API.
func wantsPage(r *http.Request) bool {
	page := strings.HasPrefix(r.URL.Path, "/ai/") || strings.HasPrefix(r.URL.Path, "/docs/")
	return page && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// retryAfter returns the seconds after which an error may be gone, 0 when that is not known.
func retryAfter(err error) int {
	if e, ok := errors.AsType[*retake.Error](err); ok {
		return int(math.Ceil(e.RetryAfter.Seconds()))
	}
	return 0
}

func (s *Server) classify(x *exchange, err error) (answer, string) {
	if e, ok := errors.AsType[*statusError](err); ok {
		return e.answer, e.message
	}
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return answers[retake.CodeTooLarge], tooLarge(e.Limit).Message
	}
	if errors.Is(err, retake.ErrNotFound) {
		return answers[retake.CodeNotFound], "There is nothing here by that name."
	}
	if e, ok := errors.AsType[*retake.Error](err); ok && e.Code != retake.CodeInternal {
		if a, ok := answers[e.Code]; ok {
			if e.Cause != nil {
				s.log.LogAttrs(x.r.Context(), slog.LevelInfo, "request refused", slog.String("request_id", x.id), slog.Any("error", err))
			}
			return a, e.Message
		}
	}
	if x.r.Context().Err() != nil {
		s.log.LogAttrs(x.r.Context(), slog.LevelInfo, "the client left", slog.String("request_id", x.id), slog.Any("error", err))
		return answers[retake.CodeInternal], "The request was cut off."
	}
	attrs := []slog.Attr{slog.String("request_id", x.id), slog.Any("error", err)}
	if id := x.Header().Get(headerID); id != "" {
		attrs = append(attrs, slog.String("generation", id)) // under which the log tells why it failed
	}
	s.log.LogAttrs(x.r.Context(), slog.LevelError, "request failed", attrs...)
	return answers[retake.CodeInternal], fmt.Sprintf("Something went wrong on the server. The log has the details under the id %s.", x.id)
}

func tooLarge(limit int64) *retake.Error {
	return retake.Errorf(retake.CodeTooLarge, "The body is too large: at most %s are accepted.", retake.SizeInWords(limit))
}

func draining() *retake.Error {
	return &retake.Error{Code: retake.CodeUnavailable, RetryAfter: 5 * time.Second,
		Message: "The server is shutting down. Send the request again in a few seconds."}
}
