package browser

import (
	"strings"
	"syscall"
	"testing"

	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// quickly lets a server that was killed claim its work again soon.
var quickly = []string{"RETAKE_QUEUE_LEASE=2s", "RETAKE_QUEUE_RENEW=500ms", "RETAKE_QUEUE_REAP=300ms"}

// A run goes on whatever happens to the page, the connection and the server, and the page finds it again.
func TestRunSurvives(t *testing.T) {
	s := start(t, append(quickly, "RETAKE_PAUSE_PHASE=splicing", "RETAKE_QUEUE_MAX_ATTEMPTS=9")...)
	p := open(t, s, 1440, 900)
	p.allow(lost...)
	p.signIn()
	clip := s.put(makeClip(t, "small.mp4", 6))
	p.workbench(clip, "&start_time=2&duration=2&mode=replace_video")
	p.write("heavy snow")
	p.shows(".reading", "snow")
	s.Hold.Hold()
	p.click("[data-testid=make]")
	s.Reached()
	running := `document.querySelector('.take.on[data-status=processing] progress')?.value > 0`
	p.wait("its progress", running)
	address := js[string](p, `location.pathname + location.search`)
	for _, want := range []string{"take=", "prompt=heavy+snow", "start_time=2"} {
		if !strings.Contains(address, want) {
			t.Errorf("%s is not in the address %s", want, address)
		}
	}
	t.Run("reload", func(t *testing.T) {
		p := p.in(t)
		p.do(chromedp.Reload())
		p.wait("the take with its progress", running)
		if got := js[string](p, `document.querySelector('#prompt').value`); got != "heavy snow" {
			t.Errorf("the prompt is %q", got)
		}
	})
	t.Run("reload while the server is busy", func(t *testing.T) {
		p := p.in(t)
		command(p, cdpage.AddScriptToEvaluateOnNewDocument, cdpage.AddScriptToEvaluateOnNewDocumentParams{Source: refusal("/api/ai/queue/", 503)})
		p.do(chromedp.Reload())
		p.wait("the take with its progress", running)
		if got := js[string](p, `location.pathname + location.search`); got != address {
			t.Errorf("the address is %s, was %s", got, address)
		}
	})
	t.Run("another browser with the address alone", func(t *testing.T) {
		q := open(t, s, 1440, 900)
		q.signInByKey(address, s.key)
		q.wait("the take with its progress", running)
		q.shows(".source strong", "small.mp4")
		if got := js[string](q, `document.querySelector('#prompt').value`); got != "heavy snow" {
			t.Errorf("the prompt is %q", got)
		}
	})
	t.Run("a new tab without the address", func(t *testing.T) {
		q := p.in(t).tab()
		q.visit("/ai/workbench")
		q.wait("the take", `document.querySelector('[data-testid=take][data-status=processing] progress')`)
		q.shows(".source strong", "small.mp4")
		if got := js[string](q, `document.querySelector('#prompt').value`); got != "heavy snow" {
			t.Errorf("the prompt is %q", got)
		}
	})
	t.Run("the network is cut and comes back", func(t *testing.T) { networkCut(p.in(t)) })
	t.Run("the server is killed and comes back", func(t *testing.T) { serverKilled(p.in(t)) })
}

// in is the page, with its server, for a subtest, which their failures are of.
func (p *page) in(t *testing.T) *page {
	page, server := p.t, p.s.t
	p.t, p.s.t = t, t
	t.Cleanup(func() { p.t, p.s.t = page, server })
	return p
}

func networkCut(p *page) {
	mark := p.sameDocument()
	p.link(0, 0, true)
	p.shows(".takes .problem", "connection to the server is lost")
	p.write("night")
	p.click("[data-testid=make]")
	p.shows(".make .problem", "can't be reached")
	p.link(0, 0, false)
	p.wait("the end of the loss", count(".takes > .problem", "0"))
	p.shows(".reading", "night") // planned anew by itself
	p.click("[data-testid=make]")
	p.wait("the second take", count("[data-testid=take]", "2"))
	if p.sameDocument() != mark {
		p.t.Error("the page was loaded anew")
	}
	p.click(".take:not(.on) .pick")
}

func serverKilled(p *page) {
	s, mark := p.s, p.sameDocument()
	s.stop(syscall.SIGKILL)
	p.shows(".takes .problem", "connection to the server is lost")
	p.write("rain")
	if got := js[int](p, `document.querySelectorAll('[data-testid=take]').length`); got != 2 {
		p.t.Errorf("%d takes are left on the page", got)
	}
	s.Release()
	s.run(strings.TrimPrefix(s.url, "http://"))
	p.wait("the end of the loss", count(".takes > .problem", "0"))
	p.wait("the takes", count(takeThatIs("succeeded"), "2"))
	p.shows(".reading", "rain")
	p.wait("the take on the stage", `document.querySelector('.half-b video')?.readyState > 1`)
	if p.sameDocument() != mark {
		p.t.Error("the page was loaded anew")
	}
	if got := js[string](p, `document.querySelector('#prompt').value`); got != "rain" {
		p.t.Errorf("what was written while the server was away is %q", got)
	}
	p.idle()
}
