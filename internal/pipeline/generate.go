package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"retake/internal/model"
	"retake/internal/retake"
)

// Fetcher downloads a clip. It is package fetch's.
type Fetcher interface {
	Fetch(ctx context.Context, address string, dst *os.File, progress func(done, total int64)) error
}

// Files finds a file of this server by name.
type Files interface {
	FileAt(ctx context.Context, namespace, repo, branch, path string) (*retake.File, error)
}

// Notes keeps what an engine wrote down with its generation, as retake.Claims does.
type Notes interface {
	Remember(ctx context.Context, id string, fence int64, note []byte) error
}

// Charges keeps what a generation has cost, as retake.Claims does.
type Charges interface {
	Charge(ctx context.Context, id string, fence int64, cost, currency string) error
}

// Models finds a model by its id.
type Models interface {
	Model(id string) (*model.Model, bool)
}

// Name is a repository file's name. Locate turns an address of this server into one, with ok false for any other
// address.
type Name struct{ Namespace, Repo, Branch, Path string }

// Generator runs generations of the service: it is the queue's runner.
type Generator struct {
	Editor  *Editor
	Models  Models
	Fetcher Fetcher
	Files   Files
	Blobs   retake.Blobs
	Locate  func(address string) (Name, bool)
	Notes   Notes   // nil: engines remember nothing
	Charges Charges // nil: costs are told with the outcome alone
	Shelf   *Shelf  // nil: takes of one request share nothing
	Log     *slog.Logger
	Now     func() time.Time
	Pause   func(retake.Phase) // nil outside tests
}

// Run carries the generation out and says how it ended. It publishes nothing itself but the bytes of the result: the
// name comes with the outcome, and counts only when the store takes it.
func (g *Generator) Run(ctx context.Context, gen *retake.Generation, progress func(retake.Progress)) retake.Outcome {
	o, err := g.run(ctx, gen, progress)
	if err == nil {
		return o
	}
	if context.Cause(ctx) == nil {
		g.Log.Warn("generation failed", "generation", gen.ID, "error", err)
	}
	o.Status, o.Error, o.ErrorCode, o.ErrorField = retake.Failed, retake.UserMessage(err), retake.CodeOf(err), retake.FieldOf(err)
	if errors.Is(err, retake.ErrCancelled) {
		o.Status = retake.Cancelled
	}
	if e, ok := errors.AsType[*retake.Error](err); ok && e.Code == retake.CodeOverloaded {
		o.Status, o.RetryAfter = retake.Queued, e.RetryAfter
	}
	return o
}

func (g *Generator) run(ctx context.Context, gen *retake.Generation, progress func(retake.Progress)) (o retake.Outcome, err error) {
	m, ok := g.Models.Model(gen.Model)
	if !ok {
		return o, retake.Errorf(retake.CodeNotFound, "Model not found: %s", gen.Model)
	}
	defer func() { err = m.Rename(err) }()
	req, err := m.Request(gen.Params)
	if err != nil {
		return o, err
	}
	if err := req.Validate(); err != nil {
		return o, err
	}
	dir, err := os.MkdirTemp(g.Editor.TempDir, "generation-")
	if err != nil {
		return o, noRoom(fmt.Errorf("work folder: %w", err))
	}
	defer os.RemoveAll(dir)

	clock := newClock(progress, g.Pause)
	clock.enter(retake.PhaseFetching)
	var with *share
	if g.Shelf != nil && gen.Request != "" {
		with = &share{g.Shelf, gen.Request}
	}
	source, release, err := g.source(ctx, gen, req.Input, dir, clock, with)
	if err != nil {
		return o, noRoom(err)
	}
	defer release()
	clock.settle()
	result := filepath.Join(dir, "result.mp4")
	if gen.Engine != "" {
		req.Engine = gen.Engine // chosen when it was asked for
	}
	edit := Edit{Request: req, Source: source, Out: result, AnyKind: true, Pause: g.Pause, Note: gen.Note, share: with}
	edit.Spent = func(cost, currency string) {
		o.Cost, o.Currency = g.charge(ctx, gen, cost, currency), currency
	}
	_, edit.Kept = g.Locate(req.Input)
	if g.Notes != nil {
		edit.Remember = func(ctx context.Context, note []byte) error { return g.Notes.Remember(ctx, gen.ID, gen.Fence, note) }
	}
	report, err := g.Editor.Edit(ctx, edit, progress)
	if report != nil {
		o.Segment, o.Warnings = &report.Segment, report.Warnings
		report.Timings["fetching"] = clock.spent["fetching"]
		if o.Report, _ = json.Marshal(report); o.Report == nil {
			return o, errors.New("the report can't be written as JSON")
		}
	}
	if err != nil {
		return o, err
	}
	clock.enter(retake.PhasePublishing)
	return g.publish(ctx, gen, result, o)
}

// charge writes down at once what a run has cost, with what earlier runs of the generation did, and returns the sum. A run that
// goes on from a note picks up a job that was charged before.
func (g *Generator) charge(ctx context.Context, gen *retake.Generation, cost, currency string) *string {
	if gen.Cost != nil && len(gen.Note) == 0 {
		cost = retake.AddCosts(*gen.Cost, cost)
	}
	if g.Charges != nil {
		if err := g.Charges.Charge(context.WithoutCancel(ctx), gen.ID, gen.Fence, cost, currency); err != nil {
			g.Log.Warn("a generation's cost is not written down yet", "generation", gen.ID, "cost", cost, "error", err)
		}
	}
	return &cost
}

// source brings the clip to a local path.
func (g *Generator) source(ctx context.Context, gen *retake.Generation, input, dir string, clock *clock, with *share) (string, func(), error) {
	if name, ok := g.Locate(input); ok {
		return g.stored(ctx, gen, name)
	}
	return shared(ctx, with, "source", dir, clock.tell, func(ctx context.Context, dir string, progress func(float64)) (string, error) {
		dst, err := os.Create(filepath.Join(dir, "source"))
		if err != nil {
			return "", err
		}
		err = g.Fetcher.Fetch(ctx, input, dst, func(done, total int64) {
			if total > 0 {
				progress(float64(done) / float64(total))
			}
		})
		return dst.Name(), errors.Join(err, dst.Close())
	})
}

// stored finds a file of this server. What belongs to somebody else is not found.
func (g *Generator) stored(ctx context.Context, gen *retake.Generation, n Name) (string, func(), error) {
	missing := &retake.Error{Code: retake.CodeNotFound, Field: "input_video",
		Message: fmt.Sprintf("There is no file %s/%s/%s in the branch %s. Upload it first.", n.Namespace, n.Repo, n.Path, n.Branch)}
	f, err := g.Files.FileAt(ctx, n.Namespace, n.Repo, n.Branch, n.Path)
	if errors.Is(err, retake.ErrNotFound) {
		return "", nil, missing
	}
	if err != nil {
		return "", nil, fmt.Errorf("find the clip: %w", err)
	}
	if !gen.MayRead(f) {
		return "", nil, missing
	}
	local, release, err := g.Blobs.LocalPath(ctx, f.Hash)
	if err != nil {
		return "", nil, fmt.Errorf("open the clip: %w", err)
	}
	return local, release, nil
}

// publish stores the result's bytes and names the file.
func (g *Generator) publish(ctx context.Context, gen *retake.Generation, result string, o retake.Outcome) (retake.Outcome, error) {
	kind := KindOf(result)
	hash, size, err := g.Blobs.PutFile(ctx, result)
	if err != nil {
		return o, fmt.Errorf("publish: %w", err)
	}
	f := &retake.File{
		Namespace: gen.TargetNamespace, Repo: gen.TargetRepo, Branch: "main",
		Hash: hash, Size: size, ContentType: contentTypes[kind], Created: g.Now(),
	}
	if f.Namespace == "" {
		f.Namespace = gen.Namespace
	}
	if f.Repo == "" {
		f.Repo = "generations"
	}
	dir := gen.TargetDirectory
	if dir == "" {
		dir = gen.Enqueued.UTC().Format(time.DateOnly)
	}
	f.Path = path.Join(strings.Trim(dir, "/"), gen.ID+kind.Extensions()[0])
	o.Status, o.File = retake.Succeeded, f
	o.ResultFile = strings.Join([]string{f.Namespace, f.Repo, "file", f.Branch, f.Path}, "/")
	return o, nil
}
