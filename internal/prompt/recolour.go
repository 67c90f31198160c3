package prompt

import (
	"slices"
	"strings"

	"retake/internal/wish"
)

// recolour reads "make the red jacket blue", "change her dress from green to yellow" and the like at atom i: a word for making,
// then a thing with its old colour, its new one or both. It reports whether it was that, and then has used up the atoms.
func (r *reader) recolour(i int) bool {
	if a := r.atoms[i]; !r.l.is("recolour", a.text) || a.class == termPhrase && !a.sense.gives(Recolour) {
		return false
	}
	var colours []wish.Colour
	var object []string
	end, nounsAfter := i, 0
	for j := i + 1; j < len(r.atoms); j++ {
		a := r.atoms[j]
		if a.tokenKind != word {
			break
		}
		shade, n := r.shade(j)
		if n > 0 {
			if colours = append(colours, shade); len(colours) > 2 {
				return false
			}
			j += n - 1
			end, nounsAfter = j, 0
			continue
		}
		if a.class == termPhrase && len(colours) == 1 && r.colourFollows(j+1) {
			object = append(object, strings.Join(a.words, " ")) // "the white snow pink" lets none fall
			nounsAfter++
			continue
		}
		if r.l.is("and", a.text) || a.class == termPhrase && len(a.sense.looks) > 0 || a.class == negatorWord || r.l.is("but", a.text) {
			break
		}
		if a.class == unknownWord || a.class == termPhrase || r.thing(a.text) {
			if len(colours) == 2 {
				break // "… blue when the music starts"
			}
			object = append(object, a.text)
			nounsAfter++
		}
	}
	return r.recoloured(i, end, colours, object, nounsAfter)
}

// bareRecolour reads "the red jacket blue", "the car from red to yellow", "grass blue", "all greens to teal" and "pink sky" where they are
// a clause of their own, without a word for making. It reports whether it was that, and then has used up the atoms.
func (r *reader) bareRecolour(i int) bool {
	if i > 0 && r.atoms[i-1].tokenKind == word && !r.l.is("and", r.atoms[i-1].text) || r.negated.on || r.negated.changes {
		return false
	}
	var colours []wish.Colour
	var object []string
	j, first, nounsAfter := i, -1, 0
clause:
	for ; j < len(r.atoms) && r.atoms[j].tokenKind == word; j++ {
		a := r.atoms[j]
		shade, n := r.shade(j)
		switch {
		case n > 0:
			if len(colours) == 2 {
				return false
			}
			colours = append(colours, shade)
			if first < 0 {
				first = len(object)
			}
			j += n - 1
			nounsAfter = 0
		case a.class == unknownWord || r.thing(a.text) || a.class == termPhrase && len(a.sense.looks) == 0:
			if len(colours) == 2 {
				nounsAfter++ // "pls"
				continue
			}
			object = append(object, a.text)
			nounsAfter++
		case a.class == smallWord && (r.l.is("and", a.text) || r.l.is("joins", a.text)):
			if len(colours) == 0 {
				return false
			}
			break clause
		case a.class == detailPhrase || a.class == smallWord || a.class == replaceWord:
		default:
			return false
		}
	}
	if len(object) > 3 || nounsAfter > 1 {
		return false
	}
	d := wish.Detail{Object: strings.Join(object, " ")}
	usual := wish.Colour{}
	for _, w := range object {
		if c := r.l.objects[w]; c.Said() {
			usual = c
		}
	}
	switch {
	case len(colours) == 2 && colours[0] != colours[1]:
		d.From, d.To = colours[0], colours[1]
	case len(colours) == 1 && len(object) == 1 && usual.Said() && usual.Name != colours[0].Name:
		d.From, d.To = usual, colours[0] // "pink sky", "grass blue"
	case len(colours) == 1 && first == 1 && len(object) == 1 && r.thing(object[0]):
		d.To = colours[0] // "jacket blue"
	default:
		return false
	}
	r.addOf(Recolour, i, j-1, d)
	for k := i; k < j; k++ {
		if a := r.atoms[k]; a.class == detailPhrase {
			r.say(k, a.detail)
		}
	}
	return true
}

// colourFollows reports whether a colour stands at atom j, or behind one word of change there: "to pink".
func (r *reader) colourFollows(j int) bool {
	if j < len(r.atoms) && r.l.is("changed_to", r.atoms[j].text) {
		j++
	}
	if j >= len(r.atoms) {
		return false
	}
	_, n := r.shade(j)
	return n > 0
}

// recoloured makes the term of what recolour found: nounsAfter of the object's words stand behind the last colour.
func (r *reader) recoloured(i, end int, colours []wish.Colour, object []string, nounsAfter int) bool {
	d := wish.Detail{}
	switch {
	case len(colours) == 2:
		d.From, d.To = colours[0], colours[1]
		object = object[:len(object)-nounsAfter]
	case len(colours) == 1 && len(object) > nounsAfter:
		d.To = colours[0]
		object = object[:len(object)-nounsAfter]
		for _, w := range object {
			if c := r.l.objects[w]; c.Said() {
				d.From = c
			}
		}
	case len(colours) == 1 && len(object) == 0 && r.everything(i, end) && colours[0].Tinted():
		d.To = colours[0]
		r.addOf(Tint, i, end, d)
		return true
	default:
		return false
	}
	d.Object = strings.Join(object, " ")
	r.addOf(Recolour, i, end, d)
	return true
}

// everything reports whether the atoms from i to end are about the whole picture: "make everything blue", and "make it blue" where "it" is nothing else.
func (r *reader) everything(i, end int) bool {
	return slices.ContainsFunc(r.atoms[i:end], func(a atom) bool {
		return r.l.is("seen", a.text) || r.l.is("everything", a.text) || r.l.is("it", a.text) && r.last() == nil
	})
}

// addOf makes a term for an effect of the atoms from i to end, unless it is what should not be.
func (r *reader) addOf(effect Effect, i, end int, d wish.Detail) {
	t := term{text: string(effect), at: i, detail: d, clause: r.clause, phase: r.phase, sense: &sense{looks: []Look{{Effect: effect}}}}
	for j := i; j <= end; j++ {
		r.atoms[j].used = true
	}
	if r.negated.on {
		r.without(t.text)
		return
	}
	r.terms = append(r.terms, t)
	r.pending, r.boost = 0, false
}

// thing reports whether w is one that may have any colour.
func (r *reader) thing(w string) bool {
	_, known := r.l.objects[w]
	return known
}

// gives reports whether the meaning stands for an effect.
func (s *sense) gives(e Effect) bool {
	return slices.ContainsFunc(s.looks, func(l Look) bool { return l.Effect == e })
}

// shade reads a colour at atom j with what makes it lighter or darker before it, and how many atoms that takes, 0 for none.
func (r *reader) shade(j int) (wish.Colour, int) {
	if r.atoms[j].class == colourPhrase {
		return r.atoms[j].detail.To, 1
	}
	if c, ok := r.l.colours[strings.TrimSuffix(r.atoms[j].text, "s")]; ok && r.atoms[j].class == unknownWord {
		return c, 1 // "all greens"
	}
	if j+1 >= len(r.atoms) || r.atoms[j+1].class != colourPhrase {
		return wish.Colour{}, 0
	}
	c, w := r.atoms[j+1].detail.To, r.atoms[j].text
	switch {
	case r.l.is("shades_light", w):
		return c.Shade("light", 0.45), 2
	case r.l.is("shades_dark", w):
		return c.Shade("dark", -0.4), 2
	case r.l.is("shades_other", w):
		return c, 2
	}
	return wish.Colour{}, 0
}
