package prompt

import (
	"fmt"
	"strings"
)

// Sentence says the plan in words: "snow (heavy), night; sound: wind".
func (p Plan) Sentence() string {
	var looks, cues []string
	for _, l := range p.Picture {
		t, kind := p.lex.catalog.effect(l.Effect), "colour"
		if t.Falls {
			kind = "weather"
		}
		s := string(l.Effect) + measure(l.Strength, kind)
		if t.Falls && p.Gusts > 0 {
			s = "wind-blown " + s
		}
		if l.Text != "" {
			lines := strings.Split(l.Text, "\n")
			s += " " + list(lines, len(lines))
		}
		looks = append(looks, further(s, l.Detail.String()))
	}
	for _, c := range p.Sound {
		cues = append(cues, p.cue(c))
	}
	var parts []string
	if len(looks) > 0 {
		parts = append(parts, strings.Join(looks, ", "))
	}
	if len(cues) > 0 {
		sound := "sound: " + strings.Join(cues, ", ")
		if p.KeepSound {
			sound += " over the original"
		}
		parts = append(parts, sound)
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, "; ")
}

// further puts details behind a name: "zoom: in, 0.5 × speed".
func further(name, details string) string {
	if details == "" {
		return name
	}
	return name + " [" + details + "]"
}

func (p Plan) cue(c Cue) string {
	t := p.lex.catalog.noise(c.Noise)
	d := c.Detail
	d.Text = ""
	switch {
	case c.Noise == Speech:
		return further(fmt.Sprintf("%s %s %q", c.who(), c.verb(), c.Text), d.String())
	case c.Noise == Silence || !t.Mixes && c.Strength == Usual:
		return further(string(c.Noise), d.String())
	case t.Falls:
		return further(string(c.Noise)+measure(c.Strength, "weather"), d.String())
	}
	return further(string(c.Noise)+measure(c.Strength, "sound"), d.String())
}

func (c Cue) who() string {
	who := "voice"
	switch {
	case c.Age == Child && c.Voice == Man:
		who = "boy"
	case c.Age == Child && c.Voice == Woman:
		who = "girl"
	case c.Age == Child:
		who = "child"
	case c.Voice != AnyVoice:
		who = string(c.Voice)
	}
	article := "a "
	if c.Age == Old {
		article = "an old "
	}
	if c.Manner == Robot {
		return article + "robot's " + who
	}
	return article + who
}

func (c Cue) verb() string {
	verb := "says"
	switch {
	case c.Whisper:
		verb = "whispers"
	case c.Manner == Shout:
		verb = "shouts"
	}
	if c.Pitch > 1 {
		verb += " in a high voice"
	} else if c.Pitch > 0 && c.Pitch < 1 {
		verb += " in a deep voice"
	}
	return verb
}

// measureWords say a strength from very little to very much.
var measureWords = map[string][4]string{
	"weather": {"very light", "light", "heavy", "very heavy"},
	"colour":  {"very slight", "slight", "strong", "very strong"},
	"sound":   {"faint", "gentle", "strong", "very strong"},
}

func measure(s float64, kind string) string {
	words := measureWords[kind]
	switch {
	case s < 0.22:
		return " (" + words[0] + ")"
	case s < 0.42:
		return " (" + words[1] + ")"
	case s > 0.94:
		return " (" + words[3] + ")"
	case s > 0.74:
		return " (" + words[2] + ")"
	}
	return ""
}
