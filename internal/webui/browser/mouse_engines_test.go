package browser

import (
	"testing"
)

// lame is an engine that has what it needs to be asked, and not what it needs to work.
const lame = `import json, sys
def say(**m): print(json.dumps(m), flush=True)
for m in map(json.loads, sys.stdin):
    if m["type"] == "hello":
        say(type="error", kind="unavailable", message="There are no weights in /weights. Put them there, or name another folder by engine.exec.lame.env.")
    elif m["type"] == "shutdown": break
`

// The menu of engines says of each what it costs, where footage goes, and what is to be done for one that isn't ready.
func TestMouseEngines(t *testing.T) {
	s := startEngines(t, "models:\n  prefer: [builtin, ltx, lame]\n", map[string]string{"lame": lame}, "RETAKE_ENGINE_HOSTED_LTX_ENABLED=true", "LTX_API_KEY=")
	p := open(t, s, 1440, 900)
	p.allow("404") // engines without a vocabulary
	p.enter(s.put(makeClip(t, "clip.mp4", 6)), map[string]string{"start_time": "2", "duration": "2", "prompt": "night", "mode": "replace_video"})
	p.wait("what the engine costs", `document.querySelector('#engine-says').innerText === 'free; footage stays on this server.'`)
	p.click("#engine")
	p.wait("why the program isn't ready", `document.querySelector('#engine-lame-says')?.innerText.includes('Not ready. There are no weights in /weights. Put them there')`)
	holds(t, "the hosted engine", p.text("#engine-ltx-says"), "$0.10 for each second that it is sent; sends the segment and the prompt to api.ltx.video.", "Not ready. No key for LTX", "LTX_API_KEY")
	holds(t, "the program", p.text("#engine-lame-says"), "its price isn't known here; its program doesn't say where it sends footage.")
	p.keep("engines")
	p.click("[data-testid=engine-ltx]")
	p.wait("what is wrong with the chosen one", `document.querySelector('#engine-now').innerText.startsWith('LTX') && document.querySelector('#engine-says .problem')?.innerText.includes('No key for LTX')`)
	if got := p.params()["engine"]; got != "ltx" {
		t.Errorf("the engine in the address is %q", got)
	}
	p.click("[data-testid=engine-auto]")
	p.wait("the first one", `document.querySelector('#engine-now').innerText === 'auto (Built-in editor)'`)
}
