package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"retake/internal/app"
	"retake/internal/client"
	"retake/internal/retake"
)

type editCommand struct {
	configFlag
	segmentFlags
	Input     string `arg:"" complete:"file" help:"The clip: a file, an http or https address, or a file of the server (/api/repos/...)."`
	Prompt    string `short:"p" required:"" help:"What should change, in plain words." placeholder:"TEXT"`
	Seed      *int64 `help:"The same seed gives the same result. Default: derived from the request." placeholder:"N"`
	Out       string `short:"o" complete:"file" help:"The file to write. Default: the input's name with -retake." placeholder:"FILE"`
	Force     bool   `short:"f" help:"Replace the output file if it is there."`
	Engine    string `help:"The engine to use. Default: the first of models.prefer, or the built-in one." placeholder:"NAME"`
	Track     int    `name:"audio-track" help:"The sound track to edit, counted from 1. Default: the one that players take." default:"0" placeholder:"N"`
	Bridge    string `help:"How near to the original the re-encoded pictures beside the segment stay: near (the default), exact (to the bit; not every player takes it) or fast." enum:",near,exact,fast" default:"" placeholder:"KIND"`
	EditCRF   *int   `name:"edit-crf" help:"Quality of the new pictures on x264's scale, 1 to 30, lower is better. Default: in keeping with the clip's own rate." placeholder:"N"`
	Preset    string `help:"How long the encoder thinks, as x264 and x265 name it, from ultrafast to veryslow. Default: veryfast." enum:",ultrafast,superfast,veryfast,faster,fast,medium,slow,slower,veryslow" default:"" placeholder:"NAME"`
	Server    string `help:"Have it done by this server, with the key in RETAKE_API_KEY or OXEN_API_KEY." placeholder:"URL"`
	Namespace string `help:"With --server: the namespace of the key." default:"ox" placeholder:"NAME"`
	Model     string `help:"With --server: the model to ask for." default:"lightricks-ltx-2-retake" placeholder:"ID"`
	Yes       bool   `short:"y" help:"Don't ask before an engine is used that takes money."`
	JSON      bool   `help:"Write one JSON object: the file, the report, the timings."`
}

// Help is shown by retake edit --help.
func (editCommand) Help() string {
	return `Make it snow from second 2 to second 6, and keep everything else as it is:

    retake edit winter.mp4 --prompt "heavy snow" --start 2 --duration 4

Leave the pictures alone and put rain under them:

    retake edit winter.mp4 -p "rain and distant thunder" --start 2 --duration 4 --mode replace_audio

Both at once, into a file of your choice, the same every time:

    retake edit winter.mp4 -p "night, telephone" --mode replace_audio_and_video --seed 7 -o night.mp4

In a script:

    retake edit winter.mp4 -p snow --json | jq -r .file

Where the engine takes money, the edit says how much and asks first; a script says --yes.

On a server:

    export RETAKE_API_KEY=...
    retake edit winter.mp4 -p snow --server http://127.0.0.1:8377

The result is proved before it is kept; retake verify proves it again. Ctrl-C stops and leaves nothing behind.`
}

// edited is what --json writes.
type edited struct {
	File         string             `json:"file"`
	Seconds      float64            `json:"seconds"` // it took
	Timings      map[string]float64 `json:"timings"` // by step, seconds
	GenerationID string             `json:"generation_id,omitempty"`
	Report       *retake.Report     `json:"report"`
	Cost         *retake.Cost       `json:"cost,omitempty"` // left out where the engine took nothing
}

// Run edits the clip.
func (c editCommand) Run(env *environment) error {
	env.json = c.JSON
	frugal(env)
	job, err := c.job(env)
	if err != nil {
		return err
	}
	cfg, err := settings(env, c.Config, c.qualityFlags())
	if err != nil {
		return err
	}
	stored := c.Server != "" && strings.HasPrefix(c.Input, app.StoredPrefix)
	if !stored && !app.IsAddress(c.Input) {
		if err := readable(c.Input); err != nil {
			return err
		}
	}
	bar := newProgress(env.Stderr)
	if !c.Yes {
		job.Agree = func(cost retake.Cost) error {
			bar.done()
			return agree(env, "the edit costs "+about(cost))
		}
	}
	started := time.Now()
	result, err := app.Edit(env.ctx, cfg, job, bar.show)
	bar.done()
	if err != nil {
		env.broken = result.Report
		if result.Cost != "" && !c.JSON {
			fmt.Fprintf(env.Stderr, "The engine took %s all the same.\n", sum(result.Cost, result.Currency))
		}
		return ofServer(c.Server, err)
	}
	out := edited{
		File: result.File, Seconds: time.Since(started).Seconds(), Timings: map[string]float64{},
		GenerationID: result.GenerationID, Report: result.Report,
	}
	if out.Report != nil {
		out.Timings = out.Report.Timings
	}
	if result.Cost != "" {
		out.Cost = &retake.Cost{Cost: result.Cost, Currency: result.Currency}
	}
	if c.JSON {
		return writeJSON(env.Stdout, out)
	}
	return c.writeEdited(env.Stdout, out)
}

// job checks the flags.
func (c editCommand) job(env *environment) (app.EditJob, error) {
	req, err := c.request(c.Prompt, c.Input)
	if err != nil {
		return app.EditJob{}, err
	}
	if strings.Contains(c.Engine, ",") {
		return app.EditJob{}, retake.Invalid("engine", "--engine takes one name, as an edit writes one file; takes of several engines are made by a server, with POST /api/ai/queue")
	}
	req.Seed, req.Engine, req.Bridge, req.Track = c.Seed, c.Engine, retake.Bridge(c.Bridge), c.Track
	if err := c.checkQuality(); err != nil {
		return app.EditJob{}, err
	}
	job := app.EditJob{Request: req, Out: c.Out, Replace: c.Force}
	if c.Server != "" {
		job.Remote = &app.Remote{Server: c.Server, Key: cmp.Or(variable(env, "RETAKE_API_KEY"), variable(env, "OXEN_API_KEY")), Namespace: c.Namespace, Model: c.Model}
	}
	return job, nil
}

// checkQuality checks the flags that stand for settings, which a server has of its own.
func (c editCommand) checkQuality() error {
	switch {
	case c.EditCRF != nil && (*c.EditCRF < 1 || *c.EditCRF > 30):
		return retake.Invalid("edit_crf", "edit_crf must be between 1 and 30, got %d", *c.EditCRF)
	case c.Server != "" && (c.Preset != "" || c.EditCRF != nil):
		return retake.Invalid("server", "--preset and --edit-crf are for edits here; a server has its own settings")
	}
	return nil
}

// qualityFlags are the settings that flags stand for.
func (c editCommand) qualityFlags() map[string]string {
	flags := map[string]string{"pipeline.quality.preset": c.Preset}
	if c.EditCRF != nil {
		flags["pipeline.quality.edit_crf"] = strconv.Itoa(*c.EditCRF)
	}
	return flags
}

func variable(env *environment, name string) string {
	value := ""
	for _, pair := range env.Environ {
		if k, v, _ := strings.Cut(pair, "="); k == name {
			value = v // the last one holds
		}
	}
	return value
}

// ofServer sorts errors of an edit on a server: what is not about the request is about the server.
func ofServer(server string, err error) error {
	if server == "" {
		return err
	}
	if errors.Is(err, client.ErrUnreachable) {
		_, why, _ := strings.Cut(err.Error(), client.ErrUnreachable.Error()) // without the step that met it
		return serverError{fmt.Errorf("the server %s can't be reached%s", server, why)}
	}
	if e, ok := errors.AsType[*retake.Error](err); ok && e.Code == retake.CodeUnavailable {
		return serverError{errors.New(e.Message)}
	}
	return err
}

func (c editCommand) writeEdited(w io.Writer, e edited) error {
	if r := e.Report; r != nil {
		if r.Reading != "" {
			fmt.Fprintf(w, "Understood: %s (engine %s, seed %d)\n", r.Reading, r.Engine, r.Seed)
		}
		if err := writeReport(w, r); err != nil {
			return err
		}
	}
	cost := ""
	if e.Cost != nil {
		cost = " It cost " + sum(e.Cost.Cost, e.Cost.Currency) + "."
	}
	_, err := fmt.Fprintf(w, "\nWrote %s in %.1f s.%s\n", e.File, e.Seconds, cost)
	if err == nil && e.Report != nil && !e.Report.Exact {
		_, err = fmt.Fprintf(w, "To prove again what was kept:\n\n    %s\n", c.verifyLine(e.File))
	}
	return err
}

// sum is a sum of money as it is shown.
func sum(cost, currency string) string { return strings.TrimSpace(cost + " " + currency) }

// verifyLine is the command that a result with whole tracks re-encoded passes.
func (c editCommand) verifyLine(result string) string {
	original := c.Input
	if app.IsAddress(original) || c.Server != "" && strings.HasPrefix(original, app.StoredPrefix) {
		original = "ORIGINAL" // verify takes files, and this one is not on this machine
	}
	track := ""
	if c.Track > 0 {
		track = fmt.Sprintf(" --audio-track %d", c.Track)
	}
	return fmt.Sprintf("retake verify %s %s --start %s --duration %s --mode %s%s --allow-reencode",
		shellWord(original), shellWord(result), exactly(c.Start), exactly(c.Duration), c.Mode, track)
}

// exactly writes seconds without rounding: a millisecond may be a frame.
func exactly(s seconds) string { return strconv.FormatFloat(float64(s), 'f', -1, 64) }

var plainWord = regexp.MustCompile(`^[\w./:@%+,=][\w./:@%+,=-]*$`)

// shellWord quotes a file's name where a shell would read more than a word in it.
func shellWord(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	if strings.HasPrefix(s, "-") {
		s = "./" + s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
