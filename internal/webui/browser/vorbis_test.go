package browser

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// heard decodes both files' sound as Chromium does and tells the loudest difference before the segment, in it and behind it,
// and whether the result plays to its end.
const heard = `async (original, result, from, to) => {
  const samples = async url => (await new OfflineAudioContext(2, 48000, 48000).decodeAudioData(await (await fetch(url)).arrayBuffer())).getChannelData(0);
  const x = await samples(original), y = await samples(result);
  const apart = (lo, hi) => { let most = 0; for (let i = Math.round(lo * 48000); i < Math.min(Math.round(hi * 48000), x.length); i++) most = Math.max(most, Math.abs(x[i] - y[i])); return most; };
  const v = document.createElement('video');
  v.muted = true;
  v.src = result;
  const ended = new Promise((done, failed) => { v.onended = () => done(true); v.onerror = () => failed(new Error(v.error.message)); });
  await v.play();
  return {lengths: [x.length, y.length], before: apart(0, from - 0.05), edge: apart(from - 0.05, from - 0.001), inside: apart(from + 0.2, to - 0.2), behind: apart(to + 0.05, 1e9), played: await ended};
}`

// Vorbis whose packets were replaced sounds in Chromium as before outside the segment, to the bit from a window away on.
func TestVorbisSoundsThroughItsJoins(t *testing.T) {
	dir := t.TempDir()
	files := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer files.Close()
	original, result := filepath.Join(dir, "a.webm"), filepath.Join(dir, "b.webm")
	for _, args := range [][]string{
		{"ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25", "-f", "lavfi", "-i", "aevalsrc=0.2*sin(1400*t+200*t*t)+0.2*exp(-20*mod(t\\,0.25))*sin(9000*t)|0.2*sin(2100*t):s=48000",
			"-t", "4", "-pix_fmt", "yuv420p", "-g", "20", "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libvorbis", original},
		{program(t), "edit", original, "-p", "rain", "--start", "1", "--duration", "2", "--mode", "replace_audio", "-o", result},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	p := open(t, &server{t: t, url: files.URL}, 400, 300)
	p.allow("status of 404") // the folder has no icon
	p.do(chromedp.Navigate(files.URL + "/"))
	if _, err := p.try(`window.told = window.failed = null, (` + heard + `)('/a.webm', '/b.webm', 1, 3).then(t => window.told = t, e => window.failed = String(e)), 1`); err != nil {
		t.Fatal(err)
	}
	p.wait("the comparison", `window.told || window.failed`)
	if failed := js[string](p, `window.failed ?? ''`); failed != "" {
		t.Fatal(failed)
	}
	told := js[struct {
		Lengths                      []int
		Before, Edge, Inside, Behind float64
		Played                       bool
	}](p, `window.told`)
	t.Logf("%+v", told)
	if !told.Played || told.Lengths[0] != told.Lengths[1] || told.Before != 0 || told.Behind != 0 || told.Edge > 0.01 || told.Inside < 0.05 {
		t.Errorf("%+v", told)
	}
}
