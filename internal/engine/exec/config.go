package exec

import (
	"errors"
	"fmt"
	"os/exec"
	"time"

	"retake/internal/engine/outside"
)

// Values of Config.WhenBroken.
const (
	BrokenFails = "fail" // jobs of an engine that can't be started fail with the reason
	BrokenWaits = "wait" // they go back to the queue, as those of an engine without room
)

// Config is one program.
type Config struct {
	Command      []string      `koanf:"command"`       // the program and its arguments
	Title        string        `koanf:"title"`         // for people; "" takes the program's own
	Dir          string        `koanf:"dir"`           // working folder; "" for the server's
	Env          []string      `koanf:"env"`           // names of variables that it is given besides the usual ones
	Slots        int           `koanf:"slots"`         // jobs at once, if the program takes so many
	MemoryLimit  int64         `koanf:"memory_limit"`  // bytes of data of each of its processes; 0: none. Linux
	AnswerLimit  int64         `koanf:"answer_limit"`  // bytes of an answer's file
	StartWithin  time.Duration `koanf:"start_within"`  // until its hello
	LoadWithin   time.Duration `koanf:"load_within"`   // until it is loaded
	JobWithin    time.Duration `koanf:"job_within"`    // for one job
	SilentWithin time.Duration `koanf:"silent_within"` // for one line during a job
	CancelWithin time.Duration `koanf:"cancel_within"` // for the end of a cancelled job, before it is killed
	HealthWithin time.Duration `koanf:"health_within"` // for an answer to health
	StopWithin   time.Duration `koanf:"stop_within"`   // for its end, before it is killed
	IdleAfter    time.Duration `koanf:"idle_after"`    // without jobs, before it is stopped; 0: never
	WhenBroken   string        `koanf:"when_broken"`   // fail or wait
}

// DefaultConfig is all of a program's settings but its command.
func DefaultConfig() Config {
	return Config{
		Slots: 1, AnswerLimit: 4 << 30,
		StartWithin: 30 * time.Second, LoadWithin: 15 * time.Minute, JobWithin: 30 * time.Minute, SilentWithin: 5 * time.Minute,
		CancelWithin: 1500 * time.Millisecond, HealthWithin: 10 * time.Second, StopWithin: 5 * time.Second, IdleAfter: 10 * time.Minute,
		WhenBroken: BrokenFails,
	}
}

// Validate reports all mistakes at once.
func (c Config) Validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if len(c.Command) == 0 || c.Command[0] == "" {
		bad("command must name the program and its arguments")
	}
	if c.MemoryLimit != 0 && c.MemoryLimit < 16<<20 {
		bad("memory_limit must be 0 or at least 16MB, got %d", c.MemoryLimit)
	}
	errs = append(errs, outside.Check(c.Slots, c.AnswerLimit, map[string]time.Duration{"start_within": c.StartWithin, "load_within": c.LoadWithin,
		"job_within": c.JobWithin, "silent_within": c.SilentWithin, "cancel_within": c.CancelWithin, "health_within": c.HealthWithin, "stop_within": c.StopWithin}))
	if c.IdleAfter < 0 {
		bad("idle_after must not be negative, got %s", c.IdleAfter)
	}
	if c.WhenBroken != BrokenFails && c.WhenBroken != BrokenWaits {
		bad("when_broken must be fail or wait, got %q", c.WhenBroken)
	}
	return errors.Join(errs...)
}

// missing says why the program can't be started at all, nil when it is there.
func (c Config) missing() error {
	_, err := exec.LookPath(c.Command[0])
	return err
}
