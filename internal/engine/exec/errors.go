package exec

import (
	"errors"
	"fmt"
	"time"

	"retake/internal/retake"
)

// codes is what each kind of error of the protocol is to us. Any other kind is a broken engine.
var codes = map[string]retake.Code{
	"bad_request":   retake.CodeInvalid,
	"refused":       retake.CodeRefused,
	"no_credit":     retake.CodeNoCredit,
	"bad_key":       retake.CodeEngineKey,
	"overloaded":    retake.CodeOverloaded,
	"unavailable":   retake.CodeUnavailable,
	"out_of_memory": retake.CodeEngine,
	"broken":        retake.CodeEngine,
	"cancelled":     retake.CodeEngine, // of a job that nobody cancelled
}

// sentences stand where an engine gives no message.
var sentences = map[string]string{
	"bad_request":   "The engine %s can't do this as it was asked for.",
	"refused":       "The engine %s does not make such content.",
	"no_credit":     "The account of the engine %s has no credit left.",
	"bad_key":       "The service behind the engine %s refuses this server's key. Whoever runs the server can mend that.",
	"overloaded":    "The engine %s has no room at the moment.",
	"unavailable":   "The engine %s can't work at the moment.",
	"out_of_memory": "The engine %s ran out of memory. Choose a shorter segment.",
	"cancelled":     "The engine %s stopped of its own accord.",
}

// fields are those of a request that an engine may complain of.
var fields = map[string]bool{"prompt": true, "mode": true, "duration": true, "start_time": true, "seed": true, "input_video": true}

// said turns an error of the program's into ours.
func (e *Engine) said(m message) *retake.Error {
	code, known := codes[m.Kind]
	if !known {
		code = retake.CodeEngine
	}
	text := m.Message
	if text == "" {
		sentence := sentences[m.Kind]
		if sentence == "" {
			sentence = "The engine %s failed. The server's log has the details."
		}
		text = fmt.Sprintf(sentence, e.name)
	}
	err := &retake.Error{Code: code, Message: text, RetryAfter: time.Duration(m.RetryAfter * float64(time.Second)),
		Cause: fmt.Errorf("engine %s, %s: %s", e.name, m.Kind, m.Detail)}
	if code == retake.CodeInvalid && fields[m.Field] {
		err.Field = m.Field
	}
	return err
}

// failed notes that the program did not come so far, or, with up, that it ended under a job, and returns what a job is told.
func (e *Engine) failed(far stage, err error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.failures++
	pause := longestPause
	if e.failures < 10 {
		pause = min(firstPause<<(e.failures-1), longestPause)
	}
	e.pause, e.reason, e.down = time.Now().Add(pause), err, far
	e.log.Warn("the engine failed", "error", err, "times", e.failures, "pause", pause)
	return e.unwell(err)
}

// worked forgets failures. The caller does not hold mu.
func (e *Engine) worked() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.failures, e.reason, e.pause, e.down = 0, nil, time.Time{}, up
}

// unwell is what jobs are told of a program that can't be had. The caller holds mu.
func (e *Engine) unwell(reason error) *retake.Error {
	out := &retake.Error{Code: retake.CodeUnavailable, Cause: reason, RetryAfter: max(time.Until(e.pause).Round(time.Second), time.Second),
		Message: fmt.Sprintf("The engine %s can't be started. The server's log has the details.", e.name)}
	if said, ok := errors.AsType[*retake.Error](reason); ok { // in its own words
		out.Message = said.Message
		if said.Code != retake.CodeEngine {
			out.Code = said.Code
		}
	}
	if e.cfg.WhenBroken == BrokenWaits {
		out.Code = retake.CodeOverloaded
	}
	return out
}

// crashed is what a job is told whose program ended under it.
func (e *Engine) crashed(p *process) *retake.Error {
	message := "The engine %s ended in the middle of its work. The server's log has the details."
	switch {
	case errors.Is(p.err, errStray):
		message = "The engine %s does not keep to its protocol. The server's log has the details."
	case errors.Is(p.err, errSilent):
		message = "The engine %s has stopped answering and was ended. Try again, or choose a shorter segment."
	case errors.Is(p.err, errExited) && killed(p.cmd.ProcessState):
		message = "The engine %s was ended by the system, perhaps because memory ran out. Choose a shorter segment."
	}
	return retake.Errorf(retake.CodeEngine, message, e.name).Because(p.err)
}
