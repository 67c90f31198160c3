package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"

	"retake/internal/retake"
)

const (
	pipeSize   = 1 << 20 // bytes asked of the kernel for each pipe; a raw 1080p frame is 3 MB
	stderrTail = 4 << 10
	waitDelay  = time.Second // for the pipes of a killed run
)

// Process is a running ffmpeg or ffprobe. Its pipes are bounded: who writes to Stdin without anybody reading
// Stdout will wait. Call Wait or Close in the end.
type Process struct {
	name   string
	stdin  *pipeEnd
	stdout *pipeEnd
	cancel context.CancelCauseFunc
	done   chan struct{}
	err    error // set before done is closed
	pid    int
}

// Start starts the command. Cancelling ctx kills it and all its children.
func (t *Tools) Start(ctx context.Context, c Command) (*Process, error) {
	path := t.ffmpeg
	if c.Probe {
		path = t.ffprobe
	}
	name := filepath.Base(path)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("%s: %w", name, context.Cause(ctx))
	}
	ctx, stopTimer := context.WithTimeoutCause(ctx, t.cfg.Timeout, ErrTimeout)
	ctx, cancel := context.WithCancelCause(ctx)
	r := &run{
		p:      &Process{name: name, cancel: cancel, done: make(chan struct{})},
		stderr: tail{limit: stderrTail},
		probe:  c.Probe,
		stop:   func() { cancel(nil); stopTimer() },
	}
	if err := r.prepare(ctx, t, path, c); err != nil {
		r.closeAll()
		r.stop()
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	started := make(chan error)
	go r.own(ctx, c.Stdin, started)
	if err := <-started; err != nil {
		r.closeAll()
		r.stop()
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	t.box.afterStart(r.p.pid)
	return r.p, nil
}

// run is what the goroutine that owns a process works with.
type run struct {
	p      *Process
	cmd    *exec.Cmd
	stderr tail
	feed   *pipeEnd   // the parent's end of stdin, when a reader feeds it
	theirs []*os.File // the child's ends, closed once it has them
	stop   func()
	probe  bool // it is ffprobe
}

func (r *run) prepare(ctx context.Context, t *Tools, path string, c Command) error {
	args, inputs := c.line()
	r.cmd = t.box.command(ctx, path, args, append(inputs, c.ReadFiles...), c.WriteDirs)
	r.cmd.Cancel = func() error { return killGroup(r.cmd.Process.Pid) }
	r.cmd.WaitDelay = waitDelay
	r.cmd.SysProcAttr = childAttr()
	r.cmd.Stderr = &r.stderr
	r.cmd.Env = environment()

	out, theirOut, err := os.Pipe()
	if err != nil {
		return err
	}
	enlarge(out)
	r.p.stdout = &pipeEnd{File: out}
	r.theirs = append(r.theirs, theirOut)
	r.cmd.Stdout = theirOut

	if c.Stdin == nil && !c.PipeIn {
		return nil
	}
	theirIn, in, err := os.Pipe()
	if err != nil {
		return err
	}
	enlarge(in)
	r.theirs = append(r.theirs, theirIn)
	r.cmd.Stdin = theirIn
	if c.Stdin != nil {
		r.feed = &pipeEnd{File: in}
	} else {
		r.p.stdin = &pipeEnd{File: in}
	}
	return nil
}

// own starts the child, waits for it and settles its result. It keeps its thread: the kernel sends the child its
// parent's death signal when the thread that started it ends, not only when the program does.
func (r *run) own(ctx context.Context, stdin io.Reader, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := r.cmd.Start()
	if err == nil {
		r.p.pid = r.cmd.Process.Pid
	}
	for _, f := range r.theirs {
		f.Close()
	}
	started <- err
	if err != nil {
		return
	}
	fed := make(chan error, 1)
	if r.feed != nil {
		go func() {
			_, err := io.Copy(r.feed, stdin)
			r.feed.Close()
			fed <- err
		}()
	}
	err = r.cmd.Wait()
	if r.p.stdin != nil {
		r.p.stdin.Close()
	}
	var feedErr error
	if r.feed != nil {
		r.feed.Close()
		select {
		case feedErr = <-fed:
		case <-time.After(waitDelay): // a reader that never returns is its maker's to end
		}
	}
	r.p.err = r.settle(ctx, err, feedErr)
	r.stop()
	close(r.p.done)
}

// settle turns the ways a run can end into one error.
func (r *run) settle(ctx context.Context, err, feedErr error) error {
	if err != nil && ctx.Err() != nil {
		cause := fmt.Errorf("%s: %w", r.p.name, context.Cause(ctx))
		if errors.Is(cause, ErrTimeout) {
			return retake.Errorf(retake.CodeTooLarge, "Working on the clip took longer than this server allows. Use a smaller or shorter clip.").Because(cause)
		}
		return cause
	}
	if err != nil {
		e := &ExitError{Tool: r.p.name, State: err.Error(), Stderr: r.stderr.String()}
		return e.explain(r.probe)
	}
	if feedErr != nil && !errors.Is(feedErr, syscall.EPIPE) && !errors.Is(feedErr, os.ErrClosed) {
		return fmt.Errorf("feed %s: %w", r.p.name, feedErr)
	}
	return nil
}

func (r *run) closeAll() {
	for _, f := range r.theirs {
		f.Close()
	}
	for _, e := range []*pipeEnd{r.p.stdin, r.p.stdout, r.feed} {
		if e != nil {
			e.Close()
		}
	}
}

// Stdin is the pipe to the program, nil unless Command.PipeIn was set. Close it to end the input.
func (p *Process) Stdin() io.WriteCloser {
	if p.stdin == nil {
		return nil
	}
	return p.stdin
}

// Stdout is the pipe from the program.
func (p *Process) Stdout() io.ReadCloser { return p.stdout }

// PID returns the process id, which is its group's too.
func (p *Process) PID() int { return p.pid }

// Wait returns when the program has ended. After a cancel the error wraps the context's cause; otherwise a bad end
// is an *ExitError, or a *retake.Error around one where a user can do something about it. What is left in Stdout
// can still be read.
func (p *Process) Wait() error {
	<-p.done
	return p.err
}

// Close kills the program if it still runs, waits for it and closes the pipes. It is meant for defer.
func (p *Process) Close() error {
	p.cancel(errClosed)
	<-p.done
	p.stdout.Close()
	return nil
}

var errClosed = errors.New("closed before the end")

// pipeEnd is our end of a pipe, which may be closed more than once.
type pipeEnd struct {
	*os.File
	once sync.Once
	err  error
}

// Close closes the pipe.
func (e *pipeEnd) Close() error {
	e.once.Do(func() { e.err = e.File.Close() })
	return e.err
}

// killGroup kills the process group that pid leads.
func killGroup(pid int) error {
	if err := syscall.Kill(-pid, syscall.SIGKILL); err != nil {
		if errors.Is(err, syscall.ESRCH) {
			return os.ErrProcessDone
		}
		return err
	}
	return nil
}

// environment is all that ffmpeg is told of ours. FFREPORT and the like must not reach it, and few malloc arenas
// keep the address space within its limit on machines with many processors.
func environment() []string {
	env := []string{"LC_ALL=C", "AV_LOG_FORCE_NOCOLOR=1", "MALLOC_ARENA_MAX=8", "HOME=/nonexistent"}
	for _, key := range []string{"PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH"} {
		if v, ok := os.LookupEnv(key); ok {
			env = append(env, key+"="+v)
		}
	}
	return env
}
