package picture

import (
	"math"

	"retake/internal/retake"
	"retake/internal/wish"
)

// HeatHaze is the effect's name.
const HeatHaze Kind = "heat haze"

var hazed = Entry{Kind: HeatHaze, Takes: []wish.Param{wish.Pace},
	Doc: "hot air shimmers: what is seen through it bends and wavers as the air rises, most at the height of the horizon and over the ground, least in the sky",
	Make: func(s stage, l Look) effect {
		w, h := cells(s.format.Width, fieldStep), cells(s.format.Height, fieldStep)
		return &shimmer{stage: s, from: retake.NewFrame(s.format), right: newPlane(w, h), down: newPlane(w, h),
			reach: math.Max(24*l.Strength*s.scale(), 0.7), pace: pick(l.Speed, 1)}
	}}

// shimmer takes each place of a picture from a little beside it.
type shimmer struct {
	stage
	from        *retake.Frame
	right, down plane   // how far, in 1/256 of a sample, and still
	reach       float64 // samples
	pace        float64
}

const still = 1 << 15

func (e *shimmer) apply(f *retake.Frame, index int, amount float64) {
	e.from.CopyFrom(f)
	e.stir(index, amount)
	w, h, cw, ch := f.Format.Width, f.Format.Height, f.Format.ChromaWidth(), f.Format.ChromaHeight()
	e.crew.rows(h, func(y0, y1 int) {
		right, down := make([]uint16, w), make([]uint16, w)
		for y := y0; y < y1; y++ {
			e.right.row(right, y, fieldStep)
			e.down.row(down, y, fieldStep)
			bend(f.Y[y*w:y*w+w], e.from.Y, right, down, w, h, y, 8)
		}
		for y := y0 / 2; y < (y1+1)/2; y++ {
			e.right.row(right[:cw], y, fieldStep/2)
			e.down.row(down[:cw], y, fieldStep/2)
			bend(f.Cb[y*cw:y*cw+cw], e.from.Cb, right, down, cw, ch, y, 7)
			bend(f.Cr[y*cw:y*cw+cw], e.from.Cr, right, down, cw, ch, y, 7)
		}
	})
}

// bend draws row y of dst; the ways right and down are shifted to 1/65536 of a sample.
func bend(dst, src []byte, right, down []uint16, w, h, y, shift int) {
	right, down = right[:len(dst)], down[:len(dst)]
	for x := range dst {
		dx, dy := int64(right[x])-still, int64(down[x])-still
		px, py := int64(x)<<16+dx<<shift, int64(y)<<16+dy<<shift
		if px >= 0 && py >= 0 && px>>16 < int64(w-1) && py>>16 < int64(h-1) {
			dst[x] = byte(amid(src, w, px, py))
		} else {
			dst[x] = byte(bilinear(src, w, h, px, py))
		}
	}
}

// stir sets how far each place is bent: two fields of rising noise, flat as layers of air are.
func (e *shimmer) stir(index int, amount float64) {
	t := e.pace * e.seconds(index)
	k := e.scale()
	across := float64(e.right.w) * fieldStep / k / 95
	e.crew.rows(e.right.h, func(r0, r1 int) {
		var sides, ripples, falls cloudLine
		for r := r0; r < r1; r++ {
			height := (float64(r) + 0.5) / float64(e.right.h)
			// Over the ground, and thinner towards the camera.
			hot := 0.25 + 0.75*smooth((height-0.12)/0.38)*(1-0.35*smooth((height-0.6)/0.4))
			reach := 256 * e.reach * amount * hot
			y := (float64(r)*fieldStep/k + 150*t) / 40
			sides.row(hash(e.seed, 'H', 1), 0, across, y, 2.2*t)
			ripples.row(hash(e.seed, 'H', 2), 0, 2.3*across, 2.3*y, 4.1*t)
			falls.row(hash(e.seed, 'H', 3), 0, across, y, 2.6*t)
			for c := range e.right.w {
				x, i := across*float64(c)/float64(e.right.w), r*e.right.w+c
				right := 0.8 * reach * (sides.at(x) + 0.5*ripples.at(2.3*x) - 0.75)
				e.right.pix[i] = uint16(still + min(max(right, -still), still-1))
				e.down.pix[i] = uint16(still + min(max(reach*(falls.at(x)-0.5), -still), still-1))
			}
		}
	})
}
