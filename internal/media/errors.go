package media

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"retake/internal/retake"
)

// ErrTimeout is the cause of a run that took longer than Config.Timeout.
var ErrTimeout = errors.New("the media program ran too long")

// ExitError is a run that ended badly. It is for the log, not for users: Stderr may name paths.
type ExitError struct {
	Tool   string // ffmpeg or ffprobe
	State  string // "exit status 1", "signal: killed"
	Stderr string // the last lines
}

func (e *ExitError) Error() string {
	if e.Stderr == "" {
		return e.Tool + ": " + e.State
	}
	return fmt.Sprintf("%s: %s: %s", e.Tool, e.State, e.Stderr)
}

// explain gives the failures that have a cause outside the clip a message for the user. probe says that ffprobe ran,
// which takes much memory only where a clip claims more than it can hold.
func (e *ExitError) explain(probe bool) error {
	switch {
	case strings.Contains(e.Stderr, "No space left on device"):
		return retake.Errorf(retake.CodeUnavailable, "The server's disk is full. Try again later.").Because(fmt.Errorf("%w: %w", syscall.ENOSPC, e))
	case strings.Contains(e.State, "file size limit") || strings.Contains(e.Stderr, "File too large"):
		return retake.Errorf(retake.CodeTooLarge, "The result would be larger than this server allows for one file.").Because(e)
	case strings.Contains(e.State, "CPU time limit"):
		return retake.Errorf(retake.CodeTooLarge, "The clip takes more computing than this server allows for one edit. Use a smaller or shorter clip.").Because(e)
	case strings.Contains(e.Stderr, "Cannot allocate memory") && probe:
		return errClaims(e)
	case strings.Contains(e.Stderr, "Cannot allocate memory"):
		return retake.Errorf(retake.CodeTooLarge, "The clip takes more memory than this server allows for one edit. Use a smaller picture size.").Because(e)
	}
	return e
}

// tail keeps the last bytes written to it.
type tail struct {
	limit int
	buf   []byte
	cut   bool
}

func (t *tail) Write(p []byte) (int, error) {
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - t.limit; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
		t.cut = true
	}
	return len(p), nil
}

// String returns what was kept, from the first whole line on.
func (t *tail) String() string {
	s := string(t.buf)
	if t.cut {
		if _, rest, found := strings.Cut(s, "\n"); found && rest != "" {
			s = rest
		}
	}
	return strings.ToValidUTF8(strings.TrimSpace(s), "�")
}
