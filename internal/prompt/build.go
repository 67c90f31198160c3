package prompt

import (
	"slices"
	"strings"
	"unicode"

	"retake/internal/wish"
)

// build turns the terms and quotations into the plan's looks and cues.
func (r *reader) build() {
	if len(r.terms) == 0 && len(r.quoted) == 0 && r.alone != nil {
		r.terms = append(r.terms, *r.alone)
	}
	r.intents()
	r.attach()
	r.unwritten()
	explicit := map[string]bool{}
	for _, t := range r.terms {
		if !t.heard {
			for _, l := range t.sense.looks {
				l.Strength = scaled(l.Strength, t.strength)
				l.Detail = r.lex.catalog.effect(l.Effect).kept(l.Detail.With(t.detail))
				r.addLook(l, t.strength > 0, explicit)
			}
		}
		for _, c := range t.sense.cues {
			if len(t.sense.looks) > 0 && r.keep && r.lex.catalog.treats(c.Noise) {
				continue // "play it backwards, but leave the audio"
			}
			c.Strength = scaled(c.Strength, t.strength)
			c.Detail = r.lex.catalog.noise(c.Noise).kept(c.Detail.With(t.detail))
			r.addCue(c, t.strength > 0, explicit)
		}
		for _, m := range t.sense.missing {
			m.Words = t.text
			if !slices.Contains(r.plan.Missing, m) {
				r.plan.Missing = append(r.plan.Missing, m)
			}
		}
	}
	for _, q := range r.quoted {
		strength := Usual
		if q.loud > 0 {
			strength = q.loud
		}
		c := Cue{Noise: Speech, Strength: strength, Voice: q.Voice, Age: q.Age, Pitch: q.Pitch, Whisper: q.Manner == Whisper,
			Detail: wish.Detail{Text: q.text, Speed: q.Speed, When: q.when}}
		if !c.Whisper {
			c.Manner = q.Manner
		}
		r.plan.Sound = append(r.plan.Sound, c)
	}
	r.people()
	r.opposites()
	r.included()
	r.silence()
	slices.SortStableFunc(r.plan.Picture, func(a, b Look) int {
		return order(r.lex.catalog.Picture, string(a.Effect)) - order(r.lex.catalog.Picture, string(b.Effect))
	})
	slices.SortStableFunc(r.plan.Sound, func(a, b Cue) int {
		return order(r.lex.catalog.Sound, string(a.Noise)) - order(r.lex.catalog.Sound, string(b.Noise))
	})
	r.plan.KeepSound = r.keep && !r.replace && r.mixable()
	if slices.ContainsFunc(r.plan.Picture, func(l Look) bool { return r.lex.catalog.effect(l.Effect).Falls }) {
		if c, ok := r.plan.Cue(Wind); ok {
			r.plan.Gusts = c.Strength
		}
	}
}

// unwritten takes words such as "write" for titles only where there is something to write.
func (r *reader) unwritten() {
	r.terms = slices.DeleteFunc(r.terms, func(t term) bool {
		none := t.sense.quotes && t.detail.Text == "" && r.l.is("writing", t.text)
		if none {
			r.plan.Unknown = appendNew(r.plan.Unknown, t.text)
		}
		return none
	})
}

// scaled joins an entry's own strength ("drizzle" 0.28) with what the words around it say.
func scaled(own, said float64) float64 {
	switch {
	case own == 0 && said == 0:
		return Usual
	case own == 0:
		return said
	case said == 0:
		return own
	}
	return min(max(own+(said-Usual)*0.5, 0.08), 1)
}

// addLook joins two mentions of one effect: a measured one wins over a bare one, else the stronger. Effects for different
// things ("make the car red and the door blue") stay apart.
func (r *reader) addLook(l Look, measured bool, explicit map[string]bool) {
	key := "look " + string(l.Effect)
	same := func(o Look) bool {
		return o.Effect == l.Effect && o.Object == l.Object && o.Text == l.Text && o.From == l.From && o.Variant == l.Variant &&
			(o.Place == l.Place || o.Place == "" || l.Place == "") && (o.When == l.When || o.When.Whole() || l.When.Whole())
	}
	if i := slices.IndexFunc(r.plan.Picture, same); i >= 0 {
		o := &r.plan.Picture[i]
		o.Strength = merged(o.Strength, l.Strength, explicit[key], measured)
		o.Detail = o.Detail.With(l.Detail)
	} else {
		r.plan.Picture = append(r.plan.Picture, l)
	}
	explicit[key] = explicit[key] || measured
}

func (r *reader) addCue(c Cue, measured bool, explicit map[string]bool) {
	key := "cue " + string(c.Noise)
	if i := slices.IndexFunc(r.plan.Sound, func(o Cue) bool { return o.Noise == c.Noise && o.Variant == c.Variant }); i >= 0 {
		o := &r.plan.Sound[i]
		o.Strength = merged(o.Strength, c.Strength, explicit[key], measured)
		o.Detail = o.Detail.With(c.Detail)
	} else {
		r.plan.Sound = append(r.plan.Sound, c)
	}
	explicit[key] = explicit[key] || measured
}

func merged(old, new float64, oldMeasured, newMeasured bool) float64 {
	if oldMeasured != newMeasured {
		if newMeasured {
			return new
		}
		return old
	}
	return max(old, new)
}

// people puts the words for speakers among the unknown when nobody speaks.
func (r *reader) people() {
	treated := slices.ContainsFunc(r.plan.Sound, func(c Cue) bool { return r.lex.catalog.treats(c.Noise) })
	if len(r.quoted) > 0 || treated { // "the voice over the telephone" is the clip's own
		return
	}
	for _, a := range r.atoms {
		if a.tokenKind != word || a.class != unknownWord {
			continue
		}
		if r.l.ofSpeakers(a.text) {
			if !slices.Contains(r.plan.Without, a.text) && !slices.Contains(r.gone, a.text) {
				r.plan.Unknown = appendNew(r.plan.Unknown, a.text)
			}
		}
	}
}

// includes are effects that are another one as well, in their own way: "dark, moonlit" is moonlight.
var includes = [][2]string{{"moonlight", "night"}, {"noir", "black and white"}, {"infrared", "black and white"}, {"sepia", "black and white"},
	{"candle light", "warmer"}, {"golden hour", "warmer"}, {"winter", "cooler"}}

// included drops effects that others of the plan bring along.
func (r *reader) included() {
	for _, pair := range includes {
		if r.plan.Look(Effect(pair[0])) > 0 {
			r.plan.Picture = slices.DeleteFunc(r.plan.Picture, func(l Look) bool { return string(l.Effect) == pair[1] })
		}
	}
}

// contraries are effects and treatments of which one undoes the other.
var contraries = [][2]string{{"warmer", "cooler"}, {"slow motion", "fast motion"}, {"night", "harsh noon"}, {"brighter", "darker"}, {"more colour", "less colour"}}

var soundContraries = [][2]string{{"louder", "quieter"}, {"speed up sound", "slow down sound"}, {"deeper", "higher"}, {"mono", "wide"}}

// opposites keeps the later of two that undo each other.
func (r *reader) opposites() {
	for _, pair := range contraries {
		drop, keep := r.contrary(pair, func(s *sense, name string) bool {
			return slices.ContainsFunc(s.looks, func(l Look) bool { return string(l.Effect) == name })
		})
		if drop != "" {
			r.plan.Picture = slices.DeleteFunc(r.plan.Picture, func(l Look) bool { return string(l.Effect) == drop })
			r.cancelled(pair, keep)
		}
	}
	for _, pair := range soundContraries {
		drop, keep := r.contrary(pair, func(s *sense, name string) bool {
			return slices.ContainsFunc(s.cues, func(c Cue) bool { return string(c.Noise) == name })
		})
		if drop != "" {
			r.plan.Sound = slices.DeleteFunc(r.plan.Sound, func(c Cue) bool { return string(c.Noise) == drop })
			r.cancelled(pair, keep)
		}
	}
}

// contrary returns which of a pair gives way to which, "" unless both are asked for.
func (r *reader) contrary(pair [2]string, has func(*sense, string) bool) (drop, keep string) {
	var there [2]bool
	var when [2]wish.When
	for _, t := range r.terms {
		for n, name := range pair {
			if has(t.sense, name) {
				there[n], keep = true, name
				when[n] = t.detail.When
			}
		}
	}
	switch {
	case when[0] != when[1] && !when[0].Whole() && !when[1].Whole():
		return "", "" // one after the other
	case !there[0] || !there[1]:
		return "", ""
	case keep == pair[0]:
		return pair[1], keep
	}
	return pair[0], keep
}

func (r *reader) cancelled(pair [2]string, keep string) {
	first := strings.ToUpper(pair[0][:1]) + pair[0][1:]
	r.plan.Warnings = append(r.plan.Warnings, first+" and "+pair[1]+" cancel each other, so only the last one asked for is used: "+keep+".")
}

// silence gives way to other sounds: "silence, then wind" is wind.
func (r *reader) silence() {
	others := slices.ContainsFunc(r.plan.Sound, func(c Cue) bool { return c.Noise != Silence })
	if _, ok := r.plan.Cue(Silence); ok && others {
		r.plan.Sound = slices.DeleteFunc(r.plan.Sound, func(c Cue) bool { return c.Noise == Silence })
	}
}

// mixable reports whether any cue is a sound that can lie over the clip's own.
func (r *reader) mixable() bool {
	return slices.ContainsFunc(r.plan.Sound, func(c Cue) bool { return r.lex.catalog.noise(c.Noise).Mixes })
}

// utterable reports whether there is anything in s to be spoken.
func utterable(s string) bool {
	return strings.ContainsFunc(s, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsNumber(c) })
}
