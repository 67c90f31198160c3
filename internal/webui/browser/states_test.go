package browser

import (
	"context"
	"fmt"
	"syscall"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// camera goes through the states of the pages; look is called in each.
type camera struct {
	*page
	screen screen
	look   func(state string)
	count  int
}

// tour leads through every state in a screen. The server pauses in the phase splicing.
func tour(t *testing.T, s *server, sc screen, look func(c *camera, state string)) {
	c := &camera{page: open(t, s, sc.width, sc.height), screen: sc}
	c.look = func(state string) { look(c, state) }
	c.prepare()
	for _, part := range []func(*camera){signInStates, editStates, runStates, compareStates, dialogStates, historyStates, docsStates, troubleStates} {
		part(c)
	}
}

func (c *camera) prepare() {
	steps := []chromedp.Action[chromedp.Void]{emulateTheme(c.screen.theme)}
	if c.screen.phone {
		steps = append(steps, chromedp.EmulateViewport(c.screen.width, c.screen.height, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulateScale(2)))
	}
	c.do(steps...)
}

// emulateTheme makes the system light or dark, and lets nothing move.
func emulateTheme(theme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		return err
	})
}

func signInStates(c *camera) {
	c.allow("status of 401") // the refused key
	c.visit("/ai/workbench")
	c.look("sign-in")
	c.fill("#key", "rtk_wrong")
	c.click("text=Sign in")
	c.wait("the refusal", `document.querySelector('[role=alert]')`)
	c.look("sign-in-refused")
	c.signIn()
	c.look("first-visit")
}

func editStates(c *camera) {
	c.fill("#prompt", "heavy snow, wi")
	c.wait("the reading", `document.querySelector('.reading')`)
	c.look("typing")
	c.fill("#prompt", "a purple elephant")
	c.wait("the problem", `document.querySelector('#prompt-says .problem')`)
	c.click("[data-testid=make]")
	c.look("not-understood")
	b := c.at("[data-testid=grip-end]")
	c.do(chromedp.MouseEvent("mousePressed", b.X+b.W/2, b.Y+20, chromedp.Button("left"), chromedp.ClickCount(1)))
	for x := b.X; x > 0; x -= 20 {
		c.do(chromedp.MouseEvent("mouseMoved", x, b.Y+20, chromedp.Button("left")))
	}
	c.look("dragging")
	c.do(chromedp.MouseEvent("mouseReleased", 0, b.Y+20, chromedp.Button("left"), chromedp.ClickCount(1)))
	c.fill("#segment-out", "8")
	c.press("\r")
	c.fill("#prompt", "heavy snow, wind howling")
}

func runStates(c *camera) {
	c.wait("the plan", `document.querySelector('.reading')?.innerText.includes('snow') && document.querySelector('[data-testid=promise]')`) // what it says moves the button
	c.s.Hold.Hold()
	c.click("[data-testid=make]")
	c.s.Reached()
	c.fill("#prompt", "night, heavy rain")
	c.wait("the plan", `document.querySelector('.reading')?.innerText.includes('rain') && document.querySelector('[data-testid=promise]')`)
	c.click("[data-testid=make]")
	c.wait("two takes", `document.querySelectorAll('[data-testid=take]').length === 2`)
	c.look("running")
	c.s.Release()
	c.wait("both takes", `document.querySelectorAll('[data-testid=take][data-status=succeeded]').length === 2`)
}

func compareStates(c *camera) {
	c.choose(1)
	c.fill("#segment-in", "4")
	c.wait("the take", `document.querySelector('.half-b video')?.readyState > 1`)
	c.seekTo("6")
	c.look("take")
	for _, v := range []string{"wipe", "side", "difference"} {
		c.click("[data-testid=view-" + v + "]")
		c.look(v)
	}
	c.click("[data-testid=view-wipe]")
	c.try(`(s => { s.value = s.options[2].value; s.dispatchEvent(new Event('change', {bubbles: true})) })(document.querySelector('[data-testid=against]'))`)
	c.wait("both where the clock stands", `[...document.querySelectorAll('.stage video')].every(v => v.readyState > 1 && !v.seeking && Math.abs(v.currentTime - 6) < 0.1)`)
	c.look("two-takes")
	c.click("[data-testid=verdict]")
	c.look("report")
	c.click("dialog [aria-label=Close]")
}

// choose puts a take on the stage.
func (c *camera) choose(number int) {
	c.t.Helper()
	e := fmt.Sprintf(`[...document.querySelectorAll('.take')].find(e => e.querySelector('.number').innerText === '%d')`, number)
	c.wait("the take", e)
	if !js[bool](c.page, e+`.classList.contains('on')`) {
		c.try(e + `.querySelector('.pick').click()`)
	}
}

// seekTo goes to a time by a click on the timeline.
func (c *camera) seekTo(seconds string) {
	c.t.Helper()
	b := c.at(".lanes")
	length := js[float64](c.page, `document.querySelector('.half-a video').duration`)
	var at float64
	if _, err := fmt.Sscan(seconds, &at); err != nil {
		c.t.Fatal(err)
	}
	c.do(chromedp.MouseClickXY(b.X+b.W*at/length, b.Y+8))
	c.wait("the frame", fmt.Sprintf(`[...document.querySelectorAll('.stage video')].every(v => Math.abs(v.currentTime - %s) < 0.2 && !v.seeking)`, seconds))
}

func dialogStates(c *camera) {
	c.click("[data-testid=choose]")
	c.wait("the files", `document.querySelector('.files img')?.complete`)
	c.look("choose")
	c.click("dialog [aria-label=Close]")
	c.click("[aria-label='Keyboard shortcuts']")
	c.look("keys")
	c.click("dialog [aria-label=Close]")
	c.click("#tab-json")
	c.look("json")
	c.click("#tab-api")
	c.wait("the snippet", `document.querySelector('[data-testid=snippet]')`)
	c.look("api-tab")
	c.click("#tab-form")
	c.click("#engine")
	c.wait("the engines", `document.querySelector('[data-testid=engine-builtin]')`)
	c.look("engines")
	c.click("#engine")
	c.click(".menu > summary")
	c.look("keys-menu")
}

func historyStates(c *camera) {
	c.s.call("POST", "/api/ai/queue", []byte(`{"model": "lightricks-ltx-2-retake", "prompt": "a purple elephant", "input_video": "`+sampleClip+`"}`))
	c.visit("/ai/history")
	c.wait("the rows", `document.querySelectorAll('[data-status=failed]').length === 1 && [...document.images].every(i => i.complete)`)
	c.look("history")
	c.fill("#filter-search", "nothing like it")
	c.wait("no rows", `!document.querySelector('[data-testid=rows]')`)
	c.look("history-nothing")
}

func docsStates(c *camera) {
	for _, page := range []struct{ state, path string }{
		{"models", "/docs/models"}, {"model", "/docs/models/lightricks-ltx-2-retake"}, {"api-reference", "/docs/api"},
	} {
		c.visit(page.path)
		c.wait("the page", `document.querySelector('h1')`)
		c.look(page.state)
	}
}

func troubleStates(c *camera) {
	c.allow("Failed to load", "net::ERR", "ERR_")
	c.visit("/ai/workbench")
	c.wait("the takes", `document.querySelectorAll('[data-testid=take]').length >= 2`)
	c.look("back-again")
	c.s.stop(syscall.SIGKILL)
	c.wait("the loss", `document.querySelector('.takes > .problem')`)
	c.look("connection-lost")
}
