package picture

import (
	"math"
	"slices"

	"retake/internal/retake"
	"retake/internal/wish"
)

// LensFlare is the effect's name.
const LensFlare Kind = "lens flare"

var flared = Entry{Kind: LensFlare, Takes: []wish.Param{wish.Placing, wish.Tint},
	Doc: "light scatters in the lens: a halo, rays and a streak about the brightest light, which is followed, and ghosts on the line through the picture's middle; where nothing is bright, or the prompt names a place, the light stands at the upper edge or there",
	Make: func(s stage, l Look) effect {
		g := newGraded(s, func(c rgb) rgb { return c })
		g.field = newField(s.format)
		g.field.tinted = true
		f := &flare{graded: g, small: newPlane(g.field.gain.w, g.field.gain.h), power: 0.45 + 0.75*l.Strength, tint: [2]float64{-0.12, 0.06}}
		if l.Place != "" {
			x, y := placeOf(l.Place)
			f.fixed, f.x, f.y, f.shine = true, 0.5+0.34*x, 0.5+0.34*y, 1
		}
		if l.To.Said() {
			t := s.levels.towards(toLab(srgb(l.To)))
			f.tint = [2]float64{t[0] / 50, t[1] / 50}
		}
		g.shine = func(d *field, _ int, amount float64) { f.draw(d, amount) }
		return f
	}}

// flare follows a light and draws what a lens makes of it.
type flare struct {
	*graded
	small plane // luma at an eighth
	power float64
	tint  [2]float64 // codes of Cb and Cr for each code of luma
	fixed bool       // the light stands where it is
	seen  bool
	found bool       // a light is followed
	last  [2]float64 // its cell
	x, y  float64    // of the light, 0 to 1
	shine float64    // how bright it is, 0 to 1
}

// watch moves towards the brightest light, with a lag of a quarter of a second, so that nothing jumps.
func (f *flare) watch(p *retake.Frame, _ int) {
	if f.fixed {
		return
	}
	f.crew.rows(f.small.h, func(r0, r1 int) { f.small.shrink(p.Y, p.Format.Width, p.Format.Height, fieldStep, r0, r1) })
	x, y, shine := f.light()
	pace := 1 - math.Exp(-4/frequency(f.format))
	if !f.seen {
		pace, f.seen = 1, true
	}
	f.x += pace * (x - f.x)
	f.y += pace * (y - f.y)
	f.shine += pace * (shine - f.shine)
}

// light is where the brightest lamp or sun stands: what is bright and darker on all sides, which a white wall or snow isn't. Where there is none, it is
// as from a sun just above.
func (f *flare) light() (x, y, shine float64) {
	bright := f.levels.luma(int(slices.Max(f.small.pix) >> 8))
	f.small.blur(1) // a light is more than a glint
	top := slices.Max(f.small.pix)
	const least = 4 // codes that it is brighter than what is around it, on all sides
	best, at := 0.0, -1
	for i, v := range f.small.pix {
		if top-v > 12<<8 || f.alone(i) < least {
			continue
		}
		much := f.around(i, top)
		if f.found {
			far := math.Hypot(float64(i%f.small.w)-f.last[0], float64(i/f.small.w)-f.last[1]) / float64(f.small.w)
			much *= 1 + math.Exp(-far*far/0.002) // the one that was followed so far
		}
		if much > best {
			best, at = much, i
		}
	}
	if f.found = at >= 0; !f.found {
		return 0.7, 0.1, 0.6
	}
	cx, cy := at%f.small.w, at/f.small.w
	var sx, sy, sum float64
	for j := max(cy-6, 0); j <= min(cy+6, f.small.h-1); j++ {
		for i := max(cx-6, 0); i <= min(cx+6, f.small.w-1); i++ {
			v := f.small.pix[j*f.small.w+i]
			w := math.Exp(-float64(top-min(v, top)) / (2 * 256))
			sx, sy, sum = sx+w*float64(i), sy+w*float64(j), sum+w
		}
	}
	f.last = [2]float64{sx / sum, sy / sum}
	shine = 0.5 + 0.5*smooth((bright-0.6)/0.35)
	return (f.last[0] + 0.5) / float64(f.small.w), (f.last[1] + 0.5) / float64(f.small.h), shine
}

// around is how much there is within two cells that comes near the brightest.
func (f *flare) around(i int, top uint16) float64 {
	cx, cy, sum := i%f.small.w, i/f.small.w, 0.0
	for y := max(cy-2, 0); y <= min(cy+2, f.small.h-1); y++ {
		for _, v := range f.small.pix[y*f.small.w+max(cx-2, 0) : y*f.small.w+min(cx+2, f.small.w-1)+1] {
			sum += math.Exp(-float64(top-min(v, top)) / 256)
		}
	}
	return sum
}

// alone is by how many codes a cell is brighter than those around it, on the side where it is the least, at the distance where that is the most. Beyond the
// picture's edge nothing is known, and nothing asked.
func (f *flare) alone(i int) float64 {
	x, y, best := i%f.small.w, i/f.small.w, 0.0
	for _, share := range [3]float64{0.02, 0.05, 0.1} {
		d := max(int(share*float64(f.small.w)), 2)
		least, asked := math.Inf(1), 0
		for _, to := range [8][2]int{{d, 0}, {-d, 0}, {0, d}, {0, -d}, {d * 7 / 10, d * 7 / 10}, {-d * 7 / 10, d * 7 / 10}, {d * 7 / 10, -d * 7 / 10}, {-d * 7 / 10, -d * 7 / 10}} {
			if px, py := x+to[0], y+to[1]; px >= 0 && py >= 0 && px < f.small.w && py < f.small.h {
				least, asked = min(least, float64(f.small.pix[i])-float64(f.small.pix[py*f.small.w+px])), asked+1
			}
		}
		if asked >= 5 {
			best = max(best, least/256)
		}
	}
	return best
}

// ghosts are reflections between the lens's surfaces: how far along from the light through the middle, their radius in picture heights, their light in codes,
// and their colour, in codes for each of luma.
var ghosts = []struct{ along, radius, light, cb, cr float64 }{
	{0.42, 0.035, 24, -0.5, 0.5}, {0.66, 0.018, 34, 0.5, -0.3}, {1.22, 0.055, 20, -0.4, -0.5}, {1.48, 0.026, 30, 0.7, 0.2}, {1.82, 0.10, 16, 0.6, -0.4}, {2.2, 0.16, 14, -0.3, 0.6},
}

// draw puts the light of the flare into the field, as on a screen of its own.
func (f *flare) draw(d *field, amount float64) {
	aspect := float64(f.format.Width) / float64(f.format.Height)
	k := f.power * f.shine * amount * f.levels.span / 219
	lx, ly := f.x*aspect, f.y
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
