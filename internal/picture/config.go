package picture

import (
	"errors"
	"fmt"
)

// Config holds what an operator may tune.
type Config struct {
	Threads int     `koanf:"threads"` // goroutines that share the rows of one picture
	Ramp    float64 `koanf:"ramp"`    // seconds over which an effect grows in, and out again
}

// DefaultConfig shares rows between two goroutines and grows effects in over half a second.
func DefaultConfig() Config { return Config{Threads: 2, Ramp: 0.5} }

// Validate reports all mistakes at once.
func (c Config) Validate() error {
	var errs []error
	if c.Threads < 1 || c.Threads > 64 {
		errs = append(errs, fmt.Errorf("threads must be 1 to 64, got %d", c.Threads))
	}
	if !(c.Ramp >= 0 && c.Ramp <= 5) {
		errs = append(errs, fmt.Errorf("ramp must be 0 to 5 seconds, got %v", c.Ramp))
	}
	return errors.Join(errs...)
}
