package exec

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"retake/internal/engine/outside"
	"retake/internal/media"
)

// pipeDelay is how long a pipe may be held open by what left the process group.
const pipeDelay = time.Second

// Ways a process ends.
var (
	errStopped  = errors.New("it was stopped")
	errExited   = errors.New("the program ended")
	errStray    = errors.New("the program does not keep to the protocol")
	errSilent   = errors.New("the program does not answer")
	errRequired = errors.New("the program asked to be started anew")
)

// process is a program that runs. One goroutine owns it, one reads each of its streams; they end with it.
type process struct {
	cfg  Config
	log  *slog.Logger
	cmd  *exec.Cmd
	said *journal

	writing sync.Mutex
	stdin   *os.File

	done chan struct{} // closed when it has ended and was waited for
	err  error         // why, set before done is closed

	// Of who holds the engine's turn.
	greeted, loaded bool
	places          chan struct{} // a token for each job that it takes at once, made by the hello

	mu      sync.Mutex
	cause   error // why it was killed
	calls   map[string]*call
	answers map[string]chan message // to hello, load and health
	gone    bool                    // its process number may be another's
	retired bool                    // no more jobs
	jobs    int
	used    time.Time // when the last job ended
	strays  int       // lines that were none of the protocol
}

// call is a job that a program works on.
type call struct {
	progress func(fraction float64)
	beat     chan struct{} // holds a token when there was a line
	notes    chan string
	end      chan message
}

func newCall(progress func(float64)) *call {
	return &call{progress: progress, beat: make(chan struct{}, 1), notes: make(chan string, 16), end: make(chan message, 1)}
}

// start starts the program.
func start(cfg Config, log *slog.Logger) (*process, error) {
	p := &process{
		cfg: cfg, log: log, said: &journal{log: log, now: time.Now}, done: make(chan struct{}), used: time.Now(),
		calls: map[string]*call{}, answers: map[string]chan message{"hello": make(chan message, 1), "loaded": make(chan message, 1), "health": make(chan message, 1)},
	}
	p.cmd = exec.Command(cfg.Command[0], cfg.Command[1:]...)
	p.cmd.Dir = cfg.Dir
	p.cmd.Env = environment(cfg.Env)
	p.cmd.SysProcAttr = media.OwnGroup()
	var ours, theirs [3]*os.File
	var err error
	for i := range ours {
		r, w, perr := os.Pipe()
		if perr != nil {
			err = perr
			break
		}
		if ours[i], theirs[i] = r, w; i == 0 {
			ours[i], theirs[i] = w, r
		}
	}
	if err == nil {
		p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = theirs[0], theirs[1], theirs[2]
		p.stdin = ours[0]
		started := make(chan error)
		go p.own(ours[1], ours[2], started)
		err = <-started
	}
	for i := range theirs {
		if theirs[i] != nil {
			theirs[i].Close()
		}
		if err != nil && ours[i] != nil {
			ours[i].Close()
		}
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// own starts the program, waits for its end and settles it. It keeps its thread, to whose life the program's is tied.
func (p *process) own(stdout, stderr *os.File, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := p.cmd.Start(); err != nil {
		started <- err
		return
	}
	pid := p.cmd.Process.Pid
	if err := limit(pid, p.cfg.MemoryLimit); err != nil {
		p.log.Warn("the engine's memory can't be limited", "error", err)
	}
	started <- nil
	var readers sync.WaitGroup
	readers.Go(func() { p.read(stdout) })
	readers.Go(func() { p.said.copy(stderr) })
	state := p.reap(pid)
	for _, f := range []*os.File{stdout, stderr} {
		_ = f.SetReadDeadline(time.Now().Add(pipeDelay))
	}
	readers.Wait()
	stdout.Close()
	stderr.Close()
	p.stdin.Close()
	p.mu.Lock()
	err := p.cause
	p.mu.Unlock()
	if err == nil {
		err = errExited
		if state != nil {
			err = fmt.Errorf("%w: %w", errExited, state)
		}
	}
	p.err = p.said.withLast(err)
	p.log.Info("engine ended", "pid", pid, "reason", err)
	close(p.done)
}

// read takes the program's lines.
func (p *process) read(stdout *os.File) {
	lines := bufio.NewReaderSize(stdout, 1<<16)
	for {
		line, long, err := readLine(lines, maxLine, false)
		if err != nil {
			return
		}
		switch {
		case long:
			p.kill(fmt.Errorf("%w: a line of more than %d bytes", errStray, maxLine))
		case len(line) == 0:
		case line[0] != '{':
			p.mu.Lock()
			p.strays++
			p.mu.Unlock()
			p.said.line("on its standard output, where only the protocol belongs: " + outside.Line(string(line[:min(len(line), logLine)]), logLine))
		default:
			m, err := decode(line)
			if err != nil {
				p.kill(fmt.Errorf("%w: %w", errStray, err))
				continue
			}
			p.take(m)
		}
	}
}

// take hands a message to who waits for it.
func (p *process) take(m message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m.Type == "error" && m.ID == "" {
		p.fault(m)
		return
	}
	if answer := p.answers[m.Type]; answer != nil {
		offer(answer, m)
		return
	}
	c := p.calls[m.ID]
	if c == nil {
		if m.Type == "progress" && m.ID == "" && p.said.room() {
			p.log.Info("engine is loading", "fraction", m.Fraction, "phase", m.Phase)
		}
		return // about a job that has ended
	}
	offer(c.beat, struct{}{})
	switch m.Type {
	case "progress":
		c.progress(m.Fraction)
	case "note":
		if !offer(c.notes, m.Note) && p.said.room() {
			p.log.Warn("the engine writes notes faster than they are kept")
		}
	case "result", "error":
		offer(c.end, m)
	}
}

// fault is an error about no job: it answers what was asked, or ends all that runs. The caller holds mu.
func (p *process) fault(m message) {
	for _, kind := range []string{"hello", "loaded", "health"} {
		offer(p.answers[kind], m)
	}
	for _, c := range p.calls {
		offer(c.end, m)
	}
}

func offer[T any](c chan T, v T) bool {
	select {
	case c <- v:
		return true
	default:
		return false
	}
}

// ask sends a request and waits for its answer, or for an error instead.
func (p *process) ask(ctx context.Context, request, answer string, within time.Duration) (message, error) {
	c := p.answers[answer]
	select {
	case <-c: // of an earlier time
	default:
	}
	m := message{Type: request}
	if request == "hello" {
		m.Protocol, m.Server = Version, "retake"
	}
	if err := p.send(m); err != nil && !errors.Is(err, syscall.EPIPE) {
		return m, fmt.Errorf("write %s: %w", request, err)
	}
	late := time.NewTimer(within)
	defer late.Stop()
	select {
	case m = <-c:
		return m, nil
	case <-ctx.Done():
		return m, context.Cause(ctx)
	case <-late.C:
		return m, fmt.Errorf("%w to %s within %s", errSilent, request, within)
	case <-p.done:
		select {
		case m = <-c: // its last words
			return m, nil
		default:
			return m, p.err
		}
	}
}

func (p *process) add(id string, c *call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls[id] = c
}

func (p *process) remove(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.calls, id)
}

// retire has it end after the jobs that run.
func (p *process) retire() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.retired = true
}

// send writes a message. A program that doesn't read is killed.
func (p *process) send(m any) error {
	line, err := json.Marshal(m)
	if err != nil {
		return err
	}
	p.writing.Lock()
	defer p.writing.Unlock()
	_ = p.stdin.SetWriteDeadline(time.Now().Add(p.cfg.HealthWithin))
	if _, err = p.stdin.Write(append(line, '\n')); errors.Is(err, os.ErrDeadlineExceeded) {
		p.kill(fmt.Errorf("%w: it reads nothing", errSilent))
	}
	return err
}

// kill ends the program and its group for a reason; the first one counts.
func (p *process) kill(why error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cause == nil {
		p.cause = why
	}
	if !p.gone {
		_ = media.KillGroup(p.cmd.Process.Pid)
	}
}

// ended notes that the process number is about to be free, and kills what the program left behind in its group.
func (p *process) ended(pid int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone = true
	_ = media.KillGroup(pid)
}

// stop has the program end by itself, kills it when it doesn't in time, and waits.
func (p *process) stop(why error) {
	p.mu.Lock()
	if p.cause == nil {
		p.cause = why
	}
	p.mu.Unlock()
	_ = p.send(message{Type: "shutdown"})
	p.writing.Lock()
	p.stdin.Close()
	p.writing.Unlock()
	late := time.NewTimer(p.cfg.StopWithin)
	defer late.Stop()
	select {
	case <-p.done:
		return
	case <-late.C:
	}
	p.kill(why)
	<-p.done
}

// alive reports whether it takes jobs.
func (p *process) alive() bool {
	select {
	case <-p.done:
		return false
	default:
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.retired && p.cause == nil
}

// environment is what a program is told of ours: what programs need anyway, and what the operator names.
func environment(more []string) (env []string) {
	names := append([]string{"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR",
		"LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"}, more...)
	for _, name := range names {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return append(env, "PYTHONUNBUFFERED=1")
}
