package event_test

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"retake/internal/event"
	"retake/internal/retake"
)

const listeners = 1000

// BenchmarkFanOut publishes to 1,000 subscribers, each with its own goroutine, and waits until all have the bytes.
func BenchmarkFanOut(b *testing.B) {
	f := start(b, func(c *event.Config) { c.ProgressEvery = time.Millisecond })
	took := make(chan time.Duration, listeners)
	var began time.Time
	var reading sync.WaitGroup
	ctx, cancel := context.WithCancel(b.Context())
	for range listeners {
		s := f.subscribe(nil, "ox")
		reading.Go(func() {
			for {
				m, err := s.Next(ctx)
				if err != nil {
					return
				}
				m.Bytes()
				took <- time.Since(began)
			}
		})
	}
	var all []time.Duration
	for b.Loop() {
		time.Sleep(2 * time.Millisecond) // let the pace pass, and all be waiting
		began = time.Now()
		f.hub.Publish(retake.Event{Namespace: "ox", Name: retake.EventProgress, Generation: &retake.Generation{ID: "a"}})
		for range listeners {
			all = append(all, <-took)
		}
	}
	cancel()
	reading.Wait()
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
}

// BenchmarkIdleSubscriber reports the memory of a subscriber that waits in its own goroutine.
func BenchmarkIdleSubscriber(b *testing.B) {
	f := start(b, nil)
	memory := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc + m.StackInuse
	}
	var grown uint64
	for b.Loop() {
		before := memory()
		ctx, cancel := context.WithCancel(b.Context())
		var waiting, reading sync.WaitGroup
		for range listeners {
			s, err := f.hub.Subscribe(ctx, []string{"ox"}, nil)
			if err != nil {
				b.Fatal(err)
			}
			waiting.Add(1)
			reading.Go(func() {
				defer s.Close()
				first, stop := context.WithTimeout(ctx, 0) // reads the past
				_, _ = s.Next(first)
				stop()
				waiting.Done()
				_, _ = s.Next(ctx)
			})
		}
		waiting.Wait()
		time.Sleep(100 * time.Millisecond)
		grown = memory() - before
		cancel()
		reading.Wait()
	}
	b.ReportMetric(float64(grown)/listeners, "B/subscriber")
}
