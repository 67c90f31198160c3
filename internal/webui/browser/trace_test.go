package browser

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/tracing"
	"github.com/chromedp/chromedp"
)

// traced is an event of the browser's own trace. Times are microseconds.
type traced struct {
	Name    string  `json:"name"`
	Process int     `json:"pid"`
	Thread  int     `json:"tid"`
	Busy    float64 `json:"tdur"` // processor time, which waiting for a busy machine does not lengthen
}

// trace records what the browser does in these categories while act runs.
func (p *page) trace(categories []string, act func()) []traced {
	p.t.Helper()
	var (
		mu   sync.Mutex
		all  []traced
		done = make(chan struct{})
	)
	data, complete := chromedp.Events(p.ctx, tracing.DataCollected), chromedp.Events(p.ctx, tracing.TracingComplete)
	go func() {
		for chunk, err := range data {
			if err != nil {
				return
			}
			mu.Lock()
			for _, raw := range chunk.Value {
				var e traced
				if json.Unmarshal(raw, &e) == nil {
					all = append(all, e)
				}
			}
			mu.Unlock()
		}
	}()
	go func() {
		for range complete {
			close(done)
			return
		}
	}()
	command(p, tracing.Start, tracing.StartParams{TraceConfig: &tracing.TraceConfig{IncludedCategories: categories, ExcludedCategories: []string{"*"}}})
	act()
	command(p, tracing.End, cdp.Empty{})
	select {
	case <-done:
	case <-time.After(patience):
		p.t.Fatal("the trace does not end")
	}
	mu.Lock()
	defer mu.Unlock()
	return all
}
