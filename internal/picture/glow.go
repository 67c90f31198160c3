package picture

import (
	"math"

	"retake/internal/retake"
)

// glow is light that bleeds from what is bright once it is graded, as in film without a layer behind it.
type glow struct {
	from     float64    // the encoded luma, 0 to 1, from where on things glow
	reach    float64    // share of the picture's smaller side
	strength float64    // 0 to 1
	colour   float64    // how much of the glowing things' colour it has, 0 to 1
	cast     [2]float64 // its own colour: codes of Cb and Cr for each code of luma
}

// glowing is a graded effect with a glow.
type glowing struct {
	*graded
	glow
	tint  func(x, y float64) (luma, cb, cr float64) // codes that the light has besides; nil for none
	small [3]plane                                  // Y, Cb and Cr at an eighth
}

func newGlowing(s stage, to func(c rgb) rgb, g glow) *glowing {
	out := &glowing{graded: newGraded(s, to), glow: g}
	out.field = newField(s.format)
	out.field.tinted = true
	for i := range out.small {
		out.small[i] = newPlane(out.field.gain.w, out.field.gain.h)
	}
	return out
}

func (g *glowing) apply(f *retake.Frame, index int, amount float64) {
	g.cube.prepare(amount)
	g.bleed(f, amount)
	g.graded.apply(f, index, amount)
}

// bleed finds what glows in a small copy of the picture, spreads it and puts it into the field.
func (g *glowing) bleed(f *retake.Frame, amount float64) {
	start := g.levels.code(g.from)
	g.crew.shrink(&g.small, f, fieldStep)
	g.crew.rows(g.field.gain.h, func(r0, r1 int) {
		for i := r0 * g.field.gain.w; i < r1*g.field.gain.w; i++ {
			y := byte(g.small[0].pix[i] >> 8)
			hue := g.cube.hue(byte(g.small[1].pix[i]>>8), byte(g.small[2].pix[i]>>8))
			low, rise := hue.cell(y / cubeStep)
			word := low + rise*uint64(y%cubeStep)
			cb, cr := float64(lane(word, 1))/(1<<fraction)-128, float64(lane(word, 2))/(1<<fraction)-128
			// Saturated light has little luma, and glows all the same.
			over := max(float64(lane(word, 0))/(1<<fraction)+0.7*g.colour*max(math.Hypot(cb, cr)-25, 0)-start, 0)
			share := min(over/40, 1) * g.colour
			g.field.add[0].pix[i] = uint16((fieldBias + min(over, 120)*(1-0.55*g.colour)*g.strength*amount) * 256)
			for n, c := range [2]float64{cb, cr} {
				g.field.add[n+1].pix[i] = uint16((fieldBias + min(max(c*share*g.strength*amount, -100), 100)) * 256)
			}
		}
	})
	radius := max(1, int(g.reach*float64(min(g.field.gain.w, g.field.gain.h))+0.5))
	for n := range g.field.add {
		if n > 0 && g.colour == 0 {
			continue
		}
		for range 3 {
			g.field.add[n].blur(radius)
		}
	}
	for n, c := range g.cast {
		if c == 0 {
			continue
		}
		for i, v := range g.field.add[0].pix {
			g.field.add[n+1].pix[i] = uint16(min(max(fieldBias*256+(float64(v)-fieldBias*256)*c, 0), 65535))
		}
	}
	if g.tint != nil {
		g.stain(amount)
	}
	// As on a screen of its own: what is bright already gets less of it.
	for i, v := range g.field.add[0].pix {
		codes := float64(v)/256 - fieldBias
		g.field.gain.pix[i] = uint16(fieldOne * (1 - max(codes, 0)/g.levels.span))
	}
}

// stain adds the tint of the light to the field.
func (g *glowing) stain(amount float64) {
	w, h := g.field.gain.w, g.field.gain.h
	for i := range g.field.gain.pix {
		luma, cb, cr := g.tint((float64(i%w)+0.5)/float64(w), (float64(i/w)+0.5)/float64(h))
		for n, v := range [3]float64{luma, cb, cr} {
			g.field.add[n].pix[i] = uint16(min(max(float64(g.field.add[n].pix[i])+256*amount*v, 0), 65535))
		}
	}
}
