package picture

import "math"

// The names of the looks of film that is old or small.
const (
	VintageFilm Kind = "vintage film"
	Super8      Kind = "super 8"
)

var vintageFilmed = Entry{Kind: VintageFilm,
	Doc: "an old print: its dyes have faded, what is bright bleeds red, the lamp breathes a little and leaves the corners darker; grain, dust, hairs and scratches come with 24 pictures a second, and the strip weaves in the gate",
	Make: func(s stage, l Look) effect {
		k := l.Strength
		r := reel{s, 24}
		if s.super8 {
			return newWear(reel{s, 18}, 1+9*k*k, 0.4+2.4*k) // the scratches that were asked for with it
		}
		return layers{
			newWeave(r, 3.2*k),
			newPrint(r, print{stock: fadedStock(s.levels, k), halo: 0.5 * k, corners: 0.12 + 0.38*k, breath: 0.035 * k}),
			newGrain(r, 0.85, 3+7*k, 0.25),
			newWear(r, 1+9*k*k, 0.4+2.4*k),
		}
	}}

var super8Filmed = Entry{Kind: Super8,
	Doc: "a home movie on 8 mm film: soft, warm and with rich reds, coarse grain at 18 pictures a second, a picture that hops in a gate with round dark corners, light that leaks in at the edges, and dust",
	Make: func(s stage, l Look) effect {
		k := l.Strength
		r := reel{s, 18}
		return layers{
			newWeave(r, 9*k),
			newSoftened(s, 0.6+2*k),
			newPrint(r, print{stock: homeMovie(s.levels, k), halo: 0.65 * k, corners: 0.15 + 0.45*k, breath: 0.05 * k, leaks: 0.48 * k}),
			newGrain(r, 1.5, 3+8*k, 0.35),
			newWear(r, 1+5*k, 0.2+0.8*k),
			newGate(s, 5+26*k, 24+70*k),
		}
	}}

// fadedStock is what decades do to a print: the cyan dye goes first, blacks turn brown, whites cream.
func fadedStock(l levels, k float64) func(c rgb) rgb {
	return func(c rgb) rgb {
		c = l.saturate(c, 1-0.48*k)
		c = tint{shadow: rgb{1 + 0.10*k, 1, 1 - 0.14*k}, light: rgb{1 + 0.10*k, 1, 1 - 0.34*k}}.on(l, c, 1)
		c = l.graded(c, 1+0.12*k).rolled(0.72)
		return c.toward(rgb{0.105, 0.075, 0.062}, 0.30*k)
	}
}

// homeMovie is a reversal film of the 1970s: warm light, deep shadows, strong reds and yellows, greens towards olive.
func homeMovie(l levels, k float64) func(c rgb) rgb {
	return func(c rgb) rgb {
		o := hues{middle: 40, half: 40, feather: 30, chroma: 1 + 0.25*k, light: 1}.on(toLab(c), 1)
		o = leaves.with(-14*k, 1-0.15*k, 1).on(o, 1)
		o = skies.with(8*k, 1-0.30*k, 1).on(o, 1)
		c = tint{shadow: rgb{1 + 0.06*k, 1, 1 - 0.10*k}, light: rgb{1 + 0.24*k, 1, 1 - 0.46*k}}.on(l, o.light(), 1)
		return l.graded(c, 1+0.22*k).times(1+0.25*k).rolled(0.7).toward(rgb{0.06, 0.035, 0.03}, 0.16*k)
	}
}

// print is what light does in a strip of film and behind it.
type print struct {
	stock   func(c rgb) rgb // in linear light
	halo    float64         // of halation, 0 to 1
	corners float64         // how much darker they are, 0 to 1
	breath  float64         // how much the exposure changes from picture to picture, as a share
	leaks   float64         // light at the edges, 0 to 1
}

// newPrint makes the effect. Halation is red, as the layer for red lies deepest.
func newPrint(r reel, p print) effect {
	g := newGlowing(r.stage, p.stock, glow{from: 0.72, reach: 0.022, strength: p.halo, cast: [2]float64{-0.28, 0.55}})
	corner, leak := corners(r.stage, p.corners, 0.35), newLeaks(r.stage, p.leaks)
	dark, lit := newField(r.format), newField(r.format)
	g.shine = func(f *field, index int, amount float64) {
		corner(dark, index, amount)
		tick := r.tick(index)
		lamp := 1 + amount*p.breath*(0.6*wobble(r.seed, 'b', float64(tick)/r.rate, 3)+0.8*(unit(hash(r.seed, 'e', tick))-0.5))
		f.behind(dark, lamp)
		if p.leaks > 0 {
			leak(lit, index, amount*p.leaks)
			f.behind(lit, 1)
		}
	}
	return g
}

// behind puts other light over that of f, which it gains and adds to, with a gain of its own.
func (d *field) behind(over *field, gain float64) {
	const bias = fieldBias << 8
	k := uint64(math.Round(gain * 65536))
	for i, v := range over.gain.pix {
		d.gain.pix[i] = uint16(min(uint64(d.gain.pix[i])*uint64(v)/fieldOne*k>>16, 3*fieldOne))
	}
	if !over.tinted {
		return
	}
	for n := range d.add {
		for i, v := range over.add[n].pix {
			kept := (int(d.add[n].pix[i]) - bias) * int(over.gain.pix[i]) / fieldOne
			d.add[n].pix[i] = uint16(min(max(kept+int(v), 0), 65535))
		}
	}
}
