package browser

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

var benchRuns = flag.Int("bench-page", 0, "measure the Workbench, this many runs of each figure")

// TestBenchPage prints the figures of docs/benchmarks.md about the page. It asserts no time: make bench-page runs it,
// and a person compares.
func TestBenchPage(t *testing.T) {
	if *benchRuns == 0 {
		t.Skip("make bench-page measures")
	}
	load, _ := os.ReadFile("/proc/loadavg")
	fmt.Printf("%s, load %s\n| figure | limit | measured | spread |\n|---|---|---|---|\n", time.Now().Format(time.DateOnly), bytes.TrimSpace(load))
	for _, part := range []struct {
		name string
		run  func(*testing.T)
	}{{"paint", benchPaint}, {"server", benchServer}, {"input", benchInput}, {"filmstrip", benchFilmstrip}, {"drag", benchDrag}, {"memory", benchMemory}} {
		t.Run(part.name, part.run)
	}
}

const useful = `measured.useful`

// benchPaint measures first visits of fresh browsers at fresh servers, and the visits after them.
func benchPaint(t *testing.T) {
	var first, firstUseful, again, againUseful, bytes, bytesAgain figures
	fcp := `performance.getEntriesByName('first-contentful-paint')[0].startTime`
	sent := `performance.getEntries().reduce((n, e) => n + (new URL(e.name, location).pathname.startsWith('/ai/') && e.transferSize || 0), 0) / 1000`
	for range *benchRuns {
		s := start(t)
		p := open(t, s, 1440, 900)
		p.observe()
		p.signIn()
		p.wait("the first picture", useful)
		first, firstUseful, bytes = append(first, js[float64](p, fcp)), append(firstUseful, js[float64](p, useful)), append(bytes, js[float64](p, sent))
		p.visit("/ai/workbench")
		p.wait("the first picture", useful)
		again, againUseful, bytesAgain = append(again, js[float64](p, fcp)), append(againUseful, js[float64](p, useful)), append(bytesAgain, js[float64](p, sent))
	}
	first.print(t, "first visit: first contentful paint", "", " ms")
	firstUseful.print(t, "first visit: first picture on the stage, beside the panel", "1,000", " ms")
	bytes.print(t, "first visit: sent for page, scripts and styles", "", " KB")
	again.print(t, "second visit: first contentful paint", "", " ms")
	againUseful.print(t, "second visit: first picture on the stage, beside the panel", "1,000", " ms")
	bytesAgain.print(t, "second visit: sent for page, scripts and styles", "", " KB")
}

// benchServer measures the server's side of the page over one connection.
func benchServer(t *testing.T) {
	s := start(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	ask := func(method, path, body string) float64 {
		req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		if body != "" {
			req.Header.Set("Content-Type", "application/json")
		}
		begun := time.Now()
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s %s: %d %v", method, path, res.StatusCode, err)
		}
		return float64(time.Since(begun).Microseconds()) / 1000
	}
	ask("POST", "/api/session", fmt.Sprintf(`{"key": %q}`, s.key))
	const plan = `{"model": "lightricks-ltx-2-retake", "prompt": "heavy snow", "input_video": "/api/repos/ox/Oxen-AI-Assets/file/main/images/winter_summer_ox.mp4", "start_time": 4, "duration": %d}`
	var page, plans figures
	ask("POST", "/api/ai/plan", fmt.Sprintf(plan, 4))
	for i := range 20 * *benchRuns {
		page = append(page, ask("GET", "/ai/workbench", ""))
		plans = append(plans, ask("POST", "/api/ai/plan", fmt.Sprintf(plan, 2+i%8)))
	}
	page.print(t, "`GET /ai/workbench`", "", " ms")
	plans.print(t, "`POST /api/ai/plan`, of a clip that was looked at", "", " ms")
}

// benchInput measures how long after an input the page has painted what it did.
func benchInput(t *testing.T) {
	s := start(t)
	p := open(t, s, 1440, 900)
	p.observe()
	p.signIn()
	wait := func(act func()) float64 {
		before := js[int](p, `measured.waits.length`)
		act()
		p.wait("the paint", fmt.Sprintf(`measured.waits.length > %d`, before))
		return js[float64](p, `measured.waits.at(-1)`)
	}
	var typing, modes, frames, tabs figures
	for i := range *benchRuns {
		p.fill("#prompt", "x")
		for _, letter := range "heavy snow, wind howling" {
			typing = append(typing, wait(func() { p.press(string(letter)) }))
		}
		for _, m := range []string{"replace_video", "replace_audio", "replace_audio_and_video"} {
			modes = append(modes, wait(func() { p.click("[data-testid=mode-" + m + "]") }))
		}
		for range 8 {
			key := []string{kb.ArrowRight, kb.ArrowLeft}[i%2]
			frames = append(frames, wait(func() { p.press(key) }))
		}
		for _, tab := range []string{"json", "api", "form"} {
			tabs = append(tabs, wait(func() { p.click("#tab-" + tab) }))
		}
	}
	typing.print(t, "a letter typed into the prompt, to the paint after it", "100", " ms")
	modes.print(t, "another mode", "100", " ms")
	frames.print(t, "one frame on or back", "100", " ms")
	tabs.print(t, "another tab", "100", " ms")
}

// benchClip writes a clip of a test pattern with sound. No two titles give the same file.
func benchClip(t *testing.T, title, size string, rate, seconds int) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "clip.mp4")
	cmd := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", fmt.Sprintf("testsrc2=s=%s:r=%d:d=%d", size, rate, seconds),
		"-f", "lavfi", "-i", fmt.Sprintf("sine=frequency=300:sample_rate=48000:duration=%d", seconds), "-metadata", "title="+title,
		"-c:v", "libx264", "-preset", "veryfast", "-g", "72", "-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags", "+faststart", name)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("make a clip: %v\n%s", err, out)
	}
	return name
}

// give puts a clip on the server and returns its address.
func (s *server) give(file, as string) string {
	s.t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	address := "/api/repos/ox/uploads/file/main/" + as
	s.call("PUT", address, content)
	return address
}

// benchFilmstrip measures from the click on a clip that nobody looked at before until its pictures stand in the timeline.
func benchFilmstrip(t *testing.T) {
	s := start(t)
	p := open(t, s, 1440, 900)
	clip := benchClip(t, "0", "1920x1080", 30, 20)
	var drawn figures
	for i := range *benchRuns {
		// The same pictures in another file: what is known of the last one is of no use.
		copied := filepath.Join(t.TempDir(), "copy.mp4")
		cmd := exec.Command("ffmpeg", "-v", "error", "-i", clip, "-c", "copy", "-metadata", fmt.Sprintf("title=%d", i), copied)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("copy: %v\n%s", err, out)
		}
		name := fmt.Sprintf("clip-%d.mp4", i)
		s.give(copied, name)
		if i == 0 {
			p.signIn()
		}
		p.click("[data-testid=choose]")
		p.wait("the files", fmt.Sprintf(`document.querySelector('.files button')?.innerText.includes(%q) && [...document.querySelectorAll('.files img')].every(i => i.complete)`, name))
		p.try(`(() => {
			const strip = document.querySelector('[data-testid=filmstrip]');
			let begun = 0;
			addEventListener('click', e => (begun = e.timeStamp), {capture: true, once: true});
			window.stripTime = 0;
			const watch = new MutationObserver(() => {
				if (strip.dataset.drawn === 'no') watch.away = true;
				else if (watch.away) { watch.disconnect(); requestAnimationFrame(() => (window.stripTime = performance.now() - begun)); }
			});
			watch.observe(strip, {attributes: true});
		})()`)
		p.click(".files button")
		p.wait("the filmstrip", `window.stripTime`)
		drawn = append(drawn, js[float64](p, `window.stripTime`)/1000)
	}
	drawn.print(t, "filmstrip of 20 s of 1080p30 that were just chosen", "1.5", " s")
}

// benchDrag pulls the segment's end to and fro for 3 s with 60 moves of the mouse a second.
func benchDrag(t *testing.T) {
	s := start(t)
	p := open(t, s, 1440, 900)
	s.give(benchClip(t, "drag", "1920x1080", 30, 20), "drag.mp4")
	p.signIn()
	var rates, shown, work, cores, longest, plans figures
	for _, clip := range []string{"the sample", "20 s of a test pattern"} {
		rates, shown, work, cores, longest, plans = nil, nil, nil, nil, nil, nil
		if clip != "the sample" {
			p.visit("/ai/workbench?model=lightricks-ltx-2-retake&input_video=/api/repos/ox/uploads/file/main/drag.mp4&start_time=3&duration=6&prompt=snow")
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

// benchMemory makes 50 takes of a small clip, compares each with its original, and deletes it.
func benchMemory(t *testing.T) {
	s := start(t)
	p := open(t, s, 1440, 900)
	p.openSmallClip(benchClip(t, "small", "320x180", 25, 6))
	for i := range 50 {
		p.compareOnce()
		if (i+1)%10 == 0 || i == 0 {
			h := p.held()
			fmt.Printf("| held after %d runs | no growth | %.2f MB | %d nodes, %d listeners, %d players |\n", i+1, h.heap/1e6, h.nodes, h.listeners, h.clips)
		}
	}
}
