package exec

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"retake/internal/engine/outside"
	"retake/internal/retake"
)

// The line of a job.
type (
	jobLine struct {
		Type        string      `json:"type"`
		ID          string      `json:"id"`
		Dir         string      `json:"dir"`
		Mode        retake.Mode `json:"mode"`
		Prompt      string      `json:"prompt"`
		Placeholder bool        `json:"placeholder"`
		Seed        int64       `json:"seed"`
		Window      windowLine  `json:"window"`
		Segment     segmentLine `json:"segment"`
		Sound       *soundLine  `json:"sound"`
		Within      float64     `json:"within"` // seconds
		Note        string      `json:"note,omitempty"`
	}
	windowLine struct {
		File      string     `json:"file"`
		Frames    int        `json:"frames"`
		Real      int        `json:"real"`
		Width     int        `json:"width"`
		Height    int        `json:"height"`
		Rate      [2]int     `json:"rate"`
		Matrix    string     `json:"matrix"`
		FullRange bool       `json:"full_range"`
		Sound     *soundLine `json:"sound"`
	}
	segmentLine struct {
		First  int     `json:"first"`
		Frames int     `json:"frames"`
		Start  float64 `json:"start"` // in the file's time
		End    float64 `json:"end"`
	}
	soundLine struct {
		Rate     int `json:"rate"`
		Channels int `json:"channels"`
	}
)

var jobs atomic.Int64

// newJobLine describes a job whose window stands in a file.
func newJobLine(job retake.Job, file string, within time.Duration) jobLine {
	w, frames := job.Window, job.WindowFrames()
	mark := w.Mark(frames)
	return jobLine{
		Type: "job", ID: strconv.FormatInt(jobs.Add(1), 10), Dir: job.TempDir, Mode: job.Mode, Prompt: job.Prompt, Placeholder: job.Placeholder,
		Seed: job.Seed, Within: within.Seconds(), Note: string(job.Note),
		Window: windowLine{File: file, Frames: w.Frames, Real: w.Real, Width: w.Picture.Width, Height: w.Picture.Height,
			Rate: [2]int{w.Picture.Rate.Num, w.Picture.Rate.Den}, Matrix: w.Picture.Matrix, FullRange: w.Picture.FullRange, Sound: newSoundLine(w.Sound)},
		Segment: segmentLine{First: w.First, Frames: frames, Start: mark.Start, End: mark.End},
		Sound:   newSoundLine(job.Sound),
	}
}

func newSoundLine(f retake.SoundFormat) *soundLine {
	if f.Channels == 0 || f.Rate == 0 {
		return nil
	}
	return &soundLine{f.Rate, f.Channels}
}

// Retake has the program make the segment anew.
func (e *Engine) Retake(ctx context.Context, job retake.Job, progress retake.ProgressFunc) (*retake.Take, error) {
	if progress == nil {
		progress = func(float64) {}
	}
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	if job.Mode.Audio() && !job.Mode.Video() && job.Sound.Channels == 0 {
		return nil, retake.NoSound(job.Mode)
	}
	select {
	case e.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-e.slots }()
	p, err := e.acquire(ctx, loaded)
	if err != nil {
		return nil, err
	}
	defer e.release(p)
	select {
	case p.places <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-p.places }()
	file, err := job.Source.Window(ctx)
	if err != nil {
		return nil, fmt.Errorf("write the engine's window: %w", err)
	}
	line := newJobLine(job, file, e.cfg.JobWithin)
	m, err := e.work(ctx, p, line, job, progress)
	if m.Cost != "" && job.Spent != nil { // whatever becomes of the answer
		job.Spent(string(m.Cost))
	}
	if err != nil {
		return nil, err
	}
	take, err := e.take(job, m)
	if err != nil {
		p.retire()
		return nil, err
	}
	progress(1)
	e.worked()
	return take, nil
}

// work has the program do the job, and returns its result, or what it said in the end beside an error.
func (e *Engine) work(ctx context.Context, p *process, line jobLine, job retake.Job, progress retake.ProgressFunc) (message, error) {
	c := newCall(outside.Forward(func(f float64) { progress(min(f, 0.99)) })) // called by the reader alone
	p.add(line.ID, c)
	defer p.remove(line.ID)
	if err := p.send(line); err != nil {
		p.kill(fmt.Errorf("%w: a job can't be written to it: %w", errSilent, err))
	}
	deadline, silence := time.NewTimer(e.cfg.JobWithin), time.NewTimer(e.cfg.SilentWithin)
	defer deadline.Stop()
	defer silence.Stop()
	for {
		select {
		case m := <-c.end:
			return e.ended(p, m)
		case <-c.beat:
			silence.Reset(e.cfg.SilentWithin)
		case note := <-c.notes:
			if err := e.remember(ctx, p, line.ID, job, note); err != nil {
				return e.cancel(p, c, line.ID), err
			}
		case <-ctx.Done():
			return e.cancel(p, c, line.ID), context.Cause(ctx)
		case <-deadline.C:
			return e.cancel(p, c, line.ID), retake.Errorf(retake.CodeEngine, "The engine %s did not finish within %s. Choose a shorter segment.", e.name, e.cfg.JobWithin)
		case <-silence.C:
			p.kill(fmt.Errorf("%w: nothing for %s during a job", errSilent, e.cfg.SilentWithin))
		case <-p.done:
			select {
			case m := <-c.end: // its last words
				if m.Type == "result" || m.Kind != "" {
					return e.ended(p, m)
				}
			default:
			}
			crash := e.crashed(p)
			_ = e.failed(up, crash)
			return message{}, crash
		}
	}
}

// ended sorts how a job ended.
func (e *Engine) ended(p *process, m message) (message, error) {
	if m.Type == "result" {
		if m.Restart {
			p.retire()
		}
		return m, nil
	}
	if m.Restart || m.Kind == "out_of_memory" {
		p.retire()
	}
	return m, e.said(m)
}

// cancel has the program stop a job, kills it when it doesn't in time, and returns what it said in the end.
func (e *Engine) cancel(p *process, c *call, id string) (last message) {
	late := time.NewTimer(e.cfg.CancelWithin)
	defer late.Stop()
	if err := p.send(message{Type: "cancel", ID: id}); err != nil {
		p.kill(fmt.Errorf("%w: a cancel can't be written to it: %w", errSilent, err))
	}
	select {
	case last = <-c.end:
		if last.Restart {
			p.retire()
		}
	case <-p.done:
		select {
		case last = <-c.end:
		default:
		}
	case <-late.C:
		e.log.Warn("the engine did not stop a cancelled job in time and is killed", "within", e.cfg.CancelWithin)
		p.kill(errStopped)
		<-p.done
	}
	return last
}

// remember keeps the program's note with the generation, and tells it so.
func (e *Engine) remember(ctx context.Context, p *process, id string, job retake.Job, note string) error {
	if job.Remember != nil {
		if err := job.Remember(ctx, []byte(note)); err != nil {
			return fmt.Errorf("keep the engine's note: %w", err)
		}
	}
	_ = p.send(message{Type: "noted", ID: id}) // a program that is gone is seen elsewhere
	return nil
}

// take makes a take of a result, if its file is one to look at.
func (e *Engine) take(job retake.Job, m message) (*retake.Take, error) {
	path, err := answerFile(job.TempDir, m.File, e.cfg.AnswerLimit)
	if err != nil {
		return nil, retake.Errorf(retake.CodeEngine, "The engine %s answered with a file that can't be used. The server's log has the details.", e.name).
			Because(fmt.Errorf("the answer %q: %w", m.File, err))
	}
	t := &retake.Take{File: path, Edited: job.Window.Span, Seed: job.Seed, Warnings: m.Warnings, Cost: string(m.Cost), Reading: retake.Reading{Sentence: m.Reading}}
	if m.Seed != nil {
		t.Seed = *m.Seed
	}
	if m.Edited != nil {
		t.Edited = outside.InClip(job, *m.Edited)
	}
	return t, nil
}

// answerFile finds the answer in the job's folder: a regular file reached without a link.
func answerFile(dir, name string, limit int64) (string, error) {
	if name == "" {
		return "", errors.New("it has no name")
	}
	if filepath.IsAbs(name) {
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return "", err
		}
		name = rel
	}
	if !filepath.IsLocal(name) {
		return "", errors.New("it lies outside of the job's folder")
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", err
	}
	defer root.Close()
	for part := name; part != "."; part = filepath.Dir(part) {
		info, err := root.Lstat(part)
		switch {
		case err != nil:
			return "", err
		case info.Mode()&fs.ModeSymlink != 0:
			return "", errors.New("it is reached through a link")
		case part == name && !info.Mode().IsRegular():
			return "", errors.New("it is no file")
		case part == name && (info.Size() == 0 || info.Size() > limit):
			return "", fmt.Errorf("it has %d bytes, where 1 to %d are taken", info.Size(), limit)
		}
	}
	return filepath.Join(dir, name), nil
}

// killed reports whether a process was ended by a signal that it can't have sent itself by mistake.
func killed(s *os.ProcessState) bool {
	if s == nil {
		return false
	}
	status, ok := s.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}
