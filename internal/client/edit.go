package client

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"retake/internal/retake"
)

// uploads is the repository that clips wait in while they are edited.
const uploads = "uploads"

// Job is an edit to have done.
type Job struct {
	Model     string
	Namespace string // of the key; where an upload goes
	Request   retake.Request
	Agree     func(retake.Cost) error // is asked before a job is queued that costs money, Cost "" where it isn't known how much; its error ends the edit; nil agrees
}

// Result is what came of it.
type Result struct {
	GenerationID string
	Report       *retake.Report
	Segment      *retake.Segment
	Warnings     []string
	Cost         string // decimal, "" for none; there also where the generation failed
	Currency     string // of Cost, "" where it is not known
	Bytes        int64
}

// Edit has the server do the job and writes the edited clip to out. Request.Input is a local path unless it is an
// address (http, https, data) or a file of the server. Cancelling ctx cancels the generation, too, and whatever
// happens the upload is taken back.
func (c *Client) Edit(ctx context.Context, job Job, out io.Writer, progress func(retake.Progress)) (*Result, error) {
	names, err := c.names(ctx, job.Model)
	if err != nil {
		return nil, fmt.Errorf("look up model: %w", err)
	}
	input := job.Request.Input
	if !isAddress(input) {
		ref, err := c.upload(ctx, job.Namespace, input)
		if err != nil {
			return nil, fmt.Errorf("upload: %w", err)
		}
		defer c.remove(ctx, ref)
		input = ref
	}
	if err := c.agree(ctx, job, names, input); err != nil {
		return nil, err
	}
	id, err := c.enqueue(ctx, job, names, input)
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	row, err := c.wait(ctx, id, progress)
	if err != nil {
		if ctx.Err() != nil {
			c.remove(ctx, "/api/ai/queue/"+id)
		}
		return nil, fmt.Errorf("wait: %w", err)
	}
	r := &Result{GenerationID: id, Report: row.Report, Segment: row.Segment, Warnings: row.Warnings}
	r.Cost, r.Currency = c.cost(ctx, id)
	if err := row.failure(); err != nil {
		return r, err
	}
	r.Bytes, err = c.download(ctx, row.ResultURL, out)
	if err != nil {
		return r, fmt.Errorf("download: %w", err)
	}
	return r, nil
}

// cost asks what a generation cost, which rows of the queue don't tell. Nothing depends on the answer.
func (c *Client) cost(ctx context.Context, id string) (cost, currency string) {
	var answer struct {
		Generation retake.Cost `json:"generation"`
	}
	if err := c.call(ctx, http.MethodGet, "/api/ai/generations/"+url.PathEscape(id), nil, nil, &answer); err != nil || !retake.IsDecimal(answer.Generation.Cost) {
		return "", ""
	}
	return answer.Generation.Cost, answer.Generation.Currency
}

func isAddress(input string) bool {
	for _, scheme := range []string{"http://", "https://", "data:", "/api/repos/"} {
		if len(input) >= len(scheme) && strings.EqualFold(input[:len(scheme)], scheme) {
			return true
		}
	}
	return false
}

// upload puts the file into a folder of its own, so that two edits of clips of one name don't meet.
func (c *Client) upload(ctx context.Context, namespace, path string) (ref string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	ref = "/api/repos/" + url.PathEscape(namespace) + "/" + uploads + "/file/main/" + rand.Text() + "/" + url.PathEscape(filepath.Base(path))
	req, err := c.request(ctx, http.MethodPut, ref, f)
	if err != nil {
		return "", err
	}
	req.ContentLength = info.Size()
	req.Header.Set("Content-Type", "application/octet-stream")
	resp, err := c.send(req)
	if err != nil {
		if ctx.Err() != nil {
			c.remove(ctx, ref) // the server may have had all of it
		}
		return "", err
	}
	return ref, resp.Body.Close()
}

// remove deletes what the edit left on the server, even when ctx is over.
func (c *Client) remove(ctx context.Context, ref string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	// Nothing depends on it: a server that is gone keeps the upload, as any upload.
	_ = c.call(ctx, http.MethodDelete, ref, nil, nil, nil)
}

// names asks what the model calls its parameters. Those it doesn't tell have the names of the first model.
func (c *Client) names(ctx context.Context, model string) (func(string) string, error) {
	var answer struct {
		Schema struct {
			Properties map[string]struct {
				Role string `json:"x-role"`
			} `json:"properties"`
		} `json:"request_schema"`
	}
	if err := c.call(ctx, http.MethodGet, "/api/ai/models/"+url.PathEscape(model), nil, nil, &answer); err != nil {
		return nil, err
	}
	own := map[string]string{}
	for name, p := range answer.Schema.Properties {
		own[p.Role] = name
	}
	return func(role string) string { return cmp.Or(own[role], role) }, nil
}

// agree asks whether the job may cost what the server expects. A server that doesn't plan, such as the hub, isn't asked.
func (c *Client) agree(ctx context.Context, job Job, name func(string) string, input string) error {
	if job.Agree == nil {
		return nil
	}
	var plan retake.Preview
	err := c.call(ctx, http.MethodPost, "/api/ai/plan", nil, parameters(job, name, input), &plan)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if r, ok := errors.AsType[refusal](err); ok && (r.status == http.StatusNotFound || r.status == http.StatusMethodNotAllowed) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("ask what it costs: %w", err)
	}
	if plan.Estimate == nil { // what is wrong with the request, queueing it tells
		return nil
	}
	for _, e := range plan.Estimate.Engines {
		if e.State == retake.Free {
			continue
		}
		var cost retake.Cost
		if e.Cost != nil && e.Currency != nil {
			cost = retake.Cost{Cost: *e.Cost, Currency: *e.Currency}
		}
		if err := job.Agree(cost); err != nil {
			return err
		}
	}
	return nil
}

// parameters is the body of a request.
func parameters(job Job, name func(string) string, input string) map[string]any {
	r := job.Request
	body := map[string]any{
		"model": job.Model, name("prompt"): r.Prompt, name("input_video"): input,
		name("start_time"): r.Start, name("duration"): r.Duration, name("mode"): r.Mode,
	}
	if r.Seed != nil {
		body["seed"] = *r.Seed
	}
	if r.Track != 0 {
		body["audio_track"] = r.Track
	}
	if r.Bridge != "" {
		body["bridge"] = r.Bridge
	}
	if r.Engine != "" {
		body["engine"] = r.Engine
	}
	return body
}

func (c *Client) enqueue(ctx context.Context, job Job, name func(string) string, input string) (string, error) {
	var answer struct {
		Generations []struct {
			ID string `json:"generation_id"`
		} `json:"generations"`
	}
	header := http.Header{"Prefer": {"handling=strict"}}
	if err := c.call(ctx, http.MethodPost, "/api/ai/queue", header, parameters(job, name, input), &answer); err != nil {
		return "", err
	}
	if len(answer.Generations) == 0 || answer.Generations[0].ID == "" {
		return "", fmt.Errorf("%w: it took the edit and gave no id for it", ErrUnreachable)
	}
	return answer.Generations[0].ID, nil
}

// row is the part of a generation that an edit needs.
type row struct {
	Status    retake.Status   `json:"status"`
	ResultURL string          `json:"result_url"`
	Error     string          `json:"error_message"`
	ErrorCode retake.Code     `json:"error_type"`
	Phase     retake.Phase    `json:"phase"`
	Progress  float64         `json:"progress"`
	ETA       *float64        `json:"eta_seconds"`
	Report    *retake.Report  `json:"report"`
	Segment   *retake.Segment `json:"segment"`
	Warnings  []string        `json:"warnings"`
}

// Failure is a generation that ended without a result.
type Failure struct {
	Status  retake.Status
	Message string
}

func (f *Failure) Error() string {
	if f.Status == retake.Cancelled {
		return "the generation was cancelled on the server"
	}
	return f.Message
}

func (r *row) failure() error {
	switch {
	case r.Status == retake.Succeeded:
		return nil
	case r.Status == retake.Failed && r.ErrorCode != "":
		return retake.Errorf(r.ErrorCode, "%s", r.Error)
	default:
		return &Failure{Status: r.Status, Message: r.Error}
	}
}

func (r *row) show(progress func(retake.Progress)) {
	p := retake.Progress{Phase: r.Phase, Fraction: r.Progress, ETA: -1}
	if p.Phase == "" {
		p.Phase = retake.Phase(r.Status)
	}
	if r.ETA != nil {
		p.ETA = *r.ETA
	}
	progress(p)
}

// wait follows the generation to its end.
func (c *Client) wait(ctx context.Context, id string, progress func(retake.Progress)) (*row, error) {
	var last *row
	look := func() (bool, error) {
		now := &row{}
		if err := c.call(ctx, http.MethodGet, "/api/ai/queue/"+id, nil, nil, now); err != nil {
			return false, err
		}
		last = now
		if !now.Status.Ended() {
			now.show(progress)
		}
		return now.Status.Ended(), nil
	}
	err := c.follow(ctx, look, func(e Event) bool {
		var about struct {
			ID string `json:"generation_id"`
			row
		}
		if json.Unmarshal([]byte(e.Data), &about) != nil || about.ID != id {
			return true
		}
		switch e.Name {
		case retake.EventProgress:
			about.Status = retake.Processing
			about.row.show(progress)
		case retake.EventCompleted, retake.EventCancelled, retake.EventDeleted:
			return false
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	if last != nil && last.Status.Ended() {
		return last, nil
	}
	// The event says only that it ended; the row has the report and a fresh address.
	switch ended, err := look(); {
	case err != nil:
		return nil, err
	case !ended:
		return nil, fmt.Errorf("%w: it told of an end that its row does not have", ErrUnreachable)
	}
	return last, nil
}

func (c *Client) download(ctx context.Context, ref string, out io.Writer) (int64, error) {
	req, err := c.request(ctx, http.MethodGet, ref, nil)
	if err != nil {
		return 0, err
	}
	resp, err := c.send(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	n, err := io.Copy(out, resp.Body)
	switch {
	case err != nil && ctx.Err() != nil:
		return n, context.Cause(ctx)
	case err != nil:
		return n, err
	case resp.ContentLength >= 0 && n != resp.ContentLength:
		return n, fmt.Errorf("%w: the download broke off", ErrUnreachable)
	}
	return n, nil
}
