package retake

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Code sorts an error by what its receiver can do about it. The HTTP layer maps each code to one status,
// the command line to one exit code.
type Code string

// The codes, in the words of the HTTP contract's error types.
const (
	CodeInvalid         Code = "invalid_params"         // the request is wrong; Field says where
	CodeUnauthenticated Code = "unauthenticated"        // no key, or an unknown one
	CodeNotFound        Code = "resource_not_found"     // also for what belongs to somebody else
	CodeUnsupported     Code = "unsupported_media_type" // a model that makes no picture or video
	CodeTooLarge        Code = "payload_too_large"
	CodeConflict        Code = "conflict"         // an idempotency key used with another body
	CodeRateLimited     Code = "rate_limited"     // RetryAfter says when
	CodeEngine          Code = "engine_error"     // the engine failed; the message is for the user
	CodeRefused         Code = "content_refused"  // the engine does not make such content
	CodeNoCredit        Code = "no_credit"        // the account behind the engine is empty
	CodeEngineKey       Code = "engine_key"       // the server's key for the service behind the engine is refused
	CodeOverloaded      Code = "overloaded"       // the engine has no room now: a queue tries again, RetryAfter says when
	CodeUnavailable     Code = "unavailable"      // draining, engine not there, disk full
	CodePromise         Code = "promise_broken"   // the result would have changed footage outside the segment
	CodeUnreadable      Code = "unreadable_input" // the clip can't be read or isn't one we edit
	CodeInternal        Code = "unknown_error"
)

// Error is an error a user may see. Message is one or two plain sentences: what is wrong and the way out. It never
// holds a path, a stack or a key; those belong to Cause, which is for the log.
type Error struct {
	Code       Code
	Field      string // the request field it is about, if any
	Message    string
	RetryAfter time.Duration // with CodeRateLimited, CodeUnavailable and CodeOverloaded
	Cause      error
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s: %s (%v)", e.Code, e.Message, e.Cause)
	}
	return fmt.Sprintf("%s: %s", e.Code, e.Message)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Errorf makes an Error with a message for the user.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Invalid makes a CodeInvalid error about one field.
func Invalid(field, format string, args ...any) *Error {
	return &Error{Code: CodeInvalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// NoSound is the error of a mode that replaces the sound of a clip without any.
func NoSound(mode Mode) *Error {
	return Invalid("mode", "The clip has no sound, so mode %s has nothing to replace. Choose mode %s, which can add sound.", mode, ReplaceAudioAndVideo)
}

// Because returns a copy of e that carries cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Cause = cause
	return &c
}

// seeLog ends a message whose cause an operator finds in the log.
const seeLog = "The server's log has the details."

// NamesLog reports whether the message sends its reader to the log for the cause.
func (e *Error) NamesLog() bool { return e.Cause != nil && strings.HasSuffix(e.Message, seeLog) }

// WithoutLog is the message and its cause, for who runs the program themselves and has no log to look into.
func (e *Error) WithoutLog() string {
	return strings.TrimSpace(strings.TrimSuffix(e.Message, seeLog)) + " " + e.Cause.Error()
}

// CodeOf returns the code of the first Error in err's chain, or CodeInternal.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}

// FieldOf returns the request field that the first Error in err's chain is about, "" for none.
func FieldOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Field
	}
	return ""
}

// UserMessage returns the sentence a user may see for err. An error without one yields a general sentence, so
// that nothing internal leaks.
func UserMessage(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Message
	}
	return "Something went wrong on the server. The log has the details."
}

// ErrEngine is wrapped by errors that an engine ended with, so that one that can't be had isn't taken for a fault of the server's.
var ErrEngine = errors.New("the engine")

// Reasons a running generation's context is cancelled, given as context causes.
var (
	ErrCancelled = errors.New("cancelled by the user")
	ErrShutdown  = errors.New("the server is shutting down")
	ErrLeaseLost = errors.New("the lease was lost to another worker")
)
