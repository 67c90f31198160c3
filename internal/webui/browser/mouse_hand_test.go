package browser

import (
	"bytes"
	"context"
	"fmt"
	"image"
	_ "image/png" // screenshots
	"math"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// part runs a subtest on the page, which the next one goes on from.
func (p *page) part(t *testing.T, name string, f func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		p.in(t)
		f(t)
	})
	if t.Failed() {
		t.FailNow() // what follows starts from where this should have ended
	}
}

// hand is a mouse whose button is pressed.
type hand struct {
	p    *page
	x, y float64
}

// grab presses the button on a point of an element, given as parts of its width and height.
func (p *page) grab(selector string, partX, partY float64) *hand {
	p.t.Helper()
	b := p.at(selector)
	h := &hand{p, b.X + b.W*partX, b.Y + b.H*partY}
	h.event(input.DispatchMouseEventTypeMouseMoved, "none")
	h.event(input.DispatchMouseEventTypeMousePressed, "left")
	return h
}

// pull moves the pressed mouse to a place, in a few moves.
func (h *hand) pull(toX, toY float64) {
	h.p.t.Helper()
	const moves = 6
	fromX, fromY := h.x, h.y
	for i := 1.0; i <= moves; i++ {
		h.x, h.y = fromX+(toX-fromX)*i/moves, fromY+(toY-fromY)*i/moves
		h.event(input.DispatchMouseEventTypeMouseMoved, "left")
	}
}

func (h *hand) letGo() {
	h.p.t.Helper()
	h.event(input.DispatchMouseEventTypeMouseReleased, "left")
}

func (h *hand) event(kind input.DispatchMouseEventType, button string) {
	h.p.t.Helper()
	h.p.do(chromedp.MouseEvent(kind, h.x, h.y, chromedp.Button(button), chromedp.ClickCount(1)))
}

// wheel turns the wheel over a point, with Ctrl held.
func (p *page) wheel(x, y, by float64) {
	p.t.Helper()
	p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseWheel, x, y, func(e *input.DispatchMouseEventParams) {
		e.DeltaX, e.DeltaY, e.Modifiers = 1e-3, by, int64(chromedp.ModifierCtrl) // 0 would be left out, which the browser refuses
	}))
}

// pick chooses an option of a list by its text: a click opens it, typing finds the option, Enter takes it.
func (p *page) pick(selector, option string) {
	p.t.Helper()
	p.click(selector)
	p.press(option)
	p.press("\r")
	e := find(selector)
	p.wait(option+" in "+selector, fmt.Sprintf(`(e => e && e.options[e.selectedIndex]?.text.trim() === %q)(%s)`, option, e))
}

// timeX is where a time (seconds) stands on the timeline, pixels from the window's left.
func (p *page) timeX(seconds float64) float64 {
	p.t.Helper()
	b := p.at(".lanes")
	return b.X + 1 + (b.W-2)*seconds/p.length()
}

func (p *page) length() float64 {
	return js[float64](p, `document.querySelector('.half-a video').duration`)
}

// seek clicks on the ruler and waits until every player shows that frame.
func (p *page) seek(seconds float64) {
	p.t.Helper()
	x, b := p.timeX(seconds), p.at(".ruler")
	p.do(chromedp.MouseClickXY(x, b.Y+b.H/2))
	p.settled(seconds)
}

// settled waits until every player stands at a time, give or take two frames.
func (p *page) settled(seconds float64) {
	p.t.Helper()
	p.wait(fmt.Sprintf("the players at %g s", seconds),
		fmt.Sprintf(`(all => all.length && all.every(v => !v.seeking && v.readyState > 1 && Math.abs(v.currentTime - %g) < 0.12))([...document.querySelectorAll('.stage video')])`, seconds))
}

// segment is what the fields of the segment say, as they stand.
func (p *page) segment() (in, out string) {
	return js[string](p, `document.querySelector('#segment-in').value`), js[string](p, `document.querySelector('#segment-out').value`)
}

// holds fails the test when a text lacks a part.
func holds(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s lacks %q: %s", what, part, text)
		}
	}
}

// picture is a screenshot of a part of the window, which may have been scrolled.
func (p *page) picture(b box) image.Image {
	p.t.Helper()
	scrolled := js[box](p, `({X: scrollX, Y: scrollY})`)
	data, err := run(p, chromedp.Action[[]byte](func(ctx context.Context, _ *chromedp.Target) ([]byte, error) {
		r, err := chromedp.Call(ctx, cdpage.CaptureScreenshot, cdpage.CaptureScreenshotParams{
			Format: "png", Clip: &cdpage.Viewport{X: math.Ceil(scrolled.X + b.X), Y: math.Ceil(scrolled.Y + b.Y), Width: math.Floor(b.W - 1), Height: math.Floor(b.H - 1), Scale: 1},
		})
		return r.Data, err
	}))
	if err != nil {
		p.t.Fatal(err)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		p.t.Fatal(err)
	}
	return img
}

// light is the mean and the greatest value of a picture's channels, 0 to 255.
func light(img image.Image) (mean, most float64) {
	b := img.Bounds()
	sum, n := 0.0, 0.0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, b, _ := img.At(x, y).RGBA()
			for _, c := range []uint32{r, g, b} {
				v := float64(c >> 8)
				sum, n, most = sum+v, n+1, max(most, v)
			}
		}
	}
	return sum / n, most
}

// colour is how colourful a picture is on average: how far the channels of a pixel lie apart, 0 to 255.
func colour(img image.Image) float64 {
	b := img.Bounds()
	sum, n := 0.0, 0.0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, b, _ := img.At(x, y).RGBA()
			sum, n = sum+float64(max(r, g, b)>>8-min(r, g, b)>>8), n+1
		}
	}
	return sum / n
}
