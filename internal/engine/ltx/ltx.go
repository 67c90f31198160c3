// Package ltx is the LTX API of Lightricks, as its public documentation describes it (docs.ltx.video, version 2, 2026-08): upload, a job that is
// asked after, a result that stays for 24 hours. It can't cancel a job, and has no list of them.
package ltx

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"retake/internal/engine/hosted"
	"retake/internal/retake"
)

// Name is the engine's.
const Name = "ltx"

// DefaultConfig has the price that the provider names for a second of what is sent.
func DefaultConfig() hosted.Config {
	c := hosted.DefaultConfig("https://api.ltx.video", "ltx-2-3-pro", "LTX_API_KEY", "0.10")
	c.PollEvery = 5 * time.Second
	return c
}

// New makes the engine.
func New(cfg hosted.Config, record string, log *slog.Logger) (retake.Engine, error) {
	return hosted.New(service{model: cfg.Model}, cfg, hosted.Options{Name: Name, Scheme: "Bearer", Unit: retake.PerSecond, Currency: "USD", Record: record, Log: log})
}

type service struct{ model string }

// Info gives what the provider takes: at least 73 pictures, at most 20 s. What it answers always is of 1920×1080 or 1080×1920, so
// that is what it is shown.
func (service) Info() retake.EngineInfo {
	return retake.EngineInfo{
		Title: "LTX API", Modes: retake.Modes(), MaxWindow: 20, MaxWidth: 1920, MaxHeight: 1080, Multiple: 8, MinFrames: 73, FixedSize: true,
		Version: "API 2, from its documentation", Needs: "a key of the LTX API", License: "the terms of the LTX API",
	}
}

var limits = hosted.Limits{Upload: 100 << 20, Shortest: 2}

// Check tells of what would be refused.
func (service) Check(o hosted.Order) error { return limits.Check("the LTX API", o) }

type upload struct {
	URL     string            `json:"upload_url"`
	URI     string            `json:"storage_uri"`
	Headers map[string]string `json:"required_headers"`
}

// Upload asks for a place and puts the window there.
func (service) Upload(ctx context.Context, c *hosted.Client, o hosted.Order) (string, error) {
	var u upload
	if err := c.JSON(ctx, http.MethodPost, "v1/upload", nil, &u); err != nil {
		return "", err
	}
	if u.URL == "" || u.URI == "" {
		return "", hosted.Garbled("no place for an upload")
	}
	header := []hosted.Header{{Name: "Content-Type", Value: "video/mp4"}}
	for k, v := range u.Headers {
		header = append(header, hosted.Header{Name: k, Value: v})
	}
	return u.URI, c.Put(ctx, u.URL, o.File, header...)
}

type request struct {
	Video      string      `json:"video_uri"`
	Start      float64     `json:"start_time"`
	Duration   float64     `json:"duration"`
	Prompt     string      `json:"prompt"`
	Mode       retake.Mode `json:"mode"`
	Resolution string      `json:"resolution"`
	Model      string      `json:"model"`
}

type apiError struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

type job struct {
	ID     string `json:"id"`
	Status string `json:"status"`
	Result struct {
		Video string `json:"video_url"`
	} `json:"result"`
	Error apiError `json:"error"`
}

// Submit hands the job in. It always states every field, as defaults differ between providers.
func (s service) Submit(ctx context.Context, c *hosted.Client, o hosted.Order) (string, error) {
	p := o.Job.Window.Picture
	r := request{Video: o.Address, Start: o.Start(), Duration: limits.Duration(o), Prompt: o.Job.Prompt, Mode: o.Job.Mode, Resolution: "1920x1080", Model: s.model}
	if p.Height > p.Width {
		r.Resolution = "1080x1920"
	}
	var j job
	err := c.JSON(ctx, http.MethodPost, "v2/retake", r, &j)
	return j.ID, err
}

// Poll asks after the job.
func (service) Poll(ctx context.Context, c *hosted.Client, id string) (hosted.Status, error) {
	var j job
	if err := c.JSON(ctx, http.MethodGet, "v2/retake/"+url.PathEscape(id), nil, &j); err != nil {
		return hosted.Status{}, err
	}
	switch j.Status {
	case "pending":
		return hosted.Status{State: hosted.Waiting}, nil
	case "processing":
		return hosted.Status{State: hosted.Running}, nil
	case "completed":
		if j.Result.Video == "" {
			return hosted.Status{}, hosted.Garbled("a job is done without a result")
		}
		return hosted.Status{State: hosted.Done, Result: j.Result.Video}, nil
	case "failed":
		return hosted.Status{State: hosted.Failed, Refusal: refusal(j.Error)}, nil
	}
	return hosted.Status{}, hosted.Garbled(fmt.Sprintf("a job is %q", j.Status))
}

// codes are the provider's types of errors.
var codes = map[string]retake.Code{
	"invalid_request_error":    retake.CodeInvalid,
	"authentication_error":     retake.CodeEngineKey,
	"insufficient_funds_error": retake.CodeNoCredit,
	"content_filtered_error":   retake.CodeRefused,
	"rate_limit_error":         retake.CodeOverloaded,
	"concurrency_limit_error":  retake.CodeOverloaded,
	"overloaded_error":         retake.CodeOverloaded,
	"service_unavailable":      retake.CodeOverloaded,
}

func refusal(e apiError) hosted.Refusal {
	return hosted.Refusal{Code: codes[e.Type], Message: e.Message}
}

// Explain reads {"type":"error","error":{"type","message"}}. The provider documents 500 and 503 as to be tried again.
func (service) Explain(status int, body []byte) hosted.Refusal {
	var e struct {
		Error apiError `json:"error"`
	}
	_ = json.Unmarshal(body, &e) // what can't be read is sorted by the status
	r := refusal(e.Error)
	if r.Code == "" && status == http.StatusInternalServerError && e.Error.Type != "" {
		r.Code = retake.CodeOverloaded
	}
	r.NotTaken = e.Error.Type != "" && (status == http.StatusInternalServerError || status == http.StatusServiceUnavailable || status == 529)
	return r
}
