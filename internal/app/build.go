package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	blobs "retake/internal/blob/local"
	"retake/internal/config"
	"retake/internal/engine"
	"retake/internal/event"
	"retake/internal/fetch"
	"retake/internal/httpapi"
	"retake/internal/media"
	"retake/internal/model"
	"retake/internal/pipeline"
	queue "retake/internal/queue/local"
	"retake/internal/retake"
	"retake/internal/store/sqlite"
)

// server is all parts of a running server.
type server struct {
	cfg     config.Config
	log     *slog.Logger
	data    data
	store   *sqlite.Store
	blobs   *blobs.Blobs
	tools   *media.Tools
	models  *model.Catalog
	engines []retake.Engine
	signer  *httpapi.Signer
	hub     *event.Hub
	queue   *queue.Queue
	fetcher *fetch.Fetcher
	clips   *pipeline.Planner
	locate  func(address string) (httpapi.FileName, bool) // files of this server, as requests name them
	api     *httpapi.Server

	listener        net.Listener
	metricsListener net.Listener // nil: metrics are at the main one, for callers with a key
	address         string       // host:port
	firstKey        string       // made by this start, "" at later ones
	firstKeyID      string
}

// build makes every part in the order of who needs whom. What has to be stopped goes onto parts.
func build(ctx context.Context, cfg config.Config, o ServeOptions, parts *stack) (*server, error) {
	s := &server{cfg: cfg, log: o.Log}
	for _, step := range []func(context.Context, *stack) error{
		s.open, s.seed, s.bind, s.startHub, s.makeQueue,
		func(context.Context, *stack) error { return s.makeAPI(o.Version) },
	} {
		if err := step(ctx, parts); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// open opens the database, ffmpeg and the models side by side, then what needs the database's lock.
func (s *server) open(ctx context.Context, parts *stack) (err error) {
	if s.data, err = openData(s.cfg.Server); err != nil {
		return err
	}
	var group errgroup.Group
	group.Go(func() (err error) {
		s.store, err = sqlite.Open(ctx, storeConfig(s.cfg, s.data))
		return err
	})
	group.Go(func() (err error) {
		s.tools, err = media.Open(s.cfg.Media)
		return err
	})
	group.Go(func() (err error) {
		s.models, err = model.Load(s.cfg.Models)
		return err
	})
	err = group.Wait()
	if s.store != nil {
		parts.push(s.store.Close)
	}
	if err != nil {
		return err
	}
	started := time.Now()
	if err := s.data.cleanWork(); err != nil {
		return err
	}
	s.tools.KeepIn(s.data.work())
	blobConfig := s.cfg.Blobs
	if blobConfig.Dir == "" {
		blobConfig.Dir = s.data.blobs()
	}
	if s.blobs, err = blobs.Open(blobConfig); err != nil {
		return err
	}
	parts.push(s.blobs.Close)
	sweep := sweeper{store: s.store, blobs: s.blobs, cfg: s.cfg.Server, log: s.log}
	parts.run(func(ctx context.Context) { sweep.run(ctx, started) })
	key, err := s.data.signingKey()
	if err != nil {
		return err
	}
	s.signer, err = httpapi.NewSigner(key)
	return err
}

func (s *server) seed(ctx context.Context, _ *stack) (err error) {
	s.firstKeyID, s.firstKey, err = seed(ctx, s.store, s.blobs)
	return err
}

// bind opens the listeners, whose addresses others need to know. Requests wait until they are answered.
func (s *server) bind(ctx context.Context, parts *stack) (err error) {
	listen := func(address string) (net.Listener, error) {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if err != nil {
			return nil, fmt.Errorf("listen: %w", err)
		}
		parts.push(func() error {
			if err := l.Close(); !errors.Is(err, net.ErrClosed) { // its server has closed it, normally
				return err
			}
			return nil
		})
		return l, nil
	}
	if s.listener, err = listen(s.cfg.Server.Listen); err != nil {
		return err
	}
	s.address = s.listener.Addr().String()
	if !isLoopback(s.listener.Addr()) {
		s.log.Warn("the server can be reached from other machines, and its keys travel unencrypted: put a proxy with TLS in front", "listen", s.address)
	}
	if s.cfg.Server.Metrics != "" {
		s.metricsListener, err = listen(s.cfg.Server.Metrics)
	}
	return err
}

func (s *server) startHub(ctx context.Context, parts *stack) (err error) {
	encoder := &httpapi.EventEncoder{Signer: s.signer, Base: s.base(), TTL: s.cfg.HTTP.LinkTTL}
	c := s.cfg.Events
	c.Encode, c.Log = encoder.Encode, s.log
	if s.hub, err = event.New(ctx, s.store, c); err != nil {
		return err
	}
	parts.run(s.hub.Run)
	return nil
}

// makeQueue makes the queue and what it runs.
func (s *server) makeQueue(_ context.Context, parts *stack) (err error) {
	if s.engines, err = engine.All(s.cfg.Engine, s.log); err != nil {
		return fmt.Errorf("set up the engines: %w", err)
	}
	parts.push(func() error { return engine.Close(s.engines) })
	parts.run(func(ctx context.Context) { meet(ctx, s.engines, s.log) })
	if err := knownEngines(s.cfg.Models, s.engines); err != nil {
		return err
	}
	own := ownAddresses(s.cfg.HTTP.PublicURL, s.listener.Addr())
	s.locate = func(address string) (httpapi.FileName, bool) { return httpapi.ParseFileURL(address, own...) }
	s.fetcher = fetch.New(s.cfg.Fetch)
	shelf := pipeline.NewShelf(s.data.work(), s.store.OpenTakes, s.log)
	parts.run(shelf.Run)
	generator := &pipeline.Generator{
		Editor:  &pipeline.Editor{Tools: s.tools, Engines: s.engines, TempDir: s.data.work(), Config: s.cfg.Pipeline},
		Models:  s.models,
		Fetcher: s.fetcher,
		Files:   s.store,
		Notes:   s.store,
		Charges: s.store,
		Shelf:   shelf,
		Blobs:   s.blobs,
		Log:     s.log,
		Now:     time.Now,
		Pause:   pause,
		Locate: func(address string) (pipeline.Name, bool) {
			f, ok := s.locate(address)
			return pipeline.Name(f), ok
		},
	}
	c := s.cfg.Queue
	c.Slots = map[string]int{}
	byName := map[string]retake.Engine{}
	for _, e := range s.engines {
		info := e.Info()
		c.Slots[info.Name], byName[info.Name] = info.Slots, e
	}
	c.SlotsNow = func(engine string) int { return byName[engine].Info().Slots }
	s.queue, err = queue.New(s.store, generator, s.hub, s.log, c)
	return err
}

func (s *server) makeAPI(version string) (err error) {
	registry := prometheus.NewRegistry()
	if err := registry.Register(&queueMetrics{queue: s.queue, store: s.store, log: s.log}); err != nil {
		return fmt.Errorf("register metrics: %w", err)
	}
	s.clips = pipeline.NewPlanner(s.tools, s.blobs, s.cfg.Pipeline)
	byName := map[string]retake.Engine{}
	for _, e := range s.engines {
		byName[e.Info().Name] = e
	}
	s.api, err = httpapi.New(s.cfg.HTTP, httpapi.Deps{
		Store: s.store, Blobs: s.blobs, Queue: s.queue, Hub: hub{s.hub}, Models: s.models,
		Engines: byName, StandIns: s.cfg.Models.StandIns, Thumbnails: s.tools, Clips: s.clips,
		Fetcher: s.fetcher, Locate: s.locate, WorkDir: s.data.work(), Signer: s.signer, Log: s.log, Version: version, Registry: registry,
		Sample: retake.SampleAddress,
		Checks: map[string]check{
			"store":   s.store.Ping,
			"queue":   queueReady(s.queue),
			"ffmpeg":  ffmpegReady(s.tools),
			"engines": enginesReady(s.engines),
		},
	})
	return err
}
