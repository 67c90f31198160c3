package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"retake/internal/blob/local"
	"retake/internal/fetch"
	"retake/internal/media"
	"retake/internal/model"
	"retake/internal/pipeline"
	"retake/internal/retake"
	"retake/internal/store/sqlite"
)

// Keys of the test world. otto's key also acts in the organisation "barn".
const (
	oxKey   = "rtk_ox"
	ottoKey = "rtk_otto"
	oldKey  = "rtk_revoked"
	sample  = "/api/repos/ox/Oxen-AI-Assets/file/main/images/winter_summer_ox.mp4"
)

// clipBytes stands for a result; the HTTP side never looks into a clip.
var clipBytes = bytes.Repeat([]byte("retake!\n"), 1000)

// world is a server with a real store and real blobs, and a worker that makes a fixed result.
type world struct {
	t      testing.TB
	s      *Server
	url    string
	store  *sqlite.Store
	blobs  *local.Blobs
	log    *syncBuffer
	runner *runner
	hub    hubAdapter
}

type option func(*Config, *Deps)

func newWorld(t testing.TB, options ...option) *world {
	t.Helper()
	ctx := t.Context()
	dir := t.TempDir()
	store, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(dir, "retake.db")})
	must(t, err)
	t.Cleanup(func() { must(t, store.Close()) })
	blobs, err := local.Open(local.Config{Dir: filepath.Join(dir, "blobs")})
	must(t, err)
	models, err := model.Load(model.DefaultConfig())
	must(t, err)
	signer, err := NewSigner(bytes.Repeat([]byte("k"), 32))
	must(t, err)
	w := &world{t: t, store: store, blobs: blobs, log: &syncBuffer{}}
	enc := &EventEncoder{Signer: signer, Base: "http://retake.test", TTL: time.Hour}
	hub := startHub(t, store, enc)
	w.hub = hub
	w.runner = &runner{store: store, blobs: blobs, models: models}
	log := slog.New(slog.NewTextHandler(w.log, nil))
	cfg := DefaultConfig()
	deps := Deps{
		Store: store, Blobs: blobs, Queue: startQueue(t, w.runner, hub, log), Hub: hub, Models: models, Signer: signer,
		Engines: map[string]retake.Engine{"builtin": idleEngine{}}, Thumbnails: &stills{},
		Clips: pipeline.NewPlanner(tools(t), blobs, pipeline.DefaultConfig()), Fetcher: fetch.New(fetch.DefaultConfig()), WorkDir: t.TempDir(),
		Locate: func(address string) (FileName, bool) { return ParseFileURL(address, "http://retake.test") },
		Log:    log, Version: "test",
		Checks: map[string]func(context.Context) error{"store": store.Ping},
	}
	for _, o := range options {
		o(&cfg, &deps)
	}
	w.s, err = New(cfg, deps)
	must(t, err)
	srv := httptest.NewUnstartedServer(w.s)
	srv.Config = NewHTTPServer(w.s, deps.Log)
	srv.Start()
	t.Cleanup(func() { w.s.Drain(); srv.Close() })
	w.url = srv.URL
	w.seed(ctx)
	return w
}

func (w *world) seed(ctx context.Context) {
	w.t.Helper()
	must(w.t, w.store.CreateKey(ctx, retake.Key{ID: "k-ox", Namespace: "ox"}, HashKey(oxKey)))
	must(w.t, w.store.CreateKey(ctx, retake.Key{ID: "k-otto", Namespace: "otto", Namespaces: []string{"barn"}}, HashKey(ottoKey)))
	must(w.t, w.store.CreateKey(ctx, retake.Key{ID: "k-old", Namespace: "ox"}, HashKey(oldKey)))
	must(w.t, w.store.RevokeKey(ctx, "k-old"))
	hash, size, err := w.blobs.Put(ctx, strings.NewReader("the sample clip"))
	must(w.t, err)
	must(w.t, w.store.PutFile(ctx, retake.File{Namespace: "ox", Repo: "Oxen-AI-Assets", Branch: "main",
		Path: "images/winter_summer_ox.mp4", Hash: hash, Size: size, ContentType: "video/mp4", Public: true, Created: time.Now()}))
}

// reply is a response, read to its end.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) json(t testing.TB) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(r.body, &v); err != nil {
		t.Fatalf("body is not JSON: %v\n%s", err, r.body)
	}
	return v
}

// do sends a request as ox. headers are name, value, name, value; "Authorization", "" takes the key away.
func (w *world) do(method, path, body string, headers ...string) reply {
	w.t.Helper()
	return w.send(method, path, strings.NewReader(body), headers...)
}

func (w *world) send(method, path string, body io.Reader, headers ...string) reply {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url, body)
	must(w.t, err)
	req.URL.Opaque = "//" + req.URL.Host + path // as it stands, without tidying up
	req.Header.Set("Authorization", "Bearer "+oxKey)
	for i := 0; i < len(headers); i += 2 {
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
			continue
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	resp, err := client.Do(req)
	must(w.t, err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	must(w.t, err)
	r := reply{resp.StatusCode, resp.Header, data}
	holdToContract(w.t, method, path, r)
	return r
}

func request(fields string) string {
	return `{"model":"lightricks-ltx-2-retake","prompt":"heavy snow","input_video":"` + sample + `"` + fields + `}`
}

// enqueue queues one generation as ox and returns its id.
func (w *world) enqueue(fields string) string {
	w.t.Helper()
	r := w.do("POST", "/api/ai/queue", request(fields))
	if r.status != http.StatusOK {
		w.t.Fatalf("enqueue: %d %s", r.status, r.body)
	}
	return r.json(w.t)["generations"].([]any)[0].(map[string]any)["generation_id"].(string)
}

// waitFor polls a generation until it has the status.
func (w *world) waitFor(id string, want retake.Status) *retake.Generation {
	w.t.Helper()
	for {
		g, err := w.store.Generation(w.t.Context(), id)
		must(w.t, err)
		if g.Status == want {
			return g
		}
		if g.Status.Ended() {
			w.t.Fatalf("generation ended as %s (%s), want %s", g.Status, g.Error, want)
		}
		time.Sleep(2 * time.Millisecond) // the test's own deadline ends this
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// idleEngine is installed but never run: the test's worker stands in for the pipeline.
type idleEngine struct{ retake.Engine }

func (idleEngine) Info() retake.EngineInfo {
	return retake.EngineInfo{Name: "builtin", Title: "Idle", Modes: retake.Modes(), MaxWindow: retake.MaxWindow}
}

// stills answers with what it was asked for.
type stills struct {
	err   error
	made  atomic.Int32
	waves atomic.Int32
}

func (s *stills) Thumbnail(_ context.Context, path string, at float64, width, height int) ([]byte, error) {
	if s.err != nil {
		return nil, s.err
	}
	if path == "" {
		return nil, errors.New("no path")
	}
	return fmt.Appendf(nil, "JPEG at %g, %dx%d", at, width, height), nil
}

func (s *stills) Filmstrip(_ context.Context, _ string, count, height int) ([]byte, error) {
	s.made.Add(1)
	return fmt.Appendf(nil, "JPEG of %d, %d high", count, height), s.err
}

func (s *stills) Waveform(_ context.Context, _ string, points int) (retake.Waveform, error) {
	s.waves.Add(1)
	return retake.Waveform{Points: points, Peak: make([]int, points), RMS: make([]int, points)}, s.err
}

func TestMain(m *testing.M) {
	media.Main()
	os.Exit(m.Run())
}

var openTools = sync.OnceValues(func() (*media.Tools, error) { return media.Open(media.DefaultConfig()) })

// tools is the machine's ffmpeg.
func tools(t testing.TB) *media.Tools {
	t.Helper()
	opened, err := openTools()
	must(t, err)
	return opened
}
