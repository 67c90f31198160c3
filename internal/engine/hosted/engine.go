package hosted

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"golang.org/x/time/rate"

	"retake/internal/engine/outside"
	"retake/internal/retake"
)

// Options is what an engine of a provider is made with.
type Options struct {
	Name     string   // of the engine
	Scheme   string   // in front of the key: "Bearer", "Key"
	Own      []string // addresses of the provider besides Config.URL that may see the key
	Unit     string   // of the price: retake.PerSecond or PerJob
	Currency string   // of the price, and of what the provider says that a job cost
	Record   string   // folder where every exchange is written, "" for none
	Log      *slog.Logger
}

// Engine is a provider as a retake.Engine. It is a retake.Readiness and Closer, too.
type Engine struct {
	service Service
	cfg     Config
	opt     Options
	info    retake.EngineInfo
	log     *slog.Logger
	wire    *wire
	slots   chan struct{}
	pace    *rate.Limiter
}

// New makes an engine. Nothing is sent before its first job.
func New(service Service, cfg Config, opt Options) (*Engine, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("engine %s: %w", opt.Name, err)
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	w, err := newWire(cfg, opt.Own, opt.Record)
	if err != nil {
		return nil, fmt.Errorf("engine %s: %w", opt.Name, err)
	}
	e := &Engine{service: service, cfg: cfg, opt: opt, info: service.Info(), log: opt.Log.With("engine", opt.Name), wire: w, slots: make(chan struct{}, cfg.Slots),
		pace: rate.NewLimiter(rate.Inf, 1)}
	if cfg.PerMinute > 0 {
		e.pace = rate.NewLimiter(rate.Limit(float64(cfg.PerMinute)/60), cfg.PerMinute)
	}
	e.info.Name, e.info.Slots, e.info.Generative = opt.Name, cfg.Slots, true
	e.info.SendsTo, e.info.Unpriced, e.info.Currency = w.base.Hostname(), cfg.Price == "", opt.Currency
	if cfg.Price != "" {
		e.info.Price = &retake.Price{Unit: opt.Unit, Amount: cfg.Price, Currency: opt.Currency}
	}
	return e, nil
}

// Info tells what the provider takes.
func (e *Engine) Info() retake.EngineInfo { return e.info }

// Ready tells whether there is a key. Whether it is good is only known at a job.
func (e *Engine) Ready(context.Context) error {
	_, err := e.client()
	return err
}

// Close ends idle connections.
func (e *Engine) Close() error {
	e.wire.close()
	return nil
}

// client makes a client with the key of this moment.
func (e *Engine) client() (*Client, error) {
	key, err := e.cfg.key()
	if err != nil {
		return nil, retake.Errorf(retake.CodeEngineKey, "No key for %s is set. Whoever runs the server gives one by the variable %s, or by engine.hosted.%s.key_file.",
			e.info.Title, e.cfg.KeyEnv, e.info.Name).Because(err)
	}
	return &Client{wire: e.wire, key: e.opt.Scheme + " " + key}, nil
}

// Parts of the way that progress shows.
const (
	uploaded = 0.08
	made     = 0.92
)

// Retake has the provider make the window anew.
func (e *Engine) Retake(ctx context.Context, job retake.Job, progress retake.ProgressFunc) (*retake.Take, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	if job.Mode.Audio() && !job.Mode.Video() && job.Window.Sound.Rate == 0 {
		return nil, retake.NoSound(job.Mode)
	}
	c, err := e.client()
	if err != nil {
		return nil, err
	}
	select {
	case e.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-e.slots }()
	r := &run{Engine: e, c: c, job: job, note: readNote(job.Note), progress: outside.Forward(progress)}
	return r.retake(ctx)
}

// run is one job on its way.
type run struct {
	*Engine
	c        *Client
	job      retake.Job
	order    Order
	note     note
	progress retake.ProgressFunc
}

func (r *run) retake(ctx context.Context) (*retake.Take, error) {
	if r.note.ID == "" {
		if err := r.hand(ctx); err != nil {
			if r.order.Address != "" && !r.note.Sent { // else the job may run, and need it
				r.clean(err)
			}
			return nil, err
		}
	} else {
		r.order.Job, r.order.Mark, r.order.Address = r.job, r.note.Mark, r.note.Address
		r.spent(r.note.Cost)
	}
	s, err := r.follow(ctx)
	if s.Cost != "" { // whatever becomes of the result
		r.spent(s.Cost)
	}
	path := filepath.Join(r.job.TempDir, "answer.mp4")
	if err == nil {
		err = r.fetch(ctx, s, path)
	}
	r.clean(err)
	if err != nil {
		return nil, err
	}
	r.progress(1)
	return &retake.Take{File: path, Edited: r.job.Segment, Seed: r.job.Seed, Warnings: r.warnings(s.Warnings), Cost: s.Cost}, nil
}

// clean has the window removed where it would stay, once no later run needs it. That it can't be is nothing that a generation fails for.
func (r *run) clean(err error) {
	c, ok := r.service.(Cleaner)
	if !ok || errors.Is(err, retake.ErrShutdown) || errors.Is(err, retake.ErrLeaseLost) || retake.CodeOf(err) == retake.CodeOverloaded {
		return
	}
	ctx, stop := context.WithTimeout(context.Background(), cancelWithin)
	defer stop()
	if err := c.Clean(ctx, r.c, r.order); err != nil {
		r.log.Warn("a window can't be removed from where it was sent", "window", outside.Line(r.order.Address, 300), "error", err)
	}
}

// prepare writes the window, and checks that the provider takes it.
func (r *run) prepare(ctx context.Context) error {
	file, err := r.job.Source.Window(ctx)
	if err != nil {
		return fmt.Errorf("write the engine's window: %w", err)
	}
	info, err := os.Stat(file)
	if err != nil {
		return fmt.Errorf("write the engine's window: %w", err)
	}
	r.order = Order{Job: r.job, File: file, Size: info.Size(), Span: r.job.Window.Mark(r.job.WindowFrames()), Address: r.note.Address, Mark: r.note.Mark}
	return r.service.Check(r.order)
}
