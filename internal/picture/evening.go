package picture

import (
	"math"
	"slices"

	"retake/internal/retake"
)

// The names of the lights of the evening.
const (
	Dusk      Kind = "dusk"
	Moonlight Kind = "moonlight"
)

var dusky = Entry{Kind: Dusk,
	Doc: "the blue hour: exposure falls by one to two stops in linear light, the air is blue, the sky dark above with a last warm band at the horizon, where the picture isn't dark; lamps and windows stay lit and glow",
	Make: func(s stage, l Look) effect {
		part := l.Strength / usual
		blue := tint{shadow: rgb{0.70, 0.92, 1.60}, light: rgb{0.90, 0.94, 1.22}}
		k := s.levels.chroma / 224
		return newEvening(s, func(c rgb) rgb {
			c = c.times(math.Exp2(-0.35 - 1.15*part))
			c = s.levels.saturate(s.levels.graded(blue.on(s.levels, c, part), 1+0.04*part), math.Pow(0.88, part))
			return c.rolled(0.6)
		}, func(_, y float64) (gain, luma, cb, cr float64) {
			band := math.Exp(-math.Pow((y-0.46)/0.17, 2)) * min(part, 1.3)
			return 1 - 0.30*min(part, 1.3)*smooth((0.42-y)/0.42), 9 * band * k, -9 * band * k, 11 * band * k
		})
	}}

var moonlit = Entry{Kind: Moonlight,
	Doc: "silver light of a high moon: exposure falls by one to three stops, colours fade as they do for the eye in the dark, red first; contrast is hard and shadows are blue. Lamps and windows stay lit and glow",
	Make: func(s stage, l Look) effect {
		part := l.Strength / usual
		silver := tint{shadow: rgb{0.62, 0.90, 1.75}, light: rgb{0.86, 0.97, 1.22}}
		return newEvening(s, func(c rgb) rgb {
			// The rods of the eye see blue-green best and red hardly at all (the Purkinje shift).
			rods := c.dot(0.06, 0.54, 0.40)
			c = c.toward(grey(rods), clamp01(0.55+0.22*part))
			c = s.levels.graded(c, 1+0.16*part).times(math.Exp2(-0.45 - 1.15*part))
			return silver.on(s.levels, c, min(part, 1.3)).rolled(0.55)
		}, func(x, y float64) (gain, luma, cb, cr float64) {
			d := math.Hypot((x-0.5)*0.9, y-0.35)
			return 1 - 0.38*min(part, 1.3)*smooth((d-0.18)/0.62), 0, 0, 0
		})
	}}

// lampWarm is how much lamps gain in warmth, in codes of chroma: they are meant to be, in the evening.
const lampWarm = 18

// evening is a look in which small bright things stay lit.
type evening struct {
	*graded
	lamps *lamps
	bare  *field     // the sky without the halos of lamps
	luma  plane      // what is dark stands before the sky, not in its light
	lit   [256]int32 // how far a luma is in it, 0 to 256
	sky   func(f *field, index int, amount float64)
	tints bool // whether the sky adds anything
}

func newEvening(s stage, to func(c rgb) rgb, sky func(x, y float64) (gain, luma, cb, cr float64)) *evening {
	e := &evening{graded: newGraded(s, to), lamps: newLamps(s), bare: newField(s.format), sky: s.still(sky)}
	e.field = newField(s.format)
	e.luma = newPlane(e.bare.gain.w, e.bare.gain.h)
	for code := range e.lit {
		e.lit[code] = int32(256 * smooth((s.levels.luma(code)-0.06)/0.42))
	}
	e.field.lamps, e.field.keep = &e.lamps.small, &e.lamps.keep
	e.shine = e.glow
	return e
}

func (e *evening) apply(f *retake.Frame, index int, amount float64) {
	e.lamps.find(f)
	e.crew.rows(e.luma.h, func(r0, r1 int) { e.luma.shrink(f.Y, f.Format.Width, f.Format.Height, fieldStep, r0, r1) })
	e.graded.apply(f, index, amount)
}

// glow draws the sky and lays the halos of lamps over it.
func (e *evening) glow(f *field, _ int, amount float64) {
	if e.bare.drawn != amount {
		e.sky(e.bare, 0, amount)
		copy(f.gain.pix, e.bare.gain.pix)
		e.tints = slices.ContainsFunc(e.bare.add[:], func(p plane) bool {
			return slices.ContainsFunc(p.pix, func(v uint16) bool { return v != fieldBias<<8 })
		})
	}
	f.tinted = e.tints
	for n := range f.add {
		for i, v := range e.bare.add[n].pix {
			f.add[n].pix[i] = uint16(fieldBias<<8 + (int32(v)-fieldBias<<8)*e.lit[e.luma.pix[i]>>8]>>8)
		}
	}
	halo := amount * 90 * e.levels.span / 219
	warm := amount * 0.25
	for i, g := range e.lamps.glow.pix {
		if g < 256 {
			continue
		}
		f.tinted = true
		v := float64(g) / (255 * 256) * halo
		f.add[0].pix[i] = uint16(min(float64(f.add[0].pix[i])+256*v, 65535))
		f.add[1].pix[i] = uint16(max(float64(f.add[1].pix[i])-256*v*warm, 0))
		f.add[2].pix[i] = uint16(min(float64(f.add[2].pix[i])+256*v*warm, 65535))
	}
}
