package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// unmoved fails the test when something on the page moved by itself.
func (p *page) unmoved(when string) {
	p.t.Helper()
	type shift struct {
		Value float64
		What  string
	}
	for _, s := range js[[]shift](p, `measured.shifts.splice(0).map(s => ({Value: s.value, What: s.what}))`) {
		p.t.Errorf("%s the page moved by %.4f: %s", when, s.Value, s.What)
	}
}

// settle waits until the page has painted twice after the last change, so that what moved was noticed.
func (p *page) settle() {
	p.t.Helper()
	p.try(`(() => { window.painted = 0; const f = () => ++window.painted < 4 && requestAnimationFrame(f); f(); })()`)
	p.wait("four frames", `window.painted === 4`)
}

// Nothing moves under the hand: not while the page comes, not while a take is made, not when it is done.
func TestNothingMovesByItself(t *testing.T) {
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"desktop", 1440, 900}, {"phone", 390, 844}} {
		t.Run(size.name, func(t *testing.T) {
			s := startWhole(t, "RETAKE_PAUSE_PHASE=engine")
			p := open(t, s, size.width, size.height)
			if size.name == "phone" {
				p.do(chromedp.EmulateViewport(size.width, size.height, chromedp.EmulateMobile, chromedp.EmulateTouch))
			}
			p.observe()
			p.signIn()
			p.wait("all there is", `document.querySelector('[data-testid=waveform]').dataset.drawn === 'yes' && document.querySelector('.words') && document.querySelector('[data-testid=frames]').innerText.includes('Frames')`)
			p.settle()
			p.unmoved("while the page came")

			p.click("[data-testid=mode-replace_video]")
			p.fill("#prompt", "night") // a longer reading, or an engine's warnings, take room of their own
			p.fill("#segment-out", "6")
			p.press("\r")
			p.wait("the plan", `document.querySelector('.reading')`)
			s.Hold.Hold()
			p.click("[data-testid=make]")
			s.Reached()
			p.settle()
			p.wait("the input to be past", `performance.now() - (window.asked ??= performance.now()) > 600`) // what follows an input at once is its doing
			p.unmoved("after the take was asked for")
			s.Release()
			p.wait("the take", `document.querySelector('[data-testid=take][data-status=succeeded]') && document.querySelector('.half-b video')?.readyState > 1`)
			p.settle()
			p.unmoved("while the take was made")
			p.visit(fmt.Sprintf("/ai/workbench%s", js[string](p, `location.search`)))
			p.wait("the take again", `document.querySelector('.half-b video')?.readyState > 1`)
			p.settle()
			p.unmoved("while the page came back")
		})
	}
}
