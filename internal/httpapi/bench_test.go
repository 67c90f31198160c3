package httpapi

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// quiet takes away the access log's destination, and the rate limit, which one key would run into.
func quiet(c *Config, d *Deps) {
	d.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	c.RatePerSecond = 0
}

// client has as many connections as it has callers.
func (w *world) client(n int) *http.Client {
	tr := &http.Transport{MaxIdleConnsPerHost: n, MaxConnsPerHost: n}
	w.t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

func (w *world) call(c *http.Client, method, path, body string) error {
	req, err := http.NewRequest(method, w.url+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+oxKey)
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return nil
}

func benchmark(b *testing.B, w *world, method, path, body string) {
	c := w.client(16)
	b.SetParallelism(8) // of each of the processors: 16 clients on 2
	b.ReportAllocs()
	b.ResetTimer()
	var mu sync.Mutex
	var all []time.Duration
	b.RunParallel(func(pb *testing.PB) {
		var took []time.Duration
		for pb.Next() {
			begun := time.Now()
			if err := w.call(c, method, path, body); err != nil {
				b.Error(err)
				return
			}
			took = append(took, time.Since(begun))
		}
		mu.Lock()
		defer mu.Unlock()
		all = append(all, took...)
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
	b.ReportMetric(p99(all), "p99-ms")
}

// p99 returns what 99 of 100 stay under, in milliseconds.
func p99(all []time.Duration) float64 {
	slices.Sort(all)
	return all[len(all)*99/100].Seconds() * 1000
}

// BenchmarkEventToStreams reports how long after a generation ends 1,000 open streams have read of it: the end's
// transaction, the hub, and the sockets included.
func BenchmarkEventToStreams(b *testing.B) {
	const streams = 1000
	w := newWorld(b, quiet)
	conns := make([]net.Conn, streams)
	for i := range conns {
		conns[i] = w.idle()
	}
	var all []time.Duration
	for b.Loop() {
		release := w.runner.hold()
		id := w.enqueue("")
		w.waitFor(id, "processing")
		times := make([]time.Duration, streams)
		var readers sync.WaitGroup
		var begun time.Time
		started := make(chan struct{})
		for i, c := range conns {
			readers.Go(func() {
				<-started
				r := bufio.NewReader(c)
				for {
					line, err := r.ReadString('\n')
					if err != nil {
						b.Error(err)
						return
					}
					if strings.HasPrefix(line, "data: ") && strings.Contains(line, `"status":"succeeded"`) && strings.Contains(line, id) {
						times[i] = time.Since(begun)
						return
					}
				}
			})
		}
		begun = time.Now()
		close(started)
		release()
		readers.Wait()
		all = append(all, times...)
	}
	b.ReportMetric(p99(all), "p99-ms")
	for _, c := range conns {
		must(b, c.Close())
	}
}

func BenchmarkGetQueue(b *testing.B) {
	w := newWorld(b, quiet)
	id := w.enqueue("")
	w.waitFor(id, "succeeded")
	benchmark(b, w, "GET", "/api/ai/queue/"+id, "")
}

func BenchmarkPostQueue(b *testing.B) {
	w := newWorld(b, quiet)
	b.Cleanup(w.runner.hold()) // the work itself is not what is measured
	benchmark(b, w, "POST", "/api/ai/queue", request(""))
}

// BenchmarkGetQueueHandler leaves the connection out.
func BenchmarkGetQueueHandler(b *testing.B) {
	w := newWorld(b, quiet)
	id := w.enqueue("")
	w.waitFor(id, "succeeded")
	r := httptest.NewRequest("GET", "/api/ai/queue/"+id, nil)
	r.Header.Set("Authorization", "Bearer "+oxKey)
	b.ReportAllocs()
	for b.Loop() {
		rec := httptest.NewRecorder()
		w.s.ServeHTTP(rec, r)
		if rec.Code != http.StatusOK {
			b.Fatal(rec.Code)
		}
	}
}

// BenchmarkIdleStreams reports the memory of one idle event stream, its client's bare connection included.
func BenchmarkIdleStreams(b *testing.B) {
	const streams = 500
	w := newWorld(b, quiet)
	first := w.idle()
	defer first.Close()
	for b.Loop() {
		before := inUse()
		conns := make([]net.Conn, streams)
		for i := range conns {
			conns[i] = w.idle()
		}
		b.ReportMetric(float64(inUse()-before)/streams, "B/stream")
		for _, c := range conns {
			must(b, c.Close())
		}
		for w.s.streamsOpen("k-ox") > 1 {
			time.Sleep(time.Millisecond)
		}
	}
}

// idle opens an event stream and reads its head.
func (w *world) idle() net.Conn {
	w.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	must(w.t, err)
	_, err = fmt.Fprintf(conn, "GET /api/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", oxKey)
	must(w.t, err)
	var head []byte
	for buf := make([]byte, 512); !strings.Contains(string(head), "\r\n\r\n"); {
		n, err := conn.Read(buf)
		must(w.t, err)
		head = append(head, buf[:n]...)
	}
	return conn
}

// inUse collects until stacks have shrunk, which each collection does by half.
func inUse() uint64 {
	for range 6 {
		time.Sleep(100 * time.Millisecond)
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}
