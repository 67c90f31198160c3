package comfyui

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"retake/internal/engine/outside"
	"retake/internal/retake"
)

// sorted turns an error of the server's into one for the user, and leaves all others as they are.
func (e *Engine) sorted(err error) error {
	_, refused := errors.AsType[*statusError](err)
	if refused || errors.Is(err, errUnreachable) || errors.Is(err, errForeign) {
		return e.told(err)
	}
	return err
}

// told turns any error of a job into one for the user. Causes of a context and errors that are ours already stay.
func (e *Engine) told(err error) *retake.Error {
	if own, ok := errors.AsType[*retake.Error](err); ok {
		return own
	}
	say := func(code retake.Code, format string, args ...any) *retake.Error {
		return retake.Errorf(code, format, args...).Because(err)
	}
	refused, ok := errors.AsType[*statusError](err)
	switch {
	case ok:
		return e.sort(refused, say)
	case errors.Is(err, errUnreachable), errors.Is(err, context.DeadlineExceeded):
		return say(retake.CodeUnavailable, "The ComfyUI server can't be reached. Start it, or correct the setting engine.comfyui.url.")
	case errors.Is(err, errForeign):
		return say(retake.CodeEngine, "The ComfyUI server answers with something that can't be used. The server's log has the details.")
	}
	return say(retake.CodeEngine, "The engine comfyui failed. The server's log has the details.")
}

// sort says what a status means.
func (e *Engine) sort(refused *statusError, say func(retake.Code, string, ...any) *retake.Error) *retake.Error {
	switch status := refused.status; {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return say(retake.CodeEngineKey, "The ComfyUI server refuses this server. Whoever runs it can mend that with the setting engine.comfyui.headers.")
	case status >= 300 && status < 400:
		return say(retake.CodeEngine, "The ComfyUI server sends requests elsewhere, which are not followed. Set engine.comfyui.url to the final address.")
	case status == http.StatusRequestEntityTooLarge:
		return say(retake.CodeEngine, "The ComfyUI server takes no upload of that size. Choose a shorter segment, or start it with a larger --max-upload-size.")
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		o := say(retake.CodeOverloaded, "The ComfyUI server has no room at the moment.")
		o.RetryAfter = cmp.Or(refused.retryAfter, pauseWhenAway)
		return o
	case status == http.StatusNotFound:
		return say(retake.CodeEngine, "There is no ComfyUI server at that address, or the file that it made is gone. Check the setting engine.comfyui.url.")
	case status >= 500:
		return say(retake.CodeUnavailable, "The ComfyUI server is in trouble. Its own log has the details.")
	}
	return say(retake.CodeEngine, "The ComfyUI server refuses a request. The server's log has the details.")
}

// refusal reads the answer to a workflow that was not taken.
func (e *Engine) refusal(ctx context.Context, refused *statusError) error {
	var answer struct {
		Error json.RawMessage `json:"error"`
		Nodes map[string]struct {
			Class  string `json:"class_type"`
			Errors []struct {
				Type    string `json:"type"`
				Message string `json:"message"`
				Details string `json:"details"`
				Extra   struct {
					Input string `json:"input_name"`
					Value any    `json:"received_value"`
				} `json:"extra_info"`
			} `json:"errors"`
		} `json:"node_errors"`
	}
	if refused.status != http.StatusBadRequest || json.Unmarshal(refused.body, &answer) != nil {
		return refused
	}
	var whole struct{ Type, Message string }
	_ = json.Unmarshal(answer.Error, &whole)
	if whole.Type == "missing_node_type" || strings.Contains(whole.Message, "does not exist") {
		// One node is named here; the server is asked for all of them.
		if l, err := e.missing(ctx); err == nil && l.error() != nil {
			return l.error().Because(refused)
		}
		return retake.Errorf(retake.CodeUnavailable, "The ComfyUI server lacks a node of the workflow: %s", outside.Line(whole.Message, 200)).Because(refused)
	}
	var l lacks
	other := ""
	for _, n := range answer.Nodes {
		for _, err := range n.Errors {
			if err.Type == "value_not_in_list" {
				l.values = append(l.values, fmt.Sprint(err.Extra.Value))
			} else {
				other = fmt.Sprintf("%s: %s: %s", n.Class, err.Message, err.Details)
			}
		}
	}
	if lack := l.error(); lack != nil {
		if all, err := e.missing(ctx); err == nil && all.error() != nil { // of a refusal's first reason only some are named
			lack = all.error()
		}
		return lack.Because(refused)
	}
	if other == "" {
		other = whole.Message
	}
	return retake.Errorf(retake.CodeEngine, "ComfyUI refuses the workflow: %s", sentence(other)).Because(refused)
}

// failed says why a workflow ended early.
func (e *Engine) failed(why failure) *retake.Error {
	cause := fmt.Errorf("%s at %s: %s", why.Kind, why.NodeType, outside.Line(why.Message, 2000))
	text := strings.ToLower(why.Kind + " " + why.Message)
	for _, sign := range []string{"outofmemory", "out of memory", "allocation on device", "not enough memory"} {
		if strings.Contains(text, sign) {
			return retake.Errorf(retake.CodeEngine, "ComfyUI ran out of memory. Choose a shorter segment, or set engine.comfyui.max_width and max_height lower.").Because(cause)
		}
	}
	if why.NodeType == "" {
		return retake.Errorf(retake.CodeEngine, "The ComfyUI workflow failed. ComfyUI's own log has the details.").Because(cause)
	}
	return retake.Errorf(retake.CodeEngine, "The ComfyUI workflow failed at the node %s: %s", outside.Line(why.NodeType, 80), sentence(why.Message)).Because(cause)
}

// sentence is the first line of a server's text, without what looks like a path.
func sentence(text string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	words := strings.Fields(outside.Line(text, 300))
	for i, w := range words {
		if strings.ContainsAny(w, `/\`) {
			words[i] = "…"
		}
	}
	if len(words) == 0 {
		return "its log has the details."
	}
	return strings.Join(words, " ")
}
