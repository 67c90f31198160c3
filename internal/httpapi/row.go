package httpapi

import (
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"slices"
	"time"

	"retake/internal/retake"
)

// row is a generation as the queue shows it. The request's own parameters follow at the same level.
type row struct {
	GenerationID    string  `json:"generation_id"`
	ModelName       string  `json:"model_name"`
	Prompt          string  `json:"prompt"`
	MediaType       string  `json:"media_type"`
	Status          string  `json:"status"`
	ResultURL       *string `json:"result_url"`
	ResultSize      *int64  `json:"result_size"`
	ErrorMessage    *string `json:"error_message"`
	ErrorType       *string `json:"error_type"`
	ErrorField      *string `json:"error_field"`
	EnqueuedAt      int64   `json:"enqueued_at"`
	StartedAt       *int64  `json:"started_at"`
	CompletedAt     *int64  `json:"completed_at"`
	TargetNamespace *string `json:"target_namespace"`
	TargetRepo      *string `json:"target_repo"`
	TargetDirectory *string `json:"target_directory"`

	Progress      float64         `json:"progress"`
	Phase         *string         `json:"phase"`
	ETASeconds    *float64        `json:"eta_seconds"`
	QueuePosition *int            `json:"queue_position"`
	Segment       *retake.Segment `json:"segment"`
	Report        json.RawMessage `json:"report"`
	Engine        *string         `json:"engine"`
	RequestID     *string         `json:"request_id"`
	Warnings      []string        `json:"warnings"`
	Waiting       *waiting        `json:"waiting"`
}

// waiting says why a queued generation waits for more than its turn.
type waiting struct {
	Reason string `json:"reason"`
	Until  int64  `json:"until"` // unix seconds, 0 when nobody knows
	Times  int    `json:"times"`
}

// billing is what the generations routes add to a row.
type billing struct {
	Cost     *string `json:"cost"`
	Currency *string `json:"currency"`
	Username string  `json:"username"`
}

const mediaVideo = "video"

// reserved are the keys of a row that no parameter may take.
var reserved = map[string]bool{
	"generation_id": true, "model_name": true, "prompt": true, "media_type": true, "status": true, "result_url": true, "result_size": true,
	"error_message": true, "error_type": true, "error_field": true, "enqueued_at": true, "started_at": true, "completed_at": true, "target_namespace": true,
	"target_repo": true, "target_directory": true, "progress": true, "phase": true, "eta_seconds": true,
	"queue_position": true, "segment": true, "report": true, "engine": true, "warnings": true, "waiting": true,
	"request_id": true, "cost": true, "currency": true, "username": true, "user_id": true, "user_image": true, "model": true,
}

func (s *Server) row(base string, g *retake.Generation, position *int) row {
	r := row{
		GenerationID: g.ID, ModelName: g.Model, Prompt: g.Prompt, MediaType: mediaVideo, Status: string(g.Status),
		ResultURL: s.linkTo(base, g.ResultFile), ResultSize: sizeOrNull(g.ResultSize), ErrorMessage: orNull(g.Error), ErrorType: orNull(string(g.ErrorCode)),
		ErrorField: orNull(g.ErrorField),
		EnqueuedAt: g.Enqueued.Unix(), StartedAt: unixOrNull(g.Started), CompletedAt: unixOrNull(g.Completed),
		TargetNamespace: orNull(g.TargetNamespace), TargetRepo: orNull(g.TargetRepo), TargetDirectory: orNull(g.TargetDirectory),
		Progress: fraction(g.Progress.Fraction), QueuePosition: position, Segment: g.Segment, Report: json.RawMessage(g.Report),
		Engine: orNull(g.Engine), RequestID: orNull(g.Request), Warnings: g.Warnings,
	}
	if r.Warnings == nil {
		r.Warnings = []string{}
	}
	if len(r.Report) == 0 {
		r.Report = nil
	}
	switch g.Status {
	case retake.Queued:
		r.Waiting = s.waits(g)
	case retake.Succeeded:
		r.Progress = 1
	case retake.Processing:
		r.Phase = orNull(string(g.Progress.Phase))
		if r.Phase != nil {
			r.ETASeconds = etaOrNull(g.Progress.ETA) // before the worker has told anything, the store has 0
		}
	}
	return r
}

// waits says what a queued generation waits for besides its turn: an engine that had no room for it, or for another, or one that
// is not there any more. The last is not failed: it may run, and be paid for, elsewhere, and be picked up once the engine is back.
func (s *Server) waits(g *retake.Generation) *waiting {
	switch {
	case g.Engine != "" && s.engines.installed[g.Engine] == nil:
		return &waiting{Reason: "The engine " + g.Engine + " is not on this server any more. Whoever runs the server can bring it back; or cancel this and ask for another engine.", Times: g.Waits}
	case !g.WaitUntil.IsZero():
		return &waiting{Reason: g.WaitReason, Until: g.WaitUntil.Unix(), Times: g.Waits}
	}
	if until := s.queue.Paused(g.Engine); until.After(s.now()) {
		return &waiting{Reason: "The engine " + g.Engine + " had no room for another take and is left alone for a while.", Until: until.Unix()}
	}
	return nil
}

// encodeRow appends the row with its parameters to e. extra is nil or more fixed keys.
func (s *Server) encodeRow(e *encoder, base string, g *retake.Generation, position *int, extra any) error {
	if err := e.value(s.row(base, g, position)); err != nil {
		return err
	}
	if extra != nil {
		if err := e.join(func() error { return e.value(extra) }); err != nil {
			return err
		}
	}
	e.buf.Truncate(e.buf.Len() - 1) // the closing brace
	for _, name := range slices.Sorted(maps.Keys(g.Params)) {
		if reserved[name] {
			continue
		}
		e.buf.WriteByte(',')
		if err := e.value(name); err != nil {
			return err
		}
		e.buf.WriteByte(':')
		if err := e.value(g.Params[name]); err != nil {
			return err
		}
	}
	e.buf.WriteByte('}')
	return nil
}

// join appends the members of the object that write appends to the object at the buffer's end.
func (e *encoder) join(write func() error) error {
	seam := e.buf.Len() - 1
	if err := write(); err != nil {
		return err
	}
	b := e.buf.Bytes()
	b[seam] = ','
	copy(b[seam+1:], b[seam+2:])
	e.buf.Truncate(e.buf.Len() - 1)
	return nil
}

// sendRow answers with one row.
func (s *Server) sendRow(x *exchange, status int, g *retake.Generation) error {
	position, err := s.position(x, g)
	if err != nil {
		return err
	}
	e := borrowEncoder()
	defer e.release()
	if err := s.encodeRow(e, s.base(x), g, position, nil); err != nil {
		return err
	}
	if status == http.StatusAccepted {
		x.Header().Set("Location", "/api/ai/queue/"+g.ID)
	}
	return x.send(status, jsonType, e.buf.Bytes())
}

// position counts who is served before a queued generation; nil for any other.
func (s *Server) position(x *exchange, g *retake.Generation) (*int, error) {
	if g.Status != retake.Queued {
		return nil, nil
	}
	n, err := s.store.QueuePosition(x.r.Context(), g.ID)
	if err != nil {
		return nil, err
	}
	return &n, nil
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func unixOrNull(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	u := t.Unix()
	return &u
}

func sizeOrNull(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}

// fraction rounds a progress to a thousandth, within 0 and 1.
func fraction(f float64) float64 {
	if math.IsNaN(f) {
		return 0
	}
	return math.Round(math.Min(1, math.Max(0, f))*1000) / 1000
}

// etaOrNull rounds seconds left to a tenth; nil when unknown.
func etaOrNull(eta float64) *float64 {
	if !(eta >= 0) || math.IsInf(eta, 0) {
		return nil
	}
	eta = math.Round(eta*10) / 10
	return &eta
}
