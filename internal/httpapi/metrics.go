package httpapi

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics counts what goes on at the HTTP side.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	inFlight prometheus.Gauge
	streams  prometheus.Gauge
	events   prometheus.Counter
	dropped  prometheus.Counter
	panics   prometheus.Counter
}

func newMetrics(reg *prometheus.Registry) (*metrics, error) {
	m := &metrics{
		registry: reg,
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "retake_http_request_seconds", Help: "Time to answer, by route and status.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .5, 1, 5, 30, 120, 600},
		}, []string{"route", "method", "status"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "retake_http_requests_in_flight", Help: "Requests being answered."}),
		streams:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "retake_event_streams", Help: "Open event streams."}),
		events:   prometheus.NewCounter(prometheus.CounterOpts{Name: "retake_events_sent_total", Help: "Events written to streams."}),
		dropped:  prometheus.NewCounter(prometheus.CounterOpts{Name: "retake_event_readers_dropped_total", Help: "Event streams ended because their reader was too slow."}),
		panics:   prometheus.NewCounter(prometheus.CounterOpts{Name: "retake_http_panics_total", Help: "Requests that ended in a panic."}),
	}
	var errs []error
	for _, c := range []prometheus.Collector{m.requests, m.inFlight, m.streams, m.events, m.dropped, m.panics,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})} {
		err := reg.Register(c)
		if _, ok := errors.AsType[prometheus.AlreadyRegisteredError](err); ok {
			continue // the caller's registry has the Go and process collectors already
		}
		errs = append(errs, err)
	}
	return m, errors.Join(errs...)
}

func (m *metrics) observe(x *exchange, status int, took time.Duration) {
	route := x.route
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, methodLabel(x.r.Method), statusLabel(status)).Observe(took.Seconds())
}

// methodLabel keeps clients from making up labels.
func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodPatch:
		return method
	}
	return "other"
}

func statusLabel(status int) string {
	if status == http.StatusOK {
		return "200"
	}
	return strconv.Itoa(status)
}

// MetricsHandler serves the metrics without a key, for a listener of their own.
func (s *Server) MetricsHandler() http.Handler {
	return promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{})
}

func (s *Server) getMetrics(x *exchange) error {
	s.MetricsHandler().ServeHTTP(x, x.r)
	return nil
}
