package exec

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"retake/internal/retake"
)

// Bounds of the pause before a program that failed is started again.
const (
	firstPause   = time.Second
	longestPause = 5 * time.Minute
	waitedPause  = 5 * time.Second // a job waits so long for it; one that would wait longer fails, or goes back to the queue
)

// freshFor is how long after a job a program is taken to be well without being asked.
const freshFor = 30 * time.Second

// Engine is a program as a retake.Engine. It also is a retake.Readiness, Preparer and Closer.
type Engine struct {
	name string
	cfg  Config
	log  *slog.Logger

	slots chan struct{} // a token for each job that may run
	turn  chan struct{} // held by who starts or stops the program

	mu       sync.Mutex
	proc     *process // nil when none runs
	info     retake.EngineInfo
	greeted  bool // info is the program's own
	failures int  // in a row
	pause    time.Time
	reason   error         // of the last failure
	down     stage         // how far it did not come the last time
	trying   chan struct{} // closed when the try that is under way has ended, nil without one
	idle     *time.Timer
	closed   bool

	life  context.Context // ends with Close
	end   context.CancelCauseFunc
	tries sync.WaitGroup
}

// stage is how far a program is brought.
type stage int

const (
	up      stage = iota
	greeted       // it has said what it can do
	loaded        // it can take a job
)

// New makes an engine of a program, which is not started yet.
func New(name string, cfg Config, log *slog.Logger) (*Engine, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("engine %s: %w", name, err)
	}
	if log == nil {
		log = slog.Default()
	}
	title := cfg.Title
	if title == "" {
		title = name
	}
	life, end := context.WithCancelCause(context.Background())
	return &Engine{
		name: name, cfg: cfg, log: log.With("engine", name), slots: make(chan struct{}, cfg.Slots), turn: make(chan struct{}, 1), life: life, end: end,
		info: retake.EngineInfo{Name: name, Title: title, Modes: retake.Modes(), MaxWindow: retake.MaxWindow, Slots: 1, Generative: true, Unpriced: true},
	}, nil
}

// Info tells what the program says of itself, or, before it was asked, that it can do anything, one job at a time, at a price that isn't known.
func (e *Engine) Info() retake.EngineInfo {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.info
}

// Prepare starts the program if it was never asked what it can do.
func (e *Engine) Prepare(ctx context.Context) error {
	e.mu.Lock()
	known := e.greeted
	e.mu.Unlock()
	if known {
		return nil
	}
	p, err := e.acquire(ctx, greeted)
	if err == nil {
		e.release(p)
	}
	return err
}

// Strays counts the lines on the standard output of the program that runs that were none of the protocol.
func (e *Engine) Strays() int {
	e.mu.Lock()
	p := e.proc
	e.mu.Unlock()
	if p == nil {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.strays
}

// Alive reports whether the program runs.
func (e *Engine) Alive() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.proc != nil && e.proc.alive()
}

// Healthy asks the program how it is, starting and loading it if need be.
func (e *Engine) Healthy(ctx context.Context) error {
	p, err := e.acquire(ctx, loaded)
	if err != nil {
		return err
	}
	defer e.release(p)
	m, err := p.ask(ctx, "health", "health", e.cfg.HealthWithin)
	if err == nil && !m.OK {
		err = errors.New("it says that it is not well: " + m.Message)
	}
	return err
}

// acquire returns the program, running and brought so far; it starts it if need be. Give it to release.
func (e *Engine) acquire(ctx context.Context, far stage) (*process, error) {
	select {
	case e.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-e.turn }()
	p, err := e.running(ctx)
	if err == nil {
		err = e.bring(ctx, p, far)
	}
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.jobs++
	p.mu.Unlock()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.down <= far {
		e.down = up
	}
	if e.idle != nil {
		e.idle.Stop()
	}
	return p, nil
}

// running returns the program that runs and is well, or a new one. The caller holds turn.
func (e *Engine) running(ctx context.Context) (*process, error) {
	e.mu.Lock()
	p, closed := e.proc, e.closed
	e.mu.Unlock()
	if closed {
		return nil, retake.ErrShutdown
	}
	if p != nil && p.alive() {
		if e.well(ctx, p) {
			return p, nil
		}
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
	}
	if err := e.sitOut(ctx); err != nil {
		return nil, err
	}
	p, err := start(e.cfg, e.log)
	if err != nil {
		return nil, e.failed(greeted, fmt.Errorf("start the program: %w", err))
	}
	e.log.Info("engine started", "pid", p.cmd.Process.Pid)
	e.mu.Lock()
	e.proc = p
	e.mu.Unlock()
	return p, nil
}

// well asks a program that had nothing to do for a while how it is.
func (e *Engine) well(ctx context.Context, p *process) bool {
	p.mu.Lock()
	fresh := p.jobs > 0 || time.Since(p.used) < freshFor
	p.mu.Unlock()
	if fresh {
		return true
	}
	m, err := p.ask(ctx, "health", "health", e.cfg.HealthWithin)
	if err == nil && m.Type == "health" && m.OK {
		return true
	}
	if context.Cause(ctx) == nil {
		e.log.Warn("the engine is not well and is started anew", "message", m.Message, "error", err)
		p.stop(errRequired)
	}
	return false
}

// sitOut waits for a short pause to end. A longer one is an error.
func (e *Engine) sitOut(ctx context.Context) error {
	e.mu.Lock()
	left, reason := time.Until(e.pause), e.reason
	e.mu.Unlock()
	if left <= 0 {
		return nil
	}
	if left > waitedPause {
		e.mu.Lock()
		defer e.mu.Unlock()
		return e.unwell(reason)
	}
	select {
	case <-time.After(left):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// bring takes the program as far as it is needed. The caller holds turn.
func (e *Engine) bring(ctx context.Context, p *process, far stage) error {
	if !p.greeted {
		if err := e.greet(ctx, p); err != nil {
			return e.broke(ctx, p, greeted, err)
		}
	}
	if far < loaded || p.loaded {
		return nil
	}
	m, err := p.ask(ctx, "load", "loaded", e.cfg.LoadWithin)
	if err == nil && m.Type == "error" {
		err = e.said(m)
	}
	if err != nil {
		return e.broke(ctx, p, loaded, err)
	}
	p.loaded = true
	return nil
}

// greet asks the program what it can do.
func (e *Engine) greet(ctx context.Context, p *process) error {
	m, err := p.ask(ctx, "hello", "hello", e.cfg.StartWithin)
	switch {
	case err != nil:
		return err
	case m.Type == "error":
		return e.said(m)
	case m.Protocol != Version:
		return fmt.Errorf("%w: it speaks version %d, this server version %d", errStray, m.Protocol, Version)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	base := e.info
	if e.cfg.Title == "" && m.Title != "" {
		base.Title = m.Title
	}
	info, err := m.Capabilities.info(base)
	if err != nil {
		return fmt.Errorf("%w: %w", errStray, err)
	}
	info.Version = strings.TrimSpace(m.Name + " " + m.Version)
	info.Slots = min(max(m.Capabilities.Concurrency, 1), e.cfg.Slots)
	e.info, e.greeted, p.greeted = info, true, true
	p.places = make(chan struct{}, info.Slots)
	return nil
}

// broke ends a program that did not come so far, and notes the failure. An end of ctx is none.
func (e *Engine) broke(ctx context.Context, p *process, far stage, err error) error {
	p.kill(err)
	<-p.done
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if _, ok := errors.AsType[*retake.Error](err); !ok {
		err = p.err // the same, with what it said in the end
	}
	return e.failed(far, err)
}

// release gives the program back.
func (e *Engine) release(p *process) {
	p.mu.Lock()
	p.jobs--
	p.used = time.Now()
	over := p.jobs == 0
	stop := over && p.retired && p.cause == nil
	p.mu.Unlock()
	if stop {
		p.stop(errRequired)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if over && !stop && !e.closed && e.cfg.IdleAfter > 0 && e.proc == p {
		e.idle = time.AfterFunc(e.cfg.IdleAfter, func() { e.unload(p) })
	}
}

// unload stops a program that has had nothing to do.
func (e *Engine) unload(p *process) {
	e.turn <- struct{}{}
	defer func() { <-e.turn }()
	p.mu.Lock()
	needed := p.jobs > 0 || time.Since(p.used) < e.cfg.IdleAfter
	p.mu.Unlock()
	if needed {
		return
	}
	e.log.Info("engine has nothing to do and is stopped")
	p.stop(errStopped)
}

// Close stops the program. Jobs that still run end with it.
func (e *Engine) Close() error {
	e.mu.Lock()
	e.closed = true // no more tries
	e.mu.Unlock()
	e.end(retake.ErrShutdown)
	e.tries.Wait()
	e.turn <- struct{}{}
	defer func() { <-e.turn }()
	e.mu.Lock()
	p := e.proc
	if e.idle != nil {
		e.idle.Stop()
	}
	e.mu.Unlock()
	if p != nil {
		p.stop(errStopped)
	}
	return nil
}
