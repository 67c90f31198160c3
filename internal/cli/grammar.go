package cli

import (
	"fmt"
	"math"
	"strconv"

	"github.com/alecthomas/kong"
)

// grammar is the whole command line.
type grammar struct {
	Serve       serveCommand       `cmd:"" help:"Run the server and its workers in one process."`
	Edit        editCommand        `cmd:"" help:"Change a segment of a clip as a prompt asks, and nothing else."`
	Verify      verifyCommand      `cmd:"" help:"Prove that a result is its original outside the segment."`
	Probe       probeCommand       `cmd:"" help:"Say what a clip is, and what an edit would keep exactly."`
	Explain     explainCommand     `cmd:"" help:"Say what the built-in engine understands of a prompt, without doing it."`
	Keys        keysCommand        `cmd:"" help:"Create, list and revoke API keys."`
	Models      modelsCommand      `cmd:"" help:"List the models and the engines that serve them."`
	Engines     enginesCommand     `cmd:"" help:"List, describe and try engines."`
	Version     versionCommand     `cmd:"" help:"Print the version."`
	Completions completionsCommand `cmd:"" help:"Print a completion script for a shell."`
}

const description = "Retake changes a chosen segment of a video as a prompt asks, and leaves everything else exactly as it was."

// configFlag is shared by all commands that read settings.
type configFlag struct {
	Config string `help:"Settings file (YAML)." placeholder:"FILE" complete:"file" env:"RETAKE_CONFIG"`
}

// dataFlag is shared by the commands that open a server's database.
type dataFlag struct {
	Data string `help:"Folder of the database, the files and the signing key. Default: ${default_data}." placeholder:"DIR" complete:"file"`
}

// newParser builds the parser. The exit function is called by --help.
func newParser(g *grammar, env *environment, exit func(int)) (*kong.Kong, error) {
	return kong.New(g,
		kong.Name("retake"), kong.Description(description),
		kong.Writers(env.Stdout, env.Stderr), kong.Exit(exit),
		kong.Vars{"default_data": "/var/lib/retake as root, else retake in the user's data folder"},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 110}),
	)
}

// seconds is a finite number of seconds.
type seconds float64

// Decode reads the flag's value.
func (s *seconds) Decode(ctx *kong.DecodeContext) error {
	token, err := ctx.Scan.PopValue("seconds")
	if err != nil {
		return err
	}
	text := fmt.Sprint(token.Value)
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return fmt.Errorf("must be a number of seconds, such as 2.5, got %q", text)
	}
	*s = seconds(n)
	return nil
}
