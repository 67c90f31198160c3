package browser

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// broken is a clip whose index is cut off.
func broken(t *testing.T) string {
	t.Helper()
	file := makeClip(t, "broken.mp4", 4, "-movflags", "-faststart")
	if err := os.Truncate(file, 20_000); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestClipFaults(t *testing.T) {
	s := start(t)
	p := open(t, s, 1440, 900)
	p.allow(lost...)
	p.signIn()
	t.Run("refused", func(t *testing.T) { refusedClips(t, s, p) })
	t.Run("unplayable", func(t *testing.T) { unplayableClips(t, s, p) })
	t.Run("one keyframe", func(t *testing.T) { oneKeyframe(t, s, p.in(t)) })
	t.Run("deleted", func(t *testing.T) { deletedClip(t, s, p.in(t)) })
	t.Run("short after deleted", func(t *testing.T) { shortAfterDeleted(s, p.in(t)) })
}

// refusedClips: one that can't be edited as asked says why and what to do, and nothing waits for it for ever.
func refusedClips(t *testing.T, s *server, p *page) {
	for _, tt := range []struct {
		name, file, query string
		where             string   // the element that says it
		says              []string // what is wrong, what to do
	}{
		{"damaged", s.put(broken(t)), "&prompt=rain", ".stage .notice", []string{"cut off", "Upload or record it again"}},
		{"shorter than 2 s", s.put(makeClip(t, "short.mp4", 1)), "&prompt=rain&start_time=0&duration=2", ".make .problem", []string{"The clip is 1 s long", "Choose a longer clip"}},
		{"sound of a silent clip", s.put(makeClip(t, "silent.mp4", 6, "-an")), "&prompt=rain&mode=replace_audio", ".prompt .hint", []string{"has no sound", "silent outside the segment"}},
		{"interlaced", s.put(makeClip(t, "interlaced.mp4", 6, "-flags", "+ildct+ilme", "-x264opts", "tff=1")), "&prompt=rain&mode=replace_video", ".mode .problem", []string{"interlaced", "Deinterlace it first", "sound only"}},
		{"deleted", "/api/repos/" + s.namespace() + "/uploads/file/main/gone.mp4", "&prompt=rain", ".stage .notice", []string{"not on the server any more", "Choose another"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := p.in(t)
			p.visit("/ai/workbench?model=" + retakeModel + "&input_video=" + tt.file + tt.query)
			for _, want := range tt.says {
				p.shows(tt.where, want)
			}
			p.idle()
		})
	}
}

// unplayableClips: what the browser can't play is shown in stills and edited all the same.
func unplayableClips(t *testing.T, s *server, p *page) {
	for _, tt := range []struct{ name, file string }{
		{"MPEG-4 part 2 in AVI", makeClip(t, "old.avi", 6, "-c:v", "mpeg4", "-q:v", "5", "-c:a", "mp3", "-movflags", "0")},
		{"ProRes in MOV", makeClip(t, "pro.mov", 6, "-c:v", "prores_ks", "-profile:v", "1", "-pix_fmt", "yuv422p10le", "-c:a", "pcm_s16le")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := p.in(t)
			p.workbench(s.put(tt.file), "&prompt=heavy%20snow&start_time=2&duration=2&mode=replace_video")
			p.wait("a still", `(i => i?.complete && i.naturalWidth > 0)(document.querySelector('.half-a .still'))`)
			p.shows(".stage .notice", "can't play")
			p.shows(".source .what", filepath.Base(tt.file))
			p.press(kb.ArrowRight)
			p.shows("[data-testid=clock]", "0:00:01")
			if strings.HasSuffix(tt.file, ".avi") {
				p.click("[data-testid=play]") // there is nothing to play
				p.wait("no playing", `document.querySelector('[data-testid=play]').getAttribute('aria-label') === 'Play'`)
			}
			p.shows(".reading", "snow")
			p.click("[data-testid=make]")
			p.wait("the take", count(takeThatIs("succeeded"), "1"))
			p.wait("its picture", `document.querySelector('.half-b video')?.readyState > 1 || document.querySelector('.half-b .still')?.naturalWidth > 0`)
			p.idle()
		})
	}
}

// oneKeyframe: such a clip is re-encoded from the segment's end to its own: the page says so before a take.
func oneKeyframe(t *testing.T, s *server, p *page) {
	p.workbench(s.put(makeClip(t, "one.mp4", 6, "-g", "999", "-keyint_min", "999", "-sc_threshold", "0")), "&prompt=rain&start_time=1&duration=2&mode=replace_video")
	p.wait("the bridge", `document.querySelector('[data-track=picture] [data-kind=bridge]')`)
	part := js[float64](p, `document.querySelector('[data-track=picture] [data-kind=bridge]').getBoundingClientRect().width / document.querySelector('[data-track=picture]').getBoundingClientRect().width`)
	if part < 0.49 || part > 0.51 {
		t.Errorf("the bridge takes %.2f of the clip, want the half from 3 s on", part)
	}
	p.shows("[data-testid=promise]", "re-encoded")
}

// deletedClip: one deleted by somebody else leaves its takes: they can be watched and edited further.
func deletedClip(t *testing.T, s *server, p *page) {
	clip := s.put(makeClip(t, "small.mp4", 6))
	id := s.enqueue(map[string]any{"prompt": "heavy snow", "input_video": clip, "start_time": 2, "duration": 2, "mode": "replace_video"})
	p.workbench(clip, "&prompt=rain")
	p.wait("the take", count(takeThatIs("succeeded"), "1"))
	s.call("DELETE", clip, nil)
	p.visit("/ai/workbench?take=" + id)
	p.wait("the take's picture", `document.querySelector('.half-b video')?.readyState > 1`)
	p.shows(".stage .notice", "nothing to compare with")
	p.wait("no way to compare", `document.querySelector('[data-testid=view-wipe]').disabled && document.querySelector('[data-testid=make]').disabled`)
	p.press(kb.ArrowRight)
	p.shows("[data-testid=clock]", "0:00:01")
	p.click("[data-testid=play]")
	p.wait("that it plays", `document.querySelector('.half-b video').currentTime > 0.5`)
	p.click("[data-testid=as-source]")
	p.wait("the take as the clip", `document.querySelector('.source .what .badge')`)
	p.idle()
	var row struct{ Status string }
	if err := json.Unmarshal(s.call("GET", "/api/ai/queue/"+id, nil), &row); err != nil || row.Status != "succeeded" {
		t.Errorf("the row is %v %v", row, err)
	}
}

// shortAfterDeleted: the segment of a clip that is gone moves into the one that is chosen in its place.
func shortAfterDeleted(s *server, p *page) {
	p.visit("/ai/workbench?model=" + retakeModel + "&input_video=/api/repos/" + s.namespace() + "/uploads/file/main/gone.mp4&start_time=8&duration=4&mode=replace_video")
	p.shows(".stage .notice", "not on the server any more")
	p.bring(makeClip(p.t, "brief.mp4", 5))
	p.drawn("brief.mp4")
	p.isSegment("0:03:00", "0:05:00")
}
