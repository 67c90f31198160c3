package browser

import (
	"context"
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/fetch"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

var pages = []string{"/ai/signin", "/ai/workbench", "/ai/history", "/docs", "/docs/models", "/docs/models/lightricks-ltx-2-retake", "/docs/api"}

// openLaidOut opens a page with a finished take, or whatever the page has.
func (k keyboard) openLaidOut(path, address string) {
	k.t.Helper()
	if path != "/ai/workbench" {
		k.visit(path)
		k.wait("the page", `document.querySelector('main h1') && [...document.images].every(i => i.complete)`)
	}
	switch path {
	case "/ai/workbench":
		k.openTiny(address, "&prompt=night")
		k.wait("the take", `document.querySelector('[data-testid=take][data-status=succeeded]')`)
		k.press("1")
		k.wait("the take on the stage", `document.querySelector('.half-b video')?.readyState > 1`)
	case "/ai/history":
		k.wait("the row", `document.querySelector('[data-testid=row]')`)
	}
}

// sideways lists what reaches out of the window on its right, "" when the page needs no scrolling that way.
const sideways = `document.documentElement.scrollWidth <= innerWidth ? '' : document.documentElement.scrollWidth + ' px are wider than ' + innerWidth + ': ' +
	[...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > innerWidth + 0.5 && ![...e.children].some(c => c.getBoundingClientRect().right > innerWidth + 0.5))
	.slice(0, 5).map(e => e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 30)).join('; ')`

// No page has to be scrolled sideways: from a small phone to a large screen, nor enlarged to 200%.
func TestFitsItsWidth(t *testing.T) {
	s := start(t)
	address := tinyClip(t, s, "a clip with quite a long name that was never shortened by anybody at all.mp4")
	takeOf(t, s, address, "night")
	k := openKeyboard(t, s)
	k.signInByKey("/ai/workbench", s.key)
	sizes := []struct{ width, height int64 }{{360, 740}, {390, 844}, {720, 450}, {768, 1024}, {1440, 900}, {2560, 1440}} // 720 is 1440 at 200%
	fits := func(what string) {
		t.Helper()
		for _, size := range sizes {
			k.do(chromedp.EmulateViewport(size.width, size.height))
			if wide := js[string](k.page, sideways); wide != "" {
				t.Errorf("%s at %d px: %s", what, size.width, wide)
			}
		}
		k.do(chromedp.EmulateViewport(1440, 900))
	}
	for _, path := range pages {
		k.openLaidOut(path, address)
		fits(path)
	}
	k.openLaidOut("/ai/workbench", address)
	for _, view := range []string{"wipe", "side", "difference"} {
		k.use("[data-testid=view-" + view + "]")
		fits("the view " + view)
	}
	k.tabTo("#tab-form")
	k.press(kb.ArrowRight)
	fits("the JSON")
	k.press(kb.ArrowRight)
	k.wait("the call", `document.querySelector('[data-testid=snippet]')`)
	fits("the call")
	k.toPicture()
	k.use("[data-testid=choose]")
	k.wait("the files", `document.querySelector('.files button')`)
	fits("the choice of a clip")
	k.press(kb.Escape)
	k.use("[data-testid=verdict]")
	k.wait("the report", `document.querySelector('dialog[open]')`)
	fits("the report")
	k.press(kb.Escape)
	k.use(".menu > summary")
	fits("the menu")
}

// small lists the controls that are hard to hit: those that don't answer over size pixels in both directions. Links
// within a sentence are as large as its letters.
const small = `((size) => {
	const inSentence = e => e.tagName === 'A' && getComputedStyle(e).display === 'inline' &&
		(e.closest('p, td, dd, h1') || [...e.parentElement.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
	const hit = (e, x, y) => { const h = document.elementFromPoint(x, y); return h && (e.contains(h) || (e.labels && [...e.labels].some(l => l.contains(h)))); };
	const dialog = document.querySelector('dialog[open]');
	return [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [role=slider], [role=tab]')].filter(e => {
		if (!e.getClientRects().length || inSentence(e) || e.closest('.skip, [aria-hidden=true]') || e.disabled || (dialog && !dialog.contains(e))) return false;
		let r = e.getBoundingClientRect();
		if (r.width >= size - 0.5 && r.height >= size - 0.5) return false;
		e.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
		r = e.getBoundingClientRect();
		const x = r.left + r.width / 2, y = r.top + r.height / 2, by = size / 2 - 1;
		return !(r.width >= size - 0.5 || hit(e, x - by, y) && hit(e, x + by, y)) || !(r.height >= size - 0.5 || hit(e, x, y - by) && hit(e, x, y + by));
	}).map(e => e.tagName + ' ' + (e.id || e.className) + ' ' + (e.getAttribute('aria-label') ?? e.innerText).slice(0, 40) + ' ' + (r => r.width.toFixed(0) + '×' + r.height.toFixed(0))(e.getBoundingClientRect()));
})`

// A finger finds every control (44 px), and so does a mouse (24 px).
func TestTargetsAreLarge(t *testing.T) {
	s := start(t)
	address := tinyClip(t, s, "tiny.mp4")
	takeOf(t, s, address, "night")
	k := openKeyboard(t, s)
	k.signInByKey("/ai/workbench", s.key)
	for _, screen := range []struct {
		name string
		size int
		view chromedp.Action[chromedp.Void]
	}{
		{"mouse", 24, chromedp.EmulateViewport(1440, 900)},
		{"finger", 44, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch)},
		{"finger on a tablet", 44, chromedp.EmulateViewport(1180, 820, chromedp.EmulateMobile, chromedp.EmulateTouch)},
	} {
		k.do(screen.view)
		large := func(what string) {
			t.Helper()
			for _, e := range js[[]string](k.page, fmt.Sprintf("%s(%d)", small, screen.size)) {
				t.Errorf("%s, %s: %s", screen.name, what, e)
			}
		}
		for _, path := range pages {
			k.openLaidOut(path, address)
			large(path)
		}
		k.openLaidOut("/ai/workbench", address)
		k.use("[data-testid=view-wipe]")
		k.tabTo("[data-testid=delete]")
		k.tabTo(".words summary", chromedp.ModifierShift)
		k.press(kb.Enter)
		k.wait("the words", `document.querySelector('.words h3')`)
		large("the words and the wipe")
		k.tabTo("#tab-form", chromedp.ModifierShift)
		k.press(kb.End)
		k.wait("the call", `document.querySelector('[data-testid=snippet]')`)
		large("the call")
		k.use("[data-testid=verdict]")
		k.wait("the report", `document.querySelector('dialog[open]')`)
		large("the report")
		k.press(kb.Escape)
		k.tabTo("[data-testid=choose]", chromedp.ModifierShift)
		k.press(kb.Enter)
		k.wait("the files", `document.querySelector('.files button')`)
		large("the choice of a clip")
		k.press(kb.Escape)
		k.tabTo(".menu > summary", chromedp.ModifierShift)
		k.press(kb.Enter)
		large("the menu")
	}
}

// colours are the colours of an element's inside, the most frequent first, as far as they make up a part of it.
func (k keyboard) colours(img image.Image, selector string) string {
	k.t.Helper()
	b := js[box](k.page, `(r => ({X: r.x, Y: r.y, W: r.width, H: r.height}))(`+find(selector)+`.getBoundingClientRect())`)
	count, all := map[string]int{}, 0
	for y := int(b.Y) + 2; y < int(b.Y+b.H)-2; y++ {
		for x := int(b.X) + 2; x < int(b.X+b.W)-2; x++ {
			r, g, b, _ := img.At(x, y).RGBA()
			count[fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)]++
			all++
		}
	}
	var often []string
	for c, n := range count {
		if n*8 > all {
			often = append(often, c)
		}
	}
	slices.Sort(often)
	return strings.Join(often, " ")
}

// With the system's own colours the spans can still be told apart, as can what is chosen.
func TestForcedColours(t *testing.T) {
	s := start(t)
	address := tinyClip(t, s, "tiny.mp4")
	takeOf(t, s, address, "night")
	k := openKeyboard(t, s)
	k.signInByKey("/ai/workbench", s.key)
	for _, theme := range []string{"dark", "light"} {
		k.media("forced-colors: active", "prefers-color-scheme: "+theme)
		k.openLaidOut("/ai/workbench", address)
		k.wait("the report's spans", `document.querySelector('[data-from=report] [data-kind=bridge]')`)
		img := k.picture(box{0, 0, 1440, 900})
		seen := map[string]string{}
		for _, kind := range []string{"head", "edit", "bridge"} {
			c := k.colours(img, "[data-track=picture] [data-kind="+kind+"]")
			if other, twice := seen[c]; twice {
				t.Errorf("%s: the spans %s and %s look the same: %s", theme, kind, other, c)
			}
			seen[c] = kind
		}
		for _, pair := range [][2]string{
			{"[data-testid=mode-replace_video]", "[data-testid=mode-replace_audio]"}, // chosen or not
			{"[data-testid=view-take]", "[data-testid=view-wipe]"},
			{".grip.start", ".strip"},
			{"[data-testid=make]", ".panel"},
		} {
			if a, b := k.colours(img, pair[0]), k.colours(img, pair[1]); a == b {
				t.Errorf("%s: %s looks like %s: %s", theme, pair[0], pair[1], a)
			}
		}
		for _, pair := range [][2]string{{"#tab-form", "#tab-json"}, {".topbar nav [aria-current]", ".topbar nav a:not([aria-current])"}} {
			line := func(e string) string {
				return js[string](k.page, `getComputedStyle(`+find(e)+`).borderBottomColor`)
			}
			if line(pair[0]) == line(pair[1]) {
				t.Errorf("%s: the line under %s is that under %s", theme, pair[0], pair[1])
			}
		}
	}
}

// Nothing moves by itself where the system asks for that.
func TestReducedMotion(t *testing.T) {
	s := start(t)
	k := openKeyboard(t, s)
	k.strand("*filmstrip=true*") // the row of pictures never comes, so it keeps waiting, and the page never finishes loading
	k.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, cdpage.Navigate, cdpage.NavigateParams{URL: s.signIn})
		return err
	}))
	k.wait("the waiting strip", `document.querySelector('.strip.waiting')`)
	for asked, moves := range map[string]bool{"no-preference": true, "reduce": false} {
		k.media("prefers-reduced-motion: " + asked)
		k.wait(fmt.Sprintf("movement: %t, with %s", moves, asked), fmt.Sprintf(`(document.getAnimations().length > 0) === %t`, moves))
	}
}

// strand lets requests to an address wait for ever.
func (p *page) strand(pattern string) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: pattern}}})
		return err
	}))
}
