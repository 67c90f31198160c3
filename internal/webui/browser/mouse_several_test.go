package browser

import (
	"fmt"
	"testing"
)

// copyist is an engine that takes money and gives back what it was shown.
const copyist = `import json, os, shutil, sys
def say(**m): print(json.dumps(m), flush=True)
for m in map(json.loads, sys.stdin):
    if m["type"] == "hello":
        say(type="hello", protocol=1, name="copy", version="1", title="Copyist", capabilities={
            "modes": ["replace_video"], "price": {"unit": "job", "amount": "0.40", "currency": "EUR"}, "sends_to": ""})
    elif m["type"] == "load": say(type="loaded")
    elif m["type"] == "health": say(type="health", ok=True)
    elif m["type"] == "job":
        shutil.copy(m["window"]["file"], os.path.join(m["dir"], "answer.mp4"))
        say(type="result", id=m["id"], file="answer.mp4", seed=m["seed"])
    elif m["type"] == "shutdown": break
`

// Two engines make the takes of one request: what they will cost is said before and what they cost after, the takes stand
// together with their engines, in the history, too, and two of them are compared by picture and by sound.
func TestMouseSeveralEngines(t *testing.T) {
	s := startEngines(t, "models:\n  prefer: [builtin, copy]\n", map[string]string{"copy": copyist})
	p := open(t, s, 1440, 900)
	p.allow("404") // an engine without a vocabulary
	p.enter(s.put(makeClip(t, "clip.mp4", 6)), map[string]string{"start_time": "2", "duration": "2", "prompt": "black and white", "mode": "replace_video"})
	p.wait("the plan", `document.querySelector('[data-testid=promise]')`)
	p.part(t, "choose", p.choosesSeveral)
	p.part(t, "make", p.makesWithSeveral)
	p.part(t, "compare", p.comparesEngines)
	p.part(t, "cost", p.tellsCost)
}

func (p *page) choosesSeveral(t *testing.T) {
	p.fill("#takes", "12")
	p.press("\r")
	p.click("#engine")
	p.click("[data-testid=several-engines]")
	p.click("[data-testid=engine-copy]")
	p.wait("both", `document.querySelector('#engine-now').innerText === 'Built-in editor and Copyist'`)
	p.wait("12 takes in all", `document.querySelector('#takes').value === '6' && document.querySelector('[data-testid=make]').innerText.includes('Make 12 takes')`)
	p.click("[aria-label='One take more']")
	p.wait("no more than that", `document.querySelector('#takes').value === '6' && document.querySelector("[aria-label='One take more']").ariaDisabled === 'true'`)
	p.wait("the cost", `document.querySelector('.make .guess')?.innerText === '€2.40'`)
	p.keep("several-chosen")
	p.axe("the menu with several engines")
	p.click("#engine")
	p.fill("#takes", "2")
	p.press("\r")
	p.wait("what each will cost", `document.querySelector('[data-testid=costs]')?.innerText === '2 takes with Built-in editor: free.\n2 takes with Copyist: about €0.80.'`)
	if got := p.params()["engine"]; got != "builtin,copy" {
		t.Errorf("the engines in the address are %q", got)
	}
	p.visit(js[string](p, `location.pathname + location.search`))
	p.wait("both after a reload", `document.querySelector('#engine-now')?.innerText === 'Built-in editor and Copyist' && document.querySelector('.make .guess')?.innerText === '€0.80'`)
}

func (p *page) makesWithSeveral(t *testing.T) {
	p.click("[data-testid=make]")
	p.wait("four takes together", `document.querySelectorAll('[data-testid=request] [data-testid=take][data-status=succeeded]').length === 4`)
	holds(t, "the request", p.text("[data-testid=request]"), "One request: 4 takes by 2 engines")
	if by := js[map[string]int](p, `Object.groupBy ? Object.fromEntries(Object.entries(Object.groupBy([...document.querySelectorAll('[data-testid=take] .about .hint')], e => e.innerText.split(' · ')[0])).map(([k, v]) => [k, v.length])) : {}`); by["Built-in editor"] != 2 || by["Copyist"] != 2 {
		t.Errorf("the takes are by %v", by)
	}
	p.wait("what they cost", `[...document.querySelectorAll('[data-testid=take] .about .hint')].filter(e => e.innerText.includes('Copyist · €0.40')).length === 2`)
}

// by is the number of the first take by an engine.
func (p *page) by(engine string) int {
	p.t.Helper()
	return js[int](p, fmt.Sprintf(`Number([...document.querySelectorAll('[data-testid=take]')].find(e => e.querySelector('.about .hint').innerText.startsWith(%q)).querySelector('.number').innerText)`, engine))
}

func (p *page) comparesEngines(t *testing.T) {
	builtin, copied := p.by("Built-in editor"), p.by("Copyist")
	if !js[bool](p, take(copied)+`.classList.contains('on')`) {
		p.clickIn(copied, ".pick")
	}
	p.wait("it on the stage", fmt.Sprintf(`document.querySelector('.half-b video')?.readyState > 1 && document.querySelector('.half-b video').getAttribute('aria-label') === 'Take %d'`, copied))
	p.pick("[data-testid=against]", fmt.Sprintf("take %d, Built-in editor", builtin))
	p.wait("the other", fmt.Sprintf(`document.querySelector('.half-a video')?.readyState > 1 && document.querySelector('.half-a video').getAttribute('aria-label') === 'Take %d'`, builtin))
	p.seek(3)
	p.look("side")
	if got, want := p.text(".corner-a")+" | "+p.text(".corner-b"), fmt.Sprintf("Take %d · Built-in editor | Take %d · Copyist", builtin, copied); got != want {
		t.Errorf("the corners say %q, want %q", got, want)
	}
	p.heard(t, "both", "b")
	p.hears(t, fmt.Sprintf("Take %d", builtin))
	p.heard(t, "both, and the other's sound chosen", "a")
	p.hears(t, fmt.Sprintf("Take %d", copied))
	p.heard(t, "both, and the sound chosen back", "b")
	p.keep("several-compared")
	p.axe("two engines compared")
}

func (p *page) tellsCost(t *testing.T) {
	p.clickIn(p.by("Copyist"), "[data-testid=verdict]")
	p.wait("the report", `document.querySelector('dialog[open]')`)
	holds(t, "the report", p.text("dialog"), "Cost\n€0.40", "Copyist")
	p.keep("several-report")
	p.press("\x1b")
	p.visit("/ai/history")
	p.wait("what they cost in the history", `[...document.querySelectorAll('[data-testid=row]')].filter(e => e.innerText.includes('Copyist · €0.40')).length === 2`)
	if got := js[[]string](p, `[...document.querySelectorAll('[data-testid=row].together [data-testid=together]')].map(e => e.className + ': ' + e.textContent)`); len(got) != 4 ||
		got[0] != "hint: 4 takes of one request" || got[3] != "sr: 4 takes of one request" {
		t.Errorf("the history says of the four takes: %q", got)
	}
	p.keep("several-history")
	p.axe("takes of one request in the history")
}
