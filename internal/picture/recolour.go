package picture

import (
	"math"

	"retake/internal/retake"
	"retake/internal/wish"
)

// Recolour is the effect's name.
const Recolour Kind = "recolour"

var recoloured = Entry{Kind: Recolour, Takes: []wish.Param{wish.Colours, wish.Object},
	Doc:  "everything of a range of hues, or that is black, white or grey, gets another colour, with its own light and shade; the range is feathered, and what is decided by it is steady in time. Skin is left alone unless its colour or skin itself is asked for. It knows colours, not things: \"the red jacket\" is all that is red. Without an old colour it is the one that stands out most near the middle; without a new one it gets the opposite",
	Make: func(s stage, l Look) effect { return newRecolour(s, l) }}

// recolour changes the colours of one range. A cube says what becomes of each colour, and softly which; a mask at a quarter of the size, of
// smoothed chroma and steady in time, says where, so that noise at the range's edge neither sparkles nor breathes.
type recolour struct {
	*graded
	look  Look
	which *cube // its luma is how far a colour is in the range, in codes
	small [3]plane
	mask  plane
	state []float32 // how far each cell is in the range
	seen  bool
}

func newRecolour(s stage, l Look) *recolour {
	r := &recolour{graded: &graded{stage: s, field: newField(s.format)}, look: l}
	w, h := cells(s.format.Width, dyeStep), cells(s.format.Height, dyeStep)
	for i := range r.small {
		r.small[i] = newPlane(w, h)
	}
	r.mask = newPlane(w, h)
	r.field.mask = &r.mask
	r.state = make([]float32, len(r.mask.pix))
	return r
}

// watch follows where the colours of the range are, also while nothing is changed yet.
func (r *recolour) watch(f *retake.Frame, _ int) {
	r.crew.shrink(&r.small, f, dyeStep)
	if !r.seen {
		r.choose()
	}
	r.crew.rows(r.mask.h, r.judge)
	// Wider than what was found, as the cube draws the edge, and soft.
	r.mask.blur(1)
	for i, v := range r.mask.pix {
		r.mask.pix[i] = uint16(65535 * smooth((float64(v)/65535-0.06)/0.55))
	}
	r.seen = true
}

// judge finds how far the cells of some rows are in the range. What changes little, as noise does, changes slowly.
func (r *recolour) judge(r0, r1 int) {
	for i := r0 * r.mask.w; i < r1*r.mask.w; i++ {
		y := byte(r.small[0].pix[i] >> 8)
		hue := r.which.hue(byte(r.small[1].pix[i]>>8), byte(r.small[2].pix[i]>>8))
		low, rise := hue.cell(y / cubeStep)
		now := float32(lane(low+rise*uint64(y%cubeStep), 0)) / (255 << fraction)
		step := now - r.state[i]
		if r.seen && step < 0.5 && step > -0.5 {
			step *= 0.3
		}
		r.state[i] += step
		r.mask.pix[i] = uint16(65535 * min(max(r.state[i], 0), 1))
	}
}

// choose settles the range and makes the cubes.
func (r *recolour) choose() {
	old := r.look.From
	from := toLab(srgb(old))
	if !old.Said() {
		from = r.standsOut()
	}
	to := toLab(srgb(r.look.To))
	if !r.look.To.Said() {
		to = from.turned(180, 1)
	}
	d := newDye(from, to, r.look)
	wide := d.wider()
	r.cube = newCube(r.levels, func(c rgb) rgb {
		o := toLab(c)
		in := wide.in(o)
		if in == 0 {
			return c
		}
		return c.toward(d.on(o), in)
	})
	scale := r.levels.span / 255
	r.which = newCube(r.levels, func(c rgb) rgb { return grey(toLight((255*d.in(toLab(c)) - r.levels.black) / 255 / scale)) })
	r.which.prepare(1)
}

// srgb is a named colour as light.
func srgb(c wish.Colour) rgb {
	var out rgb
	for i, v := range [3]uint8{c.R, c.G, c.B} {
		out[i] = math.Pow(float64(v)/255, 2.2)
	}
	return out
}

// standsOut returns the colour of the picture of which there is most near the middle, skin rather not; where there is none, its grey.
func (r *recolour) standsOut() lab {
	const bins = 24
	var weight [bins]float64
	var sum [bins]lab
	all, n := lab{}, 0.0
	w, h := r.mask.w, r.mask.h
	for i := range r.mask.pix {
		dx, dy := (float64(i%w)+0.5)/float64(w)-0.5, (float64(i/w)+0.5)/float64(h)-0.5
		near := math.Exp(-(dx*dx+dy*dy)/(2*0.2*0.2)) - 0.2 // what is all over the edges too is ground
		o := toLab(r.levels.fromCodes(float64(r.small[0].pix[i])/256, float64(r.small[1].pix[i])/256, float64(r.small[2].pix[i])/256))
		all.l, n = all.l+max(near, 0)*o.l, n+max(near, 0)
		if o.chroma() < 0.04 {
			continue
		}
		near *= o.chroma() * (1 - 0.6*guarded(o))
		bin := int((o.hue()+180)/360*bins) % bins
		weight[bin] += near
		sum[bin] = lab{sum[bin].l + near*o.l, sum[bin].a + near*o.a, sum[bin].b + near*o.b}
	}
	best := 0
	for i := range weight {
		if weight[i] > weight[best] {
			best = i
		}
	}
	if weight[best] <= 0.002*n {
		return lab{l: all.l / n}
	}
	k := weight[best]
	return lab{sum[best].l / k, sum[best].a / k, sum[best].b / k}
}
