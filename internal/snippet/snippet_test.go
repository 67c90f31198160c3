package snippet

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"retake/internal/model"
	"retake/internal/retake"
)

var update = flag.Bool("update", false, "rewrite golden files")

const (
	ltx2, ltx23 = "lightricks-ltx-2-retake", "ltx-2-3-pro-retake"
	base        = "http://127.0.0.1:8377"
)

func load(t testing.TB, id string) *model.Model {
	t.Helper()
	c, err := model.Load(model.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	m, ok := c.Model(id)
	if !ok {
		t.Fatalf("no model %s", id)
	}
	return m
}

func decode(t testing.TB, text string) map[string]any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var v map[string]any
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// The golden file is where a change of a program is read.
func TestGolden(t *testing.T) {
	list, err := Render(load(t, ltx2), decode(t, `{"prompt":"heavy snow, \"it's cold\"","start_time":4,"duration":3,"seed":7}`), base)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, s := range list {
		fmt.Fprintf(&b, "==== %s (%s %s %s)\n%s\n", s.Title, s.Language, s.Flow, s.Parameters, s.Code)
	}
	const path = "testdata/snippets.txt"
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s (run with -update if this is meant):\n%s", path, diff)
	}
}

// Whoever shows the programs by language shows them all.
func TestLanguages(t *testing.T) {
	list, err := Render(load(t, ltx2), nil, base)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range list {
		if n := len(got); n == 0 || got[n-1] != s.Language+" "+s.LanguageTitle {
			got = append(got, s.Language+" "+s.LanguageTitle)
		}
	}
	var want []string
	for _, l := range Languages() {
		want = append(want, l.ID+" "+l.Title)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestChoose(t *testing.T) {
	given := `{"prompt":"p","input_video":"c","duration":6.0,"mode":"replace_video","seed":3,"target_repo":"r","num_generations":1,"response_format":"b64_json","x":1}`
	tests := map[string]struct {
		model, given string
		all, queued  bool
		want         string
	}{
		"nothing":     {ltx2, `{}`, false, false, `model prompt=<prompt> input_video=` + retake.SampleAddress},
		"empty":       {ltx2, `{"prompt":"","input_video":null,"mode":""}`, false, false, `model prompt=<prompt> input_video=` + retake.SampleAddress + ` mode=`},
		"defaults":    {ltx2, given, false, true, `model prompt=p input_video=c seed=3 target_repo=r`},
		"all":         {ltx2, given, true, true, `model prompt=p input_video=c start_time=0 duration=6.0 mode=replace_video seed=3 target_repo=r num_generations=1`},
		"one request": {ltx2, `{"prompt":"p","input_video":"c","num_generations":3}`, true, false, `model prompt=p input_video=c start_time=0 duration=6 mode=replace_video`},
		"engines":     {ltx2, `{"prompt":"p","input_video":"c","engine":["a","b"]}`, false, true, `model prompt=p input_video=c engine=[a b]`},
		"one engine":  {ltx2, `{"prompt":"p","input_video":"c","engine":["a","b"]}`, false, false, `model prompt=p input_video=c engine=a`},
		"takes":       {ltx2, `{"prompt":"p","input_video":"c","num_generations":3}`, false, true, `model prompt=p input_video=c num_generations=3`},
		"wrong":       {ltx2, `{"prompt":"p","input_video":"c","duration":"long","start_time":-1}`, false, true, `model prompt=p input_video=c start_time=-1 duration=long`},
		"other names": {ltx23, `{"prompt":"p","input_video":"c","retake_duration":6,"start_time":1}`, false, false, `model prompt=p input_video=c retake_duration=6`},
		"of the job":  {ltx23, `{"prompt":"p","input_video":"c"}`, true, false, `model task=retake prompt=p input_video=c retake_start_time=0 retake_duration=2 retake_mode=replace_audio_and_video`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := []string{"model"}
			for _, p := range choose(load(t, tt.model), decode(t, tt.given), tt.all, tt.queued)[1:] {
				got = append(got, fmt.Sprintf("%s=%v", p.name, p.value))
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The command has one model's defaults, whichever model is asked for.
func TestCommand(t *testing.T) {
	tests := []struct {
		model, given string
		all          bool
		want         string
	}{
		{ltx2, `{"prompt":"p","input_video":"c","duration":6,"num_generations":3}`, false, `--prompt p`},
		{ltx2, `{"prompt":"p","input_video":"c","duration":6,"engine":["a","b"]}`, false, `--engine a --prompt p`},
		{ltx2, `{"prompt":"-p q","input_video":"c","duration":2.5,"seed":9007199254740993,"engine":"builtin"}`, false, `--duration 2.5 --seed 9007199254740993 --engine builtin --prompt='-p q'`},
		{ltx23, `{"prompt":"p","input_video":"c","seed":-7}`, false, `--duration 2 --mode replace_audio_and_video --seed=-7 --model ltx-2-3-pro-retake --prompt p`},
		{ltx23, `{"prompt":"p","input_video":"c","retake_duration":6}`, true, `--start 0 --duration 6 --mode replace_audio_and_video --model ltx-2-3-pro-retake --prompt p`},
	}
	for _, tt := range tests {
		if got := strings.Join(newCommand(load(t, tt.model), decode(t, tt.given), tt.all).Flags, " "); got != tt.want {
			t.Errorf("%s %v: %s, want %s", tt.given, tt.all, got, tt.want)
		}
	}
}

func TestRenderRefusesInlineClips(t *testing.T) {
	_, err := Render(load(t, ltx2), map[string]any{"input_video": "DATA:video/mp4;base64,AAAA"}, base)
	if e, ok := err.(*retake.Error); !ok || e.Field != "input_video" || !strings.Contains(e.Message, "upload the clip") {
		t.Errorf("got %v", err)
	}
}

// Whatever is sent, there are programs, and Go's are well formed: Render would fail to format them.
func FuzzRender(f *testing.F) {
	f.Add(`{"prompt":"snow","duration":1e300,"seed":99999999999999999999,"mode":{"a":[1,null,true]}}`)
	f.Add(`{"prompt":["</script>"],"input_video":7,"target_repo":"\u202e"}`)
	m := load(f, ltx2)
	f.Fuzz(func(t *testing.T, text string) {
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		var given map[string]any
		if dec.Decode(&given) != nil {
			return
		}
		list, err := Render(m, given, base)
		if err != nil {
			if retake.CodeOf(err) != retake.CodeInvalid {
				t.Fatal(err)
			}
			return
		}
		if len(list) != 26 {
			t.Fatalf("%d programs", len(list))
		}
	})
}

func BenchmarkRender(b *testing.B) {
	m, given := load(b, ltx2), decode(b, `{"prompt":"heavy snow","start_time":4,"duration":3,"seed":7}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Render(m, given, base); err != nil {
			b.Fatal(err)
		}
	}
}
