package browser

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// benchClip writes a clip of a test pattern with sound. No two titles give the same file.
func benchClip(t *testing.T, title, size string, rate, seconds int) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "clip.mp4")
	cmd := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", fmt.Sprintf("testsrc2=s=%s:r=%d:d=%d", size, rate, seconds),
		"-f", "lavfi", "-i", fmt.Sprintf("sine=frequency=300:sample_rate=48000:duration=%d", seconds), "-metadata", "title="+title,
		"-c:v", "libx264", "-preset", "veryfast", "-g", "72", "-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags", "+faststart", name)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("make a clip: %v\n%s", err, out)
	}
	return name
}

// give puts a clip on the server and returns its address.
func (s *server) give(file, as string) string {
	s.t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	address := "/api/repos/ox/uploads/file/main/" + as
	s.call("PUT", address, content)
	return address
}

// benchFilmstrip measures from the click on a clip that nobody looked at before until its pictures stand in the timeline.
func benchFilmstrip(t *testing.T) {
	s := start(t)
	p := open(t, s, 1440, 900)
	clip := benchClip(t, "0", "1920x1080", 30, 20)
	var drawn figures
	for i := range *benchRuns {
		// The same pictures in another file: what is known of the last one is of no use.
		copied := filepath.Join(t.TempDir(), "copy.mp4")
		cmd := exec.Command("ffmpeg", "-v", "error", "-i", clip, "-c", "copy", "-metadata", fmt.Sprintf("title=%d", i), copied)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("copy: %v\n%s", err, out)
		}
		name := fmt.Sprintf("clip-%d.mp4", i)
		s.give(copied, name)
		if i == 0 {
			p.signIn()
		}
		p.click("[data-testid=choose]")
		p.wait("the files", fmt.Sprintf(`document.querySelector('.files button')?.innerText.includes(%q) && [...document.querySelectorAll('.files img')].every(i => i.complete)`, name))
		p.try(`(() => {
			const strip = document.querySelector('[data-testid=filmstrip]');
			let begun = 0;
			addEventListener('click', e => (begun = e.timeStamp), {capture: true, once: true});
			window.stripTime = 0;
			const watch = new MutationObserver(() => {
				if (strip.dataset.drawn === 'no') watch.away = true;
				else if (watch.away) { watch.disconnect(); requestAnimationFrame(() => (window.stripTime = performance.now() - begun)); }
			});
			watch.observe(strip, {attributes: true});
		})()`)
		p.click(".files button")
		p.wait("the filmstrip", `window.stripTime`)
		drawn = append(drawn, js[float64](p, `window.stripTime`)/1000)
	}
	drawn.print(t, "filmstrip of 20 s of 1080p30 that were just chosen", "1.5", " s")
}
