package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"

	"retake/internal/container"
	"retake/internal/media"
	"retake/internal/retake"
	"retake/internal/splice"
	"retake/internal/verify"
)

// Editor edits local files. It is safe for concurrent use.
type Editor struct {
	Tools   *media.Tools
	Engines []retake.Engine
	TempDir string // "" means the system's
	Config  Config
}

// Edit is one edit of a local file.
type Edit struct {
	Request retake.Request
	Source  string // path of the clip, which is only read
	Out     string // path of the result; what is there is replaced when the edit succeeds
	Kept    bool   // Source is named by its content: nobody writes to it, but its time is set when the same clip is stored again
	AnyKind bool   // the result may be another kind of file than Out's extension says
	Pause   func(retake.Phase)

	Note     []byte                                       // retake.Job's
	Remember func(ctx context.Context, note []byte) error // retake.Job's
	Agree    func(cost retake.Cost) error                 // asked before an engine gets the job that takes money, Cost "" where it's not known how much; an error ends the edit; nil agrees
	Spent    func(cost, currency string)                  // told what the job has cost so far, a decimal, whatever becomes of it; may be nil

	share *share // with other takes of the same request; nil: with none
}

// Edit makes the edit and returns the report that proves it. On error nothing is left at Out. Errors are
// *retake.Error where the user can do something about them; a result that would break the promise is an error
// with CodePromise, together with its report.
func (e *Editor) Edit(ctx context.Context, job Edit, progress func(retake.Progress)) (*retake.Report, error) {
	if job.Request.Input == "" {
		job.Request.Input = filepath.Base(job.Source)
	}
	if err := job.Request.Validate(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(e.TempDir, "edit-")
	if err != nil {
		return nil, fmt.Errorf("edit: %w", noRoom(err))
	}
	defer os.RemoveAll(dir)
	asked := ctx
	ctx, cancel := context.WithCancelCause(asked)
	defer cancel(nil)
	before, _ := os.Stat(job.Source) // what can't be looked at, nobody can probe
	r := &run{Editor: e, job: job, dir: dir, before: before, cancel: cancel, clock: newClock(progress, job.Pause)}
	defer r.close()
	if err := r.steps(ctx); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause // what failed first, or why it was stopped, rather than what failed because of it
		}
		if changed := r.checkSource(); changed != nil && asked.Err() == nil { // which is why, more likely than not
			err = changed.Because(err)
		}
		return r.report, noRoom(err)
	}
	return r.report, nil
}

// run is one edit under way.
type run struct {
	*Editor
	job    Edit
	dir    string
	before os.FileInfo // of the clip's file, nil where there is none
	cancel context.CancelCauseFunc
	clock  *clock

	info     *media.Info // of the clip as it was sent
	path     string      // of what src is opened from
	src      *splice.Source
	reasons  []string // what could not be kept
	recoded  bool     // whole tracks were re-encoded
	damaged  bool     // the clip's file is not as its format has it
	engine   retake.Engine
	segment  retake.Segment // as really edited
	plan     splice.Plan
	footage  *footage
	take     *retake.Take
	made     float64 // how much of the engine's phase is over when it answers: 0 for one that works as it is read
	seed     int64
	warnings []string
	report   *retake.Report
	parts    []*splice.Part
	charged  atomic.Bool
	shared   []func() // end the use of what other takes share
}

func (r *run) close() {
	for _, p := range r.parts {
		p.Close()
	}
	if r.footage != nil && r.footage.seen != nil {
		r.footage.seen.close()
	}
	if r.src != nil {
		r.src.Close()
	}
	for _, release := range r.shared {
		release()
	}
}

// steps is the whole edit, in its order.
func (r *run) steps(ctx context.Context) error {
	r.clock.enter(retake.PhaseProbing)
	if err := r.probe(ctx); err != nil {
		return err
	}
	if err := r.checkName(); err != nil {
		return err
	}
	if err := r.planSegment(ctx); err != nil {
		return err
	}
	out := filepath.Join(r.dir, "result"+filepath.Ext(r.job.Out))
	if err := r.make(ctx, out); err != nil {
		_, told := errors.AsType[*retake.Error](err)
		if !told && errors.Is(err, container.ErrMalformed) { // tables may be sound, and what they stand for not
			return undecodable(err)
		}
		return err
	}
	r.clock.enter(retake.PhaseVerifying)
	if err := r.verify(ctx, out); err != nil {
		return err
	}
	if changed := r.checkSource(); changed != nil {
		return changed
	}
	return moveFile(out, r.job.Out)
}

// checkSource returns an error when the clip is no longer the file that it was: what was read of it does not belong together.
func (r *run) checkSource() *retake.Error {
	if r.before == nil {
		return nil
	}
	now, err := os.Stat(r.job.Source)
	if err == nil && os.SameFile(r.before, now) && r.before.Size() == now.Size() && (r.job.Kept || r.before.ModTime().Equal(now.ModTime())) {
		return nil
	}
	return (&retake.Error{Code: retake.CodeUnreadable, Field: "input_video",
		Message: "The clip was changed or removed while it was being edited, so nothing was written. Try again when nobody writes to it."}).Because(err)
}

// planSegment settles which frames are replaced and by which engine.
func (r *run) planSegment(ctx context.Context) error {
	req, v := r.job.Request, r.src.Video
	var err error
	if r.segment, r.plan, err = settleSegment(v.Timeline, r.src.Duration(), v.Start, req); err != nil {
		return err
	}
	if err := checkSound(r.src.Audio, r.segment, req.Mode); err != nil {
		return err
	}
	if r.engine, err = r.pick(ctx, req); err != nil {
		return err
	}
	r.seed = seedFor(req)
	return nil
}

// verify holds the result against the original, as anybody could.
func (r *run) verify(ctx context.Context, out string) error {
	req := r.job.Request
	opt := verify.Options{Segment: r.segment, Mode: req.Mode, AudioTrack: req.Track, AllowReencode: r.recoded, Explained: r.recoded}
	if !r.recoded && r.footage.seen != nil {
		opt.Reference = r.footage.seen
	}
	report, err := verify.Files(ctx, r.Tools, r.job.Source, out, opt)
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	report.Reasons = append(r.reasons, report.Reasons...)
	report.Engine, report.Seed = r.engine.Info().Name, r.seed
	report.Segment = r.segment
	report.Warnings = append(r.warnings, report.Warnings...)
	if r.take != nil {
		report.Reading, report.Plan = r.take.Reading.Sentence, r.take.Reading.Plan
	}
	report.Timings = r.clock.timings()
	r.report = report
	if !report.Holds && r.damaged { // what ffmpeg couldn't read is missing from the result
		return (&retake.Error{Code: retake.CodeUnreadable, Field: "input_video",
			Message: "The clip is damaged: a part of it can't be read. Export it again, or repair it, and try once more."}).
			Because(fmt.Errorf("violations: %q", report.Violations))
	}
	if !report.Holds {
		return retake.Errorf(retake.CodePromise,
			"The result was thrown away, because it would have changed the clip outside the segment. Please report this with the clip, if you can.").
			Because(fmt.Errorf("violations: %q", report.Violations))
	}
	return nil
}
