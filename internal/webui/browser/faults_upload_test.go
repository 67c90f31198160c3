package browser

import (
	"bytes"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"
)

// big is the small clip with 3 MB behind it, which players skip: enough to be caught on its way.
func big(t *testing.T) string {
	t.Helper()
	file := small(t)
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const size = 3 << 20
	skipped := append([]byte{0, byte(size >> 16), 0, 0, 'f', 'r', 'e', 'e'}, bytes.Repeat([]byte{7}, size-8)...)
	if _, err := f.Write(skipped); err != nil {
		t.Fatal(err)
	}
	return file
}

// bring chooses a file of this machine in the dialog.
func (p *page) bring(file string) {
	p.t.Helper()
	p.click("[data-testid=choose]")
	p.wait("the dialog", `document.querySelector('#choose-file')`)
	p.do(chromedp.SetUploadFiles("#choose-file", []string{file}))
}

// underway waits until part of a file is sent.
func (p *page) underway() {
	p.t.Helper()
	p.wait("an upload under way", `(v => v > 0 && v < 1)(document.querySelector('[data-testid=upload] progress')?.value)`)
}

// An upload shows how far it is on a slow line; one that is cut off says so and is sent again by one click.
func TestUploadFaults(t *testing.T) {
	s := start(t)
	p := open(t, s, 1440, 900)
	p.allow(lost...)
	p.signIn()
	const slow = 200_000 // bytes a second
	t.Run("slow line", func(t *testing.T) {
		p := p.in(t)
		p.link(slow, 200, false)
		p.do(chromedp.Reload())
		p.wait("the sample", `document.querySelector('.source .what .badge')`)
		p.write("heavy snow")
		p.says(".reading", "snow")
		p.bring(big(t))
		p.underway()
		p.says("[data-testid=upload]", "% of 3.")
		p.write("rain") // the page stays at hand meanwhile
		p.says(".reading", "rain")
		p.click("text=Stop")
		p.wait("its end", count("[data-testid=upload]", "0"))
	})
	t.Run("cut off", func(t *testing.T) {
		p := p.in(t)
		p.bring(big(t))
		p.underway()
		p.link(slow, 200, true)
		p.says("[data-testid=upload] .problem", "connection was cut after")
		p.link(0, 0, false)
		p.click("[data-testid=resend]")
		p.says(".source strong", "small.mp4")
		p.wait("the clip", `document.querySelector('.source .what .badge') && !document.querySelector('[data-testid=upload]')`)
		p.idle()
	})
	t.Run("server killed", func(t *testing.T) {
		p := p.in(t)
		p.link(slow, 200, false)
		p.bring(big(t))
		p.underway()
		s.stop(syscall.SIGKILL)
		p.says("[data-testid=upload] .problem", "connection was cut after")
		p.link(0, 0, false)
		s.env = append(s.env, "RETAKE_HTTP_MAX_FILE_BYTES=1000000")
		s.run(strings.TrimPrefix(s.url, "http://"))
		p.wait("the end of the loss", count(".takes > .problem", "0"))
	})
	t.Run("refused by the server", func(t *testing.T) {
		p := p.in(t) // it does not know the server's new limit
		p.click("[data-testid=resend]")
		p.says("[data-testid=upload] .problem", "too large")
		p.click("text=Leave it")
		p.wait("the end of it", count("[data-testid=upload]", "0"))
		p.says(".source strong", "small.mp4")
	})
	t.Run("refused by the page", func(t *testing.T) {
		p := p.in(t)
		p.do(chromedp.Reload())
		p.wait("the clip", `document.querySelector('.source .what .badge')`)
		p.bring(big(t))
		p.says("dialog .problem", "this server takes files up to 1 MB")
	})
}
