package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

type snippet struct{ Language, Flow, Parameters, Title, Code string }

// The API tab shows, for every language, flow and choice of parameters, the code that the server writes for these very
// settings, and follows when they change.
func TestMouseAPITab(t *testing.T) {
	s := start(t)
	p := open(t, s, 1440, 900)
	p.enter(s.put(makeClip(t, "clip.mp4", 4)), map[string]string{"start_time": "1", "duration": "2.5", "prompt": `heavy snow, "it's cold"`, "seed": "9", "num_generations": "2"})
	p.click("#tab-api")
	p.wait("the call", `document.querySelector('[data-testid=snippet]')`)
	p.part(t, "every-variant", p.showsEverySnippet)
	p.part(t, "copy", p.copiesSnippet)
	p.part(t, "refused", func(t *testing.T) {
		p.try(refusal("/api/ai/snippets", 413))
		p.pullTo("end", 3.2).letGo()
		p.shows(".api-tab .problem", "The server says no.")
		p.wait("no call of another request", `!document.querySelector('[data-testid=copy]')`)
		p.pullTo("end", 3.4).letGo()
		p.wait("the call", `document.querySelector('[data-testid=snippet]') && !document.querySelector('.api-tab .problem')`)
	})
	p.part(t, "follows", func(t *testing.T) {
		p.click("#tab-form")
		p.click("[data-testid=mode-replace_audio]")
		p.click("#tab-api")
		p.wait("the mode in the call", `document.querySelector('[data-testid=snippet]')?.innerText.includes('replace_audio')`)
		p.pullTo("start", 0.5).letGo()
		start := p.params()["start_time"]
		p.wait("the segment in the call", fmt.Sprintf(`document.querySelector('[data-testid=snippet]').innerText.includes(%q)`, start))
	})
}

// snippets are those that the server writes for the request of the page, by what chooses them.
func (p *page) snippets() map[[3]string]snippet {
	p.t.Helper()
	var answer struct{ Snippets []snippet }
	if err := json.Unmarshal(p.s.call("POST", "/api/ai/snippets", []byte(p.request())), &answer); err != nil {
		p.t.Fatal(err)
	}
	all := map[[3]string]snippet{}
	for _, s := range answer.Snippets {
		all[[3]string{s.Language, s.Flow, s.Parameters}] = s
	}
	return all
}

func (p *page) showsEverySnippet(t *testing.T) {
	want := p.snippets()
	languages := map[string]string{"curl": "cURL", "python": "Python", "javascript": "JavaScript", "go": "Go", "retake": "retake command"}
	flows := map[string]string{"sync": "Sync", "async": "Async", "events": "Async with SSE", "any": ""}
	parameters := map[string]string{"minimal": "Minimal", "all": "All parameters"}
	seen := 0
	for language, languageButton := range languages {
		p.choose("Language", languageButton)
		for flow, flowButton := range flows {
			if (flow == "any") != (language == "retake") {
				continue
			}
			if flow != "any" {
				p.choose("Flow", flowButton)
			}
			for choice, button := range parameters {
				p.choose("Parameters", button)
				s, ok := want[[3]string{language, flow, choice}]
				if !ok {
					t.Errorf("the server writes no %s, %s, %s", language, flow, choice)
					continue
				}
				seen++
				if got := js[string](p, `document.querySelector('[data-testid=snippet]')?.textContent ?? ''`); got != s.Code || got == "" {
					t.Errorf("%s, %s, %s shows\n%s\nthe server writes\n%s", language, flow, choice, got, s.Code)
				}
			}
		}
	}
	if seen != len(want) {
		t.Errorf("%d of %d snippets can be seen", seen, len(want))
	}
}

// choose presses the one of a group of buttons that says a text.
func (p *page) choose(group, text string) {
	p.t.Helper()
	buttons := fmt.Sprintf(`[...document.querySelectorAll("[aria-label='%s'] button")]`, group)
	p.wait(text, buttons+fmt.Sprintf(`.some(b => b.textContent === %q)`, text))
	n := js[int](p, buttons+fmt.Sprintf(`.findIndex(b => b.textContent === %q)`, text))
	p.click(fmt.Sprintf("[aria-label='%s'] button:nth-child(%d)", group, n+1))
	p.wait(text+" to be pressed", buttons+fmt.Sprintf(`.filter(b => b.ariaPressed === 'true').map(b => b.textContent).join() === %q`, text))
}

func (p *page) copiesSnippet(t *testing.T) {
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.CallBrowser(ctx, browser.SetPermission, browser.SetPermissionParams{
				Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted, Origin: p.s.url,
			})
			return err
		}))
	}
	p.choose("Language", "Python")
	p.choose("Flow", "Async with SSE")
	p.choose("Parameters", "All parameters")
	p.click("[data-testid=copy]")
	p.wait("that it is copied", `document.querySelector('.said')?.innerText === 'Copied.'`)
	got, err := run(p, chromedp.Evaluate[string](`navigator.clipboard.readText()`, chromedp.EvalAwaitPromise))
	if want := p.snippets()[[3]string{"python", "events", "all"}].Code; err != nil || got != want {
		t.Errorf("copied (%v)\n%s\nwant\n%s", err, got, want)
	}
}
