package comfyui

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"retake/internal/engine/outside"
	"retake/internal/retake"
)

func TestTemplateMistakes(t *testing.T) {
	const video, prompt = `"1":{"class_type":"LoadVideo","inputs":{"file":""},"_meta":{"title":"retake: video"}}`, `"2":{"class_type":"CLIPTextEncode","inputs":{"text":""},"_meta":{"title":"retake:prompt"}}`
	for text, want := range map[string]string{
		`{` + video + `,` + prompt + `}`:                "",
		`{` + video + `}`:                               `no node is titled "retake: prompt"`,
		`{"nodes":[{"id":1}],"links":[],"version":0.4}`: "Export (API)",
		`{"1":{"inputs":{}}}`:                           "Export (API)",
		`[]`:                                            "API format",
		`{}`:                                            "without nodes",
		`{"3":{"class_type":"A","inputs":{"q":1},"_meta":{"title":"retake: sed"}}}`:                 `no mark "sed"`,
		`{"3":{"class_type":"A","inputs":{"q":1},"_meta":{"title":"retake: seed"}}}`:                "there are q",
		`{"3":{"class_type":"A","inputs":{"q":1},"_meta":{"title":"retake: seed=r"}}}`:              "no mark",
		`{"3":{"class_type":"A","inputs":{"q":1},"_meta":{"title":"retake: r=seed"}}}`:              "there are q",
		`{` + video + `,` + prompt + `,"3":{"class_type":"A","_meta":{"title":"retake: silence"}}}`: "belong together",
	} {
		_, err := parseTemplate([]byte(text))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// links checks that every link of a workflow leads to a node of it.
func links(t *testing.T, prompt map[string]node) {
	t.Helper()
	for id, n := range prompt {
		for input, v := range n.Inputs {
			if link, ok := v.([]any); ok && prompt[fmt.Sprint(link[0])].Class == "" {
				t.Errorf("node %s takes %s from %v, which is not there", id, input, link)
			}
		}
	}
}

func testJob(mode retake.Mode) retake.Job {
	return retake.Job{Prompt: "snow", Mode: mode, Seed: math.MaxInt64, Frames: 48, Segment: retake.Segment{Start: 1, End: 3},
		Window: retake.Window{Span: retake.Segment{Start: 0.5, End: 3.5}, Picture: retake.PictureFormat{Width: 320, Height: 192, Rate: retake.Rate{Num: 24, Den: 1}},
			Frames: 81, First: 12, Real: 72, Sound: retake.SoundFormat{Rate: 48000, Channels: 2}}}
}

// Our template is filled with all of a job, with and without sound.
func TestBuild(t *testing.T) {
	e, err := New(func() Config { c := DefaultConfig(); c.URL = "http://127.0.0.1:1"; return c }(), nil)
	if err != nil {
		t.Fatal(err)
	}
	job := testJob(retake.ReplaceVideo)
	values := e.values(job, "retake/x.mp4 [temp]", "id")
	p := e.template.build(values)
	links(t, p)
	for place, want := range map[[2]string]any{
		{"1", "file"}: "retake/x.mp4 [temp]", {"6", "text"}: "snow", {"15", "noise_seed"}: uint64(math.MaxInt64), {"23", "fps"}: int64(24),
		{"13", "video_start_time"}: 9.0 / 24, {"13", "video_end_time"}: 65.0 / 24, {"3", "ckpt_name"}: e.cfg.Checkpoint, {"24", "filename_prefix"}: "retake/id",
	} {
		if got := p[place[0]].Inputs[place[1]]; !reflect.DeepEqual(got, want) {
			t.Errorf("%v is %v, want %v", place, got, want)
		}
	}
	if p["13"].Inputs["audio_start_time"].(float64) <= 3.3 || p["12"].Class != "" {
		t.Errorf("the sound of a mode without sound: %v", p["13"].Inputs)
	}
	if e.template.nodes["6"].Inputs["text"] != "" {
		t.Error("the template was written to")
	}
	job.Window.Sound.Rate = 0
	p = e.template.build(e.values(job, "x", "id"))
	links(t, p)
	if p["10"].Class != "" || !reflect.DeepEqual(p["13"].Inputs["audio_latent"], []any{"12", json.Number("0")}) {
		t.Errorf("without sound: %v", p["13"].Inputs)
	}
}

// The spans asked for cover the segment after LTXVAudioVideoMask has rounded them, and nothing that they needn't.
func TestMasks(t *testing.T) {
	for _, fps := range []float64{24, 25, 30, 60, 30000.0 / 1001} {
		for first := range 40 {
			for n := 1; n < 40; n++ {
				m := videoMask(first, n, fps)
				from, to := int(math.Round(m.Start*fps)), int(math.Round(m.End*fps))
				starts := []int{0} // of latents, in pictures
				for k := 1; k < 200; k += 8 {
					starts = append(starts, k)
				}
				a, b := 0, 0
				for starts[a] < from {
					a++
				}
				for b+1 < len(starts) && starts[b+1] <= to {
					b++
				}
				if starts[a] > first || starts[b] < first+n {
					t.Fatalf("pictures %d to %d at %v: masked %d to %d", first, first+n, fps, starts[a], starts[b])
				}
				if first-starts[a] > 7 || starts[b]-(first+n) > 7 {
					t.Fatalf("pictures %d to %d at %v: too much is masked, %d to %d", first, first+n, fps, starts[a], starts[b])
				}
			}
		}
	}
	for i := range 400 {
		s := retake.Segment{Start: float64(i) / 30, End: float64(i+60) / 30}
		m := soundMask(s)
		from, to := math.Round(m.Start*25)/25, (math.Round(m.End*25)+1)/25
		if from > s.Start+1e-9 || to < s.End-1e-9 || s.Start-from > 0.04+1e-9 || to-s.End > 0.04+1e-9 {
			t.Fatalf("%v is masked as %v to %v", s, from, to)
		}
	}
}

// What was really edited covers the segment and is told in the clip's time.
func TestEdited(t *testing.T) {
	for _, mode := range retake.Modes() {
		job := testJob(mode)
		got := outside.InClip(job, edited(job))
		if got.Start > job.Segment.Start || got.End < job.Segment.End || got.Start < job.Window.Span.Start || got.Duration() > 2.7 {
			t.Errorf("%s: %v", mode, got)
		}
	}
}

// FuzzTemplate holds that any file is a template or an error, and that what is built of one can be sent.
func FuzzTemplate(f *testing.F) {
	f.Add(ltx2)
	f.Add([]byte(`{"1":{"class_type":"LoadVideo","inputs":{"file":1e999},"_meta":{"title":"retake: video,prompt=x"}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		tpl, err := parseTemplate(data)
		if err != nil {
			return
		}
		e := &Engine{cfg: DefaultConfig(), template: tpl}
		if _, err := json.Marshal(tpl.build(e.values(testJob(retake.ReplaceAudioAndVideo), "v", "id"))); err != nil {
			t.Error(err)
		}
	})
}

// FuzzAnswers holds that any answer of a server is read within bounds.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte(`{"queue_running":[[1,"id",{},{"client_id":"c"},["24"]]],"queue_pending":[[],7,[1]]}`))
	f.Add([]byte(`{"outputs":{"24":{"images":[{"filename":"a.mp4","subfolder":"retake","type":"output"}],"animated":[true]}},"status":{"status_str":"error","messages":[["execution_error",{"exception_message":"x"}],["a"],7]}}`))
	f.Add([]byte(`{"input":{"required":{"a":[["x"],{}],"b":["COMBO",{"options":[1,"x"]}],"c":[7]}}}`))
	f.Add([]byte(`{"type":"progress","data":{"value":-1,"max":0,"node":"7"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var q queueAnswer
		_ = json.Unmarshal(data, &q)
		var h ended
		_ = json.Unmarshal(data, &h)
		var why failure
		if h.message("execution_error", &why) {
			if s := (&Engine{}).failed(why); len(s.Message) > 1000 {
				t.Errorf("a long sentence: %d bytes", len(s.Message))
			}
		}
		if s, ok := h.answer("24"); ok && len(s.kind()) > 6 {
			t.Errorf("an answer of the kind %q", s.kind())
		}
		var d description
		_ = json.Unmarshal(data, &d)
		d.options("a")
		var m event
		if json.Unmarshal(data, &m) == nil {
			p := newPace(func(f float64) {
				if !(f >= 0 && f <= 1) {
					t.Errorf("progress %v", f)
				}
			})
			p.weigh(map[string]node{"7": {Class: "KSampler"}})
			p.hear(m)
		}
	})
}
