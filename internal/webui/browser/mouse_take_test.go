package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// What is known of a take that is done, and what it is used for: its spans and its report, its settings for another
// take, its result as a file and as the next clip.
func TestMouseTake(t *testing.T) {
	s := start(t)
	p := open(t, s, 1440, 900)
	p.enter(s.put(makeClip(t, "clip.mp4", 6, "-g", "50")), map[string]string{"start_time": "1", "duration": "2.2", "prompt": "black and white, rain", "mode": "replace_audio_and_video", "seed": "41"})
	p.click("[data-testid=make]")
	p.wait("the take", take(1)+`?.dataset.status === 'succeeded'`)
	p.wait("it on the stage", `document.querySelector('.half-b video')?.readyState > 1`)
	row := p.row(1)
	p.part(t, "spans", func(t *testing.T) { p.showsMeasuredSpans(t, row) })
	p.part(t, "report", func(t *testing.T) { p.opensReport(t, row) })
	p.part(t, "settings", p.usesSettings)
	p.part(t, "download", func(t *testing.T) {
		p.downloads(t, "[data-testid=download]", row.ResultURL, "clip-take1-black-and-white-rain.mp4")
	})
	p.part(t, "next-clip", func(t *testing.T) { p.editsTake(t, row) })
}

// row is a generation as the API has it.
type row struct {
	ID        string `json:"generation_id"`
	ResultURL string `json:"result_url"`
	Status    string
	Prompt    string
	Report    struct {
		Summary string
		Engine  string
		Seed    int
		Reading string
		Video   trackReport
		Audio   trackReport
		Seams   map[string]any
	}
}

type trackReport struct {
	Total     int
	Identical int
	Spans     []struct {
		span
		Kept bool
		PSNR float64
		SSIM float64
	}
}

func (t trackReport) plain() (list []span) {
	for _, s := range t.Spans {
		list = append(list, s.span)
	}
	return list
}

// row reads a take by its number.
func (p *page) row(number int) (r row) {
	p.t.Helper()
	p.s.getJSON(&r, "/api/ai/queue/"+js[string](p, take(number)+`.dataset.id`))
	return r
}

// showsMeasuredSpans: the bars are the report's with the take on the stage, and the plan's without it.
func (p *page) showsMeasuredSpans(t *testing.T, row row) {
	from := func(want string) {
		p.wait("spans of the "+want, fmt.Sprintf(`document.querySelector('[data-testid=spans]').dataset.from === %q`, want))
	}
	from("report")
	p.equalSpans(t, spans{row.Report.Video.plain(), row.Report.Audio.plain()})
	bridge := js[string](p, `document.querySelector('[data-track=picture] [data-kind=bridge]')?.title`)
	holds(t, "the bridge", bridge, "re-encoded")
	p.fill("#segment-in", "0.5") // the form is about the next take; the bars stay the measured ones
	p.press("\r")
	p.isSegment("0:00:13", "0:03:05")
	p.wait("a new plan", `document.querySelector('[data-testid=frames]')?.innerText.startsWith('Frames 13 to 79')`)
	p.equalSpans(t, spans{row.Report.Video.plain(), row.Report.Audio.plain()})
	p.clickIn(1, ".pick")
	from("plan")
	p.equalSpans(t, p.plannedSpans())
	p.clickIn(1, ".pick")
	from("report")
}

// opensReport: the summary, each span with its count and what became of it, the seams, and how it was made.
func (p *page) opensReport(t *testing.T, row row) {
	p.clickIn(1, "[data-testid=verdict]")
	p.wait("the report", `document.querySelector('dialog[open] h2')?.innerText === 'What take 1 kept'`)
	says := p.text("dialog")
	p.click("dialog [data-testid=plan-json] > summary")
	p.wait("the plan in JSON", `document.querySelector('dialog [data-testid=plan-json] pre')?.innerText.includes('"effect": "black and white"')`)
	holds(t, "the report", says, row.Report.Summary, row.Report.Reading, "black and white, rain", "Built-in", "\n41",
		fmt.Sprintf("%d frames of %d identical", row.Report.Video.Identical, row.Report.Video.Total),
		fmt.Sprintf("%d packets of %d identical", row.Report.Audio.Identical, row.Report.Audio.Total),
		"Step of brightness at the start", "retake verify ORIGINAL TAKE")
	rows := js[[][]string](p, `[...document.querySelectorAll('dialog table')].flatMap(t => [...t.tBodies[0].rows].map(r => [...r.cells].map(c => c.innerText.trim())))`)
	n := 0
	for _, track := range []trackReport{row.Report.Video, row.Report.Audio} {
		for _, s := range track.Spans {
			if s.Count == 0 {
				continue
			}
			if n >= len(rows) {
				t.Fatalf("no row for %+v in %q", s, rows)
			}
			line := strings.Join(rows[n], " | ")
			holds(t, "a span", line, fmt.Sprintf("| %d |", s.Count), fmt.Sprintf("%.2f s to %.2f s", s.Start, s.End))
			switch {
			case s.Kind == "edit":
				holds(t, "a new span", line, "made new")
			case s.Kept:
				holds(t, "a kept span", line, "identical, packet by packet")
			default:
				holds(t, "a re-encoded span", line, "re-encoded")
				if s.PSNR > 0 {
					holds(t, "a re-encoded span", line, fmt.Sprintf("%.1f dB PSNR", s.PSNR), fmt.Sprintf("SSIM %.4f", s.SSIM))
				}
			}
			n++
		}
	}
	if n != len(rows) {
		t.Errorf("%d rows for %d spans", len(rows), n)
	}
	p.do(chromedp.MouseClickXY(20, 450)) // beside it
	p.wait("the report to go", `!document.querySelector('dialog')`)
}

func (p *page) usesSettings(t *testing.T) {
	p.fill("#prompt", "something else")
	p.fill("#field-seed", "6")
	p.click("[data-testid=mode-replace_audio]")
	p.clickIn(1, "[data-testid=use-settings]")
	p.says("black and white, rain")
	p.isSegment("0:01:00", "0:03:05")
	got := p.params()
	for name, want := range map[string]string{"start_time": "1", "duration": "2.2", "mode": "replace_audio_and_video", "seed": "41"} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}

// downloads clicks a link, and compares the file that the browser keeps with what the server has.
func (p *page) downloads(t *testing.T, link, address, name string) {
	dir := t.TempDir()
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: "allow", DownloadPath: dir})
		return err
	}))
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	want := p.s.call("GET", u.RequestURI(), nil)
	p.click(link)
	var got []byte
	for end := time.Now().Add(patience); time.Now().Before(end) && len(got) < len(want); time.Sleep(30 * time.Millisecond) {
		got, _ = os.ReadFile(filepath.Join(dir, name))
	}
	if !bytes.Equal(got, want) || len(want) == 0 {
		files, _ := filepath.Glob(dir + "/*")
		t.Errorf("downloaded %d bytes as %s, want %d; there is %q", len(got), name, len(want), files)
	}
}

// editsTake makes the take the next clip, and a take of it.
func (p *page) editsTake(t *testing.T, row row) {
	p.clickIn(1, "[data-testid=as-source]")
	u, err := url.Parse(row.ResultURL)
	if err != nil {
		t.Fatal(err)
	}
	p.drawn("Take: black and white, rain")
	p.wait("no take of it yet", `document.querySelectorAll('[data-testid=take]').length === 0`)
	if got := p.params()["input_video"]; got != u.Path {
		t.Errorf("the clip is %s, want %s", got, u.Path)
	}
	if got := p.length(); math.Abs(got-6) > 0.1 {
		t.Errorf("the take is %g s long", got)
	}
	p.fill("#prompt", "warmer")
	p.wait("the reading", `document.querySelector('.reading')?.innerText.includes('warm')`)
	p.click("[data-testid=make]")
	p.wait("a take of the take", take(1)+`?.dataset.status === 'succeeded'`)
	var second struct {
		Input string `json:"input_video"`
	}
	if err := json.Unmarshal(p.s.call("GET", "/api/ai/queue/"+js[string](p, take(1)+`.dataset.id`), nil), &second); err != nil || second.Input != u.Path {
		t.Errorf("the second take was made of %s (%v)", second.Input, err)
	}
}
