package fal

import (
	"encoding/json"
	"net/http"
	"strings"

	"retake/internal/engine/hosted"
	"retake/internal/retake"
)

// flaw is one entry of a model's error.
type flaw struct {
	Place   []any  `json:"loc"` // "body", field, …
	Message string `json:"msg"`
	Type    string `json:"type"`
}

// problem is an error's body: a model's has a list as its detail, the queue's own a sentence.
type problem struct {
	flaws []flaw
	text  string
	kind  string // error_type
}

func parse(body []byte) (p problem) {
	var b struct {
		Detail json.RawMessage `json:"detail"`
		Type   string          `json:"error_type"`
	}
	if json.Unmarshal(body, &b) != nil {
		return p // what can't be read is sorted by the status
	}
	p.kind = b.Type
	if json.Unmarshal(b.Detail, &p.flaws) != nil {
		p.flaws = nil
		_ = json.Unmarshal(b.Detail, &p.text)
	}
	return p
}

// described reports whether a body is an error as documented, rather than a proxy's page.
func described(body []byte) bool {
	p := parse(body)
	return len(p.flaws) > 0 || p.kind != ""
}

// fields are the request's, by the provider's names.
var fields = map[string]string{"prompt": "prompt", "start_time": "start_time", "duration": "duration", "retake_mode": "mode"}

// ends are types of a model's errors that are not about what was asked for.
var ends = map[string]bool{
	"internal_server_error": true, "generation_timeout": true, "downstream_service_error": true, "downstream_service_unavailable": true, "no_media_generated": true,
}

// Explain reads {"detail":[{"loc","msg","type"}]} of a model, and {"detail":"…","error_type":"…"} of the queue.
func (service) Explain(status int, body []byte) hosted.Refusal {
	p := parse(body)
	r := hosted.Refusal{Message: p.text}
	if len(p.flaws) > 0 {
		first := p.flaws[0]
		r.Message = first.Message
		switch {
		case first.Type == "content_policy_violation":
			r.Code = retake.CodeRefused
		case ends[first.Type]:
			r.Code = retake.CodeEngine
		case status == http.StatusUnprocessableEntity || status == http.StatusBadRequest:
			r.Code = retake.CodeInvalid
		}
		for _, at := range first.Place {
			if name, ok := at.(string); ok && fields[name] != "" {
				r.Field = fields[name]
			}
		}
		return r
	}
	low := strings.ToLower(p.text)
	switch {
	case status == http.StatusForbidden && (strings.Contains(low, "exhausted balance") || strings.Contains(low, "top_up")):
		r.Code = retake.CodeNoCredit
	case status == http.StatusUnprocessableEntity || status == http.StatusBadRequest && p.kind == "bad_request":
		r.Code = retake.CodeInvalid
	case p.kind != "" && status == http.StatusServiceUnavailable: // of a runner: the job was taken, and has ended
		r.Code = retake.CodeEngine
	}
	return r
}
