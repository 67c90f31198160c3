package prompt

import (
	"slices"
	"strings"

	"retake/internal/retake"
)

// The groups of Vocabulary that entries of the lexicon are in, in their order.
const (
	weather = iota
	light
	lens
	sounds
)

// Vocabulary is the lexicon for people who look for what they can ask for: every entry once, under the first thing it
// stands for, then how to say how much, what not, and what is to be spoken.
func Vocabulary() []retake.TermGroup {
	groups := []retake.TermGroup{
		weather: {Title: "Weather"}, light: {Title: "Light and colour"}, lens: {Title: "Lens and speed"}, sounds: {Title: "Sounds"},
	}
	for _, e := range lexicon {
		g := &groups[e.group()]
		g.Terms = append(g.Terms, e.term())
	}
	groups[sounds].Terms = append(groups[sounds].Terms,
		retake.Term{Label: "spoken words", Example: `a woman says "good morning"`, Kind: retake.TermSound, Phrases: slices.Clone(speechWords)},
		retake.Term{Label: "over the clip's own sound", Example: "add rain over the original sound", Kind: retake.TermSound, Phrases: slices.Clone(addWords)})
	return append(groups, howMuch(), retake.TermGroup{Title: "Not this", Terms: []retake.Term{
		{Label: "no …", Example: "snow, no rain", Kind: retake.TermBoth, Phrases: slices.Clone(negators)},
	}})
}

// group is the index of the entry's group in Vocabulary.
func (e Entry) group() int {
	if len(e.looks) == 0 {
		return sounds
	}
	switch e.looks[0].Effect {
	case Snow, Rain:
		return weather
	case BackgroundBlur, SlowMotion:
		return lens
	}
	return light
}

func (e Entry) term() retake.Term {
	kind := retake.TermBoth
	switch {
	case len(e.cues) == 0:
		kind = retake.TermPicture
	case len(e.looks) == 0:
		kind = retake.TermSound
	}
	label := e.Phrases[0]
	return retake.Term{Label: label, Example: example(label), Kind: kind, Phrases: slices.Clone(e.Phrases)}
}

// examples show what can stand beside a word; the others are prompts by themselves.
var examples = map[string]string{
	"snow": "heavy snow, wind howling", "flurry": "a light flurry", "rain": "gentle rain", "night": "night, light snow", "dusk": "dusk, slightly cooler",
	"warm": "slightly warmer", "cool": "much cooler", "background blur": "blur the background", "silence": "complete silence", "ocean": "gentle ocean waves",
	"thunder": "distant thunder", "wind": "strong wind", "telephone": `a man on the phone says "hello"`,
}

func example(label string) string {
	if s, ok := examples[label]; ok {
		return s
	}
	return label
}

// howMuch lists the measures from the least to the most.
func howMuch() retake.TermGroup {
	g := retake.TermGroup{Title: "How much"}
	for _, m := range measures {
		word := m.words[0]
		g.Terms = append(g.Terms, retake.Term{Label: word, Example: strings.TrimSuffix(word, "ly") + " snow", Kind: retake.TermBoth, Phrases: slices.Clone(m.words)})
	}
	return g
}
