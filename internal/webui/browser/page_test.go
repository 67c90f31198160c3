package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// page is a tab of a browser. Whatever it writes to the console as an error, and whatever it asks of another host,
// fails the test at its end unless the test allowed it.
type page struct {
	t   *testing.T
	s   *server
	ctx context.Context
	via string // the server's address as this browser knows it

	mu       sync.Mutex
	requests []string // "PUT http://…", as they were sent
	faults   []string
	allowed  []string // parts of console errors that the test provokes
}

// chromium finds Debian's, Ubuntu's or Google's.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no Chromium is installed: scripts/install-deps.sh test installs it")
	return ""
}

// open starts a browser of its own and a tab of the given size in it, which shows nothing yet.
func open(t *testing.T, s *server, width, height int64) *page {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.WSURLReadTimeout(patience),
		chromedp.Flag("disable-quic", true), chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
		chromedp.Flag("disable-features", "Translate,MediaRouter"), chromedp.UserDataDir(t.TempDir()))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	p := &page{t: t, s: s, ctx: ctx, via: s.url}
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits for the browser's end
		cancel()
		p.check()
	})
	// The browser lives as long as the context of its first steps, so these have no deadline.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, height)); err != nil {
		t.Fatal(err)
	}
	p.watch()
	return p
}

// watch collects console errors and requests that leave the server.
func (p *page) watch() {
	console := chromedp.Console(p.ctx)
	go func() {
		for m, err := range console {
			if err != nil {
				return
			}
			if m.IsException() || m.Type == "error" {
				p.fault(m.String())
			}
		}
	}()
	requests := chromedp.Events(p.ctx, network.RequestWillBeSent)
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
		return err
	}))
	go func() {
		for r, err := range requests {
			if err != nil {
				return
			}
			url := r.Request.URL
			p.mu.Lock()
			p.requests = append(p.requests, r.Request.Method+" "+url)
			p.mu.Unlock()
			if !strings.HasPrefix(url, p.via+"/") && !strings.HasPrefix(url, "blob:") && !strings.HasPrefix(url, "data:") && url != "about:blank" {
				p.fault("asked another host: " + url)
			}
		}
	}()
}

func (p *page) fault(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, text)
}

// allow takes console errors that hold a text as what the test provokes.
func (p *page) allow(texts ...string) { p.allowed = append(p.allowed, texts...) }

// sent counts the requests of a method whose address holds a text.
func (p *page) sent(method, part string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.requests {
		if strings.HasPrefix(r, method+" ") && strings.Contains(r, part) {
			n++
		}
	}
	return n
}

func (p *page) check() {
	p.mu.Lock()
	defer p.mu.Unlock()
next:
	for _, f := range p.faults {
		for _, a := range p.allowed {
			if strings.Contains(f, a) {
				continue next
			}
		}
		p.t.Errorf("the console says: %s", f)
	}
}

// do runs steps of the browser.
func (p *page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

// visit opens a page of the server.
func (p *page) visit(path string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.via + path))
}

// signIn signs in by the link of the server's first start and ends on the Workbench.
func (p *page) signIn() {
	p.t.Helper()
	p.do(chromedp.Navigate(strings.Replace(p.s.signIn, p.s.url, p.via, 1)))
	p.wait("the Workbench with its clip", `document.querySelector('[data-testid=filmstrip]')?.dataset.drawn === 'yes'`)
}

// js evaluates an expression, whose value must be JSON.
func js[T any](p *page, expression string) T {
	p.t.Helper()
	var v T
	text, err := p.try(expression)
	if err == nil {
		err = json.Unmarshal([]byte(text), &v)
	}
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func (p *page) try(expression string) (string, error) {
	return run(p, chromedp.Evaluate[string](`JSON.stringify((() => (`+expression+`))() ?? null)`))
}

// run takes a step of the browser that has an outcome.
func run[T any](p *page, step chromedp.Action[T]) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, step)
}

// wait waits until an expression is true. A page that is being left counts as not yet.
func (p *page) wait(what, condition string) {
	p.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		if text, err := p.try(`!!(` + condition + `)`); err == nil && text == "true" {
			return
		}
	}
	said, _ := p.try(`document.body.innerText`)
	p.t.Fatalf("waited in vain for %s. The page says:\n%s", what, said)
}

// find is the expression for an element: a CSS selector, or "text=…" for the innermost button, link, summary or label
// with just that text.
func find(selector string) string {
	if text, ok := strings.CutPrefix(selector, "text="); ok {
		return fmt.Sprintf(`[...document.querySelectorAll('button, a, summary, label, [role=tab]')].find(e => e.textContent.trim() === %q && e.offsetParent)`, text)
	}
	return fmt.Sprintf(`document.querySelector(%q)`, selector)
}

type box struct{ X, Y, W, H float64 }

// at waits until an element stands still and can be seen, scrolls it into view, and returns where it is.
func (p *page) at(selector string) box {
	p.t.Helper()
	e := find(selector)
	p.wait(selector, e+`?.getBoundingClientRect().width > 0`)
	p.try(e + `.scrollIntoView({block: 'nearest', inline: 'nearest', behavior: 'instant'})`)
	where := `(r => ({X: r.x, Y: r.y, W: r.width, H: r.height}))(` + e + `.getBoundingClientRect())`
	last := box{}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		now := js[box](p, where)
		if now == last {
			return now
		}
		last = now
	}
	p.t.Fatalf("%s never stands still", selector)
	return last
}

// click presses the mouse in the middle of an element.
func (p *page) click(selector string) {
	p.t.Helper()
	b := p.at(selector)
	p.do(chromedp.MouseClickXY(b.X+b.W/2, b.Y+b.H/2))
}

// drag pulls with the mouse from one point to another, in a few moves.
func (p *page) drag(x, y, toX, toY float64) {
	p.t.Helper()
	p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, x, y, chromedp.Button("left"), chromedp.ClickCount(1)))
	const moves = 8
	for i := 1.0; i <= moves; i++ {
		p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x+(toX-x)*i/moves, y+(toY-y)*i/moves, chromedp.Button("left")))
	}
	p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, toX, toY, chromedp.Button("left"), chromedp.ClickCount(1)))
}

// press types keys, such as "i" or kb.ArrowLeft.
func (p *page) press(keys string, modifiers ...chromedp.Modifier) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys, chromedp.KeyModifiers(modifiers...)))
}

// fill clicks a field and types over what is in it.
func (p *page) fill(selector, text string) {
	p.t.Helper()
	p.click(selector)
	p.try(find(selector) + `.select()`)
	p.press(text)
}

// text returns what an element says.
func (p *page) text(selector string) string {
	p.t.Helper()
	return js[string](p, find(selector)+`?.innerText.trim() ?? ''`)
}

// params returns the request as the address bar has it.
func (p *page) params() map[string]string {
	p.t.Helper()
	time.Sleep(200 * time.Millisecond) // the address follows with a little delay
	return js[map[string]string](p, `Object.fromEntries(new URLSearchParams(location.search))`)
}
