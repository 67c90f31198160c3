package cli

import (
	"context"
	"errors"
	"strings"

	"retake/internal/client"
	"retake/internal/retake"
)

// Exit codes, as docs/cli.md lists them. Scripts rely on them.
const (
	exitDone     = 0
	exitPromise  = 1   // the promise doesn't hold, or the generation failed
	exitUsage    = 2   // a flag, a setting or a parameter is wrong
	exitInput    = 3   // the input can't be read, or is refused
	exitEngine   = 4   // the engine failed
	exitServer   = 5   // the server can't be reached, is not ready, or refuses the key
	exitInternal = 6   // anything else: a full disk, a missing program, a fault of ours
	exitSignal   = 130 // interrupted
)

// usageError is a wrong command line or setting.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// inputError is an input file that isn't there or can't be opened.
type inputError struct{ err error }

func (e inputError) Error() string { return e.err.Error() }
func (e inputError) Unwrap() error { return e.err }

// serverError is a server that can't be used.
type serverError struct{ err error }

func (e serverError) Error() string { return e.err.Error() }
func (e serverError) Unwrap() error { return e.err }

var (
	// errInterrupted is the cause of a context that a signal cancelled.
	errInterrupted = errors.New("interrupted")
	// errPromise ends a verify that found a difference; its report has been printed.
	errPromise = errors.New("the promise does not hold")
)

// exitCode is the one table of errors to exit codes.
func exitCode(err error) int {
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errInterrupted), errors.Is(err, context.Canceled), errors.Is(err, retake.ErrCancelled):
		return exitSignal
	case errors.Is(err, errPromise):
		return exitPromise
	}
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	if _, ok := errors.AsType[inputError](err); ok {
		return exitInput
	}
	if _, ok := errors.AsType[serverError](err); ok {
		return exitServer
	}
	if f, ok := errors.AsType[*client.Failure](err); ok {
		// The server doesn't say why in a form that could be sorted.
		if f.Status == retake.Cancelled {
			return exitSignal
		}
		return exitPromise
	}
	e, ok := errors.AsType[*retake.Error](err)
	if !ok {
		return exitInternal
	}
	if e.Code == retake.CodeUnavailable && errors.Is(err, retake.ErrEngine) {
		return exitEngine
	}
	switch e.Code {
	case retake.CodePromise:
		return exitPromise
	case retake.CodeUnreadable, retake.CodeTooLarge, retake.CodeUnsupported:
		return exitInput
	case retake.CodeInvalid, retake.CodeNotFound, retake.CodeConflict:
		if e.Field == "input_video" {
			return exitInput
		}
		return exitUsage
	case retake.CodeEngine, retake.CodeRefused, retake.CodeNoCredit, retake.CodeEngineKey, retake.CodeOverloaded:
		return exitEngine
	case retake.CodeUnauthenticated, retake.CodeRateLimited:
		return exitServer
	default:
		return exitInternal
	}
}

// message is what stderr says of err: the sentence meant for a user where there is one, else the whole error, for
// whoever runs the command line owns the machine it runs on.
func message(err error) string {
	if e, ok := errors.AsType[*retake.Error](err); ok {
		if e.Code == retake.CodeInternal && e.Cause != nil {
			return e.Message + " " + e.Cause.Error()
		}
		if e.NamesLog() {
			return e.WithoutLog()
		}
		return inFlags(e)
	}
	return err.Error()
}

// parameterFlags are the flags that stand for the parameters of a request.
var parameterFlags = map[string]string{"start_time": "--start", "duration": "--duration", "prompt": "--prompt"}

// inFlags is the message with the flag in the place of the parameter that it begins with.
func inFlags(e *retake.Error) string {
	rest, ok := strings.CutPrefix(e.Message, e.Field+" ")
	if flag := parameterFlags[e.Field]; ok && flag != "" {
		return flag + " " + rest
	}
	return e.Message
}
