package httpapi

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"retake/internal/retake"
)

// Server answers the routes. It owns no goroutine that outlives a request.
type Server struct {
	cfg     Config
	store   Store
	blobs   retake.Blobs
	queue   Queue
	hub     Hub
	models  Models
	engines engines
	views   *views
	clips   Clips
	fetcher Fetcher
	locate  func(address string) (FileName, bool)
	workDir string
	signer  *Signer
	log     *slog.Logger
	version string
	sample  string
	checks  []check
	now     func() time.Time

	mux       *http.ServeMux
	origin    *http.CrossOriginProtection
	keys      keyCache
	limiter   limiter
	attempts  limiter // to sign in, by remote address
	once      onceLinks
	waiting   gate
	streams   gate
	imports   gate
	followers followers
	metrics   *metrics
	public    map[string]bool // namespace/repository
	names     nameLocks

	drain     context.Context // ends when the server drains
	stopDrain context.CancelFunc
}

// New builds a Server.
func New(cfg Config, d Deps) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("http configuration: %w", err)
	}
	if d.Store == nil || d.Blobs == nil || d.Queue == nil || d.Hub == nil || d.Models == nil ||
		d.Thumbnails == nil || d.Clips == nil || d.Fetcher == nil || d.Locate == nil || d.Signer == nil || d.Log == nil {
		return nil, errors.New("httpapi: a dependency is missing")
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Registry == nil {
		d.Registry = prometheus.NewRegistry()
	}
	s := &Server{
		cfg: cfg, store: d.Store, blobs: d.Blobs, queue: d.Queue, hub: d.Hub, models: d.Models,
		engines: engines{installed: d.Engines, standIns: d.StandIns, now: d.Now, ready: map[string]readiness{}},
		views:   newViews(d.Thumbnails, cfg.Thumbnails),
		clips:   d.Clips, fetcher: d.Fetcher, locate: d.Locate, workDir: d.WorkDir,
		signer: d.Signer, log: d.Log, version: d.Version, sample: d.Sample, checks: sortChecks(d.Checks), now: d.Now,
		mux: http.NewServeMux(), origin: http.NewCrossOriginProtection(),
		keys:     keyCache{ttl: cfg.KeyCache, now: d.Now},
		limiter:  limiter{rate: cfg.RatePerSecond, burst: float64(cfg.RateBurst), now: d.Now, buckets: map[string]*bucket{}},
		attempts: limiter{rate: signInRate, burst: signInBurst, now: d.Now, buckets: map[string]*bucket{}},
		once:     onceLinks{now: d.Now, open: map[[sha256.Size]byte]onceLink{}},
		waiting:  gate{limit: cfg.MaxSync, what: "blocking requests", open: map[string]int{}},
		streams:  gate{limit: cfg.MaxStreams, what: "event streams", open: map[string]int{}},
		imports:  gate{limit: maxImports, what: "imports", open: map[string]int{}},
		public:   map[string]bool{},
	}
	s.drain, s.stopDrain = context.WithCancel(context.Background())
	for _, repo := range cfg.PublicRepos {
		s.public[repo] = true
	}
	if cfg.PublicURL != "" {
		if err := s.origin.AddTrustedOrigin(originOf(cfg.PublicURL)); err != nil {
			return nil, fmt.Errorf("public_url: %w", err)
		}
	}
	var err error
	if s.metrics, err = newMetrics(d.Registry); err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	return s, s.routes()
}

// Drain makes the server refuse new work with 503 and ends event streams and waiting requests, so that
// http.Server.Shutdown need not wait for them. What was accepted stays in the queue.
func (s *Server) Drain() {
	s.stopDrain()
	s.followers.close()
}

func (s *Server) draining() bool { return s.drain.Err() != nil }

// NewHTTPServer returns an http.Server for h with limits that keep slow or idle clients from holding the server up.
// Uploads, event streams and blocking requests are long, so there is no deadline on a whole request: handlers
// set one on each read and write instead.
func NewHTTPServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		WriteTimeout:      writeTimeout, // extended when a response begins, and with each chunk of a long one
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

func sortChecks(checks map[string]checkFunc) []check {
	var list []check
	for name, run := range checks {
		list = append(list, check{name, run})
	}
	slices.SortFunc(list, func(a, b check) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	return list
}
