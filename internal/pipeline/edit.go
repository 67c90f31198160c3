package pipeline

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

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
	AnyKind bool   // the result may be another kind of file than Out's extension says
	Pause   func(retake.Phase)

	Note     []byte                                       // retake.Job's
	Remember func(ctx context.Context, note []byte) error // retake.Job's
	Spent    func(cost string)                            // told what the engine took for its answer, whatever becomes of it; may be nil
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
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := &run{Editor: e, job: job, dir: dir, cancel: cancel, clock: newClock(progress, job.Pause)}
	defer r.close()
	if err := r.steps(ctx); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause // what failed first, or why it was stopped, rather than what failed because of it
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
	cancel context.CancelCauseFunc
	clock  *clock

	info     *media.Info // of the clip as it was sent
	path     string      // of what src is opened from
	src      *splice.Source
	reasons  []string // what could not be kept
	recoded  bool     // whole tracks were re-encoded
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
		return err
	}
	r.clock.enter(retake.PhaseVerifying)
	if err := r.verify(ctx, out); err != nil {
		return err
	}
	return moveFile(out, r.job.Out)
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
	opt := verify.Options{Segment: r.segment, Mode: req.Mode, AudioTrack: req.Track, AllowReencode: r.recoded}
	if !r.recoded && r.footage.seen != nil {
		opt.Reference = r.footage.seen
	}
	report, err := verify.Files(ctx, r.Tools, r.job.Source, out, opt)
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	if r.recoded { // of whole tracks we know better than can be seen from outside
		seen := slices.DeleteFunc(report.Reasons, func(s string) bool {
			return strings.HasPrefix(s, "All pictures were") || strings.HasPrefix(s, "All sound was")
		})
		report.Reasons = append(r.reasons, seen...)
	}
	report.Engine, report.Seed = r.engine.Info().Name, r.seed
	report.Segment = r.segment
	report.Warnings = append(r.warnings, report.Warnings...)
	if r.take != nil {
		report.Reading = r.take.Reading.Sentence
	}
	report.Timings = r.clock.timings()
	r.report = report
	if !report.Holds {
		return retake.Errorf(retake.CodePromise,
			"The result was thrown away, because it would have changed the clip outside the segment. Please report this with the clip, if you can.").
			Because(fmt.Errorf("violations: %q", report.Violations))
	}
	return nil
}

// clock tells progress and keeps the time of each step.
type clock struct {
	progress func(retake.Progress)
	pause    func(retake.Phase)
	begun    time.Time
	entered  time.Time
	phase    retake.Phase
	spent    map[string]float64
}

func newClock(progress func(retake.Progress), pause func(retake.Phase)) *clock {
	now := time.Now()
	return &clock{progress: progress, pause: pause, begun: now, entered: now, spent: map[string]float64{}}
}

// shares is where each phase begins in the whole, from measured runs.
var shares = map[retake.Phase][2]float64{
	retake.PhaseFetching:   {0, 0.04},
	retake.PhaseProbing:    {0.04, 0.06},
	retake.PhaseEngine:     {0.06, 0.84},
	retake.PhaseSplicing:   {0.84, 0.86},
	retake.PhaseVerifying:  {0.86, 0.98},
	retake.PhasePublishing: {0.98, 1},
}

func (c *clock) enter(p retake.Phase) {
	c.settle()
	c.phase = p
	c.tell(0)
	if c.pause != nil {
		c.pause(p)
	}
}

func (c *clock) settle() {
	now := time.Now()
	if c.phase != "" {
		c.spent[string(c.phase)] += now.Sub(c.entered).Seconds()
	}
	c.entered = now
}

// tell reports a fraction of the current phase.
func (c *clock) tell(fraction float64) {
	if c.progress == nil {
		return
	}
	share := shares[c.phase]
	done := share[0] + (share[1]-share[0])*min(max(fraction, 0), 1)
	eta := -1.0
	if done > 0.08 {
		eta = time.Since(c.begun).Seconds() * (1 - done) / done
	}
	c.progress(retake.Progress{Phase: c.phase, Fraction: done, ETA: eta})
}

func (c *clock) timings() map[string]float64 {
	c.settle()
	c.spent["total"] = time.Since(c.begun).Seconds()
	return c.spent
}
