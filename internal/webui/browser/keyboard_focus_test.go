package browser

import (
	"fmt"
	"image"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// stop is a place where Tab comes by.
type stop struct {
	On     string // which element
	Region int    // in which part of the page, in the order of reading
	Box    box
	Seen   bool // lies in the window
}

const regions = `['.topbar', '.source', '.compare', '.stage', '.transport', '.timeline', '.panel', '.takes', '.history > header', '.filters', '.rows', '.pager']`

// stops tabs through the page, from its beginning to its end, and calls at on each stop. At most so many.
func (k keyboard) stops(most int, at func(stop)) []stop {
	k.t.Helper()
	var all []stop
	for range most {
		k.press(kb.Tab)
		on := k.on()
		if on == "nothing" {
			break
		}
		st := js[stop](k.page, `((e, r) => ({
			Region: `+regions+`.findIndex(s => e.closest(s)),
			Box: {X: r.x, Y: r.y, W: r.width, H: r.height},
			Seen: r.bottom > 0 && r.right > 0 && r.top < innerHeight && r.left < innerWidth
		}))(document.activeElement, document.activeElement.getBoundingClientRect())`)
		st.On = on
		if at != nil {
			at(st)
		}
		all = append(all, st)
	}
	return all
}

// ringed reports whether the focused element has a ring that can be seen: whether the window looks otherwise without it.
func (k keyboard) ringed(st stop) bool {
	k.t.Helper()
	const around = 6
	left, top := math.Max(0, math.Floor(st.Box.X-around)), math.Max(0, math.Floor(st.Box.Y-around))
	area := box{left, top, math.Min(1440, st.Box.X+st.Box.W+around) - left, math.Min(900, st.Box.Y+st.Box.H+around) - top} // within the window
	with := k.picture(area)
	k.try(`(() => { const s = new CSSStyleSheet(); s.replaceSync('*, *::before, *::after { outline: none !important }'); document.adoptedStyleSheets = [s]; })()`)
	without := k.picture(area)
	k.try(`(() => { document.adoptedStyleSheets = []; })()`)
	changed := 0
	for y := range with.Bounds().Dy() {
		for x := range with.Bounds().Dx() {
			if unlike(with, without, x, y) {
				changed++
			}
		}
	}
	// A whole ring of 2 px changes 4 (w + h) pixels. Half of it has to be seen, or the knob's on a long line.
	return changed >= int(math.Min(2*(st.Box.W+st.Box.H), 160))
}

// unlike reports whether two pictures differ clearly in a pixel.
func unlike(a, b image.Image, x, y int) bool {
	r1, g1, b1, _ := a.At(x, y).RGBA()
	r2, g2, b2, _ := b.At(x, y).RGBA()
	sum := 0.0
	for _, d := range [][2]uint32{{r1, r2}, {g1, g2}, {b1, b2}} {
		sum += math.Abs(float64(d[0])-float64(d[1])) / 257
	}
	return sum > 90
}

// Every stop of Tab can be seen and has a ring, the stops come in the order of reading, and there and back lead the
// same way, out of the page at both ends.
func TestFocusIsSeen(t *testing.T) {
	s := start(t)
	address := tinyClip(t, s, "tiny.mp4")
	takeOf(t, s, address, "night")
	k := openKeyboard(t, s)
	k.visit("/ai/signin")
	look := func(name string, most int) {
		t.Run(name, func(t *testing.T) {
			k.in(t)
			k.press(kb.Escape)
			k.try(`document.activeElement.blur()`)
			k.visitAgain()
			last := -1
			all := k.stops(most, func(st stop) {
				if !st.Seen {
					t.Errorf("%s has the focus and can't be seen", st.On)
				} else if !k.ringed(st) {
					t.Errorf("%s has the focus and no ring shows it", st.On)
				}
				if st.Region >= 0 && st.Region < last {
					t.Errorf("%s comes too late", st.On)
				}
				last = max(last, st.Region)
			})
			if len(all) == most {
				return // a long page: no end to go back from
			}
			var back []string
			for range all {
				k.press(kb.Tab, chromedp.ModifierShift)
				back = append(back, k.on())
			}
			slices.Reverse(back)
			for i, st := range all {
				if st.On != back[i] {
					t.Errorf("stop %d is %s one way and %s the other", i, st.On, back[i])
				}
			}
			if len(all) == 0 || !strings.Contains(all[0].On, "Skip to the content") {
				t.Errorf("the first stop is not the skip link: %v", all)
			}
		})
	}
	k.signInByKey("/ai/workbench", s.key)
	k.openTiny(address, "")
	k.wait("the take", `document.querySelector('[data-testid=take][data-status=succeeded]')`)
	k.toPicture()
	k.press("1")
	k.use("[data-testid=view-wipe]")
	k.wait("the line", `document.querySelector('.wipe-line')`)
	k.params() // the address follows
	look("workbench", 100)
	k.visit("/ai/history")
	k.wait("the row", `document.querySelector('[data-testid=row]')`)
	look("history", 60)
	k.visit("/docs/models/lightricks-ltx-2-retake")
	look("model", 30)
	k.visit("/docs/api")
	look("api", 24)
}

// visitAgain loads the page anew, so that Tab begins at its beginning.
func (k keyboard) visitAgain() {
	k.t.Helper()
	k.visit(js[string](k.page, `location.pathname + location.search`))
	k.wait("the page", `document.readyState === 'complete' && document.querySelector('main h1')`)
	if js[string](k.page, `document.body.dataset.page ?? ''`) == "workbench" {
		k.wait("the take and the clip", `document.querySelector('[data-testid=take] [data-testid=delete]') && document.querySelector('[data-testid=filmstrip]')?.dataset.drawn === 'yes' && document.querySelector('.half-b video')?.readyState > 1`)
	}
	if js[string](k.page, `document.body.dataset.page ?? ''`) == "history" {
		k.wait("the row", `document.querySelector('[data-testid=row]')`)
	}
}

func TestSkipLink(t *testing.T) {
	s := start(t)
	k := openKeyboard(t, s)
	k.signInByKey("/ai/workbench", s.key)
	for path, first := range map[string]string{"/ai/workbench": "[data-testid=choose]", "/ai/history": "#filter-search", "/docs/models": "main .path a"} {
		k.visit(path)
		k.wait("the page", `document.querySelector('main h1') && document.querySelector('`+first+`')`)
		k.press(kb.Tab)
		k.isOn(".skip")
		if !js[bool](k.page, `(r => r.left >= 0 && r.top >= 0 && r.width > 0)(document.querySelector('.skip').getBoundingClientRect())`) {
			t.Errorf("%s: the skip link can't be seen", path)
		}
		k.press(kb.Enter)
		k.isOn("main")
		k.press(kb.Tab)
		k.isOn(first)
	}
}

// The focus goes to what is nearest when the element that had it goes away.
func TestFocusIsNotLost(t *testing.T) {
	s := start(t, "RETAKE_PAUSE_PHASE=splicing")
	address := tinyClip(t, s, "tiny.mp4")
	for _, prompt := range []string{"night", "warmer", "cooler"} {
		takeOf(t, s, address, prompt)
	}
	k := openKeyboard(t, s)
	k.signInByKey("/ai/workbench", s.key)
	k.openTiny(address, "&prompt=snow")
	k.wait("the takes", `document.querySelectorAll('[data-testid=take]').length === 3`)

	// A dialog that a shortcut opened while nothing had the focus.
	k.press("?")
	k.wait("the keys", `document.querySelector('dialog[open]')`)
	k.press(kb.Escape)
	k.isOn(".stage")

	// A take that somebody else deletes, while the focus is on it.
	k.press("2")
	k.tabTo("[data-testid=use-settings]")
	s.call("DELETE", "/api/ai/generations/"+js[string](k.page, `document.querySelector('.take.on').dataset.id`), nil)
	k.wait("two takes", `document.querySelectorAll('[data-testid=take]').length === 2`)
	if on := k.on(); !strings.Contains(on, "night") {
		t.Errorf("the focus is on %s, not on the take beside the deleted one", on)
	}

	// A button that went away behind a dialog.
	s.Hold.Hold()
	k.toPicture()
	k.press(kb.Enter, chromedp.ModifierCtrl)
	s.Reached()
	k.tabTo("[data-testid=cancel]")
	k.press("?")
	k.wait("the keys", `document.querySelector('dialog[open]')?.contains(document.activeElement)`)
	s.Release()
	k.wait("the take", `document.querySelectorAll('[data-testid=take][data-status=succeeded]').length === 3`)
	k.press(kb.Escape)
	k.wait("the focus on that take", `document.activeElement.closest('[data-testid=take]')?.innerText.includes('snow')`)

	// The last takes: the focus goes on in the panel beside them.
	for left := 2; left >= 0; left-- {
		k.toPicture()
		k.tabTo("[data-testid=take] .pick")
		if !js[bool](k.page, `document.activeElement.ariaPressed === 'true'`) {
			k.press(kb.Enter)
		}
		k.use("[data-testid=delete]")
		k.press(kb.Enter)
		k.wait("fewer takes", fmt.Sprintf(`document.querySelectorAll('[data-testid=take]').length === %d`, left))
		if on := k.on(); on == "nothing" {
			t.Errorf("with %d takes left the focus is lost", left)
		}
	}
}
