package model

import (
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"retake/internal/retake"
)

var update = flag.Bool("update", false, "rewrite golden files")

const ltx2, ltx23 = "lightricks-ltx-2-retake", "ltx-2-3-pro-retake"

func load(t testing.TB, id string) *Model {
	t.Helper()
	c, err := Load(DefaultConfig())
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

func TestRequest(t *testing.T) {
	seed := int64(9007199254740993)
	tests := map[string]struct {
		model, params string
		want          retake.Request
	}{
		"defaults": {ltx2, `{"prompt":"snow","input_video":"u"}`,
			retake.Request{Prompt: "snow", Input: "u", Start: 0, Duration: 6, Mode: retake.ReplaceVideo}},
		"all": {ltx2, `{"prompt":"snow","input_video":"u","start_time":1.5,"duration":16,"mode":"replace_audio","seed":9007199254740993,"engine":"builtin","bridge":"exact","audio_track":2}`,
			retake.Request{Prompt: "snow", Input: "u", Start: 1.5, Duration: 16, Mode: retake.ReplaceAudio, Seed: &seed, Engine: "builtin", Bridge: retake.BridgeExact, Track: 2}},
		"null is not given": {ltx2, `{"prompt":"snow","input_video":"u","duration":null,"seed":null,"engine":null,"bridge":null}`,
			retake.Request{Prompt: "snow", Input: "u", Duration: 6, Mode: retake.ReplaceVideo}},
		"unknown ones": {ltx2, `{"prompt":"snow","input_video":"u","aspect_ratio":"16:9","x":{}}`,
			retake.Request{Prompt: "snow", Input: "u", Duration: 6, Mode: retake.ReplaceVideo}},
		"other names, other defaults": {ltx23, `{"prompt":"snow","input_video":"u"}`,
			retake.Request{Prompt: "snow", Input: "u", Duration: 2, Mode: retake.ReplaceAudioAndVideo}},
		"other names": {ltx23, `{"task":"retake","prompt":"snow","input_video":"u","retake_start_time":3,"retake_duration":4,"retake_mode":"replace_video","start_time":9}`,
			retake.Request{Prompt: "snow", Input: "u", Start: 3, Duration: 4, Mode: retake.ReplaceVideo}},
		"placeholder": {ltx2, `{"prompt":"<prompt>","input_video":"u"}`,
			retake.Request{Prompt: "<prompt>", Input: "u", Duration: 6, Mode: retake.ReplaceVideo}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := load(t, tt.model).Request(decode(t, tt.params))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRequestRefuses(t *testing.T) {
	long := strings.Repeat("é", 5001)
	tests := []struct{ model, field, value, want string }{
		{ltx2, "duration", `20`, "duration must be between 2 and 16 seconds, got 20"},
		{ltx2, "duration", `1.9`, "duration must be between 2 and 16 seconds, got 1.9"},
		{ltx2, "duration", `"6"`, `duration must be a number, got "6"`},
		{ltx2, "duration", `true`, `duration must be a number, got true`},
		{ltx2, "duration", `1e999`, "duration must be between 2 and 16 seconds, got 1e999"},
		{ltx2, "start_time", `-0.5`, "start_time must be at least 0 seconds, got -0.5"},
		{ltx2, "start_time", `[1]`, "start_time must be a number, got an array"},
		{ltx2, "start_time", `{}`, "start_time must be a number, got an object"},
		{ltx2, "mode", `"both"`, `mode must be one of replace_audio, replace_video, replace_audio_and_video, got "both"`},
		{ltx2, "mode", `1`, `mode must be a string, got 1`},
		{ltx2, "prompt", `""`, "prompt must not be empty: what to change in the segment"},
		{ltx2, "prompt", `"  \n "`, "prompt must not be empty: say what should change"},
		{ltx2, "prompt", `null`, "prompt is missing: what to change in the segment"},
		{ltx2, "prompt", `"` + long + `"`, "prompt must be at most 5000 characters, got 5001"},
		{ltx2, "input_video", `""`, "input_video must not be empty"},
		{ltx2, "input_video", `7`, "input_video must be a string, got 7"},
		{ltx2, "seed", `1.5`, "seed must be an integer, got 1.5"},
		{ltx2, "seed", `"1"`, `seed must be an integer, got "1"`},
		{ltx2, "engine", `"magic"`, `engine must be one of builtin, got "magic"`},
		{ltx2, "bridge", `"nearly"`, `bridge must be one of near, exact, fast, got "nearly"`},
		{ltx2, "audio_track", `0`, `audio_track must be the number of a sound track, from 1 on, got 0`},
		{ltx2, "audio_track", `"2"`, `audio_track must be the number of a sound track, from 1 on, got "2"`},
		{ltx2, "bridge", `""`, `bridge must be one of near, exact, fast, got ""`},
		{ltx2, "engine", `3`, `engine must be one of builtin, got 3`},
		{ltx23, "retake_duration", `1`, "retake_duration must be between 2 and 16 seconds, got 1"},
		{ltx23, "retake_start_time", `-1`, "retake_start_time must be at least 0 seconds, got -1"},
		{ltx23, "retake_mode", `"x"`, "retake_mode must be one of"},
		{ltx23, "task", `"upscale"`, `task must be one of retake, got "upscale"`},
	}
	for _, tt := range tests {
		t.Run(tt.model+" "+tt.field+" "+tt.value[:min(20, len(tt.value))], func(t *testing.T) {
			params := decode(t, `{"prompt":"snow","input_video":"u"}`)
			params[tt.field] = decode(t, `{"v":`+tt.value+`}`)["v"]
			_, err := load(t, tt.model).Request(params)
			e, ok := err.(*retake.Error)
			if !ok || e.Code != retake.CodeInvalid || e.Field != tt.field || !strings.Contains(e.Message, tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// Numbers come as json.Number from requests and as float64 from the store; Go callers can have what JSON has not.
func TestRequestNumbers(t *testing.T) {
	m := load(t, ltx2)
	params := map[string]any{"prompt": "snow", "input_video": "u", "start_time": 1, "duration": int64(3), "seed": 4.0}
	r, err := m.Request(params)
	if err != nil || r.Start != 1 || r.Duration != 3 || *r.Seed != 4 {
		t.Errorf("%+v %v", r, err)
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		params["duration"] = bad
		if _, err := m.Request(params); retake.CodeOf(err) != retake.CodeInvalid {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func TestFirstMistakeOfTheForm(t *testing.T) {
	for range 20 {
		_, err := load(t, ltx2).Request(decode(t, `{"mode":"x","duration":99}`))
		if e, ok := err.(*retake.Error); !ok || e.Field != "prompt" {
			t.Fatalf("got %v, want the one about prompt", err)
		}
	}
}

func TestGoldenObjects(t *testing.T) {
	for _, id := range []string{ltx2, ltx23} {
		m := load(t, id)
		var v any
		if err := json.Unmarshal(m.JSON(), &v); err != nil {
			t.Fatal(err)
		}
		pretty, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, id+".json", string(pretty)+"\n")
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (run with -update if this is meant):\n%s", path, diff)
	}
}

func FuzzRequest(f *testing.F) {
	f.Add(`{"prompt":"snow","input_video":"u","duration":3.5,"mode":"replace_audio"}`)
	f.Add(`{"prompt":1,"seed":1e300,"engine":[]}`)
	m := load(f, ltx2)
	f.Fuzz(func(t *testing.T, text string) {
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		var params map[string]any
		if dec.Decode(&params) != nil {
			return
		}
		r, err := m.Request(params)
		if err != nil {
			if retake.CodeOf(err) != retake.CodeInvalid {
				t.Fatalf("%v is not an error of the caller", err)
			}
			return
		}
		if err := r.Validate(); err != nil {
			t.Fatalf("accepted what is not valid: %v", err)
		}
	})
}

func BenchmarkRequest(b *testing.B) {
	m := load(b, ltx2)
	params := decode(b, `{"prompt":"snow","input_video":"u","start_time":1.5,"duration":4,"mode":"replace_audio","seed":7}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Request(params); err != nil {
			b.Fatal(err)
		}
	}
}

// A form that is being filled in learns of every mistake at once, and what is right is used all the same.
func TestExamine(t *testing.T) {
	m := load(t, "ltx-2-3-pro-retake")
	r, mistakes, err := m.Examine(map[string]any{"prompt": "", "input_video": 7, "retake_start_time": 3, "retake_duration": 1.5, "seed": "x", "engine": "none", "bridge": 1})
	if err != nil {
		t.Fatal(err)
	}
	var fields []string
	for _, e := range mistakes {
		fields = append(fields, e.Field)
	}
	if r.Start != 3 || r.Duration != 0 || r.Mode != retake.ReplaceAudioAndVideo || r.Seed != nil {
		t.Errorf("request %+v", r)
	}
	if diff := cmp.Diff([]string{"prompt", "input_video", "retake_duration", "seed", "engine", "bridge"}, fields); diff != "" {
		t.Error(diff)
	}
}
