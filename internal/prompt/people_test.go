package prompt

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"retake/internal/wish"
)

// people are prompts that somebody wrote who had seen neither the lexicon nor the program, with what they expected, in words of their own.
var people = []string{"testdata/people.jsonl", "testdata/people2.jsonl"}

type peoplePrompt struct {
	Prompt string
	Lang   string
	Want   struct {
		Picture, Sound []expected
	}
	Cannot []string
}

// expected is an effect or a sound that somebody asked for.
type expected struct {
	Effect, Strength, Direction, Place, Onset, When, Text, Colour, From, Speed, Distance string
	Count                                                                                json.Number
}

// verdict is what became of a prompt.
type verdict int

const (
	readWhole   verdict = iota // all that was asked for is in the plan
	readWarned                 // what isn't is named in a warning, or the prompt is refused where nothing can be had
	readLess                   // a detail is lost, and nobody says so
	notRead                    // something is lost, and nobody says so
	readAsOther                // something is in the plan that nobody asked for
)

func (v verdict) String() string {
	return []string{"read", "read with a warning", "a detail is lost", "not read", "read as something else"}[v]
}

// TestPeople holds that prompts as people write them are read, or that what is not is said: nine of ten at least, and none is read as
// something else. -v shows those that aren't.
func TestPeople(t *testing.T) {
	var text []byte
	for _, file := range people {
		more, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, more...)
	}
	counts := map[string]map[verdict]int{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 0; lines.Scan(); n++ {
		var p peoplePrompt
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		d.UseNumber()
		if err := d.Decode(&p); err != nil {
			t.Fatalf("line %d: %v", n+1, err)
		}
		v, why := judge(lex(t), p)
		if counts[p.Lang] == nil {
			counts[p.Lang] = map[verdict]int{}
		}
		counts[p.Lang][v]++
		if v >= readLess {
			t.Logf("%v: %q: %s", v, p.Prompt, why)
		}
		if v == readAsOther {
			t.Errorf("%q: %s", p.Prompt, why)
		}
	}
	for lang, c := range counts {
		all := 0
		for _, n := range c {
			all += n
		}
		good := c[readWhole] + c[readWarned]
		t.Logf("%s: %d prompts: %d read, %d with a fitting warning (%.1f %% in all); %d lost a detail, %d not read, %d read as something else",
			lang, all, c[readWhole], c[readWarned], 100*float64(good)/float64(all), c[readLess], c[notRead], c[readAsOther])
		if 10*good < 9*all {
			t.Errorf("%s: %d of %d prompts are read or answered by a warning, fewer than nine of ten", lang, good, all)
		}
	}
}

// judge compares the plan for a prompt with what was expected.
func judge(l *Lexicon, p peoplePrompt) (verdict, string) {
	plan, err := l.Read(p.Prompt)
	wanted := len(p.Want.Picture) + len(p.Want.Sound)
	if err != nil {
		if wanted == 0 {
			return readWarned, ""
		}
		if !possible(l, p) || strings.Contains(err.Error(), "can't do this yet") || strings.Contains(err.Error(), "words to be spoken in quotation marks") {
			return readWarned, ""
		}
		return notRead, err.Error()
	}
	said := len(plan.Unknown)+len(plan.Missing) > 0 || len(plan.Warnings) > 0
	got := fmt.Sprintf("%s %q %v", plan.Sentence(), plan.Unknown, plan.Missing)
	worst := readWhole
	allowedPictures, allowedSounds := allowed(p.Want.Picture, samePicture, alongPicture), allowed(p.Want.Sound, sameSound, alongSound)
	for _, e := range p.Want.Picture { // what is seen may be heard, and the other way round
		allowedSounds = append(allowedSounds, alongSound[e.Effect]...)
	}
	for _, e := range p.Want.Sound {
		allowedPictures = append(allowedPictures, seenWith[e.Effect]...)
	}
	for _, look := range plan.Picture {
		if !slices.Contains(allowedPictures, string(look.Effect)) {
			return readAsOther, "picture: " + string(look.Effect) + ": " + got
		}
	}
	for _, cue := range plan.Sound {
		if !slices.Contains(allowedSounds, string(cue.Noise)) {
			return readAsOther, "sound: " + string(cue.Noise) + ": " + got
		}
	}
	takes := func(name string) func(wish.Param) bool {
		return func(p wish.Param) bool {
			return l.catalog.effect(Effect(name)).takes(p) || l.catalog.noise(Noise(name)).takes(p)
		}
	}
	check := func(e expected, names []string, found func(string) (wish.Detail, float64, bool)) {
		for _, name := range names {
			if d, strength, ok := found(name); ok {
				if lost := e.lost(d, strength, takes(name)); lost != "" && len(plan.Unknown) > 0 {
					worst = max(worst, readWarned) // the words for it are among those named
				} else if lost != "" && worst < readLess {
					worst, got = readLess, lost+": "+got
				}
				return
			}
		}
		if said {
			worst = max(worst, readWarned)
			return
		}
		worst, got = notRead, e.Effect+": "+got
	}
	for _, e := range p.Want.Picture {
		check(e, ourNames(e.Effect, samePicture), func(name string) (wish.Detail, float64, bool) {
			i := slices.IndexFunc(plan.Picture, func(l Look) bool { return string(l.Effect) == name })
			if i < 0 {
				return wish.Detail{}, 0, false
			}
			return plan.Picture[i].Detail, plan.Picture[i].Strength, true
		})
	}
	for _, e := range p.Want.Sound {
		if e.Effect == "silence" && len(plan.Sound) > 0 && !plan.KeepSound {
			continue // new sound lies on the room tone: there is nothing else before and after it
		}
		check(e, ourNames(e.Effect, sameSound), func(name string) (wish.Detail, float64, bool) {
			i := slices.IndexFunc(plan.Sound, func(c Cue) bool {
				return string(c.Noise) == name && (e.Text == "" || plainText(c.Text) == plainText(e.Text))
			})
			if i < 0 {
				return wish.Detail{}, 0, false
			}
			return plan.Sound[i].Detail, plan.Sound[i].Strength, true
		})
	}
	if len(p.Cannot) > 0 && worst < readWarned {
		if !said {
			return notRead, fmt.Sprintf("nothing is said of %q: %s", p.Cannot, got)
		}
		worst = readWarned
	}
	return worst, got
}

// possible reports whether anything that the prompt asks for is made.
func possible(l *Lexicon, p peoplePrompt) bool {
	for _, e := range p.Want.Picture {
		for _, n := range ourNames(e.Effect, samePicture) {
			if _, there := find(l.catalog.Picture, n); there {
				return true
			}
		}
	}
	for _, e := range p.Want.Sound {
		for _, n := range ourNames(e.Effect, sameSound) {
			if _, there := find(l.catalog.Sound, n); there {
				return true
			}
		}
	}
	return false
}

// lost names the detail that was expected and isn't there.
func (e expected) lost(d wish.Detail, strength float64, takes func(wish.Param) bool) string {
	switch {
	case e.Strength == "light" && strength >= Usual && d.Place != wish.Background, e.Strength == "heavy" && strength <= Usual:
		return "strength"
	case e.When != "" && d.When == wish.When{} && !(e.Effect == "speech" && slices.Contains([]string{"first", "then", "last"}, e.When)): // words follow one another anyway
		return "when"
	case e.Onset == "gradual" && d.When.Onset != wish.Gradual, e.Onset == "sudden" && d.When.Onset != wish.Sudden:
		return "onset"
	case e.Text != "" && plainText(d.Text) != plainText(e.Text):
		return "text"
	case slices.Contains(wish.Directions(), wish.Direction(e.Direction)) && string(d.Direction) != e.Direction:
		return "direction"
	case slices.Contains(wish.Places(), wish.Place(e.Place)) && string(d.Place) != e.Place && !(e.Place == "background" && (strength < Usual || e.Effect == "background blur")):
		return "place"
	case e.Count != "" && e.Count != "1" && fmt.Sprint(d.Count) != string(e.Count):
		return "count"
	case e.Speed == "slow" && (d.Speed == 0 || d.Speed >= 1) && strength >= Usual && d.When.Onset != wish.Gradual, e.Speed == "fast" && d.Speed <= 1:
		return "speed"
	case e.Distance == "far" && d.Distance < 0.5 && strength >= Usual:
		return "distance"
	case e.From != "" && d.From.Name != e.From:
		return "the colour before"
	case oneWord(e.Colour) && (takes(wish.Tint) || takes(wish.Colours)) && d.To.Name != e.Colour && e.Effect != "tint":
		return "colour"
	}
	return ""
}

// oneWord reports whether s is one that a colour can be called by.
func oneWord(s string) bool { return s != "" && !strings.Contains(s, " ") }

// plainText is what counts of a text: letters and digits, without the ending of a file.
func plainText(s string) string {
	s = strings.TrimSuffix(strings.ToLower(s), ".cube")
	return strings.TrimSuffix(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s), "cube")
}

func ourNames(effect string, same map[string][]string) []string {
	if list, ok := same[effect]; ok {
		return list
	}
	return []string{effect}
}

func allowed(list []expected, same, along map[string][]string) (out []string) {
	for _, e := range list {
		out = append(out, ourNames(e.Effect, same)...)
		out = append(out, along[e.Effect]...)
	}
	return out
}

// samePicture and sameSound put the writer's names into those of the engine; any of a list will do.
var samePicture = map[string][]string{
	"dark mood": {"darker", "noir"}, "reverse picture": {"reverse"}, "super 8": {"super 8"}, "fast motion": {"fast motion"}, "sketch": {"pencil"}, "dusk": {"dusk"},
	"warm": {"warmer", "golden hour"}, "cool": {"cooler"}, "storm": {"rain"}, "leaves": {"falling leaves"}, "candle": {"candle light"},
	"zoom in": {"zoom"}, "zoom out": {"zoom"}, "fade out": {"fade"}, "fade in": {"fade"}, "pixelate": {"blur region", "mosaic"}, "blur": {"background blur", "blur region"},
	"shake": {"handheld"}, "light leak": {"light leaks"}, "watercolour": {"watercolour"}, "grain": {"vintage film"}, "vintage film": {"vintage film", "super 8"}, "bokeh": {"background blur"},
	"denoise picture": {"denoise"}, "desaturate": {"black and white", "less colour"}, "saturate": {"more colour"}, "faded": {"faded", "less colour"}, "brighten": {"brighter"}, "darken": {"darker", "night"},
	"rotate": {"tilt"}, "tilt": {"tilt", "pan"}, "winter": {"winter", "snow"}, "night": {"night", "moonlight"}, "tint": {"tint", "cooler", "warmer"}, "night vision": {"tint"}, "pastel": {"faded"}, "contrast": {"contrast"}, "heat haze": {"heat haze"}, "black bar": {"blur region", "letterbox"}, "flash": {"lightning", "flash"},
	"cinematic": {"teal and orange", "letterbox"}, "aspect": {"letterbox"}, "soft": {"soft", "background blur", "glow"},
}
var sameSound = map[string][]string{
	"café": {"cafe"}, "city": {"city", "traffic"}, "phone": {"phone ringing"}, "fade out": {"fade sound"}, "fade in": {"fade sound"}, "plane": {"aeroplane"}, "reverb": {"hall", "cathedral"}, "denoise": {"de-noise", "silence", "room tone"},
	"dehum": {"de-hum"}, "muffle": {"next room", "muffled underwater"}, "underwater": {"muffled underwater"}, "pitch down": {"deeper"}, "pitch up": {"higher"}, "pads": {"pad"}, "reverse": {"reverse sound"},
	"slow motion": {"slow down sound"}, "storm": {"rain", "wind", "thunder"}, "room tone": {"room tone", "silence"}, "silence": {"silence", "room tone"}, "boom": {"boom", "thunder"}, "hiss": {"static"}, "glitch": {"stutter", "static"},
	"rain": {"rain", "rain on roof", "rain on leaves", "rain on umbrella"}, "forest": {"birds"}, "station": {"train"}, "pan": {"pan sound"}, "crowd": {"crowd", "cheering"}, "children": {"crowd"}, "music": {"music"},
}

// alongPicture and alongSound are what may come with it, as it does in the world.
var alongPicture = map[string][]string{
	"storm": {"lightning", "rain", "overcast"}, "faded": {"glow"}, "warm": {"brighter"}, "darken": {"overcast"}, "pan": {"glow"}, "cool": {"less colour"}, "leaves": {"autumn"}, "autumn": {"falling leaves"}, "noir": {"black and white"}, "snow": {"winter"}, "winter": {"snow", "cooler"}, "lightning": {"rain", "flash"}, "spring": {"petals"}, "dawn": {"cooler"}, "dusk": {"cooler"}, "candle": {"flicker"}, "vintage film": {"flicker", "dust"}, "glow": {"flicker"}, "light leak": {"warmer"}, "watercolour": {"faded"}, "fireflies": {"night"}, "cinematic": {"less colour"}, "letterbox": {"teal and orange"},
}
var alongSound = map[string][]string{
	"storm": {"rain", "thunder", "wind"}, "rain": {"rain", "wind"}, "snow": {"wind"}, "lightning": {"thunder"}, "underwater": {"muffled underwater"}, "slow motion": {"slow down sound"}, "thunder": {"rain"}, "vhs": {"static"}, "café": {"murmur"},
	"fade out": {"fade sound"}, "fade in": {"fade sound"}, "reverse": {"reverse sound"}, "fast motion": {"speed up sound"}, "ocean": {"wind"}, "leaves": {"wind"}, "phone": {"next room"}, "speech": {"robot", "cheering"}, "heartbeat": {"silence"}, "dust": {"wind"}, "crickets": {"fade sound"},
}

// seenWith is what may be seen where a sound is asked for.
var seenWith = map[string][]string{"rain": {"rain"}, "thunder": {"lightning", "rain"}, "storm": {"rain", "lightning"}, "crickets": {"night"}, "denoise": {"denoise"}}
