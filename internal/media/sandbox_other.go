//go:build unix && !linux

package media

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// sandbox starts media programs. This system offers no way to confine them.
type sandbox struct{ warning string }

// String says what holds.
func (sandbox) String() string { return "none on this system" }

func openSandbox(cfg Config) (sandbox, error) {
	if cfg.Sandbox == SandboxRequired {
		return sandbox{}, errors.New("media.sandbox: required, but there is none on this system")
	}
	return sandbox{}, nil
}

func (sandbox) command(ctx context.Context, path string, args, _, _ []string) *exec.Cmd {
	return exec.CommandContext(ctx, path, args...)
}

func (sandbox) afterStart(int) {}

func enter([]string) error { return errors.New("there is none on this system") }

func childAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func enlarge(*os.File) {}
