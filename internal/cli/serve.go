package cli

import (
	"fmt"
	"log/slog"

	"retake/internal/app"
	"retake/internal/config"
)

type serveCommand struct {
	configFlag
	dataFlag
	Listen      string `help:"Address to listen on; port 0 takes a free one. Default: 127.0.0.1:8377." placeholder:"HOST:PORT"`
	PrintConfig bool   `help:"Print the settings in force, without secrets, and end."`
}

// Help is shown by retake serve --help.
func (serveCommand) Help() string {
	return `The first start makes the database, a public sample repository and one key, which is shown once on stderr.
Listening on this machine alone, it also shows a link that signs a browser in, once and within an hour: sign in: http://…
When the server is ready it writes one line to stderr: listening on http://HOST:PORT.

    retake serve --listen 127.0.0.1:8377 --data ./data
    retake serve --config retake.yaml
    retake serve --print-config > retake.yaml

SIGTERM or Ctrl-C lets running generations finish for a while (queue.drain) and hands the others back to
the queue, from where the next start takes them. A second one ends the process at once.`
}

// Run serves until a signal comes.
func (c serveCommand) Run(env *environment) error {
	cfg, err := settings(env, c.Config, map[string]string{"server.data": c.Data, "server.listen": c.Listen})
	if err != nil {
		return err
	}
	if c.PrintConfig {
		// The folder in force, also where it is the default.
		if cfg.Server.Data, err = cfg.Server.DataDir(); err != nil {
			return err
		}
		return config.Print(env.Stdout, cfg)
	}
	return app.Serve(env.ctx, cfg, app.ServeOptions{
		Log:     newLog(env, cfg.Log),
		Version: thisBuild().Version,
		FirstKey: func(key string) {
			fmt.Fprintf(env.Stderr, "key of the namespace ox, shown only now: %s\n", key)
		},
		SignIn: func(link string) { fmt.Fprintf(env.Stderr, "sign in: %s\n", link) },
		Ready:  func(address string) { fmt.Fprintf(env.Stderr, "listening on http://%s\n", address) },
	})
}

func newLog(env *environment, c config.Log) *slog.Logger {
	var level slog.Level
	// The setting was validated.
	_ = level.UnmarshalText([]byte(c.Level))
	options := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(env.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(env.Stderr, options))
}
