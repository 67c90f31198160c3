package media

import (
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
)

// Tools runs the ffmpeg and ffprobe of this machine. It is safe for concurrent use.
type Tools struct {
	cfg             Config
	ffmpeg, ffprobe string // absolute paths
	box             sandbox
	tones           tones
}

// Open finds the programs and tries the sandbox out. The error says how to install what is missing.
func Open(cfg Config) (*Tools, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	ffmpeg, err1 := lookUp(cfg.FFmpeg)
	ffprobe, err2 := lookUp(cfg.FFprobe)
	if err := errors.Join(err1, err2); err != nil {
		return nil, fmt.Errorf("%w\ninstall ffmpeg (Debian, Ubuntu: apt install ffmpeg; Fedora: dnf install ffmpeg-free; macOS: brew install ffmpeg) or set media.ffmpeg and media.ffprobe", err)
	}
	t := &Tools{cfg: cfg, ffmpeg: ffmpeg, ffprobe: ffprobe}
	if t.box, err1 = openSandbox(cfg); err1 != nil {
		return nil, err1
	}
	if t.box.warning != "" {
		warnOnce(t.box.warning)
	}
	return t, nil
}

func lookUp(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("find %s: %w", name, err)
	}
	return filepath.Abs(path)
}

// Threads returns how many threads to give one encoder or decoder.
func (t *Tools) Threads() int {
	if t.cfg.Threads > 0 {
		return t.cfg.Threads
	}
	return min(runtime.NumCPU(), 16)
}

// Sandboxed says in a few words what confines the programs, such as "landlock v7, limits".
func (t *Tools) Sandboxed() string { return t.box.String() }

var warned sync.Map

// warnOnce logs a weakness of this machine once in a process, however many Tools are opened.
func warnOnce(message string) {
	if _, seen := warned.LoadOrStore(message, true); !seen {
		slog.Warn("media: " + message)
	}
}
