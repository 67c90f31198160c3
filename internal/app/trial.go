package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"retake/internal/config"
	"retake/internal/engine"
	"retake/internal/engine/exec"
	"retake/internal/media"
	"retake/internal/pipeline"
	"retake/internal/retake"
)

// Trial is a test of one engine by real jobs.
type Trial struct {
	Engine  string
	Command []string // a program to be tried under the name Engine, whatever the settings say; nil: the settings' engine
	Prompt  string
	Log     *slog.Logger
	Agree   func(TrialCost) error // is asked before the first job of an engine that takes money; its error ends the trial
}

// TrialCost is what a trial would cost.
type TrialCost struct {
	Jobs int
	Sum  []retake.Cost // none: how much the engine takes is not known here
}

// TrialStep is one thing that was tried.
type TrialStep struct {
	What   string
	OK     bool
	Took   time.Duration
	Detail string // what was found, for people
}

// Try tries an engine and tells of each step. It reports whether all of them were well.
func Try(ctx context.Context, cfg config.Config, trial Trial, tell func(TrialStep)) (works bool, err error) {
	if trial.Command != nil {
		cfg.Engine.Exec = exec.Programs{}
		if err := cfg.Engine.Exec.Add(trial.Engine); err != nil {
			return false, err
		}
		cfg.Engine.Exec[trial.Engine].Command = trial.Command
	}
	all, err := engine.All(cfg.Engine, trial.Log)
	if err != nil {
		return false, fmt.Errorf("set up the engines: %w", err)
	}
	defer func() { err = errors.Join(err, engine.Close(all)) }()
	var names []string
	t := &trying{cfg: cfg, trial: trial, tell: tell, works: true}
	for _, e := range all {
		if names = append(names, e.Info().Name); e.Info().Name == trial.Engine {
			t.engine = e
		}
	}
	if t.engine == nil {
		return false, retake.Invalid("engine", "there is no engine %q here; there are: %s", trial.Engine, strings.Join(names, ", "))
	}
	work, err := newWorkFolder()
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, work.remove()) }()
	if err := t.open(ctx, work.path); err != nil {
		return false, err
	}
	if err := t.run(ctx); err != nil {
		return false, err
	}
	return t.works, context.Cause(ctx)
}

// trying is a trial under way.
type trying struct {
	cfg    config.Config
	trial  Trial
	tell   func(TrialStep)
	engine retake.Engine
	editor *pipeline.Editor
	work   string
	works  bool
}

// program is what an engine that is a program can tell of itself besides.
type program interface {
	Strays() int
	Alive() bool
	Healthy(ctx context.Context) error
}

// open makes the editor and the clip: a moving test picture with a tone.
func (t *trying) open(ctx context.Context, work string) error {
	tools, err := media.Open(t.cfg.Media)
	if err != nil {
		return err
	}
	t.work = work
	t.editor = &pipeline.Editor{Tools: tools, Engines: []retake.Engine{t.engine}, TempDir: work, Config: t.cfg.Pipeline}
	_, err = tools.Run(ctx, media.Command{WriteDirs: []string{work}, Args: []string{
		"-f", "lavfi", "-i", fmt.Sprintf("testsrc2=size=320x180:rate=%d,format=yuv420p", clipRate), "-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000",
		"-t", fmt.Sprint(clipLength), "-c:v", "libx264", "-preset", "veryfast", "-g", "24", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
		"-c:a", "aac", t.clip()}})
	if err != nil {
		return fmt.Errorf("make a clip to try: %w", err)
	}
	return nil
}

func (t *trying) clip() string { return filepath.Join(t.work, "clip.mp4") }

// step does one step, and reports whether it was well.
func (t *trying) step(what string, do func() (detail string, err error)) bool {
	began := time.Now()
	detail, err := do()
	s := TrialStep{What: what, OK: err == nil, Took: time.Since(began), Detail: detail}
	if err != nil {
		s.Detail, t.works = inFull(err), false
	}
	t.tell(s)
	return s.OK
}

// inFull is an error for who has the engine before them: the sentence for users, and the cause.
func inFull(err error) string {
	e, ok := errors.AsType[*retake.Error](err)
	if !ok || e.Cause == nil {
		return sentence(err)
	}
	return e.WithoutLog()
}

func sentence(err error) string {
	if e, ok := errors.AsType[*retake.Error](err); ok {
		return e.Message
	}
	return err.Error()
}

func (t *trying) run(ctx context.Context) error {
	if !t.step("hello", func() (string, error) { return t.hello(ctx) }) {
		return nil
	}
	if t.trial.Agree != nil && t.engine.Info().Pricing() != retake.Free {
		if err := t.trial.Agree(t.cost()); err != nil {
			return err
		}
	}
	for _, mode := range t.engine.Info().Modes {
		if ctx.Err() != nil {
			return nil
		}
		t.step(string(mode), func() (string, error) { return t.edit(ctx, mode) })
	}
	t.step("cancel", func() (string, error) { return t.cancel(ctx) })
	p, ok := t.engine.(program)
	if !ok {
		return nil
	}
	t.step("health", func() (string, error) { return "", p.Healthy(ctx) })
	t.step("standard output", func() (string, error) {
		if n := p.Strays(); n > 0 {
			return "", fmt.Errorf("%d lines on its standard output were none of the protocol; they belong on standard error", n)
		}
		return "carries the protocol and nothing else", nil
	})
	t.step("shutdown", func() (string, error) { return t.shutdown() })
	return nil
}

// The clip, and the segment of it that is edited, in seconds.
const (
	clipRate     = 24
	clipLength   = 4
	segmentStart = 1
	segmentLong  = 2
)

// cost is that of an edit in each mode and of the one that is cancelled, which may be charged all the same.
func (t *trying) cost() TrialCost {
	info, rate := t.engine.Info(), retake.Rate{Num: clipRate, Den: 1}
	_, _, frames := info.Span(rate, segmentStart*clipRate, (segmentStart+segmentLong)*clipRate, clipLength*clipRate)
	c := TrialCost{Jobs: len(info.Modes) + 1}
	e := retake.NewEstimate()
	e.Add(info, c.Jobs, frames, rate)
	c.Sum = e.Totals
	return c
}

func (t *trying) hello(ctx context.Context) (string, error) {
	s := engineState(ctx, t.engine)
	if s.NotReady != nil {
		return "", s.NotReady
	}
	return strings.TrimSpace(s.Info.Title + " " + s.Info.Version), nil
}

func (t *trying) request(mode retake.Mode) retake.Request {
	return retake.Request{Prompt: t.trial.Prompt, Input: "clip.mp4", Start: segmentStart, Duration: segmentLong, Mode: mode, Engine: t.trial.Engine}
}

// edit makes a whole edit, whose proof has to hold.
func (t *trying) edit(ctx context.Context, mode retake.Mode) (string, error) {
	out := filepath.Join(t.work, string(mode)+".mp4")
	report, err := t.editor.Edit(ctx, pipeline.Edit{Request: t.request(mode), Source: t.clip(), Out: out}, func(retake.Progress) {})
	if err != nil {
		return "", err
	}
	detail := fmt.Sprintf("the promise holds; the engine took %.1f s", report.Timings[string(retake.PhaseEngine)])
	for _, w := range report.Warnings {
		detail += "\n" + w
	}
	return detail, nil
}

// cancel cancels an edit when the engine has begun with it.
func (t *trying) cancel(ctx context.Context) (string, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var at time.Time
	out := filepath.Join(t.work, "cancelled.mp4")
	_, err := t.editor.Edit(ctx, pipeline.Edit{Request: t.request(t.engine.Info().Modes[0]), Source: t.clip(), Out: out}, func(p retake.Progress) {
		if p.Phase == retake.PhaseEngine && ctx.Err() == nil && p.Fraction > 0.06 {
			at = time.Now()
			cancel(retake.ErrCancelled)
		}
	})
	switch {
	case err == nil:
		return "it was done before it could be cancelled", nil
	case !errors.Is(err, retake.ErrCancelled):
		return "", err
	}
	detail := fmt.Sprintf("it stopped within %d ms", time.Since(at).Milliseconds())
	if p, ok := t.engine.(program); ok && !p.Alive() {
		detail += ", because it was killed: it would be loaded anew for the next job"
	}
	return detail, nil
}

func (t *trying) shutdown() (string, error) {
	began := time.Now()
	if err := engine.Close([]retake.Engine{t.engine}); err != nil {
		return "", err
	}
	if limit := t.cfg.Engine.Exec[t.trial.Engine]; limit != nil && time.Since(began) >= limit.StopWithin {
		return "", fmt.Errorf("it did not end within %s and was killed", limit.StopWithin)
	}
	return "", nil
}
