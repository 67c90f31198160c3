package browser

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// Each press makes another take unless a seed is chosen, and a take is shown where it differs.
func TestMouseAgain(t *testing.T) {
	s := start(t)
	p := open(t, s, 1440, 900)
	p.enter(s.put(makeClip(t, "clip.mp4", 6)), map[string]string{"start_time": "2", "duration": "2", "prompt": "snow", "mode": "replace_video"})
	p.part(t, "other-seeds", p.makesOthers)
	p.part(t, "playhead", p.showsWhereItDiffers)
	p.part(t, "files", p.tellsFilesApart)
	p.part(t, "history", p.repeatsFromHistory)
}

// seeds are those that the first n takes were asked for with.
func (p *page) seeds(n int) []float64 {
	p.t.Helper()
	list := make([]float64, n)
	for i := range list {
		var row struct{ Seed float64 }
		p.s.getJSON(&row, "/api/ai/queue/"+js[string](p, take(i+1)+`.dataset.id`))
		list[i] = row.Seed
	}
	return list
}

func (p *page) makesOthers(t *testing.T) {
	p.click("[data-testid=make]")
	p.wait("the first take", take(1)+`?.dataset.status === 'succeeded'`)
	p.click("[data-testid=make]")
	p.wait("the second take", take(2)+`?.dataset.status === 'succeeded'`)
	p.click("[aria-label='One take more']")
	p.click("[data-testid=make]")
	p.wait("two more", take(4)+`?.dataset.status === 'succeeded' && `+take(3)+`.dataset.status === 'succeeded'`)
	p.click("[aria-label='One take fewer']")
	seeds := p.seeds(4)
	if seeds[0] == 0 || seeds[0] == seeds[1] || seeds[1] == seeds[2] {
		t.Errorf("the seeds are %v", seeds)
	}
	if d := seeds[3] - seeds[2]; d != 1 && d != -1 {
		t.Errorf("two takes of one press have the seeds %v", seeds[2:])
	}
	if bytes.Equal(p.s.call("GET", local(t, p.row(1).ResultURL), nil), p.s.call("GET", local(t, p.row(2).ResultURL), nil)) {
		t.Error("two presses made the same clip")
	}
	holds(t, "the first take", js[string](p, take(1)+`.innerText`), fmt.Sprintf("seed %.0f", seeds[0]))
	if got := js[string](p, `document.querySelector('#field-seed').value`); got != "" || p.params()["seed"] != "" {
		t.Errorf("the form has the seed %q, the address %q", got, p.params()["seed"])
	}
	p.click("#tab-api")
	p.wait("the call", `document.querySelector('[data-testid=snippet]')`)
	if call := p.text("[data-testid=snippet]"); strings.Contains(call, "seed") {
		t.Errorf("the call has a seed that the form has not: %s", call)
	}
	p.click("#tab-form")
}

func local(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.RequestURI()
}

// showsWhereItDiffers: a take that is made or chosen brings the playhead to its segment, unless it is there.
func (p *page) showsWhereItDiffers(t *testing.T) {
	p.settled(2) // since the first was made
	p.seek(0.4)
	p.clickIn(1, ".pick")
	p.settled(2)
	p.seek(3.2)
	p.clickIn(2, ".pick")
	p.wait("the second on the stage", take(2)+`.classList.contains('on')`)
	p.settled(3.2)
	p.seek(4.4) // of the same take, so one may look elsewhere
	p.settled(4.4)
	p.clickIn(2, ".pick")
	p.clickIn(2, ".pick")
	p.settled(2)
}

// tellsFilesApart: the takes of one prompt have their times beside them where a clip is chosen.
func (p *page) tellsFilesApart(t *testing.T) {
	p.click("[data-testid=choose]")
	p.wait("the takes", `[...document.querySelectorAll('.files .words')].filter(e => e.innerText === 'Take: snow').length === 4`)
	if !js[bool](p, `[...document.querySelectorAll('.files .name')].filter(e => e.innerText.startsWith('Take: snow')).every(e => /\d:\d\d:\d\d/.test(e.innerText))`) {
		t.Errorf("the files are %s", p.text(".files"))
	}
	p.click("dialog [aria-label=Close]")
}

// repeatsFromHistory: there, again means the very same; and a take that is opened from there is shown where it differs.
func (p *page) repeatsFromHistory(t *testing.T) {
	first := js[string](p, take(1)+`.dataset.id`)
	p.visit("/ai/history")
	p.wait("the takes", `document.querySelectorAll('[data-testid=row]').length === 4`)
	holds(t, "the button", js[string](p, find(inRow(first, "[data-testid=rerun]"))+`?.title ?? ''`), "same seed")
	p.click(inRow(first, "[data-testid=rerun]"))
	p.wait("the fifth", `document.querySelectorAll('[data-testid=row][data-status=succeeded]').length === 5`)
	again := js[string](p, `document.querySelector('[data-testid=row]').dataset.id`)
	var old, new row
	p.s.getJSON(&old, "/api/ai/queue/"+first)
	p.s.getJSON(&new, "/api/ai/queue/"+again)
	if old.Report.Seed != new.Report.Seed || !bytes.Equal(p.s.call("GET", local(t, old.ResultURL), nil), p.s.call("GET", local(t, new.ResultURL), nil)) {
		t.Errorf("made again with the seed %d, was %d", new.Report.Seed, old.Report.Seed)
	}
	p.click(inRow(again, ".about a"))
	p.drawn("clip.mp4")
	p.wait("the take on the stage", `document.querySelector('.half-b video')?.readyState > 1`)
	p.settled(2)
}
