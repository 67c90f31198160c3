package browser

import (
	"context"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// longPrompt is as long as a prompt may be, in letters of several kinds.
func longPrompt() string {
	return string([]rune(strings.Repeat("heavy snow, “Zürich” 雪が降る, метель 🌨, <b>&amp; %41+", 200))[:5000])
}

// A sign-in that ends in the middle of work takes nothing away: the page says so, and has everything after a new one.
func TestSignInEnds(t *testing.T) {
	s := start(t, "RETAKE_HTTP_KEEP_ALIVE=1s", "RETAKE_HTTP_KEY_CACHE=100ms")
	p := open(t, s, 1440, 900)
	p.allow(lost...)
	p.signIn()
	clip := s.put(makeClip(t, "small.mp4", 6))
	p.workbench(clip, "&start_time=1&duration=3&mode=replace_video&seed=7")
	prompt := longPrompt()
	p.write(prompt)
	p.wait("room for all of it", `document.querySelector('#prompt-count.hint')?.innerText.startsWith('5,000 / 5,000')`)
	made := s.keys("create", s.namespace())
	next := regexp.MustCompile(`rtk_\w+`).FindString(made)
	old := js[string](p, `document.querySelector('.menu summary').innerText`)
	s.keys("revoke", keyID(t, s))
	p.shows(".banner", "You are signed out")
	p.fill("#segment-in", "2")
	p.press("\r")
	p.click(".banner a") // at once after the last change
	p.wait("the sign-in", `document.querySelector('#key')`)
	p.click("#key")
	p.paste(next)
	p.click("text=Sign in")
	p.wait("the clip", `document.querySelector('.source .what .badge')`)
	if got := js[string](p, `document.querySelector('#prompt').value`); got != prompt {
		t.Errorf("the prompt came back with %d characters: %.60q", len([]rune(got)), got)
	}
	for selector, want := range map[string]string{"#segment-in": "0:02:00", "#segment-out": "0:04:00", "#seed, [id$=seed]": "7"} {
		if got := js[string](p, `document.querySelector('`+selector+`').value`); got != want {
			t.Errorf("%s is %q, want %q", selector, got, want)
		}
	}
	if got := p.text(".menu summary"); got != old {
		t.Errorf("the namespace is %q, was %q", got, old)
	}
	p.idle()

	t.Run("the long prompt survives a reload, and is not for the other tab", func(t *testing.T) {
		p := p.in(t)
		q := p.tab()
		q.workbench(clip, "&start_time=1&duration=2&prompt=night")
		q.write("rain")
		q.shows(".reading", "rain")
		p.do(chromedp.Reload())
		p.wait("the clip", `document.querySelector('.source .what .badge')`)
		if got := js[string](p, `document.querySelector('#prompt').value`); got != prompt {
			t.Errorf("the prompt came back with %d characters: %.60q", len([]rune(got)), got)
		}
	})
}

// A browser drops the cookie of a sign-in that is over. The file that was chosen waits for the next one.
func TestSignInExpires(t *testing.T) {
	s := start(t, "RETAKE_HTTP_SESSION_TTL=12s", "RETAKE_HTTP_KEEP_ALIVE=1s")
	p := open(t, s, 1440, 900)
	p.allow(lost...)
	p.signIn()
	p.write("heavy snow, slowly growing")
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		for {
			cookies, err := chromedp.Call(ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{s.url}})
			if err != nil || len(cookies.Cookies) == 0 {
				return err
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(200 * time.Millisecond):
			}
		}
	}))
	p.bring(makeClip(t, "small.mp4", 6))
	p.shows("[data-testid=upload] .problem", "not signed in any more")
	p.shows(".banner", "“small.mp4” stays here to be sent")
	if got := js[string](p, `document.querySelector('.banner a').target`); got != "_blank" {
		t.Errorf("the sign-in takes the place of the page: target %q", got)
	}
	s.env = append(s.env, "RETAKE_HTTP_SESSION_TTL=1h")
	s.stop(syscall.SIGTERM)
	s.run(strings.TrimPrefix(s.url, "http://"))
	p.tab().signInByKey("/ai/workbench?model="+retakeModel, s.key)
	p.wait("the end of the banner", count(".banner", "0"))
	p.click("[data-testid=resend]")
	p.shows(".source strong", "small.mp4")
	p.wait("the clip", `document.querySelector('.source .what .badge') && !document.querySelector('[data-testid=upload]')`)
	if got := js[string](p, `document.querySelector('#prompt').value`); got != "heavy snow, slowly growing" {
		t.Errorf("the prompt is %q", got)
	}
	p.idle()
}

// keyID is the id of the server's first key.
func keyID(t *testing.T, s *server) string {
	t.Helper()
	for line := range strings.Lines(s.keys("list")) {
		if f := strings.Fields(line); len(f) > 0 && strings.Contains(line, s.namespace()) {
			return f[0]
		}
	}
	t.Fatal("no key is listed")
	return ""
}
