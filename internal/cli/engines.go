package cli

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"strings"
	"time"

	"retake/internal/app"
	"retake/internal/retake"
)

type enginesCommand struct {
	List     enginesListCommand     `cmd:"" help:"List the engines, and which stand ready."`
	Describe enginesDescribeCommand `cmd:"" help:"Say what an engine can do, needs and takes."`
	Test     enginesTestCommand     `cmd:"" help:"Try an engine with real jobs, and say what works."`
}

type enginesListCommand struct {
	configFlag
	JSON bool `help:"Write JSON."`
}

// engineDetail is an engine as --json writes it.
type engineDetail struct {
	engineRow
	Version   string        `json:"version,omitempty"`
	Modes     []retake.Mode `json:"modes"`
	Slots     int           `json:"slots"`
	MaxWindow float64       `json:"max_window"` // seconds
	MaxWidth  int           `json:"max_width,omitempty"`
	MaxHeight int           `json:"max_height,omitempty"`
	Multiple  int           `json:"multiple,omitempty"`
	Rates     []retake.Rate `json:"rates,omitempty"`
	FrameStep int           `json:"frame_step,omitempty"`
	MinFrames int           `json:"min_frames,omitempty"`
	Handle    int           `json:"handle,omitempty"`
	Needs     string        `json:"needs,omitempty"`
	License   string        `json:"license,omitempty"`
	Price     *retake.Price `json:"price,omitempty"`
	Pricing   string        `json:"pricing"`
	Stays     bool          `json:"stays"`
	SendsTo   string        `json:"sends_to,omitempty"`
}

func detailOf(s app.EngineState) engineDetail {
	i := s.Info
	return engineDetail{engineRow: engineOf(s), Version: i.Version, Modes: i.Modes, Slots: i.Slots, MaxWindow: i.MaxWindow, MaxWidth: i.MaxWidth, MaxHeight: i.MaxHeight,
		Multiple: i.Multiple, Rates: i.Rates, FrameStep: i.FrameStep, MinFrames: i.MinFrames, Handle: i.Handle, Needs: i.Needs, License: i.License, Price: i.Price, Pricing: i.Pricing(), Stays: i.Stays, SendsTo: i.SendsTo}
}

// engines returns those that the settings name.
func (c configFlag) engines(env *environment) ([]app.EngineState, error) {
	cfg, err := settings(env, c.Config, nil)
	if err != nil {
		return nil, err
	}
	return app.Engines(env.ctx, cfg)
}

// Run prints the engines.
func (c enginesListCommand) Run(env *environment) error {
	env.json = c.JSON
	list, err := c.engines(env)
	if err != nil {
		return err
	}
	rows := make([]engineDetail, len(list))
	for i, s := range list {
		rows[i] = detailOf(s)
	}
	if c.JSON {
		return writeJSON(env.Stdout, map[string][]engineDetail{"engines": rows})
	}
	for _, r := range rows {
		fmt.Fprintf(env.Stdout, "%s (%s), %s\n", r.Name, r.Title, r.state())
	}
	return nil
}

type enginesDescribeCommand struct {
	configFlag
	Name string `arg:"" help:"The engine."`
	JSON bool   `help:"Write JSON."`
}

// Run prints one engine.
func (c enginesDescribeCommand) Run(env *environment) error {
	env.json = c.JSON
	list, err := c.engines(env)
	if err != nil {
		return err
	}
	var names []string
	for _, s := range list {
		if names = append(names, s.Info.Name); s.Info.Name != c.Name {
			continue
		}
		if c.JSON {
			return writeJSON(env.Stdout, detailOf(s))
		}
		describe(env.Stdout, detailOf(s))
		return nil
	}
	return retake.Invalid("engine", "there is no engine %q here; there are: %s", c.Name, strings.Join(names, ", "))
}

func describe(w io.Writer, d engineDetail) {
	line := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%-9s %s\n", name, fmt.Sprintf(format, args...))
	}
	line("engine", "%s (%s), %s", d.Name, strings.TrimSpace(d.Title+" "+d.Version), d.state())
	var modes, rates []string
	for _, m := range d.Modes {
		modes = append(modes, string(m))
	}
	for _, r := range d.Rates {
		rates = append(rates, fmt.Sprint(math.Round(r.FPS()*1000)/1000))
	}
	line("modes", "%s", strings.Join(modes, ", "))
	line("window", "at most %v s, %d at once", d.MaxWindow, d.Slots)
	if d.MaxWidth > 0 || d.MaxHeight > 0 || d.Multiple > 1 {
		line("pictures", "at most %d × %d (0: any), sides of multiples of %d", d.MaxWidth, d.MaxHeight, max(d.Multiple, 1))
	}
	if d.FrameStep > 1 || d.MinFrames > 0 {
		line("count", "a multiple of %d and one, at least %d", max(d.FrameStep, 1), d.MinFrames)
	}
	if len(rates) > 0 {
		line("rates", "%s", strings.Join(rates, ", "))
	}
	if d.Needs != "" {
		line("needs", "%s", d.Needs)
	}
	if d.License != "" {
		line("license", "%s", d.License)
	}
	if p := d.Price; p != nil {
		line("price", "%s %s for each %s", p.Amount, p.Currency, p.Unit)
	} else if d.Pricing == retake.PriceUnknown {
		line("price", "not known here")
	}
	switch {
	case d.Stays:
		line("footage", "stays on this machine")
	case d.SendsTo != "":
		line("footage", "is sent to %s", d.SendsTo)
	}
}

type enginesTestCommand struct {
	configFlag
	Name    string `arg:"" optional:"" help:"The engine."`
	Exec    string `help:"A program to try instead, with its arguments, such as ./my-engine; it need not be in the settings." placeholder:"COMMAND" complete:"file"`
	Prompt  string `short:"p" default:"light snow, and wind" help:"What to ask for." placeholder:"TEXT"`
	Verbose bool   `short:"v" help:"Show what the engine writes to its standard error."`
	Yes     bool   `short:"y" help:"Don't ask before an engine is tried that takes money."`
	JSON    bool   `help:"Write JSON."`
}

// Help is shown by retake engines test --help.
func (enginesTestCommand) Help() string {
	return `Runs an edit of 2 seconds in each of the engine's modes and proves it, cancels one, and ends the engine. Of an engine
that takes money it says what that costs and asks first, or wants --yes where nobody can answer. Try a program before you name it in the settings:

    retake engines test --exec ./my-engine -v`
}

// trialRow is a step as --json writes it.
type trialRow struct {
	What    string  `json:"what"`
	OK      bool    `json:"ok"`
	Seconds float64 `json:"seconds"`
	Detail  string  `json:"detail,omitempty"`
}

// Run tries an engine.
func (c enginesTestCommand) Run(env *environment) error {
	env.json = c.JSON
	trial := app.Trial{Engine: c.Name, Prompt: c.Prompt, Log: slog.New(slog.DiscardHandler)}
	if !c.Yes {
		trial.Agree = func(cost app.TrialCost) error {
			return agree(env, fmt.Sprintf("testing %s hands in %d jobs and costs %s", trial.Engine, cost.Jobs, about(cost.Sum...)))
		}
	}
	switch {
	case c.Exec != "":
		trial.Command = strings.Fields(c.Exec)
		if c.Name == "" {
			trial.Engine = "tried"
		}
	case c.Name == "":
		return usageError{fmt.Errorf("name the engine, or a program with --exec")}
	}
	if c.Verbose {
		trial.Log = slog.New(slog.NewTextHandler(env.Stderr, nil))
	}
	cfg, err := settings(env, c.Config, nil)
	if err != nil {
		return err
	}
	rows := []trialRow{}
	works, err := app.Try(env.ctx, cfg, trial, func(s app.TrialStep) {
		r := trialRow{What: s.What, OK: s.OK, Seconds: s.Took.Round(time.Millisecond).Seconds(), Detail: s.Detail}
		if rows = append(rows, r); !c.JSON {
			r.write(env.Stdout)
		}
	})
	if err == nil && !works {
		err = retake.Errorf(retake.CodeEngine, "The engine %s does not do all that it should.", trial.Engine)
	}
	if _, told := errors.AsType[usageError](err); err != nil && (len(rows) == 0 || !c.JSON || told) {
		return err
	}
	if !c.JSON {
		fmt.Fprintf(env.Stdout, "The engine %s works.\n", trial.Engine)
		return nil
	}
	env.json = false // what follows is the only object
	if werr := writeJSON(env.Stdout, map[string]any{"engine": trial.Engine, "works": works, "steps": rows}); werr != nil {
		return werr
	}
	return err
}

func (r trialRow) write(w io.Writer) {
	state := "ok    "
	if !r.OK {
		state = "FAILED"
	}
	detail := strings.ReplaceAll(r.Detail, "\n", "\n"+strings.Repeat(" ", 43))
	fmt.Fprintf(w, "%s  %-24s %6.2f s  %s\n", state, r.What, r.Seconds, detail)
}
