package media

import (
	"errors"
	"fmt"
	"time"
)

// Values of Config.Sandbox.
const (
	SandboxAuto     = "auto"     // as strong as the machine allows
	SandboxRequired = "required" // refuse to start without Landlock
	SandboxOff      = "off"      // resource limits only
)

// Config says which programs to run and how far they may go.
type Config struct {
	FFmpeg      string        `koanf:"ffmpeg"`       // name or path
	FFprobe     string        `koanf:"ffprobe"`      // name or path
	Threads     int           `koanf:"threads"`      // for each encoder or decoder; 0: as many as processors, at most 16
	Timeout     time.Duration `koanf:"timeout"`      // of one run
	CPULimit    time.Duration `koanf:"cpu_limit"`    // processor time of one run; 0: none
	MemoryLimit int64         `koanf:"memory_limit"` // bytes of address space of one run; 0: none
	FileLimit   int64         `koanf:"file_limit"`   // bytes of one file written; 0: none
	OpenFiles   int           `koanf:"open_files"`   // descriptors of one run
	Sandbox     string        `koanf:"sandbox"`      // auto, required or off
	ReadDirs    []string      `koanf:"read_dirs"`    // further folders ffmpeg needs, for one installed in an unusual place
}

// DefaultConfig fits an ordinary machine. Address space is not memory in use: a decoder and an encoder with 16
// threads each reserve about 2 GiB of it and touch a tenth.
func DefaultConfig() Config {
	return Config{
		FFmpeg: "ffmpeg", FFprobe: "ffprobe",
		Timeout: time.Hour, CPULimit: 4 * time.Hour,
		MemoryLimit: 6 << 30, FileLimit: 16 << 30, OpenFiles: 256,
		Sandbox: SandboxAuto,
	}
}

// Validate reports every mistake, each with its key.
func (c Config) Validate() error {
	var errs []error
	bad := func(key, format string, args ...any) {
		errs = append(errs, fmt.Errorf("media.%s: %s", key, fmt.Sprintf(format, args...)))
	}
	if c.FFmpeg == "" {
		bad("ffmpeg", "must name the ffmpeg program")
	}
	if c.FFprobe == "" {
		bad("ffprobe", "must name the ffprobe program")
	}
	if c.Threads < 0 || c.Threads > 64 {
		bad("threads", "must be between 0 and 64, got %d", c.Threads)
	}
	if c.Timeout < time.Second {
		bad("timeout", "must be at least 1s, got %s", c.Timeout)
	}
	if c.CPULimit != 0 && c.CPULimit < time.Second {
		bad("cpu_limit", "must be 0 or at least 1s, got %s", c.CPULimit)
	}
	if c.MemoryLimit != 0 && c.MemoryLimit < 512<<20 {
		bad("memory_limit", "must be 0 or at least 536870912 (512 MiB), got %d", c.MemoryLimit)
	}
	if c.FileLimit != 0 && c.FileLimit < 1<<20 {
		bad("file_limit", "must be 0 or at least 1048576 (1 MiB), got %d", c.FileLimit)
	}
	if c.OpenFiles < 32 {
		bad("open_files", "must be at least 32, got %d", c.OpenFiles)
	}
	switch c.Sandbox {
	case SandboxAuto, SandboxRequired, SandboxOff:
	default:
		bad("sandbox", "must be auto, required or off, got %q", c.Sandbox)
	}
	return errors.Join(errs...)
}
