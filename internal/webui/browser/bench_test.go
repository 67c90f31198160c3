package browser

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"strings"
	"testing"
	"time"

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
		s := startWhole(t)
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
	s := startWhole(t)
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
	s := startWhole(t)
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

// benchMemory makes 50 takes of a small clip, compares each with its original, and deletes it.
func benchMemory(t *testing.T) {
	s := startWhole(t)
	p := open(t, s, 1440, 900)
	p.openSmallClip(makeClip(t, "small.mp4", 6))
	for i := range 50 {
		p.compareOnce()
		if (i+1)%10 == 0 || i == 0 {
			h := p.held()
			fmt.Printf("| held after %d runs | no growth | %.2f MB | %d nodes, %d listeners, %d players |\n", i+1, h.heap/1e6, h.nodes, h.listeners, h.clips)
		}
	}
}
