package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"os"
	"strconv"
	"strings"

	"retake/internal/retake"
)

// maxDepth bounds the nesting of a request.
const maxDepth = 32

// maxValues bounds the values in a request. One takes two bytes as text and a hundred once decoded.
const maxValues = 100_000

// readObject reads the request's body as one JSON object, and returns the bytes too. Numbers stay json.Number, so
// that a large seed keeps all its digits.
func (s *Server) readObject(x *exchange) (object map[string]any, body []byte, err error) {
	return readObjectFrom(x, x.stallReader(s.cfg.Stall), s.cfg.MaxJSON)
}

// readObjectFrom is readObject with a reader of the body and a limit in bytes.
func readObjectFrom(x *exchange, from io.ReadCloser, limit int64) (object map[string]any, body []byte, err error) {
	if err := checkContentType(x.r.Header); err != nil {
		return nil, nil, err
	}
	if x.r.ContentLength > limit {
		return nil, nil, tooLarge(limit)
	}
	var buf bytes.Buffer
	if n := x.r.ContentLength; n > 0 {
		buf.Grow(int(min(n, 1<<20)) + bytes.MinRead)
	}
	limited := http.MaxBytesReader(x.ResponseWriter, from, limit)
	if _, err := buf.ReadFrom(limited); err != nil {
		return nil, nil, bodyError(err)
	}
	object, err = decodeObject(buf.Bytes())
	return object, buf.Bytes(), err
}

// bodyError sorts the ways in which reading a body fails.
func bodyError(err error) error {
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(e.Limit)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return retake.Invalid("", "The body did not arrive: the connection stalled.")
	}
	return retake.Invalid("", "The body could not be read to its end.").Because(err)
}

func checkContentType(h http.Header) error {
	if err := plainContent(h); err != nil {
		return err
	}
	sent := h.Get("Content-Type")
	if sent == "" {
		return nil
	}
	kind, _, err := mime.ParseMediaType(sent)
	if err != nil || kind != jsonType && !strings.HasSuffix(kind, "+json") {
		return retake.Invalid("Content-Type", "Content-Type must be application/json, got %q", clip(sent))
	}
	return nil
}

// decodeObject reads exactly one JSON object.
func decodeObject(body []byte) (map[string]any, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, retake.Invalid("", "The body is empty: send a JSON object.")
	}
	if manyValues(body) {
		return nil, retake.Errorf(retake.CodeTooLarge, "The body holds too much: at most %d values are accepted.", maxValues)
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, jsonError(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, retake.Invalid("", "The body goes on after the JSON object ends, at byte %d.", dec.InputOffset())
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, retake.Invalid("", "The body must be a JSON object.")
	}
	return object, checkValue("", object, 1)
}

// manyValues reports whether JSON holds more values than a request may have, by what stands before each but the first.
func manyValues(body []byte) bool {
	n := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case ',', ':', '[', '{':
			if n++; n > maxValues {
				return true
			}
		case '"': // to its end
			for i++; i < len(body) && body[i] != '"'; i++ {
				if body[i] == '\\' {
					i++
				}
			}
		}
	}
	return false
}

func jsonError(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return retake.Invalid("", "The body is not valid JSON: it ends too early.")
	}
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return retake.Invalid("", "The body is not valid JSON: %s, at byte %d.", e.Error(), e.Offset)
	}
	return retake.Invalid("", "The body is not valid JSON.").Because(err)
}

// checkValue refuses what JSON allows but a database or a program down the line does not: numbers beyond float64,
// NUL characters, deep nesting.
func checkValue(field string, v any, depth int) error {
	switch v := v.(type) {
	case json.Number:
		if f, err := strconv.ParseFloat(string(v), 64); err != nil || math.IsInf(f, 0) {
			return retake.Invalid(field, "%s must be a finite number, got %s", field, clip(string(v)))
		}
	case string:
		if strings.IndexByte(v, 0) >= 0 {
			return retake.Invalid(field, "%s holds a NUL character", field)
		}
	case []any:
		if depth > maxDepth {
			return tooDeep(field)
		}
		for _, e := range v {
			if err := checkValue(field, e, depth+1); err != nil {
				return err
			}
		}
	case map[string]any:
		if depth > maxDepth {
			return tooDeep(field)
		}
		for name, e := range v {
			if strings.IndexByte(name, 0) >= 0 {
				return retake.Invalid(field, "A parameter's name holds a NUL character.")
			}
			top := field
			if top == "" {
				top = clip(name)
			}
			if err := checkValue(top, e, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func tooDeep(field string) error {
	return retake.Invalid(field, "%s is nested more than %d levels deep", field, maxDepth)
}

// clip shortens what a client sent before it is shown.
func clip(s string) string {
	const limit = 80
	if len(s) <= limit {
		return s
	}
	return fmt.Sprintf("%s…", strings.ToValidUTF8(s[:limit], ""))
}

// optionalString takes a string out of a request. Absent and null are "".
func optionalString(params map[string]any, name string) (string, error) {
	switch v := params[name].(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	default:
		return "", retake.Invalid(name, "%s must be a string, got %s", name, kindOf(v))
	}
}

// requiredString takes a string that must be there.
func requiredString(params map[string]any, name string) (string, error) {
	if params[name] == nil {
		return "", retake.Invalid(name, "%s is missing", name)
	}
	return optionalString(params, name)
}

func kindOf(v any) string {
	switch v := v.(type) {
	case json.Number:
		return "the number " + clip(string(v))
	case bool:
		return strconv.FormatBool(v)
	case []any:
		return "an array"
	case map[string]any:
		return "an object"
	}
	return "something else"
}
