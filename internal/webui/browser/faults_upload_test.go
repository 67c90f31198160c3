package browser

import (
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"
)

// big is a small clip with 12 MB behind it, which players skip: more than the buffers between browser and server take.
func big(t *testing.T) string {
	t.Helper()
	file := makeClip(t, "small.mp4", 6)
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const size = 12 << 20
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

const (
	slow  = 200_000 // bytes a second
	crawl = 20_000
)

// An upload shows how far it is on a slow line; one that is cut off or refused says so and is sent again by one click.
func TestUploadFaults(t *testing.T) {
	s := start(t)
	p := open(t, s, 1440, 900)
	p.allow(lost...)
	c := p.plug()
	p.signIn()
	file := big(t)
	if c.sent.Load() == 0 {
		t.Fatal("the page did not come through the cable")
	}
	t.Run("slow line", func(t *testing.T) { uploadSlowly(p.in(t), c, file) })
	t.Run("cut off", func(t *testing.T) {
		p := p.in(t)
		p.bring(file)
		p.underway()
		c.set(true)
		p.shows("[data-testid=upload] .problem", "connection was cut after")
		c.set(false)
		c.rate.Store(0)
		p.click("[data-testid=resend]")
		p.shows(".source strong", "small.mp4")
		p.wait("the clip", `document.querySelector('.source .what .badge') && !document.querySelector('[data-testid=upload]')`)
		p.shows(".source .hint", "13.1 MB")
		p.idle()
	})
	t.Run("server killed", func(t *testing.T) {
		p := p.in(t)
		c.rate.Store(crawl)
		p.bring(file)
		p.underway()
		s.stop(syscall.SIGKILL)
		p.shows("[data-testid=upload] .problem", "connection was cut after")
		c.rate.Store(0)
		s.env = append(s.env, "RETAKE_HTTP_MAX_FILE_BYTES=1000000")
		s.run(strings.TrimPrefix(s.url, "http://"))
		p.wait("the end of the loss", count(".takes > .problem", "0"))
	})
	t.Run("refused by the server", func(t *testing.T) {
		p := p.in(t) // it does not know the server's new limit
		p.click("[data-testid=resend]")
		p.shows("[data-testid=upload] .problem", "too large: at most 976.6 KiB")
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		p.click("[data-testid=resend]")
		p.shows("[data-testid=upload] .problem", "gone since it was chosen")
		p.click("text=Leave it")
		p.wait("the end of it", count("[data-testid=upload]", "0"))
		p.shows(".source strong", "small.mp4")
	})
	t.Run("refused by the page", func(t *testing.T) {
		p := p.in(t)
		p.do(chromedp.Reload())
		p.wait("the clip", `document.querySelector('.source .what .badge')`)
		p.bring(big(t))
		p.shows("dialog .problem", "this server takes files up to 1 MB")
	})
}

// uploadSlowly works on the page over a slow line while a file is sent.
func uploadSlowly(p *page, c *cable, file string) {
	p.link(slow, 200, false)
	p.do(chromedp.Reload())
	p.wait("the sample", `document.querySelector('[data-testid=filmstrip]')?.dataset.drawn === 'yes'`)
	p.write("heavy snow")
	p.shows(".reading", "snow")
	c.rate.Store(crawl) // so that it is under way for as long as the test looks
	p.bring(file)
	p.underway()
	p.shows("[data-testid=upload]", "% of 13.1 MB")
	p.write("rain")
	p.shows(".reading", "rain")
	p.fill("#segment-in", "5")
	p.press("\r")
	p.shows("[data-testid=frames]", "Frames")
	p.click("text=Stop")
	p.wait("its end", count("[data-testid=upload]", "0"))
	p.link(0, 0, false)
}

// A clip that the server's disk has no room for is kept at hand, and sent by one click once there is room.
func TestUploadToFullDisk(t *testing.T) {
	s := prepare(t, program(t))
	if err := os.Mkdir(s.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	// The data folder is a small file system of its own, in a mount namespace.
	const mount = `mount -t tmpfs -o size=12m,mode=700 retake "$0" && exec "$@"`
	own, enter := []string{"unshare", "--mount"}, []string{"--mount"}
	if os.Geteuid() != 0 {
		own, enter = []string{"unshare", "--user", "--map-root-user", "--mount"}, []string{"--user", "--preserve-credentials", "--mount"}
	}
	s.in = append(own, "sh", "-c", mount, s.dir)
	if out, err := exec.Command(s.in[0], append(s.in[1:], "true")...).CombinedOutput(); err != nil {
		t.Skipf("no mount namespace can be made here: %v %s", err, out)
	}
	s.run("127.0.0.1:0")
	p := open(t, s, 1440, 900)
	p.allow(lost...)
	p.signIn()
	p.bring(big(t))
	p.shows("[data-testid=upload] .problem", "disk is full")
	p.shows(".source strong", "winter_summer_ox.mp4")
	enter = append(enter, "--target", strconv.Itoa(s.now.PID()), "mount", "-o", "remount,size=64m", s.dir)
	if out, err := exec.Command("nsenter", enter...).CombinedOutput(); err != nil {
		t.Fatalf("more room: %v %s", err, out)
	}
	p.click("[data-testid=resend]")
	p.shows(".source strong", "small.mp4")
	p.wait("the clip", `document.querySelector('.source .what .badge') && !document.querySelector('[data-testid=upload]')`)
	p.idle()
}
