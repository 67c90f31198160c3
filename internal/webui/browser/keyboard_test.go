package browser

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// keyboard is a page that is used with keys alone. At its end no pointer may have touched it.
type keyboard struct{ *page }

// openKeyboard opens a desktop window and watches that no pointer is used in it.
func openKeyboard(t *testing.T, s *server) keyboard {
	t.Helper()
	k := keyboard{open(t, s, 1440, 900)}
	k.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, cdpage.AddScriptToEvaluateOnNewDocument, cdpage.AddScriptToEvaluateOnNewDocumentParams{
			Source: `addEventListener('pointerdown', () => console.error('a pointer was used'), true)`})
		return err
	}))
	return k
}

// on says which element has the focus, short.
func (k keyboard) on() string {
	k.t.Helper()
	return js[string](k.page, `(e => !e || e === document.body ? 'nothing' :
		e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + (e.dataset.testid ? '[data-testid=' + e.dataset.testid + ']' : '') + ' ' +
		(e.getAttribute('aria-label') ?? e.innerText ?? '').trim().replace(/\s+/g, ' ').slice(0, 60))(document.activeElement)`)
}

// isOn waits until an element has the focus.
func (k keyboard) isOn(selector string) {
	k.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(30 * time.Millisecond) {
		if text, err := k.try(`document.activeElement === ` + find(selector)); err == nil && text == "true" {
			return
		}
		if time.Now().After(end) {
			k.t.Fatalf("the focus is on %s, not on %s", k.on(), selector)
		}
	}
}

// tabTo presses Tab, or Shift+Tab, until an element has the focus.
func (k keyboard) tabTo(selector string, modifiers ...chromedp.Modifier) {
	k.t.Helper()
	k.wait(selector, find(selector))
	const most = 120
	var passed []string
	for range most {
		if js[bool](k.page, `document.activeElement === `+find(selector)) {
			return
		}
		k.press(kb.Tab, modifiers...)
		passed = append(passed, k.on())
	}
	k.t.Fatalf("Tab does not lead to %s. It led to:\n%s", selector, strings.Join(passed, "\n"))
}

// use tabs to an element and presses Enter on it.
func (k keyboard) use(selector string) {
	k.t.Helper()
	k.tabTo(selector)
	k.press(kb.Enter)
}

// write tabs to a field and writes over what is in it.
func (k keyboard) write(selector, text string) {
	k.t.Helper()
	k.tabTo(selector)
	k.press("a", chromedp.ModifierCtrl)
	k.press(text)
}

// toPicture leaves whatever has the focus, so that the shortcuts apply.
func (k keyboard) toPicture() {
	k.t.Helper()
	k.press(kb.Escape)
	k.isOn(".stage")
}

// down and up hold a key and let it go.
func (k keyboard) down(key rune) { k.half(key, kb.KeyDown) }
func (k keyboard) up(key rune)   { k.half(key, kb.KeyUp) }

func (k keyboard) half(key rune, kind input.DispatchKeyEventType) {
	k.t.Helper()
	for _, e := range kb.Encode(key) {
		if e.Type != kind {
			continue
		}
		k.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, input.DispatchKeyEvent, *e)
			return err
		}))
	}
}

// frame waits until nothing seeks, and returns the number of the frame on the clock.
func (k keyboard) frame() int {
	k.t.Helper()
	k.wait("the frame", `[...document.querySelectorAll('.stage video')].every(v => !v.seeking)`)
	var m, s, f int
	if _, err := fmt.Sscanf(js[string](k.page, `document.querySelector('[data-testid=clock]').innerText`), "%d:%d:%d", &m, &s, &f); err != nil {
		k.t.Fatal(err)
	}
	return (m*60+s)*tinyRate + f
}

// hears waits until a sentence with a text is announced to screen readers.
func (k keyboard) hears(text string) {
	k.t.Helper()
	k.wait("the announcement of "+text, fmt.Sprintf(`document.querySelector('[data-testid=announced]').textContent.includes(%q)`, text))
}

// openTiny opens the Workbench on a clip, signed in already.
func (k keyboard) openTiny(address, more string) {
	k.t.Helper()
	k.visit("/ai/workbench?model=" + retakeModel + "&input_video=" + url.QueryEscape(address) + "&start_time=2&duration=3&mode=replace_video" + more)
	k.wait("the clip", `document.querySelector('[data-testid=filmstrip]')?.dataset.drawn === 'yes' && document.querySelector('.half-a video')?.readyState > 1`)
}

// media sets what the system asks for, such as forced-colors: active.
func (p *page) media(features ...string) {
	p.t.Helper()
	params := emulation.SetEmulatedMediaParams{}
	for _, f := range features {
		name, value, _ := strings.Cut(f, ": ")
		params.Features = append(params.Features, &emulation.MediaFeature{Name: name, Value: value})
	}
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, params)
		return err
	}))
}
