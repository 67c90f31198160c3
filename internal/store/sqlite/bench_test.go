package sqlite_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"retake/internal/retake"
	"retake/internal/store/sqlite"
)

func openBench(b *testing.B) *sqlite.Store {
	b.Helper()
	s, err := sqlite.Open(b.Context(), sqlite.Config{Path: filepath.Join(b.TempDir(), "retake.db")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

func sampleGeneration(namespace string) *retake.Generation {
	return &retake.Generation{
		Namespace: namespace, Username: namespace, Model: "lightricks-ltx-2-retake", Engine: "builtin", Prompt: "heavy snow at night",
		Params: map[string]any{
			"model": "lightricks-ltx-2-retake", "prompt": "heavy snow at night", "start_time": 2.0, "duration": 4.0,
			"mode": "replace_video", "input_video": "http://127.0.0.1:8000/api/repos/ox/Oxen-AI-Assets/file/main/images/winter_summer_ox.mp4",
		},
		TargetNamespace: namespace,
	}
}

// BenchmarkCreate writes durably from 16 clients at once.
func BenchmarkCreate(b *testing.B) {
	const clients = 16
	s := openBench(b)
	var left atomic.Int64
	left.Store(int64(b.N))
	times := make([][]time.Duration, clients)
	var wg sync.WaitGroup
	b.ResetTimer()
	for c := range clients {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				start := time.Now()
				if _, err := s.Create(b.Context(), []*retake.Generation{sampleGeneration(fmt.Sprint("ns", c))}, nil); err != nil {
					b.Error(err)
					return
				}
				times[c] = append(times[c], time.Since(start))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	reportQuantiles(b, slices.Concat(times...))
}

func reportQuantiles(b *testing.B, all []time.Duration) {
	slices.Sort(all)
	b.ReportMetric(float64(len(all))/b.Elapsed().Seconds(), "writes/s")
	b.ReportMetric(float64(all[len(all)*50/100].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
}

func BenchmarkGeneration(b *testing.B) {
	s := openBench(b)
	var ids []string
	for i := range 1000 {
		made, err := s.Create(b.Context(), []*retake.Generation{sampleGeneration(fmt.Sprint("ns", i%5))}, nil)
		if err != nil {
			b.Fatal(err)
		}
		ids = append(ids, made[0].ID)
	}
	i := 0
	for b.Loop() {
		if _, err := s.Generation(b.Context(), ids[i%len(ids)]); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

// BenchmarkClaim claims and releases with 10,000 rows waiting, of few and of many namespaces.
func BenchmarkClaim(b *testing.B) {
	for _, namespaces := range []int{1, 5, 100, 10_000} {
		b.Run(fmt.Sprintf("namespaces=%d", namespaces), func(b *testing.B) {
			s := openBench(b)
			var gens []*retake.Generation
			for i := range 10_000 {
				gens = append(gens, sampleGeneration(fmt.Sprint("ns", i%namespaces)))
			}
			if _, err := s.Create(b.Context(), gens, nil); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				g, err := s.Claim(b.Context(), "w", map[string]int{"builtin": 1}, time.Minute)
				if err != nil {
					b.Fatal(err)
				}
				if err := s.Release(b.Context(), g.ID, g.Fence); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkOpen opens a database that has 10,000 rows.
func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "retake.db")
	open := func() *sqlite.Store {
		s, err := sqlite.Open(b.Context(), sqlite.Config{Path: path})
		if err != nil {
			b.Fatal(err)
		}
		return s
	}
	s := open()
	gens := make([]*retake.Generation, 10_000)
	for i := range gens {
		gens[i] = sampleGeneration("ox")
	}
	if _, err := s.Create(b.Context(), gens, nil); err != nil {
		b.Fatal(err)
	}
	s.Close()
	for b.Loop() {
		open().Close()
	}
}
