package picture

import (
	"math"
	"slices"
	"strings"
)

// dye turns colours of one range into others that have the same light and shade.
type dye struct {
	from, to         lab
	half, feather    float64 // of the range of hues, degrees
	light, least     float64 // neutral ranges: the middle of their lightness, and the most chroma they have
	reach            float64 // lightness on both sides of it
	guard            bool    // skin is left alone
	pale             float64 // chroma from where on a colour counts as one
	part             float64
	fromGrey, toGrey bool
}

// neutral is the chroma below which a named colour is a grey.
const neutral = 0.035

func newDye(from, to lab, l Look) dye {
	d := dye{from: from, to: to, feather: 18, part: min(1, 0.25+1.25*l.Strength), fromGrey: from.chroma() < neutral, toGrey: to.chroma() < neutral}
	// Between magenta and yellow colours have names that are close to one another.
	d.half = 23 - 8*within(from.hue(), 50, 50, 20) + 8*l.Strength
	d.pale = 0.01
	d.guard = guarded(from) < 0.5 && !slices.ContainsFunc(strings.Fields(l.Object), func(w string) bool {
		return slices.Contains([]string{"skin", "face", "faces", "hands", "hair", "body"}, w)
	})
	if d.guard && within(from.hue(), 57, 60, 1) > 0 {
		d.pale = 0.055 // what is paler and of nearly this hue is skin
	}
	switch {
	case d.fromGrey && from.l < 0.35:
		d.light, d.reach, d.least = 0.16, 0.20, 0.05
	case d.fromGrey && from.l > 0.85:
		d.light, d.reach, d.least = 0.97, 0.16, 0.025
	case d.fromGrey:
		d.light, d.reach, d.least = from.l, 0.22, 0.04
	case !d.guard:
		// Skin and hair have the hue of browns: only what is about as light is meant.
		d.light, d.reach = from.l, 0.22
	}
	// Above the usual strength the new colour is purer.
	k := 1 + 0.5*max(0, l.Strength-usual)
	d.to.a, d.to.b = to.a*k, to.b*k
	return d
}

// guarded is how far a colour is surely that of skin, 0 to 1: narrower than skinlike, so that red things are none.
func guarded(o lab) float64 {
	return within(o.hue(), 57, 19, 12) * smooth((o.chroma()-0.02)/0.03) * smooth((0.15-o.chroma())/0.05)
}

// wider is the dye for single samples, where smoothed chroma has been found to lie in the range: noise is to turn none of them out.
func (d dye) wider() dye {
	d.half, d.feather = d.half+14, d.feather+14
	return d
}

// in is how far a colour is in the range, 0 to 1.
func (d dye) in(o lab) float64 {
	in := 1.0
	if d.reach > 0 {
		in = 1 - smooth((math.Abs(o.l-d.light)-d.reach)/0.12)
	}
	if d.fromGrey {
		return in * (1 - smooth((o.chroma()-d.least)/0.03))
	}
	if o.l < 0 || o.l > 1.5 {
		return 0
	}
	in *= within(o.hue(), d.from.hue(), d.half, d.feather) * smooth((o.chroma()-d.pale)/0.06)
	if d.guard {
		in *= 1 - guarded(o)
	}
	return in
}

// on returns the new colour of one in the range.
func (d dye) on(o lab) rgb {
	out := lab{l: d.lightness(o.l)}
	chroma, hue := d.to.chroma(), d.to.hue()
	switch {
	case d.toGrey:
		chroma = min(0.05*o.chroma(), 0.01) + chroma
	case d.fromGrey:
		// Shade takes colour away; so does light.
		chroma *= smooth(out.l/(0.8*d.to.l)) * smooth((1.05-out.l)/0.35)
	default:
		chroma *= min(math.Pow(o.chroma()/d.from.chroma(), 0.6), 1.3)
		// Some of how hues differ within the thing stays.
		hue += 0.35 * turn(o.hue()-d.from.hue())
	}
	s, c := math.Sincos(hue * math.Pi / 180)
	out.a, out.b = chroma*c, chroma*s
	now := o.light()
	return now.toward(out.fit(), d.part)
}

// lightness moves that of the old colour most of the way to that of the new one. Darker, as a dye does, by a factor; lighter by a power, so
// that black stays black and noise in shadows isn't blown up.
func (d dye) lightness(l float64) float64 {
	if l <= 0 || l >= 1.2 {
		return l
	}
	from := d.from.l
	if d.fromGrey {
		from = min(max(from, 0.22), 0.92)
	}
	want := mix(from, d.to.l, 0.8)
	if want < from {
		return l * want / from
	}
	return math.Pow(l, max(math.Log(min(want, 0.97))/math.Log(min(from, 0.96)), 0.42))
}

// fit returns the light of a colour with as much of its chroma as red, green and blue can have.
func (o lab) fit() rgb {
	for k := 1.0; ; k -= 0.05 {
		c := lab{o.l, o.a * k, o.b * k}.light()
		if k < 0.05 || min(c[0], c[1], c[2]) >= -0.002 && max(c[0], c[1], c[2]) <= 1.02 {
			return c
		}
	}
}
