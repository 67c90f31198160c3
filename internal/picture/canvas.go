package picture

import "retake/internal/retake"

// canvas is the picture as painters see it: of a half or a quarter of its size, and steady. Noise that comes and goes on what stands still is
// averaged over time, so that nothing that is drawn by it boils; what moves or changes is taken at once.
type canvas struct {
	stage
	step      int // samples of luma to one of the canvas, 2 or 4
	w, h      int
	y, cb, cr plane
	now       plane
	seen      bool
	pace      [64]int32
}

// calm sets how far the canvas follows a change of so many codes, of 256, in a clip of so much noise.
func (c *canvas) calm(noise float64) {
	for d := range c.pace {
		c.pace[d] = int32(256 * mix(0.16, 1, smooth((float64(d)-2.5*noise)/(9*noise))))
	}
}

// noise is how much of it the luma at hand has, 1 for little or none to 3: what differs from the canvas and has no shape either. Motion makes the first
// large and grass the second; of each the quiet part of the picture counts.
func (c *canvas) noise() float64 {
	const every, quiet = 8, 4 // rows; one sample in so many is quiet
	var changed, rough [64]int
	n := 0
	for r := every / 2; r < c.h; r += every {
		now, held := c.now.pix[r*c.w:r*c.w+c.w], c.y.pix[r*c.w:r*c.w+c.w]
		for x := 1; x < c.w-1; x += 2 {
			d, e := int(now[x])-int(held[x]), int(now[x])-(int(now[x-1])+int(now[x+1]))/2
			changed[min(max(d, -d)>>6, 63)]++
			rough[min(max(e, -e)>>6, 63)]++
			n++
		}
	}
	lowest := func(of [64]int) float64 {
		sum := 0
		for i, v := range of {
			if sum += v; quiet*sum >= n {
				return float64(i) / 4
			}
		}
		return 0
	}
	return min(max(1.8*min(lowest(changed), lowest(rough)), 1), 3)
}

func newCanvas(s stage) *canvas {
	c := &canvas{stage: s, step: 2}
	if min(s.format.Width, s.format.Height) > 1600 {
		c.step = 4
	}
	c.w, c.h = cells(s.format.Width, c.step), cells(s.format.Height, c.step)
	c.y, c.cb, c.cr, c.now = newPlane(c.w, c.h), newPlane(c.w, c.h), newPlane(c.w, c.h), newPlane(c.w, c.h)
	return c
}

// watch takes the picture in.
func (c *canvas) watch(f *retake.Frame, _ int) {
	w, h, cw := f.Format.Width, f.Format.Height, f.Format.ChromaWidth()
	ch := f.Format.ChromaHeight()
	c.crew.rows(c.h, func(r0, r1 int) { c.now.shrink(f.Y, w, h, c.step, r0, r1) })
	c.calm(c.noise())
	c.crew.rows(c.h, func(r0, r1 int) {
		c.follow(c.y, r0, r1)
		c.now.shrink(f.Cb, cw, ch, c.step/2, r0, r1)
		c.follow(c.cb, r0, r1)
		c.now.shrink(f.Cr, cw, ch, c.step/2, r0, r1)
		c.follow(c.cr, r0, r1)
	})
	c.seen = true
}

// follow brings a plane of the canvas towards what is at hand.
func (c *canvas) follow(p plane, r0, r1 int) {
	from, to := r0*c.w, r1*c.w
	now, held := c.now.pix[from:to], p.pix[from:to]
	if !c.seen {
		copy(held, now)
		return
	}
	for i, v := range now {
		d := int32(v) - int32(held[i])
		held[i] = uint16(int32(held[i]) + (d*c.pace[min(max(d, -d)>>8, 63)])>>8)
	}
}

// reach returns the samples of the canvas that are nearest to some reference pixels, one at least.
func (c *canvas) reach(reference float64) int {
	return max(int(reference*c.scale()/float64(c.step)+0.5), 1)
}

// outline draws into dst how much darker a plane of the canvas is than what is around it, by a mean over a radius in samples of the canvas; 128<<8 is as dark.
// It is a share of the light around, so that lines show in shadows too.
func (c *canvas) outline(dst, of plane, near, far int) {
	c.crew.rows(c.h, func(r0, r1 int) {
		point, around := newBox(of.pix, c.w, c.h, r0, near), newBox(of.pix, c.w, c.h, r0, far)
		for r := r0; r < r1; r++ {
			out := dst.pix[r*c.w : r*c.w+c.w]
			in := point.next()
			for x, v := range around.next() {
				out[x] = uint16(min(max(128<<8+(int32(v)-int32(in[x]))*600/(int32(v)>>8+40), 0), 65535))
			}
		}
	})
}
