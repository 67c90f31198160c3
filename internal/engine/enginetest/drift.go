package enginetest

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"retake/internal/retake"
)

// Drift is a generative engine for tests: it answers with what it was shown, changed as such engines change all of their
// window without being asked, by filters of ffmpeg's.
type Drift struct {
	Name    string
	Picture string // filters of the pictures, "" for none
	Object  string // a filter that draws the edit; it is switched on for the segment's pictures only
	Sound   string // filters of the sound
	Output  string // options of the answer's file, in place of the default's
	Takes   retake.EngineInfo
	Shown   string // the window of the last job
	Answer  string // and what it answered
}

// Info implements retake.Engine.
func (d *Drift) Info() retake.EngineInfo {
	i := d.Takes
	i.Name, i.Title, i.Modes, i.Slots, i.Generative = "drift", "Drifting engine", retake.Modes(), 1, true
	if i.MaxWindow == 0 {
		i.MaxWindow = retake.MaxWindow
	}
	return i
}

// Retake implements retake.Engine.
func (d *Drift) Retake(ctx context.Context, job retake.Job, progress retake.ProgressFunc) (*retake.Take, error) {
	path, err := job.Source.Window(ctx)
	if err != nil {
		return nil, err
	}
	d.Shown, d.Answer = path, filepath.Join(job.TempDir, "answer.mp4")
	var filters []string
	if d.Object != "" {
		filters = append(filters, fmt.Sprintf("%s:enable='between(n,%d,%d)'", d.Object, job.Window.First, job.Window.First+job.Frames-1))
	}
	if d.Picture != "" {
		filters = append(filters, d.Picture)
	}
	args := []string{"-y", "-v", "error", "-i", path}
	if len(filters) > 0 {
		args = append(args, "-vf", strings.Join(filters, ","))
	}
	if d.Sound != "" {
		args = append(args, "-af", d.Sound)
	}
	output := d.Output
	if output == "" {
		output = "-c:v libx264 -preset veryfast -crf 12 -pix_fmt yuv420p -c:a aac -b:a 192k"
	}
	p := job.Window.Picture
	args = append(args, strings.Fields(output)...)
	args = append(args, "-colorspace", p.Matrix, "-color_range", map[bool]string{true: "pc", false: "tv"}[p.FullRange], d.Answer)
	if out, err := exec.CommandContext(ctx, "ffmpeg", args...).CombinedOutput(); err != nil {
		return nil, retake.Errorf(retake.CodeEngine, "The drifting engine failed.").Because(fmt.Errorf("%w: %s", err, out))
	}
	if progress != nil {
		progress(1)
	}
	return &retake.Take{File: d.Answer, Edited: job.Window.Span, Seed: job.Seed}, nil
}
