package picture

import (
	"math"

	"retake/internal/retake"
	"retake/internal/wish"
)

// LightRays is the effect's name.
const LightRays Kind = "light rays"

var raying = Entry{Kind: LightRays, Takes: []wish.Param{wish.Placing, wish.Tint},
	Doc: "shafts of light spread from the brightest light, which is followed, or from the side or corner that the prompt names; what is dark on their way to a place takes them from it, they waver slowly, and the air between them is a little darker",
	Make: func(s stage, l Look) effect {
		r := &rays{graded: newLit(s, nil), source: newLamp(s), power: 0.5 + 0.85*l.Strength, beam: 100, reach: 0.62, tint: [2]float64{-0.17, 0.07}, spokes: make([]float64, raySpokes+1)}
		r.lit, r.sum = newPlane(r.field.gain.w, r.field.gain.h), newPlane(r.field.gain.w, r.field.gain.h)
		r.field.tinted = true
		if l.Place != "" {
			x, y := placeOf(l.Place)
			r.source.stand(0.5+0.57*x, 0.5+0.6*y)
			r.beam, r.reach = 125, 1.4
		}
		if l.To.Said() {
			r.tint = s.levels.cast(l.To)
		}
		r.shine = r.draw
		return r
	}}

// rays are light that is scattered on its way from a source (K. Mitchell, "Volumetric Light Scattering as a Post-Process", 2007).
type rays struct {
	*graded
	source   *lamp
	lit, sum plane // what is bright, followed over some pictures; and the mean of it on the way to the source: 0 to 255<<8
	begun    bool
	spokes   []float64 // how bright the shafts are, by their direction
	power    float64
	beam     float64    // light of a shaft at the source, in codes
	reach    float64    // of a shaft, in diagonals of the picture, until a third of its light is left
	tint     [2]float64 // codes of Cb and Cr for each code of luma
}

const (
	raySpokes = 1024
	raySteps  = 28 // places that are looked at on the way
)

// watch follows the source and what is bright.
func (r *rays) watch(f *retake.Frame, index int) {
	r.source.watch(f, index)
	pace := int32(256 * (1 - math.Exp(-8/frequency(r.format))))
	if !r.begun {
		pace, r.begun = 256, true
	}
	var bright [256]int32
	for i := range bright {
		bright[i] = int32(255 * 256 * (0.15 + 0.85*smooth((r.levels.luma(i)-0.22)/0.45)))
	}
	w := r.lit.w
	r.crew.rows(r.lit.h, func(r0, r1 int) {
		r.sum.shrink(f.Y, f.Format.Width, f.Format.Height, fieldStep, r0, r1)
		for i := r0 * w; i < r1*w; i++ {
			now := int32(r.lit.pix[i])
			r.lit.pix[i] = uint16(now + ((bright[r.sum.pix[i]>>8]-now)*pace)>>8)
		}
	})
}

// scatter takes the mean of what is bright between each place and the source, the near more than the far.
func (r *rays) scatter() {
	w, h := r.lit.w, r.lit.h
	sx, sy := r.source.x*float64(w), r.source.y*float64(h)
	weights, whole := [raySteps]uint32{}, uint32(0)
	for i := range weights {
		weights[i] = uint32(4096 * math.Pow(0.95, float64(i)))
		whole += weights[i]
	}
	r.crew.rows(h, func(r0, r1 int) {
		for y := r0; y < r1; y++ {
			for x := range w {
				px, py := int32(x<<16)+1<<15, int32(y<<16)+1<<15
				dx, dy := int32((sx-float64(x)-0.5)*(65536*0.9/raySteps)), int32((sy-float64(y)-0.5)*(65536*0.9/raySteps))
				sum := uint32(0)
				for _, weight := range weights {
					i, j := min(max(int(px>>16), 0), w-1), min(max(int(py>>16), 0), h-1)
					sum += uint32(r.lit.pix[j*w+i]>>4) * (weight >> 4)
					px, py = px+dx, py+dy
				}
				r.sum.pix[y*w+x] = uint16(min(sum/(whole>>8), 255<<8))
			}
		}
	})
	r.sum.blur(max(1, min(w, h)/60))
}

// spread sets how bright the shafts are all around: two rings of values, each of which wavers by itself.
func (r *rays) spread(t float64) {
	clear(r.spokes)
	for ring, n := range []int{23, 61} {
		values := make([]float64, n)
		for i := range values {
			values[i] = 0.5 + 0.5*wobble(hash(r.seed, 'Y', uint64(ring), uint64(i)), 1, t, 0.35)
		}
		for i := range r.spokes {
			at := float64(i) / raySpokes * float64(n)
			k := int(at)
			r.spokes[i] += []float64{0.68, 0.32}[ring] * mix(values[k%n], values[(k+1)%n], smooth(at-float64(k)))
		}
	}
	for i, v := range r.spokes {
		r.spokes[i] = smooth((v - 0.18) / 0.56)
	}
}

// draw puts the light of the rays into the field, as on a screen of its own.
func (r *rays) draw(d *field, index int, amount float64) {
	r.scatter()
	r.spread(r.seconds(index))
	aspect := float64(r.format.Width) / float64(r.format.Height)
	size := math.Hypot(aspect, 1)
	k := r.power * amount * (0.55 + 0.45*r.source.shine)
	w, h := float64(d.gain.w), float64(d.gain.h)
	d.draw(r.crew, func(x, y float64) (gain, luma, cb, cr float64) {
		px, py := (x-r.source.x)*aspect, y-r.source.y
		far := math.Hypot(px, py) / size
		at := (math.Atan2(py, px)/(2*math.Pi) + 0.5) * raySpokes
		i := min(int(at), raySpokes-1)
		spoke := mix(r.spokes[i], r.spokes[i+1], at-float64(i))
		// Close to the source there are no shafts yet.
		spoke = mix(0.6, spoke, smooth(far/0.12))
		open := float64(r.sum.pix[int(y*h)*d.gain.w+int(x*w)]) / (255 << 8)
		light := open * (r.beam*spoke*math.Exp(-far/r.reach) + 46*math.Exp(-far/0.16))
		luma = min(light*k*r.levels.span/219, 120)
		gain = (1 - 0.12*k*(1-spoke)) * (1 - luma/r.levels.span)
		return gain, luma, luma * r.tint[0], luma * r.tint[1]
	})
}
