package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	blobs "retake/internal/blob/local"
	"retake/internal/engine"
	"retake/internal/event"
	"retake/internal/fetch"
	"retake/internal/httpapi"
	"retake/internal/media"
	"retake/internal/model"
	"retake/internal/pipeline"
	"retake/internal/queue"
	"retake/internal/store/sqlite"
)

// Config is every setting there is, by section.
type Config struct {
	Server   Server          `koanf:"server"`
	Log      Log             `koanf:"log"`
	HTTP     httpapi.Config  `koanf:"http"`
	Store    sqlite.Config   `koanf:"store"`
	Blobs    blobs.Config    `koanf:"blobs"`
	Queue    queue.Config    `koanf:"queue"`
	Events   event.Config    `koanf:"events"`
	Models   model.Config    `koanf:"models"`
	Media    media.Config    `koanf:"media"`
	Fetch    fetch.Config    `koanf:"fetch"`
	Engine   engine.Config   `koanf:"engine"`
	Pipeline pipeline.Config `koanf:"pipeline"`
}

// Default returns the settings of a server that nobody configured.
func Default() Config {
	return Config{
		Server:   DefaultServer(),
		Log:      DefaultLog(),
		HTTP:     httpapi.DefaultConfig(),
		Store:    sqlite.DefaultConfig(),
		Blobs:    blobs.DefaultConfig(),
		Queue:    queue.DefaultConfig(),
		Events:   event.DefaultConfig(),
		Models:   model.DefaultConfig(),
		Media:    media.DefaultConfig(),
		Fetch:    fetch.DefaultConfig(),
		Engine:   engine.DefaultConfig(),
		Pipeline: pipeline.DefaultConfig(),
	}
}

// validator is a section.
type validator interface{ Validate() error }

// Validate reports all mistakes of all sections, each with the key and the environment variable that mend it.
func (c Config) Validate() error {
	var errs []error
	fields := Fields(&c)
	// "" stands for a place in the data folder.
	if c.Store.Path == "" {
		c.Store.Path = "retake.db"
	}
	if c.Blobs.Dir == "" {
		c.Blobs.Dir = "blobs"
	}
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		section, ok := v.Field(i).Interface().(validator)
		if !ok {
			continue
		}
		for _, err := range parts(section.Validate()) {
			errs = append(errs, name(v.Type().Field(i).Tag.Get("koanf"), err, fields))
		}
	}
	return errors.Join(errs...)
}

// parts takes joined errors apart. What a wrap says in front of several goes in front of each.
func parts(err error) []error {
	switch e := err.(type) {
	case nil:
		return nil
	case interface{ Unwrap() []error }:
		var all []error
		for _, inner := range e.Unwrap() {
			all = append(all, parts(inner)...)
		}
		return all
	case interface{ Unwrap() error }:
		inner := e.Unwrap()
		if inner == nil {
			break
		}
		prefix, ok := strings.CutSuffix(err.Error(), inner.Error())
		list := parts(inner)
		if !ok || len(list) < 2 {
			break
		}
		for i := range list {
			list[i] = fmt.Errorf("%s%w", prefix, list[i])
		}
		return list
	}
	return []error{err}
}

var words = regexp.MustCompile(`[a-z0-9_]+`)

// name puts the full key and its variable in front of a section's own error, which names the bare key.
func name(section string, err error, fields []Field) error {
	said := words.FindAllString(err.Error(), -1)
	for i := range said {
		for _, f := range fields {
			path := strings.Split(f.Key, ".")
			if path[0] != section || path[len(path)-1] != said[i] || !inOrder(path[1:], said[:i+1]) {
				continue
			}
			text := err.Error()
			for _, p := range path {
				text = strings.TrimPrefix(strings.TrimPrefix(text, p+": "), p+".")
			}
			return fmt.Errorf("%s (%s): %s", f.Key, f.Env, text)
		}
	}
	return fmt.Errorf("%s: %w", section, err)
}

// inOrder reports whether all of path stands in said, in order.
func inOrder(path, said []string) bool {
	for _, p := range path {
		i := slices.Index(said, p)
		if i < 0 {
			return false
		}
		said = said[i+1:]
	}
	return true
}

// Server is the process itself.
type Server struct {
	Listen     string        `koanf:"listen"`      // host:port; port 0 takes a free one
	Metrics    string        `koanf:"metrics"`     // host:port of a listener for metrics alone, which needs no key; "" for none
	Data       string        `koanf:"data"`        // folder of the database, the blobs and the signing key; "" is the user's data folder
	SweepEvery time.Duration `koanf:"sweep_every"` // how often blobs without a row and stale temporary files are removed
	SweepAge   time.Duration `koanf:"sweep_age"`   // what is younger is left alone: its row may be about to come
}

// DefaultServer returns the defaults.
func DefaultServer() Server {
	return Server{
		Listen:     "127.0.0.1:8377",
		SweepEvery: time.Hour, SweepAge: time.Hour,
	}
}

// Validate reports all mistakes.
func (s Server) Validate() error {
	var errs []error
	errs = append(errs, address("listen", s.Listen))
	if s.Metrics != "" {
		errs = append(errs, address("metrics", s.Metrics))
	}
	if s.SweepEvery < time.Second {
		errs = append(errs, fmt.Errorf("sweep_every must be at least 1s, got %s", s.SweepEvery))
	}
	if s.SweepAge < time.Minute {
		errs = append(errs, fmt.Errorf("sweep_age must be at least 1m, or files still being written would be swept, got %s", s.SweepAge))
	}
	return errors.Join(errs...)
}

func address(key, value string) error {
	_, port, err := net.SplitHostPort(value)
	if err != nil {
		return fmt.Errorf("%s must be host:port, such as 127.0.0.1:8377, got %q", key, value)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%s needs a port between 0 and 65535, got %q", key, port)
	}
	return nil
}

// DataDir returns the data folder: the one that is set, else /var/lib/retake for root, else the XDG data folder.
func (s Server) DataDir() (string, error) {
	if s.Data != "" {
		return filepath.Abs(s.Data)
	}
	if os.Geteuid() == 0 {
		return "/var/lib/retake", nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "retake"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the data folder: %w", err)
	}
	return filepath.Join(home, ".local", "share", "retake"), nil
}

// Log is what the server writes to stderr.
type Log struct {
	Level  string `koanf:"level"`  // debug, info, warn, error
	Format string `koanf:"format"` // text or json
}

// DefaultLog returns the defaults.
func DefaultLog() Log { return Log{Level: "info", Format: "text"} }

// Validate reports all mistakes.
func (l Log) Validate() error {
	var errs []error
	var level slog.Level
	if err := level.UnmarshalText([]byte(l.Level)); err != nil {
		errs = append(errs, fmt.Errorf("level must be debug, info, warn or error, got %q", l.Level))
	}
	if l.Format != "text" && l.Format != "json" {
		errs = append(errs, fmt.Errorf("format must be text or json, got %q", l.Format))
	}
	return errors.Join(errs...)
}
