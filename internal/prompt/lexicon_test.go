package prompt

import (
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"retake/internal/picture"
	"retake/internal/sound"
	"retake/internal/wish"
)

// made is the catalog of the built-in engine.
var made = func() (c Catalog) {
	for _, e := range picture.Entries() {
		c.Picture = append(c.Picture, Thing{Name: string(e.Kind), Doc: e.Doc, Takes: e.Takes, Falls: e.Falls})
	}
	for _, e := range sound.Entries() {
		c.Sound = append(c.Sound, Thing{Name: string(e.Kind), Doc: e.Doc, Takes: e.Takes, Falls: e.Kind == sound.Rain, Mixes: e.Mixes()})
	}
	return c
}()

var standard = sync.OnceValues(func() (*Lexicon, error) { return NewLexicon(made, nil) })

func lex(t testing.TB) *Lexicon {
	t.Helper()
	l, err := standard()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestOwn holds that a folder of the user's adds words, takes over built-in ones, and brings languages of its own.
func TestOwn(t *testing.T) {
	l, err := NewLexicon(made, fstest.MapFS{
		"en/ours.yaml": {Data: []byte("title: Ours\nterms:\n  - {words: [brolly weather], picture: rain}\n  - {words: [blizzard], picture: {name: snow, strength: 0.5}}\n")},
		"xx/all.yaml":  {Data: []byte("language: Test\nterms:\n  - {words: [schnurp], picture: snow}\ngrammar: {small: [da]}\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"brolly weather": "rain", "blizzard": "snow", "da schnurp": "snow"} {
		p, err := l.Read(text)
		if err != nil || p.Sentence() != want || len(p.Unknown) > 0 {
			t.Errorf("%q: %v, %v, %q", text, err, p.Sentence(), p.Unknown)
		}
	}
}

// TestOwnMistakes holds that each mistake in a folder of the user's is named with its file.
func TestOwnMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"terms:\n  - {words: [a b], picture: unicorn}\n":                                     `there is no picture effect "unicorn"`,
		"terms:\n  - {words: [a b], sound: moo}\n":                                           `there is no sound "moo"`,
		"terms:\n  - {words: [a b]}\n":                                                       "a picture or a sound",
		"terms:\n  - {words: [a b], picture: {name: snow, strength: 3}}\n":                   "strength must be",
		"terms:\n  - {words: [a b], picture: {name: snow, colr: red}}\n":                     `no key "colr"`,
		"terms:\n  - {words: [a b], picture: {name: snow, place: moon}}\n":                   `no place "moon"`,
		"terms:\n  - {words: [ab, ab c], picture: snow}\n  - {words: [ab], picture: rain}\n": "is taken",
		"bogus: 1\n":                              "bogus",
		"grammar: {verbs: [x]}\n":                 `no part "verbs"`,
		"measures: [{words: [q]}]\n":              "strength must be",
		"colours: [{name: x, srgb: 12}]\n":        "srgb",
		"details: [{words: [q], onset: never}]\n": `no onset "never"`,
		"speakers: [{words: [a b]}]\n":            "is one word",
		":\n  - x: [":                             "yaml",
	} {
		_, err := NewLexicon(made, fstest.MapFS{"en/bad.yaml": {Data: []byte(text)}})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "en/bad.yaml") {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestWhen holds where in the segment words put an effect.
func TestWhen(t *testing.T) {
	for text, want := range map[string]wish.When{
		"snow from the middle on":               {From: wish.Moment{Share: 0.5}, To: wish.Moment{Share: 1}},
		"suddenly, heavy snow":                  {Onset: wish.Sudden},
		"it gradually begins to snow":           {Onset: wish.Gradual},
		"snow for the last two seconds":         {From: wish.Moment{Share: 1, Seconds: -2}, To: wish.Moment{Share: 1}},
		"in the first second it snows":          {To: wish.Moment{Seconds: 1}},
		"night at the end and snow":             {},
		"rain, suddenly":                        {},
		"snow in the first 3 seconds, suddenly": {To: wish.Moment{Seconds: 3}, Onset: wish.Sudden},
	} {
		p, err := lex(t).Read(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		for _, l := range p.Picture {
			if l.Effect == Snow && l.When != want {
				t.Errorf("%q: snow %+v, want %+v", text, l.When, want)
			}
		}
		if len(p.Unknown) > 0 {
			t.Errorf("%q: unknown %q", text, p.Unknown)
		}
	}
}

// TestRecolour holds what is read of a thing, its colour and its new one.
func TestRecolour(t *testing.T) {
	for text, want := range map[string][3]string{ // object, from, to
		"make the red jacket blue":                  {"jacket", "red", "blue"},
		"make the red jacket blue, and let it snow": {"jacket", "red", "blue"},
		"snow, turn the blue car red":               {"car", "blue", "red"},
		"change the dress from green to yellow":     {"dress", "green", "yellow"},
		"make the sky orange":                       {"sky", "blue", "orange"},
		"paint the white wall dark green":           {"wall", "white", "dark green"},
		"make the black car white at night":         {"car", "black", "white"},
		"make the grass brown":                      {"grass", "green", "brown"},
		"make the white snow pink":                  {"snow", "white", "pink"},
		"change the white snow to pink":             {"snow", "white", "pink"},
		"make the golden dress blue":                {"dress", "gold", "blue"},
		"recolour the car to red":                   {"car", "", "red"},
		"recolour":                                  {"", "", ""},
	} {
		p, err := lex(t).Read(text)
		l := Look{}
		for _, o := range p.Picture {
			if o.Effect == Recolour {
				l = o
			}
		}
		if got := [3]string{l.Object, l.From.Name, l.To.Name}; err != nil || l.Effect == "" || got != want || len(p.Unknown)+len(p.Warnings) > 0 {
			t.Errorf("%q: %v, %q, want %q; %q, %q", text, err, got, want, p.Unknown, p.Warnings)
		}
	}
}

// TestPlanned holds that what stands among the planned names has words, is told as missing, and is not made.
func TestPlanned(t *testing.T) {
	l := lex(t)
	named := map[string]bool{}
	for _, g := range l.languages[0].groups {
		for _, e := range g.Entries {
			for _, m := range e.missing {
				named[m.Name] = true
				p, err := l.Read("snow and " + e.Phrases[0])
				if err != nil || p.Look(Snow) == 0 || len(p.Missing) == 0 || !strings.Contains(strings.Join(p.Warnings, ""), "can't do this yet") {
					t.Errorf("%q: %v, %s, %q", e.Phrases[0], err, p.Sentence(), p.Warnings)
				}
			}
		}
	}
	for _, list := range []map[string]string{l.planned.Picture, l.planned.Sound} {
		for name := range list {
			_, picture := find(l.catalog.Picture, name)
			_, sound := find(l.catalog.Sound, name)
			if !named[name] || picture && list[name] != "" && sound {
				t.Errorf("%q is planned, and no words lead to it or somebody makes it", name)
			}
		}
	}
}
