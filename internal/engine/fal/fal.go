// Package fal is fal's queue, as its public documentation describes it (fal.ai/docs, 2026-11): an upload to its storage, a job that is asked after
// at the addresses that it names itself, and a result on its content network. It stops a job that waits, and asks one that runs to stop. It has no list of jobs.
package fal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"retake/internal/engine/hosted"
	"retake/internal/retake"
)

type service struct{ model, storage string }

// Info gives what the provider takes. It runs Lightricks' own service behind its queue, of which the pictures, 73 at least, and the
// size of what is answered are known.
func (service) Info() retake.EngineInfo {
	return retake.EngineInfo{
		Title: "fal", Modes: retake.Modes(), MaxWindow: 20, MaxWidth: 1920, MaxHeight: 1080, Multiple: 8, MinFrames: 73, FixedSize: true,
		Version: "queue API, from its documentation", Needs: "a key of fal", License: "the terms of fal and of Lightricks",
	}
}

var limits = hosted.Limits{Shortest: 2, Longest: 20}

// latest is where the model's schema lets a segment start at the latest, in seconds.
const latest = 20

// Check tells of a segment outside of that, which would be refused, or charged for something else.
func (service) Check(o hosted.Order) error {
	if err := limits.Check("fal", o); err != nil {
		return err
	}
	if o.Start() > latest {
		return retake.Invalid("start_time", "fal takes segments that start within the first %d seconds of the footage it is shown.", latest)
	}
	return nil
}

type upload struct {
	URL  string `json:"upload_url"`
	File string `json:"file_url"`
}

// Upload asks the storage for a place and puts the window there.
func (s service) Upload(ctx context.Context, c *hosted.Client, o hosted.Order) (string, error) {
	var u upload
	in := map[string]string{"content_type": "video/mp4", "file_name": "window-" + o.Mark + ".mp4"}
	if err := c.JSON(ctx, http.MethodPost, s.storage+"/storage/upload/initiate?storage_type=fal-cdn-v3", in, &u); err != nil {
		return "", err
	}
	if u.URL == "" || u.File == "" {
		return "", hosted.Garbled("no place for an upload")
	}
	return u.File, c.Put(ctx, u.URL, o.File, hosted.Header{Name: "Content-Type", Value: "video/mp4"})
}

type request struct {
	Video    string      `json:"video_url"`
	Prompt   string      `json:"prompt"`
	Start    float64     `json:"start_time"`
	Duration float64     `json:"duration"`
	Mode     retake.Mode `json:"retake_mode"`
}

// ticket is a job's number and addresses. They are used as they are given: they lack the model's sub-path.
type ticket struct {
	ID       string `json:"request_id"`
	Status   string `json:"status_url"`
	Response string `json:"response_url"`
	Cancel   string `json:"cancel_url"`
}

// Submit hands the job in. It always states every field, as defaults differ between providers.
func (s service) Submit(ctx context.Context, c *hosted.Client, o hosted.Order) (string, error) {
	var t ticket
	err := c.JSON(ctx, http.MethodPost, s.model, request{Video: o.Address, Prompt: o.Job.Prompt, Start: o.Start(), Duration: limits.Duration(o), Mode: o.Job.Mode}, &t)
	if err != nil {
		return "", err
	}
	if t.ID == "" || !c.Own(t.Status) || !c.Own(t.Response) || !c.Own(t.Cancel) {
		return "", hosted.Garbled("a job without a number, or with addresses that are not the provider's")
	}
	id, err := json.Marshal(t)
	return string(id), err
}

func read(id string) (t ticket, err error) {
	if json.Unmarshal([]byte(id), &t) != nil || t.Status == "" || t.Response == "" {
		return t, hosted.Garbled("a note of a job can't be read")
	}
	return t, nil
}

// Poll asks after the job, and for its result once it is completed.
func (s service) Poll(ctx context.Context, c *hosted.Client, id string) (hosted.Status, error) {
	t, err := read(id)
	if err != nil {
		return hosted.Status{}, err
	}
	var q struct {
		Status string `json:"status"`
		Error  string `json:"error"`
		Type   string `json:"error_type"`
	}
	if err := c.JSON(ctx, http.MethodGet, t.Status, nil, &q); err != nil {
		return hosted.Status{}, err
	}
	switch q.Status {
	case "IN_QUEUE":
		return hosted.Status{State: hosted.Waiting}, nil
	case "IN_PROGRESS":
		return hosted.Status{State: hosted.Running}, nil
	case "COMPLETED":
		return s.result(ctx, c, t, q.Error)
	}
	return hosted.Status{}, hosted.Garbled(fmt.Sprintf("a job is %q", q.Status))
}

// result fetches what came of a completed job. The answer has the model's own status: a refusal with a documented body is the job's end,
// not a failed question. said is the error that the queue already named, "" for none.
func (s service) result(ctx context.Context, c *hosted.Client, t ticket, said string) (hosted.Status, error) {
	var r struct {
		Video struct {
			URL string `json:"url"`
		} `json:"video"`
	}
	err := c.JSON(ctx, http.MethodGet, t.Response, nil, &r)
	f, failed := errors.AsType[*hosted.Failure](err)
	switch {
	case err == nil && said == "" && r.Video.URL != "":
		return hosted.Status{State: hosted.Done, Result: r.Video.URL}, nil
	case failed && f.Status != http.StatusUnauthorized && f.Status != http.StatusForbidden && f.Status != http.StatusTooManyRequests && described(f.Body):
		return hosted.Status{State: hosted.Failed, Refusal: s.Explain(f.Status, f.Body)}, nil
	case said != "":
		return hosted.Status{State: hosted.Failed, Refusal: hosted.Refusal{Message: said}}, nil
	case err != nil:
		return hosted.Status{}, err
	}
	return hosted.Status{}, hosted.Garbled("a job is completed without a result")
}

// Cancel stops the job, or asks it to stop. One that has ended, or is gone, is none to stop.
func (service) Cancel(ctx context.Context, c *hosted.Client, id string) error {
	t, err := read(id)
	if err != nil {
		return err
	}
	err = c.JSON(ctx, http.MethodPut, t.Cancel, nil, nil)
	f, ok := errors.AsType[*hosted.Failure](err)
	if !ok || f.Status != http.StatusBadRequest && f.Status != http.StatusNotFound {
		return err
	}
	var said struct {
		Status string `json:"status"`
	}
	if json.Unmarshal(f.Body, &said) == nil && (said.Status == "ALREADY_COMPLETED" || said.Status == "NOT_FOUND") {
		return nil
	}
	return err
}
