package browser

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// Whatever somebody puts into a link, the browser's storage or the JSON view: the page works, and nothing breaks in the
// console.
func TestHostile(t *testing.T) {
	s := start(t)
	p := open(t, s, 1440, 900)
	p.allow("status of 404") // for a take or clip that is not there
	p.signIn()
	sample := js[string](p, `new URLSearchParams(location.search).get('input_video')`)
	t.Run("address", func(t *testing.T) { hostileAddress(t, p, sample) })
	t.Run("storage", func(t *testing.T) { hostileStorage(t, p, sample) })
	t.Run("JSON", func(t *testing.T) { hostileJSON(t, p, sample) })
}

func hostileAddress(t *testing.T, p *page, sample string) {
	for _, tt := range []struct{ name, query string }{
		{"script for a take", "take=" + url.QueryEscape(`<script>alert(1)</script>`)},
		{"path for a take", "take=" + url.QueryEscape("../../session?x=#")},
		{"markup for a prompt", "prompt=" + url.QueryEscape(`"><img src=x onerror=alert(1)>`)},
		{"no numbers", "start_time=NaN&duration=abc&seed=&num_generations=NaN"},
		{"endless numbers", "start_time=1e999&duration=-1e999&seed=1e999&num_generations=1e999"},
		{"huge numbers", "start_time=1e308&duration=1e308&seed=9007199254740993&num_generations=1e308"},
		{"numbers below", "start_time=-5&duration=-3&seed=-1&num_generations=-1"},
		{"parts of numbers", "num_generations=2.5&seed=1.5"},
		{"unknown model", "model=evil&prompt=rain"},
		{"names of JavaScript's own", "model=__proto__&mode=__proto__&engine=constructor&__proto__=x&constructor=y&toString=z&hasOwnProperty=1"},
		{"mode of JavaScript's own", "mode=constructor&engine=toString"},
		{"a parameter twice", "prompt=rain&prompt=snow&start_time=1&start_time=x"},
		{"half an escape", "prompt=%E2%82&input_video=%ff%fe"},
		{"a clip of nobody's", "input_video=" + url.QueryEscape("/api/repos/../../etc/passwd")},
		{"a clip elsewhere", "input_video=" + url.QueryEscape("javascript:alert(1)")},
		{"no clip", "input_video=&prompt=rain"},
		{"very long", "prompt=" + strings.Repeat("snow ", 3000)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := p.in(t)
			p.visit("/ai/workbench?" + tt.query)
			p.works(t, sample)
		})
	}
}

// works chooses the sample clip in the dialog, describes a take by mouse and keyboard, and sees that it would be made.
func (p *page) works(t *testing.T, sample string) {
	p.wait("the page", `document.querySelector('.workbench #prompt')`)
	p.idle()
	p.click("[data-testid=choose]")
	p.click(".files button") // the sample is the only file
	p.shows(".source strong", "winter_summer_ox.mp4")
	p.wait("the clip", `document.querySelector('.source .what .badge')`)
	p.write("heavy snow")
	p.shows(".reading", "snow")
	p.click("[data-testid=mode-replace_video]")
	p.fill("#segment-in", "4")
	p.press("\t")
	p.fill("#segment-length", "3")
	p.press("\t")
	p.shows("[data-testid=frames]", "90 frames")
	p.wait("a button to make it", `!document.querySelector('[data-testid=make]').disabled && document.querySelectorAll('.panel .problem').length === 0`)
	if got := p.params()["input_video"]; got != sample {
		t.Errorf("the clip is %q, want %q", got, sample)
	}
	if got := js[bool](p, `'polluted' in {} || document.querySelectorAll('#content script, #content img[src=x]').length > 0`); got {
		t.Error("the address did harm")
	}
}

func hostileStorage(t *testing.T, p *page, sample string) {
	request := func(params string) string { return fmt.Sprintf(`{"model":%q,"params":%s}`, retakeModel, params) }
	for _, kept := range []string{
		``, `null`, `{`, `[]`, `7`, `"text"`, `{"model":null,"params":null}`, `{"model":"evil","params":{}}`,
		request(`null`), request(`[]`), request(`[1,2]`), request(`"x"`),
		request(`{"prompt":5,"input_video":{},"start_time":"x","duration":[],"mode":"constructor","seed":{"toString":1},"num_generations":1e9}`),
		request(`{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"prompt":{"toString":null}}`),
		request(`{"prompt":null,"input_video":null,"start_time":1e308,"duration":-1}`),
	} {
		t.Run(kept, func(t *testing.T) {
			p := p.in(t)
			p.visit("/docs/models") // a page without the program, which would write its own
			for _, storage := range []string{"localStorage", "sessionStorage"} {
				if _, err := p.try(fmt.Sprintf(`%s.setItem('retake:request', %s)`, storage, quote(kept))); err != nil {
					t.Fatal(err)
				}
			}
			p.visit("/ai/workbench")
			p.works(t, sample)
		})
	}
}

// hostileJSON: the JSON view takes any JSON. What has the wrong type is said, and no view breaks on it.
func hostileJSON(t *testing.T, p *page, sample string) {
	p.visit("/ai/workbench?input_video=" + sample)
	for _, params := range []string{
		`"prompt":5`, `"prompt":{"toString":1},"seed":{"toString":1}`, `"mode":"constructor","prompt":"rain"`, `"mode":7,"prompt":["rain"]`,
		`"start_time":"4","duration":null`, `"start_time":1e308,"duration":1e308`, `"num_generations":1e308`, `"num_generations":{"a":1}`, `"engine":{},"input_video":{}`,
		`"__proto__":{"polluted":1},"prompt":"rain"`,
	} {
		t.Run(params, func(t *testing.T) {
			p := p.in(t)
			p.click("#tab-json")
			p.click("#json")
			p.try(`document.querySelector('#json').select()`)
			p.paste(fmt.Sprintf(`{"model":%q,%s}`, retakeModel, params))
			p.click("#tab-api")
			p.click("#tab-form")
			p.wait("the form", `document.querySelector('#prompt')`)
			p.click("#tab-json")
			p.click("#json")
			p.try(`document.querySelector('#json').select()`)
			p.paste(fmt.Sprintf(`{"model":%q,"input_video":%q}`, retakeModel, sample))
			p.click("#tab-form")
			p.works(t, sample)
		})
	}
}
