package browser

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
)

// benchClip makes 20 s of 1080p30.
func benchClip(t *testing.T, name string) string {
	t.Helper()
	return clipOf(t, name, "1920x1080", 30, 20, "-preset", "veryfast", "-g", "72")
}

// benchFilmstrip measures from the click on a clip that nobody looked at before until its pictures stand in the timeline.
func benchFilmstrip(t *testing.T) {
	s := startWhole(t)
	p := open(t, s, 1440, 900)
	clip := benchClip(t, "clip.mp4")
	var drawn figures
	for i := range *benchRuns {
		// The same pictures in another file: what is known of the last one is of no use.
		name := fmt.Sprintf("clip-%d.mp4", i)
		copied := filepath.Join(t.TempDir(), name)
		cmd := exec.Command("ffmpeg", "-v", "error", "-i", clip, "-c", "copy", "-metadata", fmt.Sprintf("title=%d", i), copied)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("copy: %v\n%s", err, out)
		}
		s.put(copied)
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
