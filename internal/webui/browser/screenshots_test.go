package browser

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

var screenshots = flag.String("screenshots", "", "write pictures of every state into this folder")

// screen is one size and theme in which every state is pictured.
type screen struct {
	name          string
	width, height int64
	theme         string
	phone         bool
}

var screens = []screen{
	{"1440-light", 1440, 900, "light", false},
	{"1440-dark", 1440, 900, "dark", false},
	{"390-light", 390, 844, "light", true},
	{"390-dark", 390, 844, "dark", true},
}

// TestScreenshots pictures every state in every screen. It asserts nothing: make screenshots runs it, and a person
// looks at each picture.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("make screenshots makes the pictures")
	}
	for _, sc := range screens {
		t.Run(sc.name, func(t *testing.T) {
			tour(t, startWhole(t, "RETAKE_PAUSE_PHASE=splicing"), sc, (*camera).shoot)
		})
	}
}

// tallest is the height, in pixels of the page, at which a picture of a long page ends.
const tallest = 3000

// shoot writes a picture of the page: of the window on a desktop, of all of the page on a phone.
func (c *camera) shoot(state string) {
	c.t.Helper()
	time.Sleep(400 * time.Millisecond) // for pictures and the last frame
	c.count++
	quality := int64(60)
	params := cdpage.CaptureScreenshotParams{Format: "webp", Quality: &quality}
	if c.screen.phone {
		// A dialog is pictured as the window shows it, the rest from top to bottom.
		open := js[bool](c.page, `document.querySelector('dialog[open]') !== null`)
		height := js[float64](c.page, `document.documentElement.scrollHeight`)
		if beyond := !open; beyond {
			params.CaptureBeyondViewport = &beyond
			params.Clip = &cdpage.Viewport{Width: float64(c.screen.width), Height: min(height, tallest), Scale: 1}
		}
	}
	var picture []byte
	c.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		r, err := chromedp.Call(ctx, cdpage.CaptureScreenshot, params)
		if err == nil {
			picture = r.Data
		}
		return err
	}))
	name := filepath.Join(*screenshots, fmt.Sprintf("%02d-%s-%s.webp", c.count, state, c.screen.name))
	if err := os.WriteFile(name, picture, 0o644); err != nil {
		c.t.Fatal(err)
	}
}

// keep writes a picture of the window as it is into the folder of -screenshots, where there is one, for who works on the page.
func (p *page) keep(state string) {
	p.t.Helper()
	if *screenshots == "" {
		return
	}
	for _, theme := range []string{"light", "dark"} {
		c := &camera{page: p, screen: screen{name: theme, theme: theme}, count: 90}
		p.do(emulateTheme(theme))
		c.shoot(state)
	}
}
