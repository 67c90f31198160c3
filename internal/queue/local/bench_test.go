package local_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"retake/internal/queue"
	"retake/internal/queue/local"
	"retake/internal/retake"
)

type nobody struct{}

func (nobody) Publish(retake.Event) {}
func (nobody) Tell(retake.Event)    {}
func (nobody) Notify()              {}

// BenchmarkEnqueueToStart measures an idle queue: from asking the store to create until the runner is called.
func BenchmarkEnqueueToStart(b *testing.B) {
	store := openStore(b)
	started := make(chan time.Time, 1)
	run := func(context.Context, *retake.Generation, func(retake.Progress)) retake.Outcome {
		started <- time.Now()
		return retake.Outcome{Status: retake.Succeeded}
	}
	cfg := queue.DefaultConfig()
	cfg.Slots = map[string]int{"builtin": 2}
	q, err := local.New(store, queue.RunnerFunc(run), nobody{}, slog.New(slog.DiscardHandler), cfg)
	if err != nil {
		b.Fatal(err)
	}
	if err := q.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	var all []time.Duration
	for b.Loop() {
		asked := time.Now()
		if _, err := store.Create(b.Context(), []*retake.Generation{{Namespace: "ox", Engine: "builtin"}}, nil); err != nil {
			b.Fatal(err)
		}
		q.Wake()
		all = append(all, (<-started).Sub(asked))
	}
	if err := q.Drain(b.Context()); err != nil {
		b.Fatal(err)
	}
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
}
