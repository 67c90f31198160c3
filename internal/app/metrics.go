package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	queue "retake/internal/queue/local"
	"retake/internal/retake"
)

// queueMetrics tells how the queue stands when it is asked.
type queueMetrics struct {
	queue *queue.Queue
	store retake.Generations
	log   *slog.Logger
}

var (
	waitingDesc = prometheus.NewDesc("retake_queue_waiting", "Generations that wait.", nil, nil)
	runningDesc = prometheus.NewDesc("retake_queue_running", "Generations that run here.", []string{"engine"}, nil)
	slotsDesc   = prometheus.NewDesc("retake_queue_slots", "Generations that may run here at once.", []string{"engine"}, nil)
	claimedDesc = prometheus.NewDesc("retake_queue_claimed_total", "Claims of this process.", nil, nil)
	endedDesc   = prometheus.NewDesc("retake_queue_ended_total", "Generations that ended here.", []string{"status"}, nil)
	backDesc    = prometheus.NewDesc("retake_queue_released_total", "Generations handed back on a shutdown.", nil, nil)
	waitsDesc   = prometheus.NewDesc("retake_queue_waits_total", "Generations handed back because their engine had no room.", nil, nil)
	lostDesc    = prometheus.NewDesc("retake_queue_lost_total", "Claims lost to a lapsed lease.", nil, nil)
	panicsDesc  = prometheus.NewDesc("retake_queue_panics_total", "Generations that ended in a panic.", nil, nil)
)

// countTimeout bounds the look into the database.
const countTimeout = 2 * time.Second

// Describe lists the metrics.
func (m *queueMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{waitingDesc, runningDesc, slotsDesc, claimedDesc, endedDesc, backDesc, waitsDesc, lostDesc, panicsDesc} {
		out <- d
	}
}

// Collect reads them.
func (m *queueMetrics) Collect(out chan<- prometheus.Metric) {
	s := m.queue.Stats()
	gauge := func(d *prometheus.Desc, v int, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v), labels...)
	}
	counter := func(d *prometheus.Desc, v int64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	for engine, n := range s.Slots {
		gauge(slotsDesc, n, engine)
		gauge(runningDesc, s.Running[engine], engine)
	}
	for _, status := range []retake.Status{retake.Succeeded, retake.Failed, retake.Cancelled} {
		counter(endedDesc, s.Ended[status], string(status))
	}
	counter(claimedDesc, s.Claimed)
	counter(backDesc, s.Released)
	counter(waitsDesc, s.Waits)
	counter(lostDesc, s.Lost)
	counter(panicsDesc, s.Panics)

	ctx, cancel := context.WithTimeout(context.Background(), countTimeout)
	defer cancel()
	_, waiting, err := m.store.Generations(ctx, retake.Filter{Statuses: []retake.Status{retake.Queued}}, retake.Page{Number: 1, Size: 1})
	if err != nil {
		m.log.Error("count the queue", "error", err)
		return
	}
	gauge(waitingDesc, waiting)
}
