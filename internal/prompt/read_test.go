package prompt

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"retake/internal/retake"
)

// TestModes reads prompts and narrows them to a mode; an empty want is an error.
func TestModes(t *testing.T) {
	const v, a, both = retake.ReplaceVideo, retake.ReplaceAudio, retake.ReplaceAudioAndVideo
	tests := []struct {
		prompt   string
		mode     retake.Mode
		want     string
		contains string // in the warnings, or in the error
	}{
		{"rain", v, "rain", ""},
		{"rain", a, "sound: rain", ""},
		{"rain", both, "rain; sound: rain", ""},
		{"heavy snow, wind howling", v, "wind-blown snow (heavy)", ""},
		{"heavy snow, wind howling", a, "sound: wind (strong)", "(snow) are left out"},
		{"snow and ocean waves", v, "snow", "choose replace_audio_and_video"},
		{"snow", a, "", "Choose mode replace_video"},
		{"ocean", v, "", "Choose mode replace_audio"},
		{"snow", both, "snow", "sound stays as it was"},
		{"ocean", both, "sound: ocean", "picture stays as it was"},
		{"the sound of rain", v, "", "asks for sound only"},
		{"freeze from 1 s for 2 s", v, "freeze [from 1 s to 3 s]", ""},
		{"snow for 2 seconds from second 1", v, "snow [from 1 s to 3 s]", ""},
		{"snow from 1 s to 3 s", v, "snow [from 1 s to 3 s]", ""},
		{"add wind", a, "sound: wind over the original", ""},
		{"add silence", a, "sound: silence", ""},
		{"remove the rain and add snow", v, "snow", "can't take things out"},
		{"snow, no people", v, "snow", `stays where the clip has it: "people"`},
		{"wind, no music or talking", a, "sound: wind", ""},
		{"add wind, no music", a, "sound: wind over the original", `stays where the clip has it: "music"`},
		{"less rain, more snow", v, "snow", `stays where the clip has it: "rain"`},
		{"warmer, cooler", v, "cooler", "cancel each other"},
		{"snow and a man says hello", both, "snow", "in quotation marks"},
		{"a man says hello, snow", a, "", "in quotation marks"},
		{"night, the snow melts", v, "night", `stays where the clip has it: "snow"`},
		{"snow, rian", v, "snow", `Did you mean "rain" for "rian"?`},
		{`"hello there"`, a, `sound: a voice says "hello there"`, ""},
		{`“hello there.”`, both, `sound: a voice says "hello there."`, "picture stays as it was"},
		{`"hello there"`, v, "", `asks for sound only (a voice says "hello there")`},
		{`"winter is here"`, v, "snow", ""},
		{`"winter is here"`, a, `sound: a voice says "winter is here"`, ""},
		{`heavy snow, wind howling, "winter is here"`, both, `wind-blown snow (heavy); sound: wind (strong), a voice says "winter is here"`, ""},
		{`heavy snow, wind howling, "winter is here"`, v, "wind-blown snow (heavy)", `The sound ("winter is here") is left out`},
		{`wind, "winter is here"`, a, `sound: wind, a voice says "winter is here"`, ""},
		{`title "2024"`, v, `title "2024"`, ""},
		{`a voice says "2024"`, a, `sound: a voice says "2024"`, ""},
		{`snow, "???"`, v, "snow", `left out: "???"`},
		{"flash 0 times", v, "flash", `left out: "0 times"`},
		{"flash minus 3 times", v, "flash", `left out: "-3"`},
		{"snow minus the rain", v, "snow", ""},
		{"slow motion 0x", v, "slow motion", `left out: "0 x"`},
		{"slow motion at 0 %", v, "slow motion", `left out: "at 0%"`},
		{"snow for 0 seconds", v, "snow", `left out: "for 0 seconds"`},
		{"snow until second 0", v, "snow", `left out: "until second 0"`},
		{"snow from second 3 to second 3", v, "snow", `left out: "from second 3 to second 3"`},
		{"snow for the last 0 seconds", v, "snow", `left out: "for the last 0 seconds"`},
		{"snow from 0 s to 2 s", v, "snow [until 2 s]", ""},
		{"snow at 0 s", v, "snow [from 0 s on]", ""},
		{"snow from ½ s to 1½ s", v, "snow [from 0.5 s to 1.5 s]", ""},
		{"snow for １ second", v, "snow", `left out: "１"`},
		{"stop motion at 12 fps", v, "stop motion [12]", ""},
		{"stop motion, 12 pictures a second", v, "stop motion [12]", ""},
		{"flash every now and then", v, "flash [3 ×]", ""},
		{"snow every now and then", v, "snow", `left out: "every now and then"`},
		{"Schnee ab und zu", v, "snow", `left out: "ab und zu"`},
		{"first snow, then fog, then hail", v, "fog [from 33.3 % to 66.7 %], snow [until 33.3 %], hail [from 66.7 % on]", ""},
	}
	for _, tt := range tests {
		t.Run(tt.prompt+" "+string(tt.mode), func(t *testing.T) {
			p, err := lex(t).Read(tt.prompt)
			if err != nil {
				t.Fatal(err)
			}
			q, err := p.For(tt.mode)
			said := strings.Join(q.Warnings, " ")
			if tt.want == "" {
				if retake.CodeOf(err) != retake.CodeInvalid {
					t.Fatalf("got plan %q, error %v", q.Sentence(), err)
				}
				said = retake.UserMessage(err)
			} else if err != nil {
				t.Fatal(err)
			} else if got := q.Sentence(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if !strings.Contains(said, tt.contains) || tt.contains == "" && said != "" {
				t.Errorf("it says %q, want %q in it", said, tt.contains)
			}
		})
	}
}

func TestNothing(t *testing.T) {
	tests := map[string]string{
		"a dancing unicorn":     `did not understand "dancing", "unicorn"`,
		"snwo":                  `Did you mean "snow" for "snwo"?`,
		"add a tornado":         `What comes near: storm, wind for "tornado".`,
		"blakc and whtie":       `Did you mean "black" for "blakc", "white" for "whtie"?`,
		"make it look nice":     "names nothing",
		"":                      "names nothing",
		"?!.":                   "names nothing",
		"no rain":               `only says what should not be there ("rain")`,
		"it is not raining":     "only says what should not be there",
		"don't let it snow":     "only says what should not be there",
		"make the voice warmer": "did not understand",
		"the wind dies down":    `only says what should not be there ("wind")`,
		"stop the rain":         "can't take things out",
		"remove only the rain":  "can't take things out",
		"雪が降る":                  "did not understand",
		`""`:                    "names nothing",
		"a man says good day":   "in quotation marks",
		"she whispers":          "in quotation marks",
		"the snow melts":        `only says what should not be there ("snow")`,
		"the snow is melting":   `only says what should not be there ("snow")`,
		"melting snow":          `only says what should not be there ("snow")`,
		"thaw the heavy snow":   `only says what should not be there ("snow")`,
		"thaw":                  `did not understand "thaw"`,
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			_, err := lex(t).Read(text)
			var user *retake.Error
			if user, _ = err.(*retake.Error); user == nil || user.Code != retake.CodeInvalid || user.Field != "prompt" {
				t.Fatalf("got %v", err)
			}
			if !strings.Contains(user.Message, want) || !strings.Contains(user.Message, "for the picture: snow, ") {
				t.Errorf("message: %s", user.Message)
			}
		})
	}
}

func TestDemonstration(t *testing.T) {
	for _, mode := range retake.Modes() {
		p, err := lex(t).Demonstration().For(mode)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Warnings) == 0 || !strings.Contains(p.Warnings[0], "placeholder") {
			t.Errorf("%s: warnings %q", mode, p.Warnings)
		}
	}
}

// TestForKeepsPlan holds that narrowing leaves the plan itself as it was.
func TestForKeepsPlan(t *testing.T) {
	p, err := lex(t).Read("rain, unicorn")
	if err != nil {
		t.Fatal(err)
	}
	before, _ := lex(t).Read("rain, unicorn")
	for _, mode := range retake.Modes() {
		if _, err := p.For(mode); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(before, p, cmp.AllowUnexported(Plan{}), cmpopts.IgnoreFields(Plan{}, "lex", "l")); diff != "" {
		t.Error(diff)
	}
}

func TestJSON(t *testing.T) {
	p, err := lex(t).Read(`add heavy snow at night, wind, and a woman whispers "so cold"`)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"picture":[{"effect":"night","strength":0.6},{"effect":"snow","strength":0.85}],` +
		`"sound":[{"noise":"wind","strength":0.6},{"noise":"speech","strength":0.6,"text":"so cold","voice":"woman","whisper":true}],` +
		`"keep_sound":true,"gusts":0.6}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

// TestLexicon holds that every phrase is read as what it stands for, unless the words before it say otherwise.
func TestLexicon(t *testing.T) {
	owner := map[string]int{}
	for i, e := range lex(t).languages[0].entries() {
		for _, phrase := range e.Phrases {
			if j, taken := owner[phrase]; taken {
				t.Errorf("%q stands in entries %d and %d", phrase, j, i)
			}
			owner[phrase] = i
			if lex(t).languages[0].is("writing", phrase) {
				continue // only beside words in quotation marks
			}
			p, err := lex(t).Read(phrase)
			if err != nil {
				t.Errorf("%q: %v", phrase, err)
				continue
			}
			if len(p.Unknown)+len(p.Without)+len(p.Warnings) > 0 {
				t.Errorf("%q: unknown %q, without %q, warnings %q", phrase, p.Unknown, p.Without, p.Warnings)
			}
			for _, l := range e.Looks() {
				if p.Look(l.Effect) == 0 {
					t.Errorf("%q does not give %s", phrase, l.Effect)
				}
			}
			for _, c := range e.Cues() {
				if _, ok := p.Cue(c.Noise); !ok {
					t.Errorf("%q does not give the sound %s", phrase, c.Noise)
				}
			}
			if len(p.Picture) != len(e.Looks()) || len(p.Sound) != len(e.Cues()) {
				t.Errorf("%q gives %s", phrase, p.Sentence())
			}
		}
	}
}

// FuzzRead holds for any text: no panic, the same plan twice, strengths in range, an error or a plan that is not
// empty, and messages that are text.
func FuzzRead(f *testing.F) {
	for _, c := range corpus {
		f.Add(c.prompt)
	}
	f.Add("“„‘'\"no no not very very heavy, or nor and")
	f.Add("\xff\xfe snow \x00 'n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := lex(t).Read(text)
		again, errAgain := lex(t).Read(text)
		if !reflect.DeepEqual(p, again) || (err == nil) != (errAgain == nil) {
			t.Fatal("two readings differ")
		}
		if err != nil {
			if retake.CodeOf(err) != retake.CodeInvalid || !utf8.ValidString(retake.UserMessage(err)) {
				t.Fatalf("error %q", err)
			}
			return
		}
		if p.Empty() {
			t.Fatal("an empty plan without an error")
		}
		for _, l := range p.Picture {
			if !(l.Strength > 0 && l.Strength <= 1) {
				t.Fatalf("%s at %v", l.Effect, l.Strength)
			}
		}
		for _, c := range p.Sound {
			if !(c.Strength > 0 && c.Strength <= 1) || c.Noise == Speech && c.Text == "" {
				t.Fatalf("%+v", c)
			}
		}
		if !utf8.ValidString(p.Sentence() + strings.Join(p.Warnings, "")) {
			t.Fatal("not text")
		}
	})
}

func TestNearest(t *testing.T) {
	for word, want := range map[string]string{"snwo": "snow", "thundr": "thunder", "strom": "storm", "blizard": "blizzard", "nigth": "night",
		"telefone": "telephone", "unicorn": "", "xy": "", "bicycle": ""} {
		if got := lex(t).languages[0].nearest(word); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}

// TestQuotedControls holds that what steers a terminal or turns text about doesn't get from a quotation into a sentence that is printed.
func TestQuotedControls(t *testing.T) {
	plan, err := lex(t).Read("title \"he\x1b[31m \u202ello\a 👩‍🚀\"")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := plan.Sentence(), `title "he[31m llo 👩‍🚀"`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
