package media

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// self is our own binary, even when its file was replaced or removed since. Test binaries with the race detector, which
// take longer to start than ffmpeg does, are linked with the path of the program in sandboxed in its place.
var self = "/proc/self/exe"

// hello asks a sandboxed process to answer and end, to see whether starting one works here.
const hello = "hello"

// sandbox starts media programs confined.
type sandbox struct {
	reexec  bool
	abi     int // of Landlock, 0 for none
	limits  confinement
	system  []string // what every run may read
	warning string
}

// String says what holds.
func (b sandbox) String() string {
	switch {
	case b.abi > 0:
		return fmt.Sprintf("landlock v%d, limits", b.abi)
	case b.reexec:
		return "limits only, no landlock"
	default:
		return "limits only, no sandbox process"
	}
}

func openSandbox(cfg Config) (sandbox, error) {
	b := sandbox{
		limits: confinement{
			Memory: cfg.MemoryLimit, File: cfg.FileLimit,
			CPU: int64(cfg.CPULimit.Seconds()), OpenFiles: int64(cfg.OpenFiles),
		},
		system: append(systemFiles(), cfg.ReadDirs...),
	}
	if cfg.Sandbox == SandboxOff {
		return b, nil
	}
	switch err := trySelf(); {
	case err != nil:
		b.warning = "ffmpeg runs without a sandbox: " + err.Error()
	default:
		b.reexec = true
		if b.abi = landlockABI(); b.abi == 0 {
			b.warning = "this kernel has no Landlock: ffmpeg runs with limits, but could read other files"
		}
	}
	if cfg.Sandbox == SandboxRequired && b.abi == 0 {
		return b, errors.New("media.sandbox: required, but " + b.warning)
	}
	return b, nil
}

// trySelf starts our own binary as a sandbox that only says hello.
func trySelf() error {
	if !hooked {
		return errors.New("this program does not call media.Main")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, self)
	cmd.Args = []string{marker, hello}
	cmd.Env = environment()
	cmd.SysProcAttr = childAttr()
	cmd.WaitDelay = waitDelay
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("start the sandbox: %w", err)
	}
	if !bytes.Equal(out, []byte(hello)) {
		return errors.New("start the sandbox: it did not answer")
	}
	return nil
}

// command makes the command that becomes path with args, confined to read and write besides the system's files.
func (b sandbox) command(ctx context.Context, path string, args, read, write []string) *exec.Cmd {
	if !b.reexec {
		cmd := exec.CommandContext(ctx, path, args...)
		cmd.Args[0] = filepath.Base(path)
		return cmd
	}
	c := b.limits
	c.Parent = os.Getpid()
	c.Landlock = b.abi
	c.Read = append(append([]string{path}, b.system...), absolute(read)...)
	c.Write = append(absolute(write), os.DevNull)
	cmd := exec.CommandContext(ctx, self)
	cmd.Args = append([]string{marker, c.String(), path}, args...)
	return cmd
}

// afterStart sets the limits from outside where no sandbox process does it from inside.
func (b sandbox) afterStart(pid int) {
	if b.reexec {
		return
	}
	for _, l := range b.limits.rlimits() {
		lim := unix.Rlimit{Cur: l.value, Max: l.value}
		if err := unix.Prlimit(pid, l.resource, &lim, nil); err != nil && !errors.Is(err, unix.ESRCH) {
			warnOnce("set a limit of ffmpeg: " + err.Error())
		}
	}
}

// enter confines this process and becomes the program that args name: the confinement, the path, its arguments.
// It returns only when that failed.
func enter(args []string) error {
	if len(args) == 1 && args[0] == hello {
		fmt.Print(hello)
		os.Exit(0)
	}
	if len(args) < 2 {
		return errors.New("no program to run")
	}
	var c confinement
	if err := json.Unmarshal([]byte(args[0]), &c); err != nil {
		return fmt.Errorf("read the confinement: %w", err)
	}
	// Landlock and the death signal belong to a thread; the one that calls exec is the one that goes on.
	runtime.LockOSThread()
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return fmt.Errorf("set the death signal: %w", err)
	}
	if c.Parent != 0 && os.Getppid() != c.Parent {
		return errors.New("the parent is gone")
	}
	// Let the kernel take ffmpeg rather than the server when memory runs out. Not everywhere allowed.
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("500"), 0)
	if c.Landlock > 0 {
		if err := restrict(c); err != nil {
			return err
		}
	}
	for _, l := range c.rlimits() {
		if err := unix.Setrlimit(l.resource, &unix.Rlimit{Cur: l.value, Max: l.value}); err != nil {
			return fmt.Errorf("set a limit: %w", err)
		}
	}
	argv := append([]string{filepath.Base(args[1])}, args[2:]...)
	return fmt.Errorf("become %s: %w", filepath.Base(args[1]), syscall.Exec(args[1], argv, os.Environ()))
}

type rlimit struct {
	resource int
	value    uint64
}

// rlimits lists the limits to set. Never more than the hard limit that already holds.
func (c confinement) rlimits() []rlimit {
	list := []rlimit{{unix.RLIMIT_CORE, 0}}
	add := func(resource int, v int64) {
		var have unix.Rlimit
		if v > 0 && unix.Getrlimit(resource, &have) == nil {
			list = append(list, rlimit{resource, min(uint64(v), have.Max)})
		}
	}
	add(unix.RLIMIT_NOFILE, c.OpenFiles)
	add(unix.RLIMIT_FSIZE, c.File)
	add(unix.RLIMIT_CPU, c.CPU)
	add(unix.RLIMIT_AS, c.Memory) // last: from here on this process may be short of address space itself
	return list
}

func absolute(paths []string) []string {
	var list []string
	for _, p := range paths {
		if abs, err := filepath.Abs(p); err == nil {
			p = abs
		}
		list = append(list, p)
	}
	return list
}

// childAttr puts a child into its own process group and ties its life to ours.
func childAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// enlarge asks the kernel for a larger pipe, fewer switches for each frame. It may refuse; then the pipe stays 64 KiB.
func enlarge(f *os.File) {
	conn, err := f.SyscallConn()
	if err != nil {
		return
	}
	_ = conn.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, pipeSize) })
}
