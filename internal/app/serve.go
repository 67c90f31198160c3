package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"retake/internal/config"
	"retake/internal/httpapi"
)

// ServeOptions is what Serve needs besides the settings.
type ServeOptions struct {
	Log      *slog.Logger
	Version  string
	FirstKey func(secret string)  // told the key that the first start makes
	SignIn   func(link string)    // told the address that signs a browser in once, when the first start is on loopback
	Ready    func(address string) // told host:port once requests are answered
}

// closeTimeout is how long requests under way may take after the queue has drained.
const closeTimeout = 5 * time.Second

// Serve runs the server until ctx ends, then stops it in good order: new requests are refused and nothing more is
// claimed, what runs may finish for a while and is handed back after that, and the parts stop in the reverse of the
// order they started in.
func Serve(ctx context.Context, cfg config.Config, o ServeOptions) (err error) {
	var parts stack
	defer func() { err = errors.Join(err, parts.stop()) }()
	s, err := build(ctx, cfg, o, &parts)
	if err != nil {
		return fullDisk(err)
	}
	failed := make(chan error, 2)
	s.listen(&parts, failed)
	if err := s.queue.Start(ctx); err != nil {
		return err
	}
	parts.push(func() error { return s.queue.Drain(context.WithoutCancel(ctx)) })
	parts.push(func() error { s.api.Drain(); s.clips.Stop(); return nil })
	if s.firstKey != "" {
		o.FirstKey(s.firstKey)
		if isLoopback(s.listener.Addr()) {
			o.SignIn(s.base() + s.api.SignInLink(s.firstKeyID))
		}
	}
	o.Ready(s.address)
	select {
	case <-ctx.Done():
		o.Log.Info("stopping: what runs may finish", "limit", cfg.Queue.Drain)
		return nil
	case err := <-failed:
		return err
	}
}

// listen answers requests until the parts stop. An unforeseen end goes to failed.
func (s *server) listen(parts *stack, failed chan<- error) {
	serve := func(h http.Handler, l net.Listener) {
		srv := httpapi.NewHTTPServer(h, s.log)
		var serving sync.WaitGroup
		serving.Go(func() {
			if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				failed <- fmt.Errorf("serve http: %w", err)
			}
		})
		parts.push(func() error {
			ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
			defer cancel()
			err := srv.Shutdown(ctx)
			if err != nil {
				s.log.Warn("requests were cut off", "error", err)
				err = srv.Close()
			}
			serving.Wait()
			return err
		})
	}
	if s.metricsListener != nil {
		serve(s.api.MetricsHandler(), s.metricsListener)
	}
	serve(s.api, s.listener)
}

// stack stops what was started, the last first.
type stack []func() error

func (s *stack) push(stop func() error) { *s = append(*s, stop) }

// run starts a loop that ends with its context.
func (s *stack) run(loop func(context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { loop(ctx) })
	s.push(func() error { cancel(); running.Wait(); return nil })
}

func (s *stack) stop() error {
	var errs []error
	for i := len(*s) - 1; i >= 0; i-- {
		errs = append(errs, (*s)[i]())
	}
	*s = nil
	return errors.Join(errs...)
}

// base is the address that clients use.
func (s *server) base() string {
	if s.cfg.HTTP.PublicURL != "" {
		return strings.TrimRight(s.cfg.HTTP.PublicURL, "/")
	}
	return baseURL(s.listener.Addr())
}

func isLoopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// baseURL is the address under which this machine reaches a listener.
func baseURL(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return "http://" + a.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// ownAddresses are the ways to write this server's address in a request.
func ownAddresses(public string, a net.Addr) []string {
	own := []string{baseURL(a)}
	if public != "" {
		own = append(own, strings.TrimRight(public, "/"))
	}
	if tcp, ok := a.(*net.TCPAddr); ok && (tcp.IP.IsLoopback() || tcp.IP.IsUnspecified()) {
		for _, host := range []string{"localhost", "127.0.0.1", "[::1]"} {
			own = append(own, fmt.Sprintf("http://%s:%d", host, tcp.Port))
		}
	}
	return own
}
