package browser

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

var allJoins = flag.Bool("all-joins", false, "try the joins of every codec and container, not of a few")

// joined compares an edited clip with its original as Chromium shows them: each of some frames after a seek, and how many
// are drawn while either plays to its end. It tells how far they are apart, the mean over pixels and colours of 255.
const joined = `async (original, result, rate, seeks) => {
  const load = url => new Promise((done, failed) => {
    const v = document.createElement('video');
    v.muted = true;
    v.onloadeddata = () => done(v);
    v.onerror = () => failed(new Error(url + ': ' + v.error.message));
    v.src = url;
    document.body.append(v);
  });
  const canvas = new OffscreenCanvas(160, 90), pen = canvas.getContext('2d', {willReadFrequently: true});
  const look = v => { pen.drawImage(v, 0, 0, 160, 90); return pen.getImageData(0, 0, 160, 90).data; };
  const apart = (x, y) => { let sum = 0; for (let i = 0; i < x.length; i++) sum += Math.abs(x[i] - y[i]); return sum / (x.length * 3 / 4); };
  const seek = (v, frame) => new Promise(done => {
    const step = (_, shown) => Math.round(shown.mediaTime * rate) === frame ? done(look(v)) : v.requestVideoFrameCallback(step);
    v.requestVideoFrameCallback(step);
    v.currentTime = (frame + 0.5) / rate;
  });
  const play = v => new Promise((done, failed) => {
    let seen = 0;
    const step = () => { seen++; v.requestVideoFrameCallback(step); };
    v.onended = () => done(seen);
    v.onerror = () => failed(new Error('while playing: ' + v.error.message));
    v.onseeked = () => { v.onseeked = null; v.requestVideoFrameCallback(step); v.play(); };
    v.currentTime = 0;
  });
  const a = await load(original), b = await load(result), told = {lengths: [a.duration, b.duration], sought: {}};
  for (const frame of seeks) told.sought[frame] = apart(await seek(a, frame), await seek(b, frame));
  const x = await play(a), y = await play(b);
  told.played = [x, y]; // a busy browser draws another frame than it says while it plays, so only that it comes to the end counts
  return told;
}`

// A result plays and seeks in Chromium through every join, and shows the original's pictures outside the segment.
func TestJoinsPlay(t *testing.T) {
	const first, last, next = 25, 75, 80 // frames: the segment, and the keyframe behind it
	clips := []struct {
		name  string
		args  []string
		short bool
		exact bool // the bridge shows the original's pictures to the bit
	}{
		{"h264.mp4", []string{"-c:v", "libx264", "-preset", "veryfast"}, true, false},
		{"h264-baseline.mp4", []string{"-c:v", "libx264", "-profile:v", "baseline"}, false, false},
		{"h264-slow.mp4", []string{"-c:v", "libx264", "-preset", "slow"}, false, false},
		{"h264-two-sps.mp4", []string{"-c:v", "libx264", "-x264-params", "nal-hrd=vbr:vbv-maxrate=2000:vbv-bufsize=2000"}, false, false},
		{"av1.mp4", []string{"-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime"}, false, true},
		{"vp9.mp4", []string{"-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"}, false, true},
		{"vp8.webm", []string{"-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"}, false, false},
		{"vp9.webm", []string{"-c:v", "libvpx-vp9", "-deadline", "good", "-cpu-used", "5"}, false, true},
		{"av1.webm", []string{"-c:v", "libsvtav1", "-preset", "12"}, true, true},
	}
	dir := t.TempDir()
	files := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer files.Close()
	bin := program(t)
	p := open(t, &server{t: t, url: files.URL}, 400, 300)
	p.allow("status of 404") // the folder has no icon
	for _, c := range clips {
		if !c.short && !*allJoins {
			continue
		}
		run := func(args ...string) {
			if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", c.name, err, out)
			}
		}
		original, result := filepath.Join(dir, c.name), filepath.Join(dir, "edited-"+c.name)
		run(append(append([]string{"ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=4", "-pix_fmt", "yuv420p", "-g", "20"}, c.args...), original)...)
		run(bin, "edit", original, "-p", "black and white", "--start", "1", "--duration", "2", "--mode", "replace_video", "-o", result)
		p.do(chromedp.Navigate(files.URL + "/"))
		seeks := "[0, 21, 22, 23, 24, 25, 26, 50, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 99, 79, 24, 60]"
		if _, err := p.try(`window.told = window.failed = null, (` + joined + `)('/` + c.name + `', '/edited-` + c.name + `', 25, ` + seeks + `).then(t => window.told = t, e => window.failed = String(e)), 1`); err != nil {
			t.Fatal(err)
		}
		p.wait("the comparison of "+c.name, `window.told || window.failed`)
		if failed := js[string](p, `window.failed ?? ''`); failed != "" {
			t.Errorf("%s: %s", c.name, failed)
			continue
		}
		told := js[struct {
			Lengths []float64
			Sought  map[int]float64
			Played  []int
		}](p, `window.told`)
		if told.Played[1] == 0 || len(told.Sought) < 20 || told.Lengths[0] != told.Lengths[1] {
			t.Errorf("%s: %v frames played, lengths %v", c.name, told.Played, told.Lengths)
		}
		for frame, apart := range told.Sought {
			limit := 0.0
			switch {
			case frame >= first && frame < last:
				if frame > first+8 && frame < last-8 && apart < 3 { // the effect comes and goes softly
					t.Errorf("%s: frame %d of the segment is the original's", c.name, frame)
				}
				continue
			case !c.exact && frame >= first-4 && frame < next:
				limit = 2.0
			}
			if apart > limit {
				t.Errorf("%s: frame %d is %.2f of 255 off the original's", c.name, frame, apart)
			}
		}
	}
}
