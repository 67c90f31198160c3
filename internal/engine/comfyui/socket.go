package comfyui

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"retake/internal/engine/outside"
	"retake/internal/retake"
)

// event is a message of the server's.
type event struct {
	Type string `json:"type"`
	Data struct {
		ID    string  `json:"prompt_id"`
		Node  *string `json:"node"`
		Value float64 `json:"value"`
		Max   float64 `json:"max"`
	} `json:"data"`
}

// listen hears the server until ctx ends. A socket that fails is opened again; meanwhile the server is asked.
func (r *run) listen(ctx context.Context) {
	opened := sync.OnceFunc(func() { close(r.open) })
	defer opened()
	for pause := time.Second; ctx.Err() == nil; pause = min(2*pause, 30*time.Second) {
		began := time.Now()
		err := r.hear(ctx, opened)
		opened()
		r.pace.deaf()
		if ctx.Err() != nil {
			return
		}
		r.e.log.Info("the server's socket is opened again", "error", err)
		if time.Since(began) > time.Minute {
			pause = time.Second
		}
		_ = outside.Sleep(ctx, min(pause, 15*r.e.cfg.PollEvery))
	}
}

// hear reads one socket to its end.
func (r *run) hear(ctx context.Context, opened func()) error {
	dial, cancel := context.WithTimeout(ctx, r.e.cfg.AnswerWithin)
	defer cancel()
	address := r.e.client.address(url.Values{"clientId": {r.note.Client}}, "ws")
	conn, _, err := websocket.Dial(dial, address, &websocket.DialOptions{HTTPClient: r.e.client.http, HTTPHeader: r.e.client.headers.Clone()})
	if err != nil {
		return err
	}
	defer conn.CloseNow()
	conn.SetReadLimit(maxMessage)
	for {
		kind, data, err := conn.Read(ctx)
		if err != nil {
			return err
		}
		opened()
		var m event
		if kind != websocket.MessageText || json.Unmarshal(data, &m) != nil || m.Data.ID != "" && m.Data.ID != r.ours.Load() {
			continue // a preview, or about another job
		}
		r.pace.hear(m)
		switch {
		case strings.HasPrefix(m.Type, "execution_") && m.Type != "execution_start" && m.Type != "execution_cached", m.Type == "executing" && m.Data.Node == nil:
			select {
			case r.kick <- struct{}{}:
			default:
			}
		}
	}
}

// pace turns a job's events into progress. It may be told from any goroutine.
type pace struct {
	tell retake.ProgressFunc

	mu      sync.Mutex
	weights map[string]float64
	total   float64
	done    map[string]bool
	at      string
	part    float64
	ears    bool // the socket has told of this job
}

func newPace(tell retake.ProgressFunc) *pace {
	return &pace{tell: outside.Forward(tell), weights: map[string]float64{}, done: map[string]bool{}}
}

// weigh guesses how long each node takes.
func (p *pace) weigh(prompt map[string]node) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, n := range prompt {
		w := 1.0
		switch {
		case strings.Contains(n.Class, "Sampler") && !strings.Contains(n.Class, "Select"):
			w = 40
		case strings.Contains(n.Class, "Load"), strings.Contains(n.Class, "Decode"), strings.Contains(n.Class, "Encode"):
			w = 3
		}
		p.weights[id] = w
		p.total += w
	}
}

func (p *pace) hear(m event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m.Data.ID == "" && m.Type != "progress" && m.Type != "executing" {
		return
	}
	p.ears = true
	switch m.Type {
	case "executing":
		if p.at != "" && (m.Data.Node == nil || *m.Data.Node != p.at) {
			p.done[p.at] = true
		}
		if p.at, p.part = "", 0; m.Data.Node != nil {
			p.at = *m.Data.Node
		}
	case "progress":
		if m.Data.Max >= 1 && m.Data.Value >= 0 {
			p.part = min(m.Data.Value/m.Data.Max, 1)
		}
	}
	if p.total == 0 {
		return
	}
	sum := p.weights[p.at] * p.part
	for id := range p.done {
		if id != p.at {
			sum += p.weights[id]
		}
	}
	p.tell(min(sum/p.total, 1) * 0.95)
}

// heard reports whether the socket tells of the job.
func (p *pace) heard() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ears
}

// deaf notes that the socket tells nothing any more.
func (p *pace) deaf() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ears = false
}
