package browser

import (
	"fmt"
	"testing"
)

// fullHouse is an engine that never has room, and says so at length.
const fullHouse = `import json, sys
def say(**m): print(json.dumps(m), flush=True)
for m in map(json.loads, sys.stdin):
    if m["type"] == "hello":
        say(type="hello", protocol=1, name="full", version="1", title="Full house", capabilities={"modes": ["replace_video"]})
    elif m["type"] == "load": say(type="loaded")
    elif m["type"] == "health": say(type="health", ok=True)
    elif m["type"] == "job": say(type="error", id=m["id"], kind="overloaded", message="The house is full: all four graphics cards are at work for others, and nobody is about to leave.", retry_after=600)
    elif m["type"] == "shutdown": break
`

// A take that its engine doesn't take says why and until when, wherever takes are told of, and can be cancelled.
func TestMouseWaiting(t *testing.T) {
	s := startEngines(t, "models:\n  prefer: [full]\n", map[string]string{"full": fullHouse})
	p := open(t, s, 1440, 900)
	p.allow("404") // the engine has no vocabulary
	p.enter(s.put(makeClip(t, "clip.mp4", 6)), map[string]string{"start_time": "2", "duration": "2", "prompt": "black and white", "mode": "replace_video"})
	p.wait("the plan", `document.querySelector('[data-testid=promise]')`) // what it says moves the button
	p.click("[data-testid=make]")
	why := `Waits for its engine: The house is full: all four graphics cards are at work for others, and nobody is about to leave. It is tried again at `
	p.wait("why it waits", fmt.Sprintf(`%s.includes(%q)`, state(1), why))
	p.wait("it to be said", fmt.Sprintf(`document.querySelector('[data-testid=announced]').innerText.includes(%q)`, "Take 1: "+why))
	p.wait("the bar above the picture", `document.querySelector('p.compare').innerText.startsWith('Take 1 waits for its engine.')`)
	if cut := js[bool](p, `(e => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)(document.querySelector('[data-testid=waiting]'))`); cut {
		t.Error("what it says is cut off")
	}
	p.keep("waiting")
	p.clickIn(1, "[data-testid=cancel]")
	p.wait("its end", state(1)+`.includes('stopped before it was done')`)
}
