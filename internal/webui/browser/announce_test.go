package browser

import (
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// watchVoice counts, from now on, what screen readers are given to say.
const watchVoice = `(() => {
	window.voice = [];
	const live = '[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log], output';
	new MutationObserver(list => {
		for (const m of list) {
			const e = m.target.nodeType === 1 ? m.target : m.target.parentElement;
			if (!e?.closest(live) && ![...m.addedNodes].some(n => n.nodeType === 1 && (n.matches(live) || n.querySelector(live)) && n.textContent)) continue;
			const said = [...m.addedNodes].map(n => n.textContent).join(' ').trim() || (m.type === 'characterData' ? m.target.data : '');
			if (said) window.voice.push(said);
		}
	}).observe(document.body, {childList: true, subtree: true, characterData: true});
})()`

// Screen readers hear that a take began and how it ended, and nothing of each step; nothing at all while a clip plays.
func TestAnnouncements(t *testing.T) {
	s := start(t, "RETAKE_PAUSE_PHASE=splicing")
	address := tinyClip(t, s, "tiny.mp4")
	takeOf(t, s, address, "night")
	k := openKeyboard(t, s)
	k.signInByKey("/ai/workbench", s.key)
	k.openTiny(address, "&prompt=warmer")
	k.wait("the take and its plan", `document.querySelector('[data-testid=take]') && document.querySelector('.reading')`)
	if said := k.text("[data-testid=announced]"); said != "" {
		t.Errorf("opening the page announces %q", said)
	}

	k.press(kb.Escape)
	k.try(watchVoice)
	k.press(" ")
	k.wait("two seconds of the clip", `document.querySelector('.half-a video').currentTime > 2`)
	k.press(" ")
	k.frame()
	if said := js[[]string](k.page, `window.voice`); len(said) != 0 {
		t.Errorf("while the clip plays it says %q", said)
	}

	began := time.Now()
	s.Hold.Hold()
	k.use("[data-testid=make]")
	s.Reached()
	k.wait("some steps", `document.querySelector('[data-testid=take] progress')?.value > 0`)
	s.Release()
	k.wait("the end", `document.querySelectorAll('[data-testid=take][data-status=succeeded]').length === 2`)
	k.hears("Take 2 is done. Exact")
	said := js[[]string](k.page, `window.voice`)
	often := 2 + int(time.Since(began).Seconds())/15 // now and then how far it is, where it takes long
	if len(said) > often || said[0] != "Take 2 is on its way." {
		t.Errorf("about the take it says %q", said)
	}

	// Problems are said where they appear, in a region that was there before.
	k.try(`(() => { window.voice = []; })()`)
	k.write("#prompt", "a purple elephant")
	k.wait("the problem", `window.voice.some(s => s.includes('did not understand'))`)
	k.write("#segment-in", "soon")
	k.press(kb.Enter)
	k.wait("the mistake", `window.voice.some(s => s.includes('is no time'))`)

	s.stop(syscall.SIGKILL)
	k.page.allow("Failed to load", "net::ERR", "ERR_")
	k.hears("The connection to the server is lost.")
	s.run(s.url[len("http://"):])
	k.hears("The connection is back.")
}

// Whoever goes from button to button by their names alone can tell them apart: no two have the same.
func TestNamesStandAlone(t *testing.T) {
	s := start(t)
	address := tinyClip(t, s, "tiny.mp4")
	for _, prompt := range []string{"night", "warmer", "night"} {
		takeOf(t, s, address, prompt)
	}
	k := openKeyboard(t, s)
	k.signInByKey("/ai/workbench", s.key)
	k.openTiny(address, "&prompt=night")
	k.wait("the takes", `document.querySelectorAll('[data-testid=take]').length === 3`)
	k.press("1")
	k.wait("the take on the stage", `document.querySelector('.half-b video')?.readyState > 1`)
	const twice = `(all => all.filter((n, i) => all.indexOf(n) !== i))(
		[...document.querySelectorAll('button, a[href], input, select, textarea, summary, [role=slider], [role=progressbar]')].filter(e => e.getClientRects().length && !e.closest('[aria-hidden=true]'))
		.map(e => (e.role ?? e.tagName) + ' ' + (e.getAttribute('aria-label') || [...(e.labels ?? [])].map(l => l.textContent).join() || e.textContent.trim())))`
	for _, page := range []string{"/ai/workbench", "/ai/history"} {
		if page == "/ai/history" {
			takeOf(t, s, address, "night")
			k.visit(page)
			k.wait("the rows", `document.querySelectorAll('[data-testid=row]').length === 4`)
		}
		for _, name := range js[[]string](k.page, twice) {
			t.Errorf("%s: two things are called %q", page, name)
		}
	}
}
