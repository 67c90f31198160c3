package comfyui

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"retake/internal/retake"
)

// Name is the engine's.
const Name = "comfyui"

// checkedFor is how long what the server lacks is taken to be the same.
const checkedFor = 15 * time.Second

// Engine is a ComfyUI server as a retake.Engine. It also is a retake.Readiness.
type Engine struct {
	cfg      Config
	log      *slog.Logger
	client   *client
	template *template
	info     retake.EngineInfo
	slots    chan struct{} // a token for each job that may run

	mu      sync.Mutex
	version string
	checked time.Time
	lacking error // what the last check found
}

// New makes an engine of a server, which is not asked anything yet.
func New(cfg Config, log *slog.Logger) (*Engine, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("engine %s: %w", Name, err)
	}
	if log == nil {
		log = slog.Default()
	}
	c, err := newClient(cfg)
	if err != nil {
		return nil, fmt.Errorf("engine %s: %w", Name, err)
	}
	t, err := readTemplate(cfg.Workflow)
	if err != nil {
		return nil, fmt.Errorf("engine %s: workflow: %w", Name, err)
	}
	info := retake.EngineInfo{
		Name: Name, Title: cfg.Title, MaxWindow: cfg.MaxWindow, MaxWidth: cfg.MaxWidth, MaxHeight: cfg.MaxHeight, Slots: cfg.Slots, Generative: true,
		Multiple: cfg.Multiple, FrameStep: cfg.FrameStep, MinFrames: cfg.MinFrames, Handle: cfg.Handle,
	}
	if info.Title == "" {
		info.Title = "ComfyUI"
	}
	if cfg.Workflow == "" {
		info.Needs, info.License = "ComfyUI with the node pack ComfyUI-KJNodes and the weights of LTX-2", "LTX-2 Community License"
	}
	if host := c.base.Hostname(); loopback(host) {
		info.Stays = true
	} else {
		info.SendsTo = host
	}
	for _, m := range cfg.Modes {
		info.Modes = append(info.Modes, retake.Mode(m))
	}
	for _, text := range cfg.Rates {
		r, _ := readRate(text) // was validated
		info.Rates = append(info.Rates, r)
	}
	return &Engine{cfg: cfg, log: log.With("engine", Name), client: c, template: t, info: info, slots: make(chan struct{}, cfg.Slots)}, nil
}

// Info tells what the settings say of the workflow.
func (e *Engine) Info() retake.EngineInfo {
	e.mu.Lock()
	defer e.mu.Unlock()
	i := e.info
	i.Version = e.version
	return i
}

// Ready asks the server whether it is there and has all nodes and models that the workflow names.
func (e *Engine) Ready(ctx context.Context) error {
	e.mu.Lock()
	fresh, known := time.Since(e.checked) < checkedFor, e.lacking
	e.mu.Unlock()
	if fresh {
		return known
	}
	err := e.check(ctx)
	if ctx.Err() == nil {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.checked, e.lacking = time.Now(), err
	}
	return err
}

// Close lets go of connections that are kept for later.
func (e *Engine) Close() error {
	e.client.http.CloseIdleConnections()
	return nil
}
