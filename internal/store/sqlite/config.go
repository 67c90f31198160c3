package sqlite

import (
	"errors"
	"fmt"
	"time"
)

// Config says where the database is and how it is opened.
type Config struct {
	Path        string        `koanf:"path"`         // the database file; its folder must exist
	Readers     int           `koanf:"readers"`      // connections that read side by side
	BusyTimeout time.Duration `koanf:"busy_timeout"` // how long to wait for another process that writes
	KeepEvents  time.Duration `koanf:"keep_events"`  // age at which Sweep drops events

	// Shared opens the database beside a server that may be running, to manage keys for instance. Without it the
	// database is locked for this process, and whatever an earlier process was working on counts as lapsed.
	Shared bool `koanf:"-"`
	// Now is the clock; nil means time.Now.
	Now func() time.Time `koanf:"-"`
}

// DefaultConfig returns the configuration for one machine, without a path.
func DefaultConfig() Config {
	return Config{Readers: 8, BusyTimeout: 10 * time.Second, KeepEvents: 7 * 24 * time.Hour}
}

// Validate reports every mistake at once, each naming its key.
func (c Config) Validate() error {
	var errs []error
	if c.Path == "" {
		errs = append(errs, errors.New("path must name the database file"))
	}
	if c.Readers < 1 || c.Readers > 256 {
		errs = append(errs, fmt.Errorf("readers must be between 1 and 256, got %d", c.Readers))
	}
	if c.BusyTimeout < 0 {
		errs = append(errs, fmt.Errorf("busy_timeout must not be negative, got %s", c.BusyTimeout))
	}
	if c.KeepEvents < time.Minute {
		errs = append(errs, fmt.Errorf("keep_events must be at least 1m, got %s", c.KeepEvents))
	}
	return errors.Join(errs...)
}

// withDefaults fills what was left at zero, so that Config{Path: p} is enough.
func (c Config) withDefaults() Config {
	d := DefaultConfig()
	if c.Readers == 0 {
		c.Readers = d.Readers
	}
	if c.BusyTimeout == 0 {
		c.BusyTimeout = d.BusyTimeout
	}
	if c.KeepEvents == 0 {
		c.KeepEvents = d.KeepEvents
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}
