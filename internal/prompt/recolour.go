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
		if r.l.is("and", a.text) || a.class == termPhrase || a.class == negatorWord || r.l.is("but", a.text) {
			break
		}
		_, thing := r.l.objects[a.text]
		if a.class == unknownWord || thing {
			if len(colours) == 2 {
				break // "… blue when the music starts"
			}
			object = append(object, a.text)
			nounsAfter++
		}
	}
	return r.recoloured(i, end, colours, object, nounsAfter)
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
	default:
		return false
	}
	d.Object = strings.Join(object, " ")
	t := term{text: string(Recolour), at: i, detail: d, clause: r.clause, sense: &sense{looks: []Look{{Effect: Recolour}}}}
	for j := i; j <= end; j++ {
		r.atoms[j].used = true
	}
	if r.negated.on {
		r.without(t.text)
		return true
	}
	r.terms = append(r.terms, t)
	r.pending, r.boost = 0, false
	return true
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
