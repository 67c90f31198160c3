package browser

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// A take that failed, that is gone, or that is another model's never leaves the page without a word or a way on.
func TestTakeFaults(t *testing.T) {
	s := start(t)
	p := open(t, s, 1440, 900)
	p.allow("status of 404") // for a take that is gone
	p.signIn()
	clip := s.put(makeClip(t, "small.mp4", 6))
	t.Run("failed", func(t *testing.T) { failedTake(p.in(t), clip) })
	t.Run("not understood", func(t *testing.T) {
		p := p.in(t)
		p.workbench(clip, "&start_time=1&duration=2&mode=replace_video")
		p.write("a purple elephant")
		p.shows("#prompt-says .problem", "elephant")
		p.click("[data-testid=make]")
		p.wait("the way to the field", `document.activeElement?.id === 'prompt'`)
		if got := js[string](p, `document.querySelector('#prompt').getAttribute('aria-invalid')`); got != "true" {
			t.Errorf("the field is marked %q", got)
		}
	})
	t.Run("deleted elsewhere", func(t *testing.T) { deletedTake(p.in(t), clip) })
	t.Run("another model", func(t *testing.T) {
		p := p.in(t)
		id := s.enqueue(map[string]any{"model": "ltx-2-3-pro-retake", "prompt": "night", "input_video": clip, "retake_start_time": 1, "retake_duration": 3, "retake_mode": "replace_video"})
		p.visit("/ai/workbench?take=" + id)
		p.wait("the take on the stage", `document.querySelector('.take.on') && document.querySelector('.half-b video')?.readyState > 1`)
		if got := js[string](p, `document.querySelector('select.model').value + ' ' + document.querySelector('#prompt').value`); got != "ltx-2-3-pro-retake night" {
			t.Errorf("the form has %q", got)
		}
		if got := p.params(); got["input_video"] != clip || got["retake_start_time"] != "1" || got["retake_duration"] != "3" || got["model"] != "ltx-2-3-pro-retake" {
			t.Errorf("the address has %v", got)
		}
	})
}

// failedTake: what a take failed for stands at it, and at the field once its settings are used again.
func failedTake(p *page, clip string) {
	s := p.s
	id := s.enqueue(map[string]any{"prompt": "a purple elephant", "input_video": clip, "start_time": 1, "duration": 2, "mode": "replace_video"})
	p.workbench(clip, "&prompt=rain")
	p.wait("its end", count(takeThatIs("failed"), "1"))
	p.shows(takeThatIs("failed")+" .problem", "elephant")
	var row struct {
		Message string `json:"error_message"`
		Field   string `json:"error_field"`
	}
	if err := json.Unmarshal(s.call("GET", "/api/ai/queue/"+id, nil), &row); err != nil || row.Field != "prompt" {
		p.t.Errorf("the row is %+v %v", row, err)
	}
	p.click(".take .pick")
	p.click("[data-testid=use-settings]")
	p.shows("#prompt-says .problem", strings.TrimSuffix(row.Message, "."))
	p.write("night")
	p.wait("the end of the problem", count("#prompt-says .problem", "0"))
	p.shows(".reading", "night")
}

// deletedTake: one that is on the stage, then one that the address still names.
func deletedTake(p *page, clip string) {
	s := p.s
	id := s.enqueue(map[string]any{"prompt": "rain", "input_video": clip, "start_time": 1, "duration": 2, "mode": "replace_video"})
	p.visit("/ai/workbench?take=" + id)
	p.wait("the take on the stage", `document.querySelector('.take.on') && document.querySelector('.half-b video')?.readyState > 1`)
	address := js[string](p, `location.pathname + location.search`)
	s.call("DELETE", "/api/ai/generations/"+id, nil)
	p.wait("the original alone", `!document.querySelector('.half-b') && !document.querySelector('.take.on')`)
	p.shows(".said", "was deleted")
	if got := p.params()["take"]; got != "" {
		p.t.Errorf("the address still names the take %q", got)
	}
	p.visit(address)
	p.shows(".said", "The take in the address is not there")
	p.wait("the clip", `document.querySelector('.source .what .badge')`)
	if got := js[string](p, `document.querySelector('#prompt').value`); got != "rain" {
		p.t.Errorf("the prompt is %q", got)
	}
}

// Twelve takes at once are listed with their turns, and one button stops them all.
func TestTwelveTakes(t *testing.T) {
	s := start(t, "RETAKE_PAUSE_PHASE=engine")
	p := open(t, s, 1440, 900)
	p.signIn()
	p.workbench(s.put(makeClip(t, "small.mp4", 6)), "&prompt=rain&start_time=1&duration=2&mode=replace_video&num_generations=12")
	p.shows(".reading", "rain")
	s.Hold.Hold()
	p.click("[data-testid=make]")
	p.wait("twelve takes", count("[data-testid=take]", "12"))
	s.Reached()
	p.shows(".take .state", "ahead of it")
	p.shows("#topbar-end", "12 running")
	p.click("[data-testid=cancel-all]")
	p.wait("the end of those that wait", fmt.Sprintf(`document.querySelectorAll(%q).length >= 10`, takeThatIs("cancelled")))
	s.Release()
	p.wait("the end of all", count(takeThatIs("cancelled"), "12"))
	p.wait("no button any more", count("[data-testid=cancel-all]", "0")+` && !document.querySelector('.running')`)
}

// Two tabs of one browser work on clips of their own. Each finds its own again, and a new one begins with the last.
func TestTwoTabs(t *testing.T) {
	s := start(t)
	p := open(t, s, 1440, 900)
	p.signIn()
	long := strings.TrimSpace(strings.Repeat("heavy snow ", 440)) // too long for the address
	q := p.tab()
	p.workbench(s.put(makeClip(t, "first.mp4", 6)), "&start_time=1&duration=2")
	q.workbench(s.put(makeClip(t, "second.mp4", 8)), "&start_time=3&duration=4")
	p.write(long)
	q.write(long + ", night")
	p.fill("#segment-in", "2")
	p.press("\t")
	q.fill("#segment-in", "4")
	q.press("\t")
	for _, tt := range []struct {
		page                *page
		clip, prompt, start string
	}{{p, "first.mp4", long, "2"}, {q, "second.mp4", long + ", night", "4"}} {
		if got := tt.page.params()["start_time"]; got != tt.start {
			t.Errorf("%s: the segment starts at %q", tt.clip, got)
		}
		tt.page.visit("/docs/models")
		tt.page.visit("/ai/workbench") // without its address, as from the bar on top
		tt.page.shows(".source strong", tt.clip)
		if got := js[string](tt.page, `document.querySelector('#prompt').value`); got != tt.prompt {
			t.Errorf("%s: the prompt came back with %d characters", tt.clip, len(got))
		}
		if got := tt.page.params()["start_time"]; got != tt.start {
			t.Errorf("%s: after coming back the segment starts at %q", tt.clip, got)
		}
	}
	third := p.tab()
	third.visit("/ai/workbench")
	third.shows(".source strong", "second.mp4")
}
