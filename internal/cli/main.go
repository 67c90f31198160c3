package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"

	"retake/internal/config"
	"retake/internal/retake"

	"github.com/alecthomas/kong"
)

// environment is what a command may touch of the world.
type environment struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Environ        []string
	ctx            context.Context // cancelled by the first signal, with errInterrupted as its cause
	json           bool            // set by a command with --json: its error is written as JSON too
	broken         *retake.Report  // of a result that was thrown away, or of which there is no plot, for the error
}

// Main runs the command line with the process's own streams and returns the exit code. The first SIGINT or SIGTERM
// asks the command to end in good order, the second ends the process at once.
func Main(args []string) int {
	// A limit on the size of files is to fail the write that meets it, as a full disk does, not to end the process.
	signal.Ignore(syscall.SIGXFSZ)
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	var watcher sync.WaitGroup
	watcher.Go(func() {
		if _, ok := <-signals; !ok {
			return
		}
		cancel(errInterrupted)
		if _, ok := <-signals; ok {
			os.Exit(exitSignal)
		}
	})
	code := run(args, &environment{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Environ: os.Environ(), ctx: ctx})
	signal.Stop(signals)
	close(signals)
	watcher.Wait()
	cancel(nil)
	return code
}

// run parses args, runs the command and reports its error.
func run(args []string, env *environment) int {
	var g grammar
	helped := false
	parser, err := newParser(&g, env, func(int) { helped = true })
	if err != nil {
		fmt.Fprintln(env.Stderr, "retake:", err)
		return exitInternal
	}
	if len(args) == 0 {
		usage(parser, env)
		return exitUsage
	}
	command, err := parser.Parse(args)
	if helped {
		return exitDone
	}
	if err != nil {
		fmt.Fprintf(env.Stderr, "retake: %s\nRun %q to see how it is used.\n", err, helpFor(err))
		return exitUsage
	}
	err = command.Run(env)
	if err != nil && context.Cause(env.ctx) == errInterrupted {
		// Whatever the interruption made fail: it is the reason.
		err = errInterrupted
	}
	code := exitCode(err)
	report(env, err, code)
	return code
}

// usage writes the overview to stderr, for a command line without a command.
func usage(parser *kong.Kong, env *environment) {
	parser.Stdout = env.Stderr
	ctx, err := kong.Trace(parser, nil)
	if err == nil {
		err = ctx.PrintUsage(false)
	}
	if err != nil {
		fmt.Fprintln(env.Stderr, "retake:", err)
	}
}

// helpFor names the help of the command that err is about.
func helpFor(err error) string {
	if pe, ok := err.(*kong.ParseError); ok && pe.Context != nil {
		if node := pe.Context.Selected(); node != nil {
			return node.FullPath() + " --help"
		}
	}
	return "retake --help"
}

// report writes an error where it belongs: a sentence on stderr and, with --json, an object on stdout.
func report(env *environment, err error, code int) {
	if err == nil || errors.Is(err, errPromise) {
		return
	}
	fmt.Fprintln(env.Stderr, "retake:", message(err))
	if !env.json {
		return
	}
	body := jsonError{Code: string(retake.CodeOf(err)), Message: message(err), ExitCode: code, Report: env.broken}
	if e, ok := errors.AsType[*retake.Error](err); ok {
		body.Field = e.Field
	}
	if err := writeJSON(env.Stdout, map[string]jsonError{"error": body}); err != nil {
		fmt.Fprintln(env.Stderr, "retake:", err)
	}
}

// jsonError is an error as --json writes it, under the key "error".
type jsonError struct {
	Code     string         `json:"code"`
	Field    string         `json:"field,omitempty"`
	Message  string         `json:"message"`
	ExitCode int            `json:"exit_code"`
	Report   *retake.Report `json:"report,omitempty"` // of a result that broke the promise, or of which there is no plot
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// fewBytes is what a command that ends by itself holds at most if that is enough.
const fewBytes = 64 << 20

// frugal has memory that is no longer used given back early: the tables of an hour's clip would take twice their room.
func frugal(env *environment) {
	if variable(env, "GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(fewBytes)
	}
}

// settings loads the configuration with the flags that stand for settings laid over it.
func settings(env *environment, file string, flags map[string]string) (config.Config, error) {
	for key, v := range flags {
		if v == "" {
			delete(flags, key)
		}
	}
	c, warnings, err := config.Load(config.Sources{File: file, Environ: env.Environ, Flags: flags})
	for _, w := range warnings {
		fmt.Fprintln(env.Stderr, "retake: warning:", w)
	}
	if err != nil {
		return c, usageError{fmt.Errorf("the settings have mistakes:\n%w", err)}
	}
	return c, nil
}
