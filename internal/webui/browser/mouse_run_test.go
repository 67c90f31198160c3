package browser

import (
	"fmt"
	"strings"
	"testing"
)

// Several takes at once: where each stands in the queue, what it is at and how far, cancelling, and the end. A take
// that can't be made says why.
func TestMouseRun(t *testing.T) {
	s := start(t, "RETAKE_PAUSE_PHASE=splicing", "RETAKE_ENGINE_BUILTIN_SLOTS=1")
	p := open(t, s, 1440, 900)
	p.enter(s.put(makeClip(t, "clip.mp4", 6)), map[string]string{"start_time": "2", "duration": "2", "prompt": "black and white"})
	p.part(t, "nothing-asked", p.asksForPrompt)
	p.part(t, "queue", p.queuesTakes)
	p.part(t, "cancel", p.cancelsTakes)
	p.part(t, "end", p.endsTakes)
	p.part(t, "delete", p.deletesTake)
}

// state is the expression for what the line of a take says.
func state(number int) string {
	return fmt.Sprintf(`(%s?.querySelector('.state')?.innerText ?? '')`, take(number))
}

// take is the expression for a take's entry in the list.
func take(number int) string {
	return fmt.Sprintf(`[...document.querySelectorAll('[data-testid=take]')].find(e => e.querySelector('.number').innerText === '%d')`, number)
}

// clickIn clicks on a part of a take's entry.
func (p *page) clickIn(number int, selector string) {
	p.t.Helper()
	p.wait(fmt.Sprintf("take %d with %s", number, selector), take(number)+`?.querySelector('`+selector+`')`)
	id := js[string](p, take(number)+`.dataset.id`)
	p.click(fmt.Sprintf("[data-testid=take][data-id='%s'] %s", id, selector))
}

func (p *page) asksForPrompt(t *testing.T) {
	p.fill("#prompt", " ")
	p.press("\b")
	p.wait("an empty prompt", `document.querySelector('#prompt').value === ''`)
	p.click("[data-testid=make]") // at once: what stands there is not yet planned
	p.wait("what is missing", `document.querySelector('#prompt-says .problem') && document.activeElement.id === 'prompt'`)
	if n := p.sent("POST", "/api/ai/queue"); n != 0 {
		t.Errorf("an empty prompt was sent %d times", n)
	}
	p.press("black and white")
	if got := p.text("#prompt-says"); strings.Contains(got, "missing") {
		t.Errorf("with words typed it still says %q", got)
	}
	p.wait("what is understood", `document.querySelector('.reading')?.innerText.includes('black and white')`)
}

func (p *page) queuesTakes(t *testing.T) {
	p.s.Hold.Hold()
	p.click("[aria-label='One take more']")
	p.click("[data-testid=make]")
	p.s.Reached()
	p.wait("two takes", `document.querySelectorAll('[data-testid=take]').length === 2`)
	p.wait("what the running take is at, and how far", `[1, 2].some(n => /^putting it in place, \d+%/.test([`+state(1)+`, `+state(2)+`][n - 1]))`)
	p.wait("the waiting take's place", `[`+state(1)+`, `+state(2)+`].some(s => s.startsWith('next in line'))`)
	if part := js[float64](p, `document.querySelector('[data-testid=take] progress').value`); part <= 0 || part >= 1 {
		t.Errorf("the bar stands at %g", part)
	}
	p.wait("both to be counted", `document.querySelector('.topbar .running').innerText === '2 running'`)
	p.click("[aria-label='One take fewer']")
	p.fill("#prompt", "heavy snow")
	p.click("[data-testid=make]")
	p.wait("the third's place", state(3)+`.startsWith('1 take ahead of it')`)
	p.wait("the third to be the chosen one", take(3)+`.classList.contains('on')`)
}

// cancelsTakes cancels the one that waits, which nothing was done for, and the one that runs.
func (p *page) cancelsTakes(t *testing.T) {
	p.clickIn(3, "[data-testid=cancel]")
	p.wait("the third to be stopped", take(3)+`.dataset.status === 'cancelled'`)
	running := js[int](p, `Number(document.querySelector('[data-testid=take][data-status=processing] .number').innerText)`)
	p.clickIn(running, "[data-testid=cancel]")
	p.s.Release()
	p.wait("it to be stopped", take(running)+`.dataset.status === 'cancelled'`)
	holds(t, "the stopped take", p.text("[data-status=cancelled] .state"), "stopped before it was done")
}

func (p *page) endsTakes(t *testing.T) {
	p.wait("the other take", `document.querySelectorAll('[data-testid=take][data-status=succeeded]').length === 1`)
	p.wait("nothing to run", `!document.querySelector('.topbar .running')`)
	number := js[int](p, `Number(document.querySelector('[data-testid=take][data-status=succeeded] .number').innerText)`)
	p.wait("its verdict", take(number)+`.querySelector('[data-testid=verdict]')?.innerText.startsWith('Exact')`)
	holds(t, "the facts", js[string](p, take(number)+`.querySelector('.about').innerText`), "black and white", "0:02:00 to 0:04:00", "seed ", "Built-in editor")
	p.wait("an estimate of the next one", `/^about [\d.]+ s$/.test(document.querySelector('.make .guess')?.innerText ?? '')`)
	// A take that waits survives the page: another one finds it in the address.
	p.s.Hold.Hold()
	p.fill("#prompt", "night")
	p.click("[data-testid=make]")
	p.s.Reached()
	p.wait("the take in the address", `location.search.includes('take=' + `+take(4)+`?.dataset.id)`)
	p.visit(js[string](p, `location.pathname + location.search`))
	p.wait("the take that runs", take(4)+`?.dataset.status === 'processing' && `+take(4)+`.classList.contains('on')`)
	p.s.Release()
	p.wait("its end", take(4)+`?.dataset.status === 'succeeded'`)
	p.wait("it on the stage", `document.querySelector('.half-b video')?.readyState > 1`)
}

func (p *page) deletesTake(t *testing.T) {
	id := js[string](p, take(4)+`.dataset.id`)
	p.clickIn(4, "[data-testid=delete]")
	p.clickIn(4, "[data-testid=delete-sure]")
	p.wait("the take to go", fmt.Sprintf(`!document.querySelector("[data-id='%s']")`, id))
	p.wait("the original alone", `!document.querySelector('.half-b') && document.querySelectorAll('[data-testid=take]').length === 3`)
	var page struct {
		Generations []struct {
			ID string `json:"generation_id"`
		}
	}
	p.s.getJSON(&page, "/api/ai/generations")
	for _, g := range page.Generations {
		if g.ID == id {
			t.Error("the server has the deleted take")
		}
	}
	if len(page.Generations) != 3 {
		t.Errorf("the server has %d takes", len(page.Generations))
	}
}
