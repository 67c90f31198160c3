package browser

import (
	"encoding/json"
	"fmt"
	"net/url"
	"testing"
	"time"
)

// The history has every take of the namespace: searched, filtered, with its picture and how long it took; made again,
// downloaded, deleted with its file; and it follows what others do.
func TestMouseHistory(t *testing.T) {
	s := start(t, "RETAKE_PAUSE_PHASE=engine", "RETAKE_ENGINE_BUILTIN_SLOTS=1")
	p := open(t, s, 1440, 900)
	p.visitSignedIn("/ai/history")
	p.wait("the empty state", `document.querySelector('.history').innerText.includes('No take has been made yet')`)
	clip := s.put(makeClip(t, "clip.mp4", 4))
	p.part(t, "live", func(t *testing.T) { p.followsOthers(t, clip) })
	p.part(t, "row", p.showsRow)
	p.part(t, "filters", func(t *testing.T) { p.filters(t, clip) })
	p.part(t, "download", func(t *testing.T) {
		r := p.historyRow("black and white")
		p.downloads(t, inRow(r.ID, "a[download]"), r.ResultURL, "clip-black-and-white.mp4")
	})
	p.part(t, "again", p.makesAgain)
	p.part(t, "delete", p.deletesWithFile)
	p.part(t, "to-the-workbench", p.opensFromHistory)
	p.part(t, "refused", p.saysRefusal)
}

// askFor asks for a take as another client does.
func (s *server) askFor(clip, model, prompt string) {
	s.t.Helper()
	names := map[string]any{"model": model, "prompt": prompt, "input_video": clip, "start_time": 1, "duration": 2}
	if model == "ltx-2-3-pro-retake" {
		names = map[string]any{"model": model, "prompt": prompt, "input_video": clip, "retake_start_time": 1, "retake_duration": 2}
	}
	s.enqueue(names)
}

// inRow is the selector of a part of a row.
func inRow(id, selector string) string {
	return fmt.Sprintf("[data-testid=row][data-id='%s'] %s", id, selector)
}

// historyRow reads the take of a prompt.
func (p *page) historyRow(prompt string) row {
	p.t.Helper()
	var list struct{ Generations []row }
	p.s.getJSON(&list, "/api/ai/generations?page_size=100")
	for _, r := range list.Generations {
		if r.Prompt == prompt {
			return r
		}
	}
	p.t.Fatalf("no take %q in %+v", prompt, list)
	return row{}
}

// prompts waits until the rows are those of these prompts, the newest first.
func (p *page) prompts(want ...string) {
	p.t.Helper()
	list, err := json.Marshal(want)
	if err != nil {
		p.t.Fatal(err)
	}
	p.wait(fmt.Sprintf("rows of %q", want), fmt.Sprintf(`JSON.stringify([...document.querySelectorAll('[data-testid=row] .words')].map(e => e.innerText)) === JSON.stringify(%s)`, list))
}

func (p *page) storage() string { return p.text("[data-testid=storage]") }

// followsOthers: takes that another client asks for come by themselves, run, and end.
func (p *page) followsOthers(t *testing.T, clip string) {
	p.wait("the storage", `document.querySelector('[data-testid=storage]')?.innerText.startsWith('0 takes')`)
	p.s.Hold.Hold()
	p.s.askFor(clip, "lightricks-ltx-2-retake", "black and white")
	p.prompts("black and white")
	p.wait("it to run", `document.querySelector('[data-testid=row]').innerText.includes('making the new part')`)
	p.wait("its time", `/running\s+[\d.]+ s/.test(document.querySelector('[data-testid=row] .state').innerText)`)
	p.s.askFor(clip, "ltx-2-3-pro-retake", "warmer")
	p.prompts("warmer", "black and white")
	if got := p.text("[data-testid=row] .state .badge"); got != "waiting" {
		t.Errorf("a take behind another one is %q", got)
	}
	p.wait("what both are asked for", `[...document.querySelectorAll('[data-testid=row] .about')].every(e => e.innerText.includes('1.00 to 3.00 s'))`)
	p.s.Release()
	p.wait("the end of both", `document.querySelectorAll('[data-testid=row][data-status=succeeded]').length === 2`)
	p.wait("the storage to grow", `document.querySelector('[data-testid=storage]').innerText.startsWith('2 takes;')`)
	p.s.askFor(clip, "ltx-2-3-pro-retake", "a purple elephant")
	p.wait("a failed one", `document.querySelector('[data-testid=row]').dataset.status === 'failed'`)
	p.prompts("a purple elephant", "warmer", "black and white")
}

// showsRow: picture, what was changed, by which model, how long it took, and its verdict; a failed one says why.
func (p *page) showsRow(t *testing.T) {
	r := p.historyRow("black and white")
	p.wait("its picture", fmt.Sprintf(`document.querySelector(%q)?.naturalWidth > 0`, inRow(r.ID, ".still img")))
	holds(t, "the row", p.text(inRow(r.ID, ".about")), "picture · 1.00 to 3.00 s · clip.mp4", "LTX-2 Retake · Built-in editor · just now · ")
	p.wait("how long it took", fmt.Sprintf(`/done\s+(under )?[\d.]+ s/.test(document.querySelector(%q).innerText)`, inRow(r.ID, ".state")))
	p.click(inRow(r.ID, ".verdict"))
	p.wait("the report", `document.querySelector('dialog[open]')?.innerText.includes('How it was made')`)
	p.click("dialog [aria-label=Close]")
	warm := p.historyRow("warmer")
	holds(t, "a row of the other model", p.text(inRow(warm.ID, ".about")), "picture and sound · 1.00 to 3.00 s · clip.mp4", "LTX-2.3 Pro Retake")
	failed := p.historyRow("a purple elephant")
	holds(t, "the failed row", p.text(inRow(failed.ID, ".problem")), "did not understand")
}

func (p *page) filters(t *testing.T, clip string) {
	p.fill("#filter-search", "WARM")
	p.prompts("warmer")
	if got := js[string](p, `location.search`); got != "?search=WARM" {
		t.Errorf("the address has %q", got)
	}
	p.fill("#filter-search", "nothing like it")
	p.wait("that nothing fits", `document.querySelector('.history').innerText.includes('Nothing fits these filters')`)
	p.click("text=Show all")
	p.prompts("a purple elephant", "warmer", "black and white")
	p.pick("#filter-status", "failed")
	p.prompts("a purple elephant")
	p.s.askFor(clip, "lightricks-ltx-2-retake", "cooler") // comes meanwhile, and does not fit
	p.pick("#filter-status", "done")
	p.wait("the new one", `[...document.querySelectorAll('[data-testid=row] .words')].some(e => e.innerText === 'cooler')`)
	p.prompts("cooler", "warmer", "black and white")
	p.pick("#filter-model", "LTX-2 Retake")
	p.prompts("cooler", "black and white")
	p.pick("#filter-engine", "Built-in editor")
	p.prompts("cooler", "black and white")
	p.visit(js[string](p, `location.pathname + location.search`)) // the address keeps the filters
	p.prompts("cooler", "black and white")
	p.pick("#filter-status", "all")
	p.pick("#filter-model", "all")
	p.pick("#filter-engine", "all")
	p.prompts("cooler", "a purple elephant", "warmer", "black and white")
}

// makesAgain: the same once more, with the same settings.
func (p *page) makesAgain(t *testing.T) {
	r := p.historyRow("warmer")
	p.click(inRow(r.ID, "[data-testid=rerun]"))
	p.prompts("warmer", "cooler", "a purple elephant", "warmer", "black and white")
	p.wait("its end", `document.querySelector('[data-testid=row]').dataset.status === 'succeeded'`)
	again := p.historyRow("warmer")
	var old, new map[string]any
	p.s.getJSON(&old, "/api/ai/queue/"+r.ID)
	p.s.getJSON(&new, "/api/ai/queue/"+again.ID)
	for _, name := range []string{"model_name", "prompt", "input_video", "retake_start_time", "retake_duration", "retake_mode", "seed"} {
		if fmt.Sprint(old[name]) != fmt.Sprint(new[name]) {
			t.Errorf("%s was %v, is %v", name, old[name], new[name])
		}
	}
	if again.ID == r.ID {
		t.Error("there is no new take")
	}
}

// deletesWithFile asks whether one is sure, then row and file are gone and the storage says less.
func (p *page) deletesWithFile(t *testing.T) {
	r := p.historyRow("black and white")
	u, err := url.Parse(r.ResultURL)
	if err != nil {
		t.Fatal(err)
	}
	before := p.storage()
	holds(t, "the storage", before, "5 takes; results ", "all files of ox")
	p.click(inRow(r.ID, "[data-testid=delete]"))
	p.click("h1") // not sure after all
	p.wait("the question to go", `!document.querySelector('[data-testid=delete-sure]')`)
	p.click(inRow(r.ID, "[data-testid=delete]"))
	p.click(inRow(r.ID, "[data-testid=delete-sure]"))
	p.prompts("warmer", "cooler", "a purple elephant", "warmer")
	p.wait("less storage", fmt.Sprintf(`(t => t.startsWith('4 takes; results ') && t !== %q)(document.querySelector('[data-testid=storage]').innerText)`, before))
	if status, _ := p.s.ask("GET", u.Path, nil); status != 404 {
		t.Errorf("the deleted take's file answers %d", status)
	}
	if status, _ := p.s.ask("GET", "/api/ai/queue/"+r.ID, nil); status != 404 {
		t.Errorf("the deleted take answers %d", status)
	}
}

// opensFromHistory: the take stands on the stage of the Workbench, with its model and settings.
func (p *page) opensFromHistory(t *testing.T) {
	r := p.historyRow("cooler")
	p.click(inRow(r.ID, ".about a"))
	p.drawn("clip.mp4")
	p.wait("the take on the stage", `document.querySelector('.half-b video')?.readyState > 1`)
	p.says("cooler")
	p.isSegment("0:01:00", "0:03:00")
}

// saysRefusal: why something was refused stays long enough to be read, though the list is read anew meanwhile.
func (p *page) saysRefusal(*testing.T) {
	p.visit("/ai/history")
	again := inRow(p.historyRow("cooler").ID, "[data-testid=rerun]")
	p.at(again)
	p.try(refusal("/api/ai/queue", 503))
	reads := p.sent("GET", "/api/ai/generations")
	p.click(again)
	p.shows(".said", "The server says no.")
	for end := time.Now().Add(patience); p.sent("GET", "/api/ai/generations") == reads; time.Sleep(30 * time.Millisecond) {
		if time.Now().After(end) {
			p.t.Fatal("the list is not read anew")
		}
	}
	p.shows(".said", "The server says no.")
}
