package browser

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The segment is dragged by either end and as a whole within what the model and the clip allow, set at the playhead,
// typed in three forms, and played round and round.
func TestMouseSegment(t *testing.T) {
	s := start(t)
	p := open(t, s, 1440, 900)
	p.enter(s.put(makeClip(t, "long.mp4", 24)), map[string]string{"start_time": "4", "duration": "4", "prompt": "heavy snow"})
	p.part(t, "dragged", p.dragsSegment)
	p.part(t, "in-and-out", p.setsInAndOut)
	p.part(t, "typed", p.typesTimes)
	p.part(t, "edited-frames", p.showsEditedFrames)
	p.part(t, "zoomed", p.zoomsTimeline)
	p.part(t, "loop", p.loops)
}

// isSegment waits until the fields say a segment.
func (p *page) isSegment(in, out string) {
	p.t.Helper()
	p.wait("a segment of "+in+" to "+out, fmt.Sprintf(`document.querySelector('#segment-in').value === %q && document.querySelector('#segment-out').value === %q`, in, out))
}

// pullTo drags a grip to a time and holds it there.
func (p *page) pullTo(grip string, seconds float64) *hand {
	p.t.Helper()
	part := 0.5
	from := js[float64](p, fmt.Sprintf(`Number(document.querySelector('[data-testid=grip-%s]').getAttribute('aria-valuenow'))`, grip))
	h := p.grab("[data-testid=grip-"+grip+"]", part, 0.8)
	h.pull(h.x+p.timeX(seconds)-p.timeX(from), h.y)
	return h
}

func (p *page) dragsSegment(t *testing.T) {
	for _, tt := range []struct {
		grip    string
		to      float64 // seconds
		in, out string
		reason  string
	}{
		{"start", 6, "0:06:00", "0:08:00", ""},
		{"start", 7.5, "0:06:00", "0:08:00", "A segment is at least 2 s long."},
		{"end", 12, "0:06:00", "0:12:00", ""},
		{"end", 23, "0:06:00", "0:22:00", "A segment is at most 16 s long."},
		{"start", 4, "0:06:00", "0:22:00", "A segment is at most 16 s long."},
		{"start", 14, "0:14:00", "0:22:00", ""},
		{"whole", 20, "0:16:00", "0:24:00", "The clip ends here."},
		{"whole", 3, "0:03:00", "0:11:00", ""},
		{"whole", -3, "0:00:00", "0:08:00", "The clip starts here."},
		{"end", 1, "0:00:00", "0:02:00", "A segment is at least 2 s long."},
		{"end", 30, "0:00:00", "0:16:00", "A segment is at most 16 s long."},
		{"start", -2, "0:00:00", "0:16:00", "The clip starts here."},
		{"whole", 5, "0:05:00", "0:21:00", ""},
		{"start", 10, "0:10:00", "0:21:00", ""},
		{"end", 40, "0:10:00", "0:24:00", "The clip ends here."},
	} {
		h := p.pullTo(tt.grip, tt.to)
		what := fmt.Sprintf("%s dragged to %g s", tt.grip, tt.to)
		if tt.reason != "" {
			p.wait(what+" says why it stops", fmt.Sprintf(`document.querySelector('.lanes .reason')?.innerText === %q`, tt.reason))
		}
		// While it is held everything follows already: the fields, and the clip's picture of the grip.
		p.nearSegment(what, tt.in, tt.out)
		h.letGo()
		p.wait("the reason to go", `!document.querySelector('.lanes .reason')`)
		p.nearSegment(what, tt.in, tt.out)
	}
	p.pullTo("start", 15).letGo()
	in, _ := p.segment()
	p.wait("the playhead at the grip that was dragged", fmt.Sprintf(`document.querySelector('[data-testid=clock]').innerText.startsWith(%q)`, in))
}

// nearSegment waits for a segment, of which dragging may miss a frame or two: a pixel is as much.
func (p *page) nearSegment(what, in, out string) {
	p.t.Helper()
	near := `(s => { const f = t => { const [m, x, y] = t.split(':').map(Number); return (m * 60 + x) * 25 + y }; return Math.abs(f(document.querySelector('#segment-%s').value) - f('%s')) <= 2 })()`
	p.wait(what+": "+in+" to "+out, fmt.Sprintf(near, "in", in)+" && "+fmt.Sprintf(near, "out", out))
}

func (p *page) setsInAndOut(t *testing.T) {
	p.seek(6)
	clock := p.text("[data-testid=clock]")
	p.click("text=Set in")
	in, _, _ := strings.Cut(clock, " ")
	p.wait("the segment to begin at the playhead", fmt.Sprintf(`document.querySelector('#segment-in').value === %q`, in))
	p.seek(9)
	frame := js[float64](p, `Math.floor(document.querySelector('.half-a video').currentTime * 25)`)
	p.click("text=Set out")
	// The frame that is seen is the last one of the segment.
	p.wait("the segment to end after the frame", fmt.Sprintf(`document.querySelector('#segment-out').value === '0:0' + Math.floor(%[1]g / 25) + ':' + String(%[1]g %% 25).padStart(2, '0')`, frame+1))
	p.seek(23.5)
	p.click("text=Set in")
	p.isSegment("0:22:00", "0:24:00")
	holds(t, "the reason", p.text(".said"), "at least 2 s", "24 s")
	p.seek(0.4)
	p.click("text=Set out")
	p.isSegment("0:00:00", "0:02:00")
	p.wait("the reason", `document.querySelector('.said').innerText === 'A segment is at least 2 s long.'`)
}

func (p *page) typesTimes(t *testing.T) {
	for _, tt := range []struct{ field, typed, in, out string }{
		{"out", "9.4", "0:00:00", "0:09:10"},
		{"in", "0:03:12", "0:03:12", "0:09:10"},
		{"in", "96f", "0:03:21", "0:09:10"},
		{"in", "3,5s", "0:03:13", "0:09:10"}, // the nearest frame: 3.5 s lies between two
		{"out", "12:20", "0:03:13", "0:12:20"},
		{"length", "4", "0:03:13", "0:07:13"},
	} {
		p.fill("#segment-"+tt.field, tt.typed)
		p.press("\r")
		p.isSegment(tt.in, tt.out)
	}
	p.fill("#segment-in", "soon")
	p.click(".clock") // leaving the field takes what was typed, too
	p.wait("what is wrong", `document.querySelector('#segment-says').innerText.includes('“soon” is no time')`)
	const red = `[...document.querySelectorAll('.segment-fields [aria-invalid]')].map(e => e.id).join()`
	p.wait("no mistake in what stands there again", red+` === '' && document.querySelector('#segment-in').value !== 'soon' && !document.querySelector('#segment-says .problem')`)
	p.fill("#segment-out", "abc")
	p.press("\r")
	p.wait("the mistake, to be mended", red+` === 'segment-out' && document.querySelector('#segment-out').value === 'abc'`)
	p.press("\r", chromedp.ModifierCtrl)
	p.press("5")
	p.wait("the mistake to go with a word typed", red+` === ''`)
	if n := p.sent("POST", "/api/ai/queue"); n != 0 {
		t.Errorf("%d takes were made of a time that is none", n)
	}
	p.press(kb.Escape)
	p.fill("#segment-length", "1")
	p.press("\r")
	p.isSegment("0:03:13", "0:05:13")
	holds(t, "the limit", p.text("#segment-says"), "at least 2 s")
	p.fill("#segment-length", "99")
	p.press("\r")
	p.isSegment("0:03:13", "0:19:13")
	holds(t, "the limit", p.text("#segment-says"), "at most 16 s")
	p.fill("#segment-in", "4")
	p.press("\r")
	p.fill("#segment-out", "7.2")
	p.press("\r")
	p.isSegment("0:04:00", "0:07:05")
	if got := p.params(); got["start_time"] != "4" || got["duration"] != "3.2" {
		t.Errorf("the address has start %s and duration %s", got["start_time"], got["duration"])
	}
}

// showsEditedFrames: what will be edited, and what becomes of the rest, is the server's plan.
func (p *page) showsEditedFrames(t *testing.T) {
	p.wait("the promise", `document.querySelector('[data-testid=promise]')`)
	var plan struct {
		Spans   spans
		Segment struct {
			First  int `json:"first_frame"`
			Frames int
		}
	}
	if err := json.Unmarshal(p.s.call("POST", "/api/ai/plan", []byte(p.request())), &plan); err != nil {
		t.Fatal(err)
	}
	says := fmt.Sprintf("Frames %d to %d (%d frames) are made new.", plan.Segment.First, plan.Segment.First+plan.Segment.Frames-1, plan.Segment.Frames)
	if got := p.text("[data-testid=frames]"); got != says || plan.Segment.First != 100 {
		t.Errorf("says %q, the plan %q", got, says)
	}
	p.equalSpans(t, plan.Spans)
	holds(t, "the promise", p.text("[data-testid=promise]"), "500 of 520 frames outside the segment stay bit for bit; 20 up to the next keyframe are re-encoded")
}

// zoomsTimeline looks closer by the button and by the wheel; a drag is then as fine as the picture.
func (p *page) zoomsTimeline(t *testing.T) {
	width := p.at("[data-testid=grip-whole]").W
	p.click("[aria-label='Look closer']")
	p.wait("a wider segment", fmt.Sprintf(`document.querySelector('[data-testid=grip-whole]').getBoundingClientRect().width > %g`, 1.9*width))
	b := p.at(".ruler")
	p.wheel(b.X+b.W/2, b.Y+40, -200)
	p.wait("a still wider segment", fmt.Sprintf(`document.querySelector('[data-testid=grip-whole]').getBoundingClientRect().width > %g`, 2.5*width))
	p.click("text=Whole clip")
	p.wait("all of the clip", fmt.Sprintf(`Math.abs(document.querySelector('[data-testid=grip-whole]').getBoundingClientRect().width - %g) < 1`, width))
	p.click("text=Segment")
	if part := p.at("[data-testid=grip-whole]").W / p.at(".lanes").W; math.Abs(part-0.5) > 0.02 {
		t.Errorf("the segment fills %.2f of the timeline", part)
	}
	p.click("text=Whole clip")
}

func (p *page) loops(t *testing.T) {
	p.fill("#segment-out", "6")
	p.press("\r")
	p.isSegment("0:04:00", "0:06:00")
	p.click("text=Loop")
	p.goesRound(t, 4, 6)
	p.click("text=Loop ±1 s")
	p.goesRound(t, 3, 7)
	if got := js[[]string](p, `[...document.querySelectorAll('[aria-label=Segment] [aria-pressed=true]')].map(e => e.innerText)`); len(got) != 1 || got[0] != "Loop ±1 s" {
		t.Errorf("pressed: %q", got)
	}
	p.click("text=Loop ±1 s") // no loop any more: it plays on
	p.wait("a time beyond the loop", `document.querySelector('.half-a video').currentTime > 7.5`)
	p.click("[data-testid=play]")
	p.wait("a stop", `document.querySelector('.half-a video').paused`)
}

// goesRound watches the player until it has jumped back twice, and where it was meanwhile. A slow machine sees the end
// of the span a little late.
func (p *page) goesRound(t *testing.T, from, to float64) {
	t.Helper()
	const late = 0.6 // seconds
	p.wait("the loop to begin", fmt.Sprintf(`(v => !v.paused && v.currentTime >= %g && v.currentTime < %g)(document.querySelector('.half-a video'))`, from-0.05, to))
	rounds, least, most, last := 0, math.Inf(1), 0.0, 0.0
	for end := time.Now().Add(patience); time.Now().Before(end) && rounds < 2; {
		now := js[float64](p, `document.querySelector('.half-a video').currentTime`)
		if now < last-0.5 {
			rounds++
		}
		last, least, most = now, min(least, now), max(most, now)
	}
	if rounds < 2 || least < from-0.05 || least > from+late || most > to+late || most < to-late {
		t.Errorf("went round %d times between %.2f and %.2f s, want %g to %g", rounds, least, most, from, to)
	}
}
