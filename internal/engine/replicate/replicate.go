// Package replicate is Replicate's HTTP API, as its public documentation describes it (replicate.com/docs/reference/http, 2026-11): a file by
// upload, a prediction that is asked after, can be cancelled, and is found again in the list of recent ones; a result that stays for an hour.
package replicate

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"retake/internal/engine/hosted"
	"retake/internal/retake"
)

// Name is the engine's.
const Name = "replicate"

// DefaultConfig has the price that the provider names for a second.
func DefaultConfig() hosted.Config {
	c := hosted.DefaultConfig("https://api.replicate.com/v1", "lightricks/ltx-2-retake", "REPLICATE_API_TOKEN", "0.10")
	c.PollEvery = 2 * time.Second
	return c
}

// New makes the engine.
func New(cfg hosted.Config, record string, log *slog.Logger) (retake.Engine, error) {
	return hosted.New(service{model: cfg.Model}, cfg, hosted.Options{Name: Name, Scheme: "Bearer", Unit: retake.PerSecond, Currency: "USD", Record: record, Log: log})
}

type service struct{ model string }

// Info gives what the provider takes. It runs Lightricks' own service, of which the pictures, 73 at least, and the size of what is
// answered are known.
func (service) Info() retake.EngineInfo {
	return retake.EngineInfo{
		Title: "Replicate", Modes: retake.Modes(), MaxWindow: 20, MaxWidth: 1920, MaxHeight: 1080, Multiple: 8, MinFrames: 73, FixedSize: true,
		Version: "API 1, from its documentation", Needs: "a token of Replicate", License: "the terms of Replicate and of Lightricks",
	}
}

var limits = hosted.Limits{Upload: 100 << 20, Shortest: 2, Longest: 16}

// Check tells of what would be refused.
func (service) Check(o hosted.Order) error { return limits.Check("Replicate", o) }

// Upload brings the window there. Its address is the file's alone, by which the job is known again.
func (service) Upload(ctx context.Context, c *hosted.Client, o hosted.Order) (string, error) {
	var f struct {
		URLs struct {
			Get string `json:"get"`
		} `json:"urls"`
	}
	part := hosted.Part{Field: "content", Name: "window-" + o.Mark + ".mp4", Type: "video/mp4", Path: o.File}
	if err := c.Form(ctx, http.MethodPost, "files", part, nil, &f); err != nil {
		return "", err
	}
	if f.URLs.Get == "" {
		return "", hosted.Garbled("an upload without an address")
	}
	return f.URLs.Get, nil
}

type input struct {
	Video    string      `json:"video"`
	Prompt   string      `json:"prompt"`
	Start    float64     `json:"start_time"`
	Duration float64     `json:"duration"`
	Mode     retake.Mode `json:"mode"`
}

type request struct {
	Version string `json:"version,omitempty"`
	Input   input  `json:"input"`
}

type prediction struct {
	ID     string          `json:"id"`
	Status string          `json:"status"`
	Output json.RawMessage `json:"output"`
	Error  json.RawMessage `json:"error"`
	Input  json.RawMessage `json:"input"` // in the list: of any model, and so of any form
}

// Submit hands the job in: to the official model by its name, or to the version that the setting names. It always states every field, as
// defaults differ between providers.
func (s service) Submit(ctx context.Context, c *hosted.Client, o hosted.Order) (string, error) {
	r := request{Input: input{Video: o.Address, Prompt: o.Job.Prompt, Start: o.Start(), Duration: limits.Duration(o), Mode: o.Job.Mode}}
	owner, name, _ := strings.Cut(s.model, "/")
	place := "models/" + url.PathEscape(owner) + "/" + url.PathEscape(name) + "/predictions"
	if strings.Contains(s.model, ":") {
		place, r.Version = "predictions", s.model
	}
	var p prediction
	err := c.JSON(ctx, http.MethodPost, place, r, &p)
	return p.ID, err
}

// Poll asks after the job.
func (service) Poll(ctx context.Context, c *hosted.Client, id string) (hosted.Status, error) {
	var p prediction
	if err := c.JSON(ctx, http.MethodGet, "predictions/"+url.PathEscape(id), nil, &p); err != nil {
		return hosted.Status{}, err
	}
	switch p.Status {
	case "starting":
		return hosted.Status{State: hosted.Waiting}, nil
	case "processing":
		return hosted.Status{State: hosted.Running}, nil
	case "succeeded":
		if result := first(p.Output); result != "" {
			return hosted.Status{State: hosted.Done, Result: result}, nil
		}
		return hosted.Status{}, hosted.Garbled("a prediction succeeded without an output")
	case "failed", "canceled", "aborted":
		return hosted.Status{State: hosted.Failed, Refusal: end(p.Status, first(p.Error))}, nil
	}
	return hosted.Status{}, hosted.Garbled(fmt.Sprintf("a prediction is %q", p.Status))
}

// first reads a text, or the first of a list of texts.
func first(raw json.RawMessage) string {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return one
	}
	var list []string
	if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
		return list[0]
	}
	return ""
}

// end sorts the end of a prediction that brought nothing. The provider documents no field for refused content: it is known by E005, and by its words.
func end(status, said string) hosted.Refusal {
	low := strings.ToLower(said)
	switch {
	case status == "canceled":
		return hosted.Refusal{Code: retake.CodeEngine, Message: "the prediction was canceled"}
	case status == "aborted":
		return hosted.Refusal{Code: retake.CodeEngine, Message: strings.TrimSpace("the prediction was aborted before it ran. " + said)}
	case strings.Contains(said, "(E005)") || strings.Contains(low, "flagged as sensitive") || strings.Contains(low, "content_filtered"):
		return hosted.Refusal{Code: retake.CodeRefused, Message: said}
	}
	return hosted.Refusal{Code: retake.CodeEngine, Message: said}
}

// Cancel stops the prediction; of one that has ended it changes nothing.
func (service) Cancel(ctx context.Context, c *hosted.Client, id string) error {
	return c.JSON(ctx, http.MethodPost, "predictions/"+url.PathEscape(id)+"/cancel", nil, nil)
}

// pages is how many pages of the list, of 100 predictions each, are looked through.
const pages = 5

// Find looks through the recent predictions for the one that was given our upload, whose address no other has.
func (service) Find(ctx context.Context, c *hosted.Client, o hosted.Order) (string, error) {
	next := "predictions"
	if o.Address == "" {
		return "", hosted.Garbled("a job in doubt without its upload's address")
	}
	for range pages {
		var page struct {
			Next    string       `json:"next"`
			Results []prediction `json:"results"`
		}
		if err := c.JSON(ctx, http.MethodGet, next, nil, &page); err != nil {
			return "", err
		}
		if page.Results == nil {
			return "", hosted.Garbled("a list without predictions")
		}
		for _, p := range page.Results {
			var in struct {
				Video string `json:"video"`
			}
			if json.Unmarshal(p.Input, &in) == nil && in.Video == o.Address {
				return p.ID, nil
			}
		}
		if page.Next == "" {
			return "", nil
		}
		if next = page.Next; !c.Own(next) {
			return "", hosted.Garbled("the list goes on elsewhere")
		}
	}
	return "", hosted.Garbled("the list is too long to be looked through")
}

// Explain reads {"title","detail","status"}.
func (service) Explain(status int, body []byte) hosted.Refusal {
	var e struct {
		Title  string `json:"title"`
		Detail string `json:"detail"`
	}
	_ = json.Unmarshal(body, &e) // what can't be read is sorted by the status
	r := hosted.Refusal{Message: e.Detail}
	if r.Message == "" {
		r.Message = e.Title
	}
	if status == http.StatusUnprocessableEntity || status == http.StatusBadRequest {
		r.Code = retake.CodeInvalid
	}
	return r
}
