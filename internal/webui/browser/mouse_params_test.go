package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// house is a model of one's own, with names of its own and a parameter of every kind.
const house = `
id: house-style
display_name: House Style
summary: A test.
endpoint: /videos/generate
input: [text, video]
output: [video]
engines: [builtin]
request: {prompt: wish, input: footage, start: from_second, duration: seconds, mode: tracks}
schema:
  type: object
  required: [wish, footage, client]
  x-order: [wish, footage, from_second, seconds, tracks, client, strength, passes, grain, draft, reference, notes]
  properties:
    wish: {type: string, title: Wish, minLength: 1, maxLength: 80}
    footage: {type: string, title: Footage, format: uri, renderType: video-url, minLength: 1}
    from_second: {type: number, title: From, default: 0, minimum: 0}
    seconds: {type: number, title: Seconds, default: 3, minimum: 2, maximum: 4}
    tracks: {type: string, title: Tracks, default: replace_video, enum: [replace_audio, replace_video, replace_audio_and_video]}
    client: {type: string, title: Client, description: Whose take it is., minLength: 2, maxLength: 40}
    strength: {type: number, title: Strength, description: How much of it., default: 0.5, minimum: 0, maximum: 1}
    passes: {type: integer, title: Passes, default: 2, minimum: 1, maximum: 8}
    grain: {type: string, title: Grain, default: fine_grain, enum: [no_grain, fine_grain, coarse_grain]}
    draft: {type: boolean, title: Draft, description: Quick and rough.}
    reference: {type: string, title: Reference, format: uri, renderType: video-url}
    notes: {type: string, title: Notes, maxLength: 2000}
`

// A model's form is made from its schema. Form and JSON follow each other; what is wrong stands at its field.
func TestMouseParameters(t *testing.T) {
	models := t.TempDir()
	if err := os.WriteFile(filepath.Join(models, "house-style.yaml"), []byte(house), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, "RETAKE_MODELS_DIR="+models)
	p := open(t, s, 1440, 1100)
	clip := s.put(makeClip(t, "short.mp4", 6))
	p.enter(clip, map[string]string{"start_time": "1", "duration": "2.4"})
	p.part(t, "prompt", p.writesPrompt)
	p.part(t, "mode", p.choosesMode)
	p.part(t, "takes-seed-engine", p.setsTakesSeedEngine)
	p.part(t, "form", func(t *testing.T) { p.fillsForm(t, clip) })
	p.part(t, "form-and-json", p.formAndJSON)
	p.part(t, "refusals", p.showsRefusals)
}

// writesPrompt by a suggestion, by the completion of a word, and by the words that the engine knows.
func (p *page) writesPrompt(t *testing.T) {
	p.click("text=night")
	p.says("night")
	p.wait("what was understood", `document.querySelector('.reading')?.innerText.includes('night')`)
	p.fill("#prompt", "heavy sno")
	p.click("[aria-label='Known words that fit'] button")
	p.says("heavy snow")
	p.click(".words summary")
	p.wait("the words", `document.querySelectorAll('.words .chips button').length > 20`)
	word := js[string](p, `document.querySelectorAll('.words .chips button')[3].innerText`)
	p.click("text=" + word)
	p.wait("the word behind what was there", `document.querySelector('#prompt').value.startsWith('heavy snow, ')`)
	p.click(".words summary")
	p.fill("#prompt", "a purple elephant")
	p.wait("that it is not understood", `document.querySelector('#prompt-says .problem')`)
	if got := p.text("#prompt-count"); got != "17 / 5,000 characters" && got != "17 / 5,000\ncharacters" {
		t.Errorf("the counter says %q", got)
	}
	p.write("snow 🌨🌨")
	p.wait("an emoji as one character", `document.querySelector('#prompt-count').innerText.startsWith('7 / 5,000')`)
	p.fill("#prompt", "heavy rain")
	p.wait("that it is", `document.querySelector('.reading')?.innerText.includes('rain')`)
}

func (p *page) says(prompt string) {
	p.t.Helper()
	p.wait("the prompt "+prompt, fmt.Sprintf(`document.querySelector('#prompt').value === %q`, prompt))
}

// choosesMode: the buttons say which tracks change, and the spans show it.
func (p *page) choosesMode(t *testing.T) {
	for _, tt := range []struct {
		mode           string
		picture, sound bool
	}{{"replace_audio", false, true}, {"replace_audio_and_video", true, true}, {"replace_video", true, false}} {
		p.click("[data-testid=mode-" + tt.mode + "]")
		p.wait("the spans of "+tt.mode, fmt.Sprintf(`!!document.querySelector('[data-track=picture] .edit') === %v && !!document.querySelector('[data-track=sound] .edit') === %v`, tt.picture, tt.sound))
		if got := js[[]string](p, `[...document.querySelectorAll('.mode [aria-pressed=true]')].map(e => e.dataset.testid)`); len(got) != 1 || got[0] != "mode-"+tt.mode {
			t.Errorf("pressed: %q", got)
		}
		p.equalSpans(t, p.plannedSpans())
	}
	holds(t, "the address", p.params()["mode"], "replace_video")
}

func (p *page) setsTakesSeedEngine(t *testing.T) {
	p.wait("the reading", `document.querySelector('.reading')`)
	p.click("[data-testid=plan-json] > summary")
	p.wait("the plan in JSON", `JSON.parse(document.querySelector('[data-testid=plan-json] pre')?.innerText ?? '{}').picture?.length > 0`)
	p.click("[data-testid=plan-json] > summary")
	p.click("[aria-label='One take more']")
	p.click("[aria-label='One take more']")
	p.wait("three takes", `document.querySelector('[data-testid=make]').innerText.startsWith('Make 3 takes')`)
	p.click("[aria-label='One take fewer']")
	p.wait("two takes", `document.querySelector('[data-testid=make]').innerText.startsWith('Make 2 takes')`)
	p.fill("#takes", "40")
	p.press("\r")
	p.wait("the most there can be", `document.querySelector('#takes').value === '12' && document.querySelector("[aria-label='One take more']").ariaDisabled === 'true'`)
	p.fill("#takes", "2")
	p.press("\r")
	p.fill("#field-seed", "seven")
	p.wait("what is wrong with the seed", `document.querySelector('#field-seed-says.problem')?.innerText.includes('integer')`)
	p.fill("#field-seed", "77")
	p.wait("a seed that is right", `!document.querySelector('#field-seed-says.problem')`)
	p.click("#engine")
	p.click("[data-testid=engine-builtin]")
	p.wait("the engine", `document.querySelector('#engine-now').innerText === 'Built-in editor'`)
	want := map[string]string{"num_generations": "2", "seed": "77", "engine": "builtin"}
	got := p.params()
	for name, v := range want {
		if got[name] != v {
			t.Errorf("%s is %q in the address, want %q", name, got[name], v)
		}
	}
}

func (p *page) fillsForm(t *testing.T, clip string) {
	p.pick("select.model", "House Style")
	p.wait("the form", `document.querySelector('#field-notes')`)
	// An empty prompt is no problem yet, whatever the model calls it.
	p.fill("#prompt", " ")
	p.press("\b")
	p.wait("the plan of it", `document.querySelector('#field-client-says.problem') && document.querySelector('.chips[aria-label=Suggestions]') && !document.querySelector('.reading')`)
	if got := p.text("#prompt-says"); got != "" {
		t.Errorf("the empty prompt is blamed before a take was asked for: %s", got)
	}
	p.fill("#prompt", "heavy rain")
	// What both models know was carried over to its names.
	p.hasRequest(map[string]any{"model": "house-style", "wish": "heavy rain", "footage": clip, "from_second": 1.0, "seconds": 2.4, "tracks": "replace_video", "num_generations": 2.0, "seed": 77.0, "engine": "builtin"})
	order := js[[]string](p, `[...document.querySelectorAll('.more .field > label')].map(e => e.innerText.trim())`)
	if d := cmp.Diff([]string{"Client (needed)", "Strength", "Passes", "Grain", "Draft", "Reference", "Notes"}, order); d != "" {
		t.Error(d)
	}
	p.fill("#field-client", "Ox & Sons")
	b := p.at(".with-slider:has(#field-strength) [type=range]")
	p.drag(b.X+b.W/2, b.Y+b.H/2, b.X+b.W-2, b.Y+b.H/2)
	p.wait("the number of the slider", `document.querySelector('#field-strength').value === '1'`)
	p.fill("#field-strength", "0.25")
	p.fill("#field-passes", "5")
	p.pick("#field-grain", "coarse grain")
	p.click("#field-draft")
	p.click(".field:has(#field-reference) button")
	p.wait("the files", `[...document.querySelectorAll('.files .name')].some(e => e.innerText.startsWith('short.mp4'))`)
	p.click(".files li:first-child button")
	p.fill("#field-notes", "for Monday")
	p.wait("the file", `document.querySelector('#field-reference').value.endsWith('.mp4')`)
	p.hasRequest(map[string]any{
		"model": "house-style", "wish": "heavy rain", "footage": clip, "from_second": 1.0, "seconds": 2.4, "tracks": "replace_video", "num_generations": 2.0, "seed": 77.0, "engine": "builtin",
		"client": "Ox & Sons", "strength": 0.25, "passes": 5.0, "grain": "coarse_grain", "draft": true, "reference": clip, "notes": "for Monday",
	})
	if slid := js[float64](p, `Number(document.querySelector('.with-slider:has(#field-strength) [type=range]').value)`); slid != 0.25 {
		t.Errorf("the slider stands at %g", slid)
	}
	// The model's own limit holds while dragging.
	h := p.pullTo("end", 5.7)
	p.wait("the model's limit", `document.querySelector('.lanes .reason')?.innerText === 'A segment is at most 4 s long.'`)
	h.letGo()
	p.fill("#segment-out", "3.4")
	p.press("\r")
}

// hasRequest compares the request that the page keeps.
func (p *page) hasRequest(want map[string]any) {
	p.t.Helper()
	var got map[string]any
	if err := json.Unmarshal([]byte(p.request()), &got); err != nil {
		p.t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		p.t.Error(d)
	}
}

func (p *page) formAndJSON(t *testing.T) {
	p.click("#tab-json")
	var shown map[string]any
	text := js[string](p, `document.querySelector('#json').value`)
	if err := json.Unmarshal([]byte(text), &shown); err != nil || shown["client"] != "Ox & Sons" {
		t.Fatalf("%v in %s", err, text)
	}
	// The JSON changes the form and the timeline …
	shown["client"], shown["strength"], shown["from_second"], shown["draft"], shown["wish"] = "Bull GmbH", 0.75, 2.0, false, "night"
	text = p.writeJSON(shown)
	p.click("#tab-form")
	p.wait("the form to follow", `document.querySelector('#field-client').value === 'Bull GmbH' && document.querySelector('#field-strength').value === '0.75' && !document.querySelector('#field-draft').checked`)
	p.says("night")
	p.isSegment("0:02:00", "0:04:10")
	// … and the timeline the JSON.
	p.click("#tab-json")
	p.pullTo("start", 1).letGo()
	p.wait("the JSON to follow", `(s => s > 0.9 && s < 1.1)(JSON.parse(document.querySelector('#json').value).from_second)`)
	// What is no JSON leaves the last valid request alone.
	before := p.request()
	p.fill("#json", text[:len(text)-2]+`, "client": `)
	p.wait("where the mistake is", `document.querySelector('#json-says .problem')?.innerText.includes('The form keeps the last valid request.')`)
	if after := p.request(); after != before {
		t.Errorf("invalid JSON changed the request to %s", after)
	}
	p.fill("#json", `["house-style"]`)
	p.wait("that it must be an object", `document.querySelector('#json-says .problem')?.innerText.includes('object in braces')`)
	p.fill("#json", `{"model": "no-such"}`)
	p.wait("that the model is none", `document.querySelector('#json-says .problem')?.innerText.includes('house-style')`)
	if after := p.request(); after != before {
		t.Errorf("a wrong request changed the request to %s", after)
	}
	// The timeline writes over it, and what was wrong with it goes with it.
	p.fill("#json", `{"model": `)
	p.wait("the mistake", `document.querySelector('#json[aria-invalid]')`)
	p.pullTo("start", 1.4).letGo()
	p.wait("the request without a mistake", `document.querySelector('#json').value.includes('house-style') && !document.querySelector('#json[aria-invalid]') && !document.querySelector('#json-says').innerText.includes('valid JSON')`)
	p.click("#tab-form")
	if got := js[string](p, `document.querySelector('#field-client').value`); got != "Bull GmbH" {
		t.Errorf("the form has the client %q", got)
	}
}

// writeJSON types over the JSON.
func (p *page) writeJSON(v map[string]any) string {
	p.t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		p.t.Fatal(err)
	}
	p.fill("#json", string(text))
	return string(text)
}

// showsRefusals: what the server finds wrong stands at the field of it, and the button goes there.
func (p *page) showsRefusals(t *testing.T) {
	p.fill("#field-passes", "9")
	p.wait("the range at its field", `document.querySelector('#field-passes-says.problem')?.innerText.includes('between 1 and 8')`)
	p.fill("#field-client", "x")
	p.wait("the length at its field", `document.querySelector('#field-client-says.problem')`)
	p.click("[data-testid=make]")
	p.wait("the first of them to be in focus", `document.activeElement?.id === 'field-client'`)
	if n := p.sent("POST", "/api/ai/queue"); n != 0 {
		t.Errorf("a request with problems was sent %d times", n)
	}
	p.fill("#field-client", "Ox")
	p.fill("#field-passes", "8")
	p.wait("a form without problems", `!document.querySelector('.more .problem')`)
}
