package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

const retakeModel = "lightricks-ltx-2-retake"

// lost is what a browser writes to its console when a server can't be reached, or says no.
var lost = []string{"Failed to load resource", "net::ERR_"}

// keys runs "retake keys" on the server's data and returns what it prints.
func (s *server) keys(args ...string) string {
	s.t.Helper()
	cmd := exec.Command(s.bin, append([]string{"keys"}, args...)...)
	cmd.Env = append(os.Environ(), "RETAKE_SERVER_DATA="+s.dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("retake keys %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// enqueue asks for a take past the page and returns its id.
func (s *server) enqueue(params map[string]any) string {
	s.t.Helper()
	if params["model"] == nil {
		params["model"] = retakeModel
	}
	body, err := json.Marshal(params)
	if err != nil {
		s.t.Fatal(err)
	}
	var made struct {
		Generations []struct {
			ID string `json:"generation_id"`
		}
	}
	if err := json.Unmarshal(s.call("POST", "/api/ai/queue", body), &made); err != nil || len(made.Generations) == 0 {
		s.t.Fatalf("no generation: %v", err)
	}
	return made.Generations[0].ID
}

// signInByKey opens a page and signs in on the way by a key, as a new browser must.
func (p *page) signInByKey(path, key string) {
	p.t.Helper()
	p.visit(path)
	p.wait("the sign-in", `document.activeElement?.id === 'key'`)
	p.press(key)
	p.press("\r")
	p.wait("the Workbench", `document.querySelector('.workbench')`)
}

// tab opens another tab of the same browser.
func (p *page) tab() *page {
	p.t.Helper()
	ctx, cancel := chromedp.NewContext(p.ctx)
	other := &page{t: p.t, s: p.s, ctx: ctx, via: p.via, allowed: p.allowed}
	p.t.Cleanup(func() {
		cancel()
		other.check()
	})
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1440, 900)); err != nil {
		p.t.Fatal(err)
	}
	other.watch()
	return other
}

// workbench opens the Workbench on a clip, with further parameters in the address.
func (p *page) workbench(clip, query string) {
	p.t.Helper()
	p.visit("/ai/workbench?model=" + retakeModel + "&input_video=" + url.QueryEscape(clip) + query)
	p.wait("the clip", `document.querySelector('.source .what .badge')`)
}

// paste puts a text where the caret is, as pasting does.
func (p *page) paste(text string) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: text})
		return err
	}))
}

// write pastes a prompt over the one that is there.
func (p *page) write(prompt string) {
	p.t.Helper()
	p.click("#prompt")
	p.press("a", chromedp.ModifierCtrl)
	p.paste(prompt)
}

// shows waits until an element shows a text.
func (p *page) shows(selector, text string) {
	p.t.Helper()
	p.wait(selector+" to say "+text, `[...document.querySelectorAll(`+quote(selector)+`)].some(e => e.innerText.includes(`+quote(text)+`))`)
}

func quote(text string) string {
	b, _ := json.Marshal(text) // a string can always be written
	return string(b)
}

// takeThatIs is the selector of a take of the list that has a status.
func takeThatIs(status string) string { return "[data-testid=take][data-status=" + status + "]" }

// count is the condition that so many elements are there.
func count(selector string, n string) string {
	return `document.querySelectorAll(` + quote(selector) + `).length === ` + n
}

// link sets how the browser is connected: bytes a second each way (0: unbounded), milliseconds, or not at all.
func (p *page) link(rate, latency float64, offline bool) {
	p.t.Helper()
	if rate == 0 {
		rate = -1
	}
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		rules := []*network.Conditions{{Latency: latency, DownloadThroughput: rate, UploadThroughput: rate, Offline: offline}}
		if _, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: rules}); err != nil {
			return err
		}
		_, err := chromedp.Call(ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Latency: latency, DownloadThroughput: rate, UploadThroughput: rate, Offline: offline})
		return err
	}))
}

// refusal is a script after which the page's next request to an address that holds a text is answered with a status.
func refusal(part string, status int) string {
	return fmt.Sprintf(`(() => {
		const real = fetch;
		let left = 1;
		window.fetch = (...a) => String(a[0]).includes(%s) && left-- > 0
			? Promise.resolve(new Response('{"error": {"detail": "The server says no."}}', {status: %d})) : real(...a);
	})()`, quote(part), status)
}

// sameDocument returns a mark that changes when the page is loaded anew.
func (p *page) sameDocument() float64 { return js[float64](p, `performance.timeOrigin`) }

// idle fails the test if anything still says that it is being loaded.
func (p *page) idle() {
	p.t.Helper()
	p.wait("the end of all waiting", `!document.querySelector('.strip.waiting, [aria-busy=true], .starting')
		&& ![...document.querySelectorAll('.source .hint, .notice, button')].some(e => /looking at|Looking at|Sending …|Fetching …/.test(e.innerText))`)
}
