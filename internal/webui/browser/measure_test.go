package browser

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/memory"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/systeminfo"
	"github.com/chromedp/chromedp"
)

// command sends a command of the DevTools protocol.
func command[P, R any](p *page, cmd cdp.Command[P, R], params P) R {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	r, err := chromedp.Call(ctx, cmd, params)
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

// observer runs in each page before its own scripts. useful is when the stage has its first picture beside the panel,
// in milliseconds from the start of the navigation; shifts are the movements that nobody asked for, and waits the
// times from an input to the paint after it.
const observer = `(() => {
  const m = window.measured = {useful: 0, shifts: [], waits: []};
  new PerformanceObserver(list => list.getEntries().forEach(e => {
    if (!e.hadRecentInput) m.shifts.push({value: e.value, what: e.sources.map(s => (s.node?.className || s.node?.textContent) + ' ' + s.previousRect.y + ' to ' + s.currentRect.y).join('; ')});
  })).observe({type: 'layout-shift', buffered: true});
  const painted = then => requestAnimationFrame(() => {
    const c = new MessageChannel();
    c.port1.onmessage = () => then(performance.now());
    c.port2.postMessage(0);
  });
  for (const type of ['keydown', 'click']) {
    addEventListener(type, e => painted(at => m.waits.push(at - e.timeStamp)), true);
  }
  const look = () => {
    const player = document.querySelector('.half-a video');
    if (player && document.querySelector('#prompt')) player.requestVideoFrameCallback(() => (m.useful = performance.now()));
    else requestAnimationFrame(look);
  };
  look();
})()`

// observe measures the pages that are opened from now on.
func (p *page) observe() {
	p.t.Helper()
	command(p, cdpage.AddScriptToEvaluateOnNewDocument, cdpage.AddScriptToEvaluateOnNewDocumentParams{Source: observer})
}

// held is what a page holds on to once what nobody needs is collected.
type held struct {
	heap                    float64 // bytes
	nodes, listeners, clips int64
}

func (p *page) held() held {
	p.t.Helper()
	for range 2 { // what the first round ends may hold more
		command(p, heapprofiler.CollectGarbage, cdp.Empty{})
	}
	counts := command(p, memory.GetDOMCounters, cdp.Empty{})
	heap := command(p, runtime.GetHeapUsage, cdp.Empty{})
	return held{heap: heap.UsedSize, nodes: counts.Nodes, listeners: counts.JsEventListeners,
		clips: js[int64](p, `document.querySelectorAll('video').length`)}
}

// busy returns the processor time that the browser has taken so far, all its processes together, seconds.
func (p *page) busy() (seconds float64) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	r, err := chromedp.CallBrowser(ctx, systeminfo.GetProcessInfo, cdp.Empty{})
	if err != nil {
		p.t.Fatal(err)
	}
	for _, one := range r.ProcessInfo {
		seconds += one.CPUTime
	}
	return seconds
}

// figures are the values of one figure over several runs.
type figures []float64

func (f figures) median() float64 {
	v := slices.Sorted(slices.Values(f))
	return v[len(v)/2]
}

// print writes a row of the table in docs/benchmarks.md.
func (f figures) print(t *testing.T, figure, limit, unit string) {
	t.Helper()
	if len(f) == 0 {
		t.Fatalf("%s: nothing was measured", figure)
	}
	fmt.Printf("| %s | %s | **%s** | %s to %s |\n", figure, limit, number(f.median())+unit, number(slices.Min(f)), number(slices.Max(f)))
}

func number(v float64) string {
	digits := cmp.Compare(10, v) + 1 // 2 below 10, none above
	return fmt.Sprintf("%.*f", max(0, digits), v)
}
