package browser

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The command that a report prints proves the take again, whatever it changed and whatever became of the rest.
func TestMouseProof(t *testing.T) {
	s := start(t)
	p := open(t, s, 1440, 900)
	p.visitSignedIn("/ai/workbench")
	clip := makeClip(t, "clip.mp4", 6, "-g", "50", "-bf", "2")
	for _, tt := range []struct {
		name, clip, mode, prompt string
		recoded                  bool
	}{
		{"both", clip, "replace_audio_and_video", "snow, wind", false},
		{"sound", clip, "replace_audio", "wind", false},
		{"whole-track", makeClip(t, "speech.mp4", 6, "-c:a", "libopus", "-application", "voip", "-b:a", "16k", "-ac", "1"), "replace_audio", "wind", true},
	} {
		p.part(t, tt.name, func(t *testing.T) {
			p.visit("/ai/workbench?" + url.Values{"model": {retakeModel}, "input_video": {s.put(tt.clip)}, "prompt": {tt.prompt}, "mode": {tt.mode}, "start_time": {"1.08"}, "duration": {"2.2"}}.Encode())
			p.drawn(filepath.Base(tt.clip))
			p.click("[data-testid=make]")
			number := 1
			if tt.name == "sound" {
				number = 2
			}
			p.wait("the take", take(number)+`?.dataset.status === 'succeeded'`)
			p.clickIn(number, "[data-testid=verdict]")
			p.provesAgain(t, tt.clip, p.row(number).ResultURL, tt.recoded)
		})
	}
}

func (p *page) provesAgain(t *testing.T, original, result string, recoded bool) {
	command := p.text("[data-testid=proof]")
	if strings.Contains(command, "--allow-reencode") != recoded {
		t.Errorf("the command is %s", command)
	}
	u, err := url.Parse(result)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "take.mp4")
	if err := os.WriteFile(file, p.s.call("GET", u.RequestURI(), nil), 0o600); err != nil {
		t.Fatal(err)
	}
	line := strings.NewReplacer("retake verify", p.s.bin+" verify", "ORIGINAL", original, "TAKE", file).Replace(command)
	if out, err := exec.Command("sh", "-c", line).CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", command, err, out)
	}
}

// The promise before a take counts what is re-encoded before the segment and behind it apart.
func TestMousePromise(t *testing.T) {
	s := start(t)
	p := open(t, s, 1440, 900)
	p.enter(s.put(makeClip(t, "clip.mp4", 6, "-g", "50", "-bf", "3", "-x264-params", "b-adapt=0")), map[string]string{"start_time": "1.08", "duration": "2.2", "prompt": "snow", "mode": "replace_video"})
	count := map[string]int{}
	for _, s := range p.plannedSpans().Video {
		count[s.Kind] += s.Count
	}
	if count["lead-in"] == 0 || count["bridge"] == 0 {
		t.Fatalf("the clip has no use here: %v", count)
	}
	says := fmt.Sprintf("%d of %d frames outside the segment stay bit for bit; %d just before it and %d up to the next keyframe are re-encoded and look the same.",
		count["head"]+count["tail"], 150-count["edit"], count["lead-in"], count["bridge"])
	p.wait(says, fmt.Sprintf(`document.querySelector('[data-testid=promise]')?.innerText.trim() === %q`, says))
}
