package prompt

import (
	"slices"
	"strings"
	"unicode"
)

// build turns the terms and quotations into the plan's looks and cues.
func (r *reader) build() {
	explicit := map[string]bool{}
	for _, t := range r.terms {
		if !t.heard {
			for _, l := range t.sense.looks {
				r.addLook(scaled(l.Strength, t.strength), l.Effect, t.strength > 0, explicit)
			}
		}
		for _, c := range t.sense.cues {
			r.addCue(scaled(c.Strength, t.strength), c.Noise, t.strength > 0, explicit)
		}
	}
	for _, q := range r.quoted {
		strength := Usual
		if q.loud > 0 {
			strength = q.loud
		}
		r.plan.Sound = append(r.plan.Sound, Cue{Noise: Speech, Strength: strength, Text: q.text, Voice: q.voice, Whisper: q.whisper})
	}
	r.people()
	r.opposites()
	r.silence()
	slices.SortStableFunc(r.plan.Picture, func(a, b Look) int { return slices.Index(Effects(), a.Effect) - slices.Index(Effects(), b.Effect) })
	slices.SortStableFunc(r.plan.Sound, func(a, b Cue) int { return slices.Index(Noises(), a.Noise) - slices.Index(Noises(), b.Noise) })
	r.plan.KeepSound = r.keep && !r.replace && r.mixable()
	if r.plan.Look(Snow) > 0 || r.plan.Look(Rain) > 0 {
		if c, ok := r.plan.Cue(Wind); ok {
			r.plan.Gusts = c.Strength
		}
	}
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

// addLook joins two mentions of one effect: a measured one wins over a bare one, else the stronger.
func (r *reader) addLook(strength float64, e Effect, measured bool, explicit map[string]bool) {
	key := "look " + string(e)
	if i := slices.IndexFunc(r.plan.Picture, func(l Look) bool { return l.Effect == e }); i >= 0 {
		r.plan.Picture[i].Strength = merged(r.plan.Picture[i].Strength, strength, explicit[key], measured)
	} else {
		r.plan.Picture = append(r.plan.Picture, Look{Effect: e, Strength: strength})
	}
	explicit[key] = explicit[key] || measured
}

func (r *reader) addCue(strength float64, n Noise, measured bool, explicit map[string]bool) {
	key := "cue " + string(n)
	if i := slices.IndexFunc(r.plan.Sound, func(c Cue) bool { return c.Noise == n }); i >= 0 {
		r.plan.Sound[i].Strength = merged(r.plan.Sound[i].Strength, strength, explicit[key], measured)
	} else {
		r.plan.Sound = append(r.plan.Sound, Cue{Noise: n, Strength: strength})
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
	if len(r.quoted) > 0 {
		return
	}
	for _, a := range r.atoms {
		if a.tokenKind != word || a.class != unknownWord {
			continue
		}
		if slices.Contains(speechWords, a.text) || slices.Contains(manWords, a.text) || slices.Contains(womanWords, a.text) {
			if !slices.Contains(r.plan.Without, a.text) && !slices.Contains(r.gone, a.text) {
				r.plan.Unknown = appendNew(r.plan.Unknown, a.text)
			}
		}
	}
}

// opposites keeps the later of warmer and cooler.
func (r *reader) opposites() {
	warm, cool := r.plan.Look(Warmer) > 0, r.plan.Look(Cooler) > 0
	if !warm || !cool {
		return
	}
	keep := Warmer
	for _, t := range r.terms {
		for _, l := range t.sense.looks {
			if l.Effect == Warmer || l.Effect == Cooler {
				keep = l.Effect
			}
		}
	}
	drop := Cooler
	if keep == Cooler {
		drop = Warmer
	}
	r.plan.Picture = slices.DeleteFunc(r.plan.Picture, func(l Look) bool { return l.Effect == drop })
	r.plan.Warnings = append(r.plan.Warnings, "Warmer and cooler cancel each other, so only the last one asked for is used: "+string(keep)+".")
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
	return slices.ContainsFunc(r.plan.Sound, func(c Cue) bool { return c.Noise != Silence && c.Noise != Telephone })
}

func hasLetter(s string) bool { return strings.IndexFunc(s, unicode.IsLetter) >= 0 }
