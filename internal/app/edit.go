package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"retake/internal/client"
	"retake/internal/config"
	"retake/internal/engine"
	"retake/internal/fetch"
	"retake/internal/pipeline"
	"retake/internal/retake"
)

// EditJob is an edit of one clip outside the queue.
type EditJob struct {
	Request retake.Request          // Input is a local path or an address
	Out     string                  // "" names the result after the input
	Replace bool                    // Out may be there already
	Remote  *Remote                 // nil: in this process
	Agree   func(retake.Cost) error // is asked before an engine gets the job that takes money, Cost "" where it isn't known how much; its error ends the edit; nil agrees

	unnamed bool
}

// Remote is the server that does the edit.
type Remote struct{ Server, Key, Namespace, Model string }

// EditResult is what came of it. A promise that did not hold has a report, too, beside the error.
type EditResult struct {
	File         string
	GenerationID string // of a server
	Report       *retake.Report
	Cost         string // decimal, "" for none; there also beside an error
	Currency     string // of Cost, "" where it is not known
}

// Edit makes an edit, here or on a server. Cancelling ctx leaves nothing behind, neither here nor there.
func Edit(ctx context.Context, cfg config.Config, job EditJob, progress func(retake.Progress)) (EditResult, error) {
	if job.unnamed = job.Out == ""; job.unnamed {
		job.Out = defaultOutput(job.Request.Input)
	}
	out, err := createOutput(job.Out, job.Replace, job.Request.Input)
	if err != nil {
		return EditResult{}, err
	}
	defer out.discard()
	var r EditResult
	if job.Remote != nil {
		r, err = editRemote(ctx, job, out, progress)
	} else {
		r, err = editHere(ctx, cfg, job, out, progress)
	}
	if err == nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return r, fullDisk(err)
	}
	if job.unnamed {
		out.rename()
	}
	r.File = out.path
	return r, out.keep()
}

func editRemote(ctx context.Context, job EditJob, out *output, progress func(retake.Progress)) (EditResult, error) {
	c, err := client.New(job.Remote.Server, job.Remote.Key)
	if err != nil {
		return EditResult{}, err
	}
	defer c.Close()
	r, err := c.Edit(ctx, client.Job{
		Model: job.Remote.Model, Namespace: job.Remote.Namespace, Request: job.Request, Agree: job.Agree,
	}, out.temp, progress)
	if r == nil {
		return EditResult{}, err
	}
	return EditResult{GenerationID: r.GenerationID, Report: r.Report, Cost: r.Cost, Currency: r.Currency}, err
}

func editHere(ctx context.Context, cfg config.Config, job EditJob, out *output, progress func(retake.Progress)) (r EditResult, err error) {
	work, err := newWorkFolder()
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, work.remove()) }()
	editor, err := newEditor(cfg, work.path)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, engine.Close(editor.Engines)) }()
	if err := knownEngines(cfg.Models, editor.Engines); err != nil {
		return r, err
	}
	if prefer := cfg.Models.Prefer; job.Request.Engine == "" && len(prefer) > 0 { // as on a server, and no other in its place
		job.Request.Engine = prefer[0]
	}
	source := job.Request.Input
	if IsAddress(source) {
		if source, err = fetchClip(ctx, cfg.Fetch, source, work.path, progress); err != nil {
			return r, err
		}
	}
	edit := pipeline.Edit{Request: job.Request, Source: source, Out: out.temp.Name(), AnyKind: job.unnamed, Agree: job.Agree}
	var spent sync.Mutex // engines tell from whichever goroutine charges
	edit.Spent = func(cost, currency string) {
		spent.Lock()
		defer spent.Unlock()
		r.Cost, r.Currency = cost, currency
	}
	r.Report, err = editor.Edit(ctx, edit, progress)
	if err != nil {
		return r, err
	}
	return r, out.reopen()
}

// fetchShare is the part of the whole that a download counts as.
const fetchShare = 0.04

func fetchClip(ctx context.Context, cfg fetch.Config, address, dir string, progress func(retake.Progress)) (string, error) {
	f, err := os.Create(filepath.Join(dir, "source"+sourceExt(address)))
	if err != nil {
		return "", err
	}
	err = fetch.New(cfg).Fetch(ctx, address, f, func(done, total int64) {
		p := retake.Progress{Phase: retake.PhaseFetching, ETA: -1}
		if total > 0 {
			p.Fraction = fetchShare * float64(done) / float64(total)
		}
		progress(p)
	})
	return f.Name(), errors.Join(err, f.Close())
}

// sourceExt keeps the extension for the sake of file formats that are told by it; ffmpeg reads most from the content.
func sourceExt(address string) string {
	address, _, _ = strings.Cut(address, "?")
	switch ext := strings.ToLower(filepath.Ext(address)); ext {
	case ".mp4", ".mov", ".mkv", ".webm", ".m4v":
		return ext
	}
	return ""
}
