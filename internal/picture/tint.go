package picture

import "math"

// tint is how a light colours what it falls on: gains of red, green and blue for shadows and for highlights.
type tint struct{ shadow, light rgb }

// on colours c: by the gains to the power of part, brought to such a level that a grey keeps its luminance.
func (t tint) on(l levels, c rgb, part float64) rgb {
	g := t.shadow.toward(t.light, smooth(fromLight(max(l.luminance(c), 0))/0.85))
	for i := range g {
		g[i] = math.Pow(g[i], part)
	}
	k := l.luminance(g)
	return c.gains(g[0]/k, g[1]/k, g[2]/k)
}

// graded gives contrast to c about middle grey, by its luminance, so that hues stay.
func (l levels) graded(c rgb, k float64) rgb {
	v := l.luminance(c)
	if v <= 1e-6 {
		return c.times(k)
	}
	return c.times(contrast(v, k, middleGrey) / v)
}

// veiled mixes c with a colour of the air, which lifts the shadows.
func (c rgb) veiled(air rgb, part float64) rgb { return c.toward(air, part) }

// hues changes colours of a range of hues and leaves the others.
type hues struct {
	middle, half, feather float64 // degrees
	turn                  float64 // degrees
	chroma, light         float64 // what they are multiplied by
}

// on changes o by a part of what h says; greys, whose hue means nothing, stay.
func (h hues) on(o lab, part float64) lab {
	in := within(o.hue(), h.middle, h.half, h.feather) * o.coloured()
	if in == 0 {
		return o
	}
	in *= part
	o.l *= math.Pow(h.light, in)
	return o.turned(h.turn*in, math.Pow(h.chroma, in))
}

// The ranges of hue that looks speak of.
var (
	leaves = hues{middle: 128, half: 24, feather: 24, chroma: 1, light: 1}
	skies  = hues{middle: -105, half: 32, feather: 28, chroma: 1, light: 1}
)

func (h hues) with(turn, chroma, light float64) hues {
	h.turn, h.chroma, h.light = turn, chroma, light
	return h
}
