package picture

import "math"

// rgb is a colour in linear light, red, green and blue, with 1 for white: in the clip's own primaries. The lattice
// asks for colours beyond 0 to 1 too, as most of Y'CbCr lies there; what is made of these must go on smoothly.
type rgb [3]float64

// toLight undoes the transfer function of ITU-R BT.709-6, item 1.2, which BT.601 and BT.2020 share, odd about 0. It has a straight toe, so
// that noise near black isn't blown up.
func toLight(v float64) float64 {
	switch {
	case v < 0:
		return -toLight(-v)
	case v < 0.081:
		return v / 4.5
	}
	return math.Pow((v+0.099)/1.099, 1/0.45)
}

// fromLight is the transfer function of BT.709.
func fromLight(v float64) float64 {
	switch {
	case v < 0:
		return -fromLight(-v)
	case v < 0.018:
		return v * 4.5
	}
	return 1.099*math.Pow(v, 0.45) - 0.099
}

// each applies a function to the three of them.
func (c rgb) each(f func(float64) float64) rgb { return rgb{f(c[0]), f(c[1]), f(c[2])} }

func (c rgb) gains(r, g, b float64) rgb { return rgb{c[0] * r, c[1] * g, c[2] * b} }
func (c rgb) times(k float64) rgb       { return rgb{c[0] * k, c[1] * k, c[2] * k} }

// toward mixes c with o by t.
func (c rgb) toward(o rgb, t float64) rgb {
	return rgb{mix(c[0], o[0], t), mix(c[1], o[1], t), mix(c[2], o[2], t)}
}

// dot is a mix of the channels to one.
func (c rgb) dot(r, g, b float64) float64 { return c[0]*r + c[1]*g + c[2]*b }

func grey(v float64) rgb { return rgb{v, v, v} }

// luminance is the light of c by the clip's own weights.
func (l levels) luminance(c rgb) float64 { return c.dot(l.kr, 1-l.kr-l.kb, l.kb) }

// saturate moves c away from the grey of its own luminance: 0 leaves the grey, 1 changes nothing.
func (l levels) saturate(c rgb, k float64) rgb { return grey(l.luminance(c)).toward(c, k) }

// fromCodes returns the light of a sample of luma and chroma, in codes.
func (l levels) fromCodes(y, cb, cr float64) rgb { return l.encoded(y, cb, cr).each(toLight) }

// encoded returns its red, green and blue as they are coded.
func (l levels) encoded(y, cb, cr float64) rgb {
	y, cb, cr = (y-l.black)/l.span, (cb-128)/l.chroma, (cr-128)/l.chroma
	r, b := y+2*(1-l.kr)*cr, y+2*(1-l.kb)*cb
	return rgb{r, (y - l.kr*r - l.kb*b) / (1 - l.kr - l.kb), b}
}

// toCodes returns the luma and chroma of light, in codes, not rounded.
func (l levels) toCodes(c rgb) (y, cb, cr float64) {
	c = c.each(fromLight)
	v := l.luminance(c)
	return l.code(v), 128 + (c[2]-v)/(2*(1-l.kb))*l.chroma, 128 + (c[0]-v)/(2*(1-l.kr))*l.chroma
}

// roll bends what lies above start so that it nears 1 without reaching it: the shoulder of film. Below it changes
// nothing, and there is no kink.
func roll(v, start float64) float64 {
	if v <= start {
		return v
	}
	room := 1 - start
	return start + room*(1-math.Exp((start-v)/room))
}

// rolled applies roll to the brightest channel and takes the others along, so that hue stays, and lets what
// is very bright pale, as film does.
func (c rgb) rolled(start float64) rgb {
	top := max(c[0], c[1], c[2])
	if top <= start {
		return c
	}
	to := roll(top, start)
	return c.times(to/top).toward(grey(to), 0.7*smooth((top-start)/(2.8-start)))
}

// contrast raises (k above 1) or lowers contrast about a grey of light pivot: a power, which is a straight line in log exposure.
func contrast(v, k, pivot float64) float64 {
	if v <= 0 {
		return v * k
	}
	return pivot * math.Pow(v/pivot, k)
}

// middleGrey is the light of a grey card.
const middleGrey = 0.18

// curve is an S-curve about middle grey on encoded values: k from 0 for none to about 1 for a hard one. Black and white stay.
func curve(v, k float64) float64 {
	if v <= 0 || v >= 1 {
		return v
	}
	e := fromLight(v)
	return toLight(e + k*(smooth(e)-e))
}
