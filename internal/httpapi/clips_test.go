package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"retake/internal/engine"
	"retake/internal/fetch"
	"retake/internal/retake"
	film "retake/internal/sample"
)

const realClip = "/api/repos/ox/clips/file/main/sample.mp4"

// newClipWorld has the real engine, real views of clips, and the sample clip as ox's own file.
func newClipWorld(t testing.TB, options ...option) *world {
	t.Helper()
	w := newWorld(t, append([]option{func(_ *Config, d *Deps) {
		d.Thumbnails = tools(t)
		all, err := engine.All(engine.DefaultConfig(), nil)
		must(t, err)
		d.Engines = map[string]retake.Engine{all[0].Info().Name: all[0]}
	}}, options...)...)
	if r := w.do("PUT", realClip, string(film.Clip())); r.status != http.StatusOK {
		t.Fatalf("upload: %d %s", r.status, r.body)
	}
	return w
}

func (w *world) plan(body string, headers ...string) retake.Preview {
	w.t.Helper()
	r := w.do("POST", "/api/ai/plan", body, headers...)
	if r.status != http.StatusOK {
		w.t.Fatalf("%s: %d %s", body, r.status, r.body)
	}
	var p retake.Preview
	must(w.t, json.Unmarshal(r.body, &p))
	return p
}

// fields lists what the problems are about, in their order.
func fields(p retake.Preview) string {
	var names []string
	for _, q := range p.Problems {
		names = append(names, q.Field)
	}
	return strings.Join(names, " ")
}

func TestPlan(t *testing.T) {
	w := newClipWorld(t)
	p := w.plan(`{"model":"lightricks-ltx-2-retake","prompt":"heavy snow, wind","input_video":"` + realClip + `","start_time":4.01,"duration":4,"mode":"replace_audio_and_video"}`)
	if len(p.Problems) > 0 || !p.Exact || p.Engine != "builtin" || p.Reading == nil || !strings.Contains(*p.Reading, "snow (heavy)") {
		t.Errorf("%+v", p)
	}
	if looks, _ := p.Plan.(map[string]any)["picture"].([]any); len(looks) == 0 {
		t.Errorf("the plan of the reading: %v", p.Plan)
	}
	if p.Segment == nil || p.Segment.First != 121 || p.Segment.Frames != 120 || len(p.Spans.Video) < 3 || len(p.Spans.Audio) < 3 {
		t.Errorf("segment %+v, spans %+v", p.Segment, p.Spans)
	}
	if p.Clip == nil || p.Clip.FPS != 30 || p.Clip.KeyframeTimes != nil || p.Clip.Keyframes.Count == 0 || p.Clip.Container != "MP4" {
		t.Errorf("clip %+v", p.Clip)
	}
	p = w.plan(`{"model":"ltx-2-3-pro-retake","prompt":"rain","input_video":"http://retake.test` + realClip + `","retake_start_time":20}`)
	if fields(p) != "retake_start_time" || !strings.Contains(p.Problems[0].Message, "retake_start_time 20 s is at or past the end") || p.Segment != nil || p.Clip == nil {
		t.Errorf("past the end: %+v", p)
	}
}

// A plan lists everything that is wrong, under the model's own names, and what it can tell all the same.
func TestPlanProblems(t *testing.T) {
	w := newClipWorld(t)
	put := func(name, content string) string {
		path := "/api/repos/otto/secret/file/main/" + name
		if r := w.do("PUT", path, content, "Authorization", "Bearer "+ottoKey); r.status != http.StatusOK {
			t.Fatalf("%d %s", r.status, r.body)
		}
		return path
	}
	foreign := put("clip.mp4", string(film.Clip()))
	w.do("PUT", "/api/repos/ox/clips/file/main/text.mp4", "this is text")
	w.do("PUT", "/api/repos/ox/clips/file/main/cut.mp4", string(film.Clip()[:100_000]))
	const m = `"model":"lightricks-ltx-2-retake"`
	real := `"input_video":"` + realClip + `"`
	for _, tt := range []struct{ body, fields, says string }{
		{m, "prompt input_video", "input_video is missing"},
		{m + `,"prompt":"snow",` + real, "", ""},
		{m + `,"prompt":"","duration":1,"mode":"x","start_time":-1,"seed":1.5,"engine":"none",` + real, "prompt start_time duration mode seed engine", "seed must be an integer"},
		{m + `,"prompt":"  ",` + real, "prompt", "must not be empty"},
		{m + `,"prompt":"a purple elephant",` + real, "prompt", "did not understand"},
		{m + `,"prompt":"snow","mode":"replace_audio",` + real, "prompt", "picture effects only"},
		{m + `,"prompt":"snow","start_time":13,` + real, "start_time", "start earlier"},
		{m + `,"prompt":"snow","start_time":1e300,` + real, "start_time", "past the end"},
		{m + `,"prompt":"snow","num_generations":99,` + real, "num_generations", "between 1 and 12"},
		{m + `,"prompt":"snow","target_namespace":"otto",` + real, "target_namespace", "not found"},
		{m + `,"prompt":"snow","target_directory":"../x",` + real, "target_directory", "can't be used"},
		{m + `,"prompt":"snow","input_video":7`, "input_video", "must be a string"},
		{m + `,"prompt":"snow","input_video":"https://example.com/clip.mp4"`, "", "Import it first"},
		{m + `,"prompt":"snow","input_video":"http://169.254.169.254/latest"`, "input_video", "private network"},
		{m + `,"prompt":"snow","input_video":"data:video/mp4;base64,AAAA"`, "", "inside the request"},
		{m + `,"prompt":"snow","input_video":"data:video/mp4;base64,A"`, "input_video", "malformed"},
		{m + `,"prompt":"snow","input_video":"/etc/passwd"`, "input_video", "is no address"},
		{m + `,"prompt":"snow","input_video":"/api/repos/ox/clips/file/main/none.mp4"`, "input_video", "There is no file"},
		{m + `,"prompt":"snow","input_video":"` + foreign + `"`, "input_video", "There is no file otto/secret/clip.mp4"},
		{m + `,"prompt":"snow","input_video":"/api/repos/ox/clips/file/main/text.mp4"`, "input_video", "text file"},
		{m + `,"prompt":"snow","input_video":"/api/repos/ox/clips/file/main/cut.mp4"`, "input_video", "cut off"},
		{`"model":"ltx-2-3-pro-retake","prompt":"snow","retake_duration":1,` + real, "retake_duration", "retake_duration must be between 2 and 16"},
	} {
		p := w.plan("{" + tt.body + "}")
		said := strings.Join(p.Warnings, "\n")
		for _, q := range p.Problems {
			said += q.Message + "\n"
			if strings.Contains(q.Message, "/tmp") {
				t.Errorf("a path is shown: %s", q.Message)
			}
		}
		if fields(p) != tt.fields || !strings.Contains(said, tt.says) {
			t.Errorf("%s: problems with %q: %s\nwant %q, %q", tt.body, fields(p), said, tt.fields, tt.says)
		}
	}
	w.do("POST", "/api/ai/plan", `{"model":"none"}`).expect(t, 404, "resource_not_found", "Model not found")
	w.do("POST", "/api/ai/plan", `{}`).expect(t, 400, "invalid_params", "model is missing")
	w.do("POST", "/api/ai/plan", `[1]`).expect(t, 400, "invalid_params", "JSON object")
	w.do("POST", "/api/ai/plan", `{}`, "Authorization", "").expect(t, 401, "unauthenticated", "No API key")
}

// A segment that is too long for what the engine can be shown is told at its field before anything runs.
func TestPlanOfASmallWindow(t *testing.T) {
	w := newClipWorld(t, func(_ *Config, d *Deps) { d.Engines = map[string]retake.Engine{"builtin": narrowEngine{}} })
	of := `{"model":"lightricks-ltx-2-retake","prompt":"snow","input_video":"` + realClip + `",`
	if p := w.plan(of + `"start_time":1,"duration":5.9}`); len(p.Problems) > 0 {
		t.Errorf("it fits: %+v", p.Problems)
	}
	p := w.plan(of + `"start_time":1,"duration":6}`)
	if fields(p) != "duration" || !strings.Contains(p.Problems[0].Message, "the engine builtin can be shown 180, with the ones beside it: choose a duration of at most 5.93 s") {
		t.Errorf("%+v", p.Problems)
	}
	p = w.plan(`{"model":"ltx-2-3-pro-retake","prompt":"snow","input_video":"` + realClip + `","retake_duration":16}`)
	if fields(p) != "retake_duration" || p.Segment == nil {
		t.Errorf("%+v", p)
	}
}

// narrowEngine is a generative engine that is shown at most 6 seconds.
type narrowEngine struct{ idleEngine }

func (narrowEngine) Info() retake.EngineInfo {
	i := idleEngine{}.Info()
	i.Generative, i.MaxWindow = true, 6
	return i
}

// A key plans and runs clips of every namespace that it acts in, wherever the result goes, and of public repositories.
func TestClipsOfGrantedNamespaces(t *testing.T) {
	w := newClipWorld(t, func(c *Config, _ *Deps) { c.PublicRepos = append(c.PublicRepos, "barn/shown") })
	otto := []string{"Authorization", "Bearer " + ottoKey}
	const own, shown = "/api/repos/barn/clips/file/main/a.mp4", "/api/repos/barn/shown/file/main/a.mp4"
	for _, path := range []string{own, shown} {
		if r := w.do("PUT", path, string(film.Clip()), otto...); r.status != http.StatusOK {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	for _, tt := range []struct {
		who           []string
		clip, granted string
	}{{otto, own, "barn"}, {otto, shown, "barn"}, {nil, shown, "barn"}, {nil, own, ""}, {otto, realClip, ""}, {nil, realClip, "ox"}} {
		body := `{"model":"lightricks-ltx-2-retake","prompt":"snow","input_video":"` + tt.clip + `"}`
		if p := w.plan(body, tt.who...); (len(p.Problems) == 0) != (tt.granted != "") {
			t.Errorf("%s: %+v", tt.clip, p.Problems)
		}
		made := w.do("POST", "/api/ai/queue", body, tt.who...).json(t)["generations"].([]any)
		g, err := w.store.Generation(t.Context(), made[0].(map[string]any)["generation_id"].(string))
		if err != nil || g.InputNamespace != tt.granted {
			t.Errorf("%s: the run may read %q, want %q; %v", tt.clip, g.InputNamespace, tt.granted, err)
		}
	}
}

func TestViewsOfAClip(t *testing.T) {
	w := newClipWorld(t)
	r := w.do("GET", realClip+"?filmstrip=true&count=4&height=32", "")
	img, err := jpeg.Decode(bytes.NewReader(r.body))
	if err != nil || img.Bounds().Dx()%4 != 0 || img.Bounds().Dy() != 32 || r.header.Get("Content-Type") != "image/jpeg" {
		t.Fatalf("filmstrip: %d, %v", r.status, err)
	}
	if again := w.do("GET", realClip+"?filmstrip=true&count=4&height=32", "", "If-None-Match", r.header.Get("ETag")); again.status != http.StatusNotModified {
		t.Errorf("asked again: %d", again.status)
	}
	own, err := ownSpec()
	must(t, err)
	for query, schema := range map[string]string{"?waveform=true&points=100": "Waveform", "?probe=true": "Clip"} {
		r := w.do("GET", realClip+query, "")
		if err := own.validate("/components/schemas/"+schema, r.body); err != nil || r.status != http.StatusOK {
			t.Errorf("%s: %d %v", query, r.status, err)
		}
	}
	for query, says := range map[string]string{
		"filmstrip=true&count=0": "between 1 and 60", "filmstrip=true&count=61": "between 1 and 60", "filmstrip=true&count=x": "integer",
		"filmstrip=true&height=15": "between 16 and 200", "filmstrip=true&height=201": "between 16 and 200",
		"waveform=true&points=15": "between 16 and 4000", "waveform=true&points=4001": "between 16 and 4000", "waveform=true&points=1e3": "integer",
	} {
		w.do("GET", realClip+"?"+query, "").expect(t, 400, "invalid_params", says)
	}
	text := "/api/repos/ox/clips/file/main/notes.txt"
	w.do("PUT", text, "only text")
	for _, query := range []string{"filmstrip=true", "waveform=true", "probe=true"} {
		w.do("GET", text+"?"+query, "").expect(t, 400, "invalid_params", "text file")
		w.do("GET", realClip+"?"+query, "", "Authorization", "Bearer "+ottoKey).expect(t, 404, "resource_not_found", "File not found")
		w.do("GET", realClip+"?"+query, "", "Authorization", "").expect(t, 401, "unauthenticated", "No API key")
	}
}

func TestEngines(t *testing.T) {
	w := newClipWorld(t)
	list := w.do("GET", "/api/ai/engines", "").json(t)["engines"].([]any)
	e := list[0].(map[string]any)
	if len(list) != 1 || e["name"] != "builtin" || e["ready"] != true || e["reason"] != nil || e["generative"] != false || len(e["models"].([]any)) < 2 || len(e["modes"].([]any)) != 3 ||
		e["pricing"] != retake.Free || e["price"] != nil || e["stays"] != true || e["sends_to"] != nil {
		t.Errorf("%v", list)
	}
	groups := w.do("GET", "/api/ai/engines/builtin/vocabulary", "").json(t)["groups"].([]any)
	if len(groups) < 4 {
		t.Errorf("%v", groups)
	}
	w.do("GET", "/api/ai/engines/none/vocabulary", "").expect(t, 404, "resource_not_found", "Engine not found")
	idle := newWorld(t, func(_ *Config, d *Deps) {
		d.Engines = map[string]retake.Engine{"builtin": brokenEngine{}}
	})
	idle.do("GET", "/api/ai/engines/builtin/vocabulary", "").expect(t, 404, "resource_not_found", "no fixed vocabulary")
	e = idle.do("GET", "/api/ai/engines", "").json(t)["engines"].([]any)[0].(map[string]any)
	if e["ready"] != false || e["reason"] != "The model's files are missing." {
		t.Errorf("%v", e)
	}
}

// meeting is ready once all engines that share it have been asked.
type meeting struct {
	idleEngine
	all *sync.WaitGroup
}

func (m meeting) Ready(ctx context.Context) error {
	m.all.Done()
	met := make(chan struct{})
	go func() { m.all.Wait(); close(met) }()
	select {
	case <-met:
		return nil
	case <-ctx.Done():
		return retake.Errorf(retake.CodeUnavailable, "The others were not asked.")
	}
}

func TestEnginesAreAskedSideBySide(t *testing.T) {
	var all sync.WaitGroup
	all.Add(3)
	w := newWorld(t, func(_ *Config, d *Deps) {
		d.Engines = map[string]retake.Engine{"a": meeting{all: &all}, "b": meeting{all: &all}, "builtin": meeting{all: &all}}
	})
	list := w.do("GET", "/api/ai/engines", "").json(t)["engines"].([]any)
	for i, name := range []string{"a", "b", "builtin"} {
		if e := list[i].(map[string]any); e["name"] != name || e["ready"] != true {
			t.Errorf("%v", e)
		}
	}
}

// A caller who left is no reason to call an engine not ready for those who come after.
func TestReadinessOutlivesItsCaller(t *testing.T) {
	e := &engines{installed: map[string]retake.Engine{"slow": impatient{}}, now: time.Now, ready: map[string]readiness{}}
	gone, leave := context.WithCancel(t.Context())
	leave()
	_ = e.check(gone, "slow")
	if err := e.check(t.Context(), "slow"); err != nil {
		t.Errorf("after a caller who left: %v", err)
	}
}

// impatient is ready unless whoever asks has left, and fails to explain a prompt.
type impatient struct{ idleEngine }

func (impatient) Ready(ctx context.Context) error { return ctx.Err() }

func (impatient) Explain(string, retake.Mode) (retake.Reading, error) {
	return retake.Reading{}, errors.New("no words in the table")
}

// What fails on the server is no problem of the request: the answer says so, and the log has it.
func TestPlanFails(t *testing.T) {
	w := newWorld(t, func(_ *Config, d *Deps) { d.Engines = map[string]retake.Engine{"builtin": impatient{}} })
	w.do("POST", "/api/ai/plan", `{"model":"lightricks-ltx-2-retake","prompt":"snow"}`).expect(t, 500, "unknown_error", "The log has the details")
	if !strings.Contains(w.log.String(), "no words in the table") {
		t.Errorf("the log does not say why: %s", w.log)
	}
}

func TestImport(t *testing.T) {
	site := http.NewServeMux()
	content := func(path string, data []byte) {
		site.HandleFunc(path, func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write(data) })
	}
	content("/my%20clip.mp4", film.Clip())
	content("/download", film.Clip())
	content("/page.mp4", []byte("<!DOCTYPE html><html>"))
	content("/empty.mp4", nil)
	content("/cut.mp4", film.Clip()[:50_000])
	content("/large.mp4", append(film.Clip(), make([]byte, 1<<20)...))
	site.Handle("/inward.mp4", http.RedirectHandler("http://169.254.169.254/latest/meta-data", http.StatusFound))
	srv := httptest.NewServer(site)
	defer srv.Close()
	work := t.TempDir()
	w := newClipWorld(t, func(_ *Config, d *Deps) {
		c := fetch.DefaultConfig()
		c.AllowPrivate = []string{"127.0.0.1"}
		c.MaxBytes = int64(len(film.Clip())) + 100
		d.Fetcher, d.WorkDir = fetch.New(c), work
	})
	post := func(address string, headers ...string) reply {
		body, _ := json.Marshal(map[string]string{"url": address})
		return w.do("POST", "/api/ai/import", string(body), headers...)
	}
	for address, name := range map[string]string{"/my%20clip.mp4": "my clip.mp4", "/download?sig=x": "download.mp4"} {
		r := post(srv.URL + address)
		if r.status != http.StatusOK {
			t.Fatalf("%s: %d %s", address, r.status, r.body)
		}
		got := r.json(t)
		if got["name"] != name || got["content_type"] != "video/mp4" || got["size"] != float64(len(film.Clip())) {
			t.Errorf("%s: %v", address, got)
		}
		file := got["input_video"].(string)
		if !strings.HasPrefix(file, "/api/repos/ox/uploads/file/main/") || !bytes.Equal(w.do("GET", file, "").body, film.Clip()) {
			t.Errorf("%s: %s is not the clip", address, file)
		}
		if p := w.plan(`{"model":"lightricks-ltx-2-retake","prompt":"snow","input_video":"` + file + `"}`); len(p.Problems) > 0 {
			t.Errorf("%s: %+v", address, p.Problems)
		}
		w.do("GET", file, "", "Authorization", "Bearer "+ottoKey).expect(t, 404, "resource_not_found", "not found")
	}
	if r := post(realClip); r.json(t)["input_video"] != realClip {
		t.Errorf("an own file: %s", r.body)
	}
	for address, want := range map[string]struct {
		status int
		says   string
	}{
		srv.URL + "/none.mp4": {400, "nothing at that address"}, srv.URL + "/page.mp4": {400, "web page"}, srv.URL + "/empty.mp4": {400, "empty"},
		srv.URL + "/cut.mp4": {400, "cut off"}, srv.URL + "/large.mp4": {413, "larger than this server takes"}, srv.URL + "/inward.mp4": {400, "private network"},
		"http://169.254.169.254/latest": {400, "private network"}, "http://10.0.0.1/a.mp4": {400, "private network"}, "http://[::1]/a.mp4": {400, "private network"},
		"http://2130706433/a.mp4": {400, "number"}, "http://0x7f.1/a.mp4": {400, "number"}, "file:///etc/passwd": {400, "not fetched"},
		"gopher://x/": {400, "not fetched"}, "clip.mp4": {400, "url is no address"}, " ": {400, "must not be empty"},
		"/api/repos/otto/x/file/main/a.mp4": {404, "not found"},
	} {
		r := post(address)
		var e errorBody
		must(t, json.Unmarshal(r.body, &e))
		if r.status != want.status || !strings.Contains(e.Error.Detail, want.says) {
			t.Errorf("%s: %d %s, want %d, %q", address, r.status, e.Error.Detail, want.status, want.says)
		}
	}
	w.do("POST", "/api/ai/import", `{}`).expect(t, 400, "invalid_params", "url is missing")
	w.do("POST", "/api/ai/import", `{"url":7}`).expect(t, 400, "invalid_params", "url must be a string")
	left, err := os.ReadDir(work)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// brokenEngine is never ready and reads no fixed vocabulary.
type brokenEngine struct{ idleEngine }

func (brokenEngine) Ready(context.Context) error {
	return retake.Errorf(retake.CodeUnavailable, "The model's files are missing.")
}

func TestImportedNames(t *testing.T) {
	for address, want := range map[string]string{
		"https://a.example/x/My%20Clip.MP4?a=b": "My Clip.MP4", "https://a.example/": "clip.mp4", "https://a.example": "clip.mp4",
		"https://a.example/..": "clip.mp4", "https://a.example/a%2F..%2Fb.mp4": "b.mp4", "https://a.example/%5C%5Cshare%00.mov": "share.mp4",
		"https://a.example/video.php": "video.mp4", "https://a.example/a.m4v": "a.m4v", "https://a.example/" + strings.Repeat("ö", 300) + ".mp4": strings.Repeat("ö", 50) + ".mp4",
		"https://a.example/" + strings.Repeat("a", 93) + "👩\u200d💻.mp4": strings.Repeat("a", 93) + "👩.mp4", "https://a.example/a%E2%80%8Bb.mp4": "ab.mp4",
		"https://a.example/.mp4": "clip.mp4", "https://a.example/%E2%80%AEx.mp4": "x.mp4", "data:video/mp4;base64,AA/BB": "clip.mp4", "%": "clip.mp4",
	} {
		got := clipName(nameIn(address), "MP4")
		if got != want || checkSegment(got) != nil {
			t.Errorf("%.60s: %q, want %q", address, got, want)
		}
	}
}

func FuzzImportedName(f *testing.F) {
	f.Add("https://a.example/x.mp4")
	f.Add("https://a.example/%2e%2e/\\")
	f.Fuzz(func(t *testing.T, address string) {
		if name := clipName(nameIn(address), "MP4"); checkSegment(name) != nil {
			t.Errorf("%q gives the name %q", address, name)
		}
	})
}

// Asking again must be cheap: a page does it while a segment is dragged.
func BenchmarkPlanAgain(b *testing.B) {
	w := newClipWorld(b)
	n := 0
	for b.Loop() {
		n++
		w.plan(fmt.Sprintf(`{"model":"lightricks-ltx-2-retake","prompt":"heavy snow, wind","input_video":"%s","start_time":%d.%02d,"duration":4,"mode":"replace_audio_and_video"}`,
			realClip, 1+n%7, n%100))
	}
}

// What was made once is kept, also for those who waited for it, and told apart by everything that it depends on.
func TestViewsAreKept(t *testing.T) {
	maker := &stills{}
	w := newWorld(t, func(c *Config, d *Deps) { d.Thumbnails, c.Thumbnails = maker, 1 })
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { w.do("GET", sample+"?filmstrip=true&count=3", "") })
	}
	group.Wait()
	if n := maker.made.Load(); n != 1 {
		t.Errorf("made %d times", n)
	}
	w.do("GET", sample+"?filmstrip=true&count=4", "")
	if r := w.do("GET", sample+"?filmstrip=true&count=4&height=20", ""); string(r.body) != "JPEG of 4, 20 high" || maker.made.Load() != 3 {
		t.Errorf("%s, made %d times", r.body, maker.made.Load())
	}
}
