package picture

import (
	"math"

	"retake/internal/retake"
	"retake/internal/wish"
)

// LensFlare is the effect's name.
const LensFlare Kind = "lens flare"

var flared = Entry{Kind: LensFlare, Takes: []wish.Param{wish.Placing, wish.Tint},
	Doc: "light scatters in the lens: a halo, rays and a streak about the brightest light, which is followed, and ghosts on the line through the picture's middle; where nothing is bright, or the prompt names a place, the light stands at the upper edge or there",
	Make: func(s stage, l Look) effect {
		g := newLit(s, nil)
		g.field.tinted = true
		f := &flare{graded: g, source: newLamp(s), power: 0.45 + 0.75*l.Strength, tint: [2]float64{-0.12, 0.06}}
		if l.Place != "" {
			x, y := placeOf(l.Place)
			f.source.stand(0.5+0.34*x, 0.5+0.34*y)
		}
		if l.To.Said() {
			f.tint = s.levels.cast(l.To)
		}
		g.shine = func(d *field, _ int, amount float64) { f.draw(d, amount) }
		return f
	}}

// flare follows a light and draws what a lens makes of it.
type flare struct {
	*graded
	source *lamp
	power  float64
	tint   [2]float64 // codes of Cb and Cr for each code of luma
}

func (f *flare) watch(p *retake.Frame, index int) { f.source.watch(p, index) }

// ghosts are reflections between the lens's surfaces: how far along from the light through the middle, their radius in picture heights, their light in codes,
// and their colour, in codes for each of luma.
var ghosts = []struct{ along, radius, light, cb, cr float64 }{
	{0.42, 0.035, 24, -0.5, 0.5}, {0.66, 0.018, 34, 0.5, -0.3}, {1.22, 0.055, 20, -0.4, -0.5}, {1.48, 0.026, 30, 0.7, 0.2}, {1.82, 0.10, 16, 0.6, -0.4}, {2.2, 0.16, 14, -0.3, 0.6},
}

// draw puts the light of the flare into the field, as on a screen of its own.
func (f *flare) draw(d *field, amount float64) {
	aspect := float64(f.format.Width) / float64(f.format.Height)
	k := f.power * f.source.shine * amount * f.levels.span / 219
	lx, ly := f.source.x*aspect, f.source.y
	dx, dy := 0.5*aspect-lx, 0.5-ly
	d.draw(f.crew, func(x, y float64) (gain, luma, cb, cr float64) {
		px, py := x*aspect-lx, y-ly
		r := math.Hypot(px, py)
		light := 110*math.Exp(-r/0.06) + 44*math.Exp(-r/0.3)
		light += 46 * math.Exp(-math.Abs(py)/0.012-math.Abs(px)/0.55) // the streak
		if r > 1e-6 && r < 0.6 {
			// Six blades of an iris make as many rays.
			ray := math.Abs(math.Cos(3*math.Atan2(py, px) + 0.4))
			light += 34 * math.Pow(ray, 24) * math.Exp(-r/0.12)
		}
		luma, cb, cr = light, light*f.tint[0], light*f.tint[1]
		for _, g := range ghosts {
			// Softer outside than in, with a rim.
			far := math.Hypot(px-g.along*dx, py-g.along*dy) / g.radius
			if far > 1.15 {
				continue
			}
			v := g.light * (0.55 + 0.45*far*far) * smooth((1.15-far)/0.3)
			luma, cb, cr = luma+v, cb+v*g.cb, cr+v*g.cr
		}
		luma, cb, cr = min(luma*k, 125), cb*k, cr*k
		return 1 - luma/f.levels.span, luma, cb, cr
	})
}
