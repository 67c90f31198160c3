package browser

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// twoSounds are the options of a clip with a second sound track, stereo and French.
var twoSounds = []string{"-map", "0:v", "-map", "1:a", "-map", "1:a", "-ac:a:1", "2", "-metadata:s:a:1", "language=fra", "-g", "50"}

// A clip with several sounds offers which one is edited; the plan says track by track what becomes of it, and the take's
// other sound is the original's.
func TestMouseSoundTrack(t *testing.T) {
	s := start(t)
	p := open(t, s, 1440, 1000)
	file := makeClip(t, "two.mp4", 6, twoSounds...)
	two, one := s.put(file), tinyClip(t, s, "one.mp4")
	p.enter(two, map[string]string{"start_time": "2", "duration": "2", "prompt": "silence", "mode": "replace_video"})
	if js[bool](p, `!!document.querySelector('#sound-track')`) {
		t.Error("a sound track is offered where no sound is made")
	}
	p.click("[data-testid=mode-replace_audio]")
	p.wait("the choice", `document.querySelector('#sound-track')?.options.length === 2`)
	p.pick("#sound-track", "2: AAC, stereo, fra")
	holds(t, "the address", p.params()["audio_track"], "2")
	p.click("[data-testid=fates] summary")
	p.fate("Sound 1: AAC, mono", "stays byte for byte")
	p.fate("Sound 2: AAC, stereo, fra", "made new in the segment")
	p.fate("Pictures", "stays byte for byte")
	p.fate("Beside the segment", "encoded anew: up to two sound packets on either side")

	p.click("[data-testid=make]")
	p.wait("the take", `document.querySelector('[data-testid=take][data-status=succeeded]')`)
	p.click("[data-testid=verdict]")
	p.wait("the proof", `document.querySelector('[data-testid=proof]')`)
	holds(t, "the proof", p.text("[data-testid=proof]"), "--audio-track 2")
	result := filepath.Join(t.TempDir(), "take.mp4")
	href := js[string](p, `document.querySelector('[data-testid=download]').getAttribute('href')`)
	if err := os.WriteFile(result, s.call("GET", href, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	for i, same := range []bool{true, false} {
		if a, b := soundHash(t, file, i), soundHash(t, result, i); (a == b) != same {
			t.Errorf("sound %d is the same: %v", i+1, a == b)
		}
	}
	p.press("\x1b")
	p.wait("the dialog gone", `!document.querySelector('dialog[open]')`)

	p.click("[data-testid=choose]")
	p.wait("the files", `document.querySelector('.files button')`)
	p.try(`[...document.querySelectorAll('.files button')].find(b => b.innerText.includes('one.mp4')).click()`)
	p.drawn(filepath.Base(one))
	if js[bool](p, `!!document.querySelector('#sound-track')`) || p.params()["audio_track"] != "" {
		t.Error("the choice of a sound track outlives its clip")
	}
}

// fate waits until the plan says what becomes of a track.
func (p *page) fate(track, says string) {
	p.t.Helper()
	p.wait(track+": "+says, fmt.Sprintf(`[...document.querySelectorAll('.fates dl > div')].some(d => d.querySelector('dt').innerText === %q && d.querySelector('dd').innerText === %q)`, track, says))
}

// soundHash is ffmpeg's hash of one sound track's packets.
func soundHash(t *testing.T, file string, track int) string {
	t.Helper()
	out, err := exec.Command("ffmpeg", "-v", "error", "-i", file, "-map", fmt.Sprintf("0:a:%d", track), "-c", "copy", "-f", "hash", "-").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}
