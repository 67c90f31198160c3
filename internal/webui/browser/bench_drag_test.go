package browser

import (
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// benchDrag pulls the segment's end to and fro for 3 s with 60 moves of the mouse a second.
func benchDrag(t *testing.T) {
	s := startWhole(t)
	p := open(t, s, 1440, 900)
	address := s.put(benchClip(t, "drag.mp4"))
	p.signIn()
	var rates, shown, work, cores, longest, plans figures
	for _, clip := range []string{"the sample", "20 s of a test pattern"} {
		rates, shown, work, cores, longest, plans = nil, nil, nil, nil, nil, nil
		if clip != "the sample" {
			p.visit("/ai/workbench?model=lightricks-ltx-2-retake&input_video=" + address + "&start_time=3&duration=6&prompt=snow")
			p.wait("the clip", `document.querySelector('[data-testid=filmstrip]')?.dataset.drawn === 'yes'`)
		}
		for range *benchRuns {
			before := p.busy()
			d := p.dragEnd(3 * time.Second)
			cores = append(cores, (p.busy()-before)/d.Took)
			rates, longest, plans = append(rates, d.Rate), append(longest, d.Longest), append(plans, d.Plans)
			// Tracing costs something itself, so it has a drag of its own.
			drawn, busy := frameWork(p.trace([]string{"toplevel", "cc", "viz"}, func() { d = p.dragEnd(3 * time.Second) }))
			shown, work = append(shown, drawn/d.Took), append(work, busy/drawn)
		}
		rates.print(t, "frames a second while the segment's end is dragged, "+clip, "at least 50", "")
		shown.print(t, "of these on the screen, while being traced, "+clip, "at least 50", "")
		work.print(t, "processor time of the page for such a frame, "+clip, "20", " ms")
		cores.print(t, "processors that the browser keeps busy meanwhile, "+clip, "", "")
		longest.print(t, "the longest of these frames, "+clip, "", " ms")
		plans.print(t, "plans asked for a second meanwhile, "+clip, "", "")
	}
}

// dragged is what a drag came to. Took is in seconds, the longest frame in milliseconds, the others a second.
type dragged struct{ Rate, Longest, Plans, Took float64 }

func (p *page) dragEnd(length time.Duration) dragged {
	p.t.Helper()
	b := p.at("[data-testid=grip-end]")
	x, y := b.X+b.W/2, b.Y+20
	p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, x, y, chromedp.Button("left"), chromedp.ClickCount(1)))
	p.try(`(() => {
		const d = window.dragged = {times: [], stop: false};
		const frame = at => { d.times.push(at); if (!d.stop) requestAnimationFrame(frame); };
		requestAnimationFrame(frame);
		performance.clearResourceTimings();
	})()`)
	done := make(chan error, int(length/time.Second)*60+60)
	sent := 0
	tick := time.NewTicker(time.Second / 60)
	defer tick.Stop()
	for begun := time.Now(); time.Since(begun) < length; <-tick.C {
		at := x + 150*triangle(time.Since(begun).Seconds())
		sent++
		// A mouse does not wait until its last move was seen.
		go func() {
			done <- chromedp.Do(p.ctx, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at, y, chromedp.Button("left")))
		}()
	}
	frames := js[[]float64](p, `(dragged.stop = true, dragged.times)`)
	for range sent {
		if err := <-done; err != nil {
			p.t.Fatal(err)
		}
	}
	plans := js[float64](p, `performance.getEntriesByType('resource').filter(e => e.name.endsWith('/api/ai/plan')).length`)
	p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, y, chromedp.Button("left")),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, x, y, chromedp.Button("left"), chromedp.ClickCount(1)))
	var longest float64
	for i := 1; i < len(frames); i++ {
		longest = max(longest, frames[i]-frames[i-1])
	}
	took := (frames[len(frames)-1] - frames[0]) / 1000
	return dragged{Rate: float64(len(frames)-1) / took, Longest: longest, Plans: plans / took, Took: took}
}

// frameWork counts the frames that the compositor drew, and adds up the processor time of the page's main thread, milliseconds.
func frameWork(events []traced) (drawn, busy float64) {
	var process, thread int
	for _, e := range events {
		if e.Name == "ProxyMain::BeginMainFrame" {
			process, thread = e.Process, e.Thread
		}
	}
	for _, e := range events {
		switch {
		case e.Name == "Display::DrawAndSwap":
			drawn++
		case e.Name == "ThreadControllerImpl::RunTask" && e.Process == process && e.Thread == thread:
			busy += e.Busy / 1000
		}
	}
	return drawn, busy
}

// triangle swings between -1 and 1, once every two seconds.
func triangle(seconds float64) float64 {
	turn := seconds/2 + 0.25
	turn -= float64(int(turn))
	if turn < 0.5 {
		return 4*turn - 1
	}
	return 3 - 4*turn
}
