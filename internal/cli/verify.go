package cli

import (
	"cmp"
	"fmt"

	"retake/internal/app"
	"retake/internal/retake"
)

// segmentFlags say where the edit is.
type segmentFlags struct {
	Start    seconds `help:"Where the segment starts, in seconds. Default: 0." default:"0" placeholder:"S"`
	Duration seconds `help:"How long it is, 2 to 16 seconds; it ends at the clip's end at the latest. Default: 6." default:"6" placeholder:"D"`
	Mode     string  `help:"What is made anew: ${enum}." enum:"replace_video,replace_audio,replace_audio_and_video" default:"replace_video"`
}

// segment checks the flags, in the words of the request's own check.
func (f segmentFlags) request(prompt, input string) (retake.Request, error) {
	r := retake.Request{Prompt: prompt, Input: input, Start: float64(f.Start), Duration: float64(f.Duration), Mode: retake.Mode(f.Mode)}
	return r, r.Validate()
}

type verifyCommand struct {
	configFlag
	segmentFlags
	Original string `arg:"" complete:"file" help:"The clip as it was."`
	Result   string `arg:"" complete:"file" help:"The clip after the edit."`
	JSON     bool   `help:"Write the whole report as JSON."`
	Plot     string `complete:"file" help:"Draw brightness, PSNR and sound along time into this PNG file." placeholder:"FILE"`

	Track         int  `name:"audio-track" help:"The sound track that was edited, counted from 1. Default: the one that players take." default:"0" placeholder:"N"`
	AllowReencode bool `help:"Accept a track that was re-encoded as a whole when it is near-lossless outside the segment."`
}

// Help is shown by retake verify --help.
func (verifyCommand) Help() string {
	return `The check knows nothing of how the result was made: it compares frame counts, times, packets, decoded frames
next to the segment, the seams in picture and sound, and the container's metadata. Exit code 0: the promise holds;
1: it does not; 2: wrong usage; 3: the original is no clip, or a file is missing.

A clip that no edit can keep packet by packet, such as DNxHD, has its pictures re-encoded as a whole, which breaks the
promise of identical packets; with --allow-reencode near-lossless pictures and sound at the same times will do.

    retake verify winter.mp4 winter-retake.mp4 --start 2 --duration 4
    retake verify winter.mp4 winter-retake.mp4 --start 2 --duration 4 --json | jq .holds`
}

// Run prints the account and fails when the promise doesn't hold.
func (c verifyCommand) Run(env *environment) error {
	env.json = c.JSON
	frugal(env)
	// Verify takes no prompt; any text passes that part of the check.
	req, err := c.request("verify", c.Original)
	if err != nil {
		return err
	}
	cfg, err := settings(env, c.Config, nil)
	if err != nil {
		return err
	}
	if err := readable(c.Original, c.Result); err != nil {
		return err
	}
	report, err := app.Verify(env.ctx, cfg, c.Original, c.Result, app.VerifyOptions{Segment: req.Segment(), Mode: req.Mode, AllowReencode: c.AllowReencode, AudioTrack: c.Track})
	if err != nil {
		return err
	}
	var unplotted error
	if c.Plot != "" {
		unplotted = app.Plot(env.ctx, cfg, c.Original, c.Result, c.Track, report, c.Plot)
	}
	if unplotted != nil && !report.Holds {
		fmt.Fprintln(env.Stderr, "retake:", message(unplotted)) // the lesser of two findings
		unplotted = nil
	}
	switch {
	case !c.JSON:
		err = writeReport(env.Stdout, report)
	case unplotted == nil:
		err = writeJSON(env.Stdout, report)
	default:
		env.broken = report // one object: the error, with what was found all the same
	}
	if err == nil && !report.Holds {
		return errPromise
	}
	return cmp.Or(err, unplotted)
}
