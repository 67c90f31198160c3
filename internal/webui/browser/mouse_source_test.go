package browser

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// A clip comes from this machine by the dialog or by dropping it, from an address, or from the server's files; what
// can't be taken is refused before any of it is sent.
func TestMouseSource(t *testing.T) {
	s := startWhole(t, "RETAKE_HTTP_MAX_FILE_BYTES=2MB", "RETAKE_FETCH_ALLOW_PRIVATE=127.0.0.1")
	p := open(t, s, 1440, 900)
	p.signIn()
	c := sourceClips(t)
	p.part(t, "kept", func(t *testing.T) { p.tellsWhatStays(t) })
	p.part(t, "picked", func(t *testing.T) { p.picksFile(t, c) })
	p.part(t, "refused", func(t *testing.T) { p.refusesFiles(t, c) })
	p.part(t, "dropped", func(t *testing.T) { p.dropsFile(t, c) })
	p.part(t, "address", func(t *testing.T) { p.pastesAddress(t, c) })
	p.part(t, "repository", func(t *testing.T) { p.choosesStored(t) })
}

type clips struct{ picked, dropped, fetched, text, huge string }

func sourceClips(t *testing.T) clips {
	c := clips{
		picked:  makeClip(t, "a walk.mp4", 4),
		dropped: makeClip(t, "silent.mp4", 3, "-an"),
		fetched: makeClip(t, "fetched.webm", 3, "-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"),
		text:    filepath.Join(t.TempDir(), "notes.txt"), huge: filepath.Join(t.TempDir(), "huge.mp4"),
	}
	noise := make([]byte, 3<<20)
	_, _ = rand.Read(noise)
	for path, data := range map[string][]byte{c.text: []byte("not a clip"), c.huge: noise} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// chooseFile gives the dialog's field a file, as the system's own dialog would.
func (p *page) chooseFile(path string) {
	p.t.Helper()
	if !js[bool](p, `!!document.querySelector('#choose-file')`) {
		p.click("[data-testid=choose]")
	}
	p.at("#choose-file")
	p.do(chromedp.SetUploadFiles(chromedp.CSS("#choose-file"), []string{path}))
}

// drop drags a file over the page and lets it go there; look sees the page while it hovers.
func (p *page) drop(path string, look func()) {
	p.t.Helper()
	for _, kind := range []input.DispatchDragEventType{"dragEnter", "dragOver", "drop"} {
		if kind == "drop" && look != nil {
			look()
		}
		p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, input.DispatchDragEvent, input.DispatchDragEventParams{
				Type: kind, X: 500, Y: 400, Data: &input.DragData{Items: []*input.DragDataItem{}, Files: []string{path}, DragOperationsMask: 1},
			})
			return err
		}))
	}
}

// tellsWhatStays: the facts of the sample, that it stays exact in the mode of the moment, and the spans.
func (p *page) tellsWhatStays(t *testing.T) {
	p.wait("the spans", `document.querySelectorAll('[data-track=picture] .span').length > 0`)
	holds(t, "the source bar", p.text(".source .what"), "winter_summer_ox.mp4", "1920×1080", "30 frames/s", "H.264", "AAC", "stays exact outside the segment")
	if from := js[string](p, `document.querySelector('[data-testid=spans]').dataset.from`); from != "plan" {
		t.Errorf("before a take the spans come from %q", from)
	}
	p.equalSpans(t, p.plannedSpans())
}

func (p *page) picksFile(t *testing.T, c clips) {
	p.chooseFile(c.picked)
	p.drawn("a walk.mp4")
	holds(t, "the source bar", p.text(".source .what"), "320×180", "25 frames/s", "4 s", "stays exact")
	if n := p.sent("PUT", "a%20walk.mp4"); n != 1 {
		t.Errorf("the clip was sent %d times", n)
	}
	// The segment of the clip before does not lie in this one; it moves in by itself.
	p.wait("a segment within the clip", `document.querySelector('#segment-out').value === '0:04:00'`)
	p.wait("a plan without problems", `!document.querySelector('.segment-fields .problem')`)
}

func (p *page) refusesFiles(t *testing.T, c clips) {
	before := p.sent("PUT", "")
	p.chooseFile(c.text)
	p.wait("the refusal", `document.querySelector('dialog [role=alert]')`)
	holds(t, "the refusal", p.text("dialog [role=alert]"), "notes.txt", "is no video", "MP4")
	p.chooseFile(c.huge)
	p.wait("the refusal of its size", `document.querySelector('dialog [role=alert]')?.innerText.includes('huge')`)
	holds(t, "the refusal", p.text("dialog [role=alert]"), "3.1 MB", "up to 2.1 MB")
	p.click("dialog [aria-label=Close]")
	p.drop(c.text, nil)
	p.wait("the refusal of what was dropped", `document.querySelector('.said')?.innerText.includes('notes.txt')`)
	p.drop(c.huge, nil)
	p.wait("the refusal of its size", `document.querySelector('.said')?.innerText.includes('huge.mp4')`)
	if after := p.sent("PUT", ""); after != before {
		t.Errorf("%d refused files were sent", after-before)
	}
	if got := p.text(".source .what strong"); got != "a walk.mp4" {
		t.Errorf("after refusals the clip is %q", got)
	}
}

func (p *page) dropsFile(t *testing.T, c clips) {
	p.drop(c.dropped, func() {
		p.wait("the target", `document.querySelector('.drop')?.innerText === 'Drop the clip to edit it'`)
	})
	p.drawn("silent.mp4")
	holds(t, "the source bar", p.text(".source .what"), "no sound")
	// The mode of the sample makes new sound, which this clip has not.
	p.wait("what becomes of the sound", `document.querySelector('[data-testid=reading]').innerText.includes('The clip has no sound: it will get a track')`)
	p.click("[data-testid=mode-replace_video]")
	p.wait("no word of it", `!document.querySelector('[data-testid=reading]').innerText.includes('no sound')`)
	if p.text(".drop") != "" {
		t.Error("the target stays after the drop")
	}
}

func (p *page) pastesAddress(t *testing.T, c clips) {
	elsewhere := httptest.NewServer(http.FileServer(http.Dir(filepath.Dir(c.fetched))))
	defer elsewhere.Close()
	p.allow("status of 400", "status of 404", "status of 422")
	p.click("[data-testid=choose]")
	p.fill("#choose-url", elsewhere.URL+"/nothing-there.mp4")
	p.click("text=Fetch")
	p.wait("the refusal", `document.querySelector('#choose-url-says[role=alert]')`)
	holds(t, "the refusal", p.text("#choose-url-says"), "404")
	p.fill("#choose-url", elsewhere.URL+"/fetched.webm")
	p.click("text=Fetch")
	p.drawn("fetched.webm")
	holds(t, "the source bar", p.text(".source .what"), "VP8", "stays exact outside the segment")
	if got := p.params()["input_video"]; !strings.HasPrefix(got, "/api/repos/") {
		t.Errorf("the clip is %q rather than the server's copy", got)
	}
}

func (p *page) choosesStored(t *testing.T) {
	p.click("[data-testid=choose]")
	empty := p.at("dialog")
	p.wait("the files", `document.querySelectorAll('.files button').length > 1`)
	if full := p.at("dialog"); full != empty {
		t.Errorf("the dialog moves under the pointer as its files come: from %+v to %+v", empty, full)
	}
	p.fill("#choose-search", "nothing like it")
	p.wait("that there is none", `document.querySelector('.files').innerText === 'Nothing by that name.'`)
	if none := p.at("dialog"); none != empty {
		t.Errorf("the dialog moves as nothing is found: from %+v to %+v", empty, none)
	}
	p.fill("#choose-search", "walk")
	p.wait("just that clip", `document.querySelectorAll('.files button').length === 1`)
	holds(t, "the file", p.text(".files li"), "a walk.mp4", "uploads")
	p.wait("its picture", `document.querySelector('.files img').naturalWidth > 0`)
	p.click(".files li button")
	p.drawn("a walk.mp4")
	if p.sent("PUT", "a%20walk.mp4") != 1 {
		t.Error("a clip of the server's was sent again")
	}
}
