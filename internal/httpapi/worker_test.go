package httpapi

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"retake/internal/event"
	"retake/internal/model"
	"retake/internal/queue"
	queuelocal "retake/internal/queue/local"
	"retake/internal/retake"
	"retake/internal/store/sqlite"
)

// runner stands in for the pipeline: wrong parameters fail as they do there, the rest gets a file. While held, a run
// waits in the engine's phase.
type runner struct {
	store  *sqlite.Store
	blobs  retake.Blobs
	models *model.Catalog

	mu   sync.Mutex
	gate chan struct{} // closed: runs go on
	fail error         // ends the next generations
}

// hold makes runs wait until the returned function is called.
func (r *runner) hold() (release func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	gate := make(chan struct{})
	r.gate = gate
	return sync.OnceFunc(func() { close(gate) })
}

func (r *runner) failWith(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fail = err
}

func (r *runner) state() (chan struct{}, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.gate, r.fail
}

func (r *runner) Run(ctx context.Context, g *retake.Generation, progress func(retake.Progress)) retake.Outcome {
	progress(retake.Progress{Phase: retake.PhaseEngine, Fraction: 0.5, ETA: 2})
	gate, fail := r.state()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			fail = context.Cause(ctx)
		}
	}
	o, err := r.outcome(ctx, g, fail)
	if err != nil {
		return retake.Outcome{Status: retake.Failed, Error: retake.UserMessage(err), ErrorCode: retake.CodeOf(err), ErrorField: retake.FieldOf(err)}
	}
	return o
}

func (r *runner) outcome(ctx context.Context, g *retake.Generation, fail error) (retake.Outcome, error) {
	m, _ := r.models.Model(g.Model)
	req, err := m.Request(g.Params)
	if err != nil {
		return retake.Outcome{}, err
	}
	if fail != nil {
		return retake.Outcome{}, fail
	}
	hash, size, err := r.blobs.Put(ctx, bytes.NewReader(clipBytes))
	if err != nil {
		return retake.Outcome{}, err
	}
	repo := g.TargetRepo
	if repo == "" {
		repo = "generations"
	}
	f := FileName{g.TargetNamespace, repo, "main", "2026-11-23/" + g.ID + ".mp4"}
	file := retake.File{Namespace: f.Namespace, Repo: f.Repo, Branch: f.Branch, Path: f.Path,
		Hash: hash, Size: size, ContentType: "video/mp4", Created: time.Now()}
	segment := req.Segment()
	return retake.Outcome{Status: retake.Succeeded, ResultFile: f.String(), File: &file, Segment: &segment,
		Report: []byte(`{"holds":true,"exact":true,"summary":"All else is the original."}`), Warnings: []string{"a test"}}, nil
}

// startQueue runs generations one at a time.
func startQueue(t testing.TB, r *runner, hub hubAdapter, log *slog.Logger) *queuelocal.Queue {
	cfg := queue.DefaultConfig()
	cfg.Slots = map[string]int{"builtin": 1}
	cfg.Drain = 0
	q, err := queuelocal.New(r.store, r, hub.Hub, log, cfg)
	must(t, err)
	must(t, q.Start(t.Context()))
	t.Cleanup(func() { must(t, q.Drain(context.Background())) })
	return q
}

// hubAdapter gives the Server the real hub, as the app does.
type hubAdapter struct{ *event.Hub }

func startHub(t testing.TB, store *sqlite.Store, enc *EventEncoder) hubAdapter {
	cfg := event.DefaultConfig()
	cfg.Encode = enc.Encode
	hub, err := event.New(t.Context(), store, cfg)
	must(t, err)
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { hub.Run(ctx) })
	t.Cleanup(func() { stop(); wg.Wait() })
	return hubAdapter{hub}
}

func (h hubAdapter) Subscribe(ctx context.Context, namespaces []string, last *int64) (Subscription, error) {
	sub, err := h.Hub.Subscribe(ctx, namespaces, last)
	if err != nil {
		return nil, err
	}
	return subscription{sub}, nil
}

type subscription struct{ *event.Subscription }

func (s subscription) Next(ctx context.Context) (Message, error) {
	m, err := s.Subscription.Next(ctx)
	if err != nil {
		return Message{}, err
	}
	return Message{Event: m.Event, Bytes: m.Bytes}, nil
}
