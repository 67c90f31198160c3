package builtin

import (
	"strings"
	"testing"

	"retake/internal/picture"
	"retake/internal/retake"
	"retake/internal/sound"
)

// unasked are effects that the vocabulary alone can't ask for.
var unasked = map[string]bool{"lut": true}

// TestAsks holds that there is a prompt for each effect and each sound, and that it leads there.
func TestAsks(t *testing.T) {
	e, err := New(DefaultConfig(), hum)
	if err != nil {
		t.Fatal(err)
	}
	pictures, sounds := map[string]bool{}, map[string]bool{}
	for _, a := range e.Asks() {
		mode := retake.ReplaceVideo
		if a.Sound {
			mode = retake.ReplaceAudio
		}
		plan, err := e.read(a.Prompt, mode, false)
		if err != nil {
			t.Fatalf("%+v: %v", a, err)
		}
		if a.Sound {
			sounds[a.Kind] = true
			if len(plan.Sound) != 1 || string(plan.Sound[0].Noise) != a.Kind {
				t.Errorf("%+v leads to %+v", a, plan.Sound)
			}
			continue
		}
		pictures[a.Kind] = true
		if len(plan.Picture) != 1 || string(plan.Picture[0].Effect) != a.Kind {
			t.Errorf("%+v leads to %+v", a, plan.Picture)
		}
	}
	for _, p := range picture.Entries() {
		if !pictures[string(p.Kind)] && !unasked[string(p.Kind)] {
			t.Errorf("nothing in the vocabulary asks for the effect %q alone", p.Kind)
		}
	}
	for _, s := range sound.Entries() {
		if !sounds[string(s.Kind)] {
			t.Errorf("nothing in the vocabulary asks for the sound %q alone", s.Kind)
		}
	}
}

// TestTitles holds what becomes of titles without words, and of letters that there aren't.
func TestTitles(t *testing.T) {
	e, err := New(DefaultConfig(), hum)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.read("title", retake.ReplaceVideo, false); err == nil || !strings.Contains(err.Error(), "quotation marks") {
		t.Errorf("a title without words: %v", err)
	}
	plan, err := e.read("snow and a title", retake.ReplaceVideo, false)
	if err != nil || len(plan.Picture) != 1 || !strings.Contains(strings.Join(plan.Warnings, " "), "quotation marks") {
		t.Errorf("%+v, %v", plan, err)
	}
	for _, none := range []string{`title "冬"`, `title "😀😀"`, `lower third "こんにちは" "冬"`} {
		if _, err := e.read(none, retake.ReplaceVideo, false); retake.CodeOf(err) != retake.CodeInvalid || !strings.Contains(retake.UserMessage(err), "no letters for") {
			t.Errorf("%s: %v", none, err)
		}
	}
	plan, err = e.read(`title "冬 Winter"`, retake.ReplaceVideo, false)
	if err != nil || !strings.Contains(strings.Join(plan.Warnings, " "), "冬") {
		t.Errorf("%q, %v", plan.Warnings, err)
	}
}

// TestHidden holds that who wants something hidden hears that it isn't looked for, unless a place is said.
func TestHidden(t *testing.T) {
	e, err := New(DefaultConfig(), hum)
	if err != nil {
		t.Fatal(err)
	}
	for text, told := range map[string]bool{"blur the faces": true, "pixelate the top left corner": false, "birds, blur the faces": false, "snow": false} {
		mode := retake.ReplaceVideo
		if strings.Contains(text, "birds") {
			mode = retake.ReplaceAudio
		}
		plan, err := e.read(text, mode, false)
		if err != nil || strings.Contains(strings.Join(plan.Warnings, " "), "look for faces") != told {
			t.Errorf("%s: %q, %v", text, plan.Warnings, err)
		}
	}
}
