package picture

import (
	"math"

	"retake/internal/retake"
)

// Watercolour is the effect's name.
const Watercolour Kind = "watercolour"

var watercoloured = Entry{Kind: Watercolour,
	Doc:  "thin washes on rough paper: light colours with wandering edges, where pigment gathers and darkens; it settles in the hollows of the paper, and no wash is quite even. All of that lies still",
	Make: func(s stage, l Look) effect { return newWatercolour(s, l.Strength) }}

type watercolour struct {
	*daubs
	outlines       plane
	led            [2]plane // Cb and Cr with edges that wander
	wander         texture  // how far edges wander, in samples of the canvas
	sway           int32
	grit, surface  texture // hollows of the paper, and the light on it
	blots          plane   // how thick the washes are, at every eighth sample, about 128<<8
	tone           [1024]uint8
	rim            table
	thin           table
	settle, relief int32
}

func newWatercolour(s stage, strength float64) *watercolour {
	c := &watercolour{daubs: newDaubs(s, 12+14*strength), settle: int32(75 * strength), relief: int32(20 + 24*strength)}
	c.outlines, c.led = newPlane(c.w, c.h), [2]plane{newPlane(c.w, c.h), newPlane(c.w, c.h)}
	c.grit = newTexture(s, 'p', 1, 0, 1.5, 1.5)
	c.surface = newTexture(s, 'q', 1, 0, 1.9, 1.9).lit()
	c.wander = newTexture(s, 'e', 1, 0, 7, 7)
	c.sway = int32(math.Round(256 * (1 + 1.7*strength) * s.scale() / float64(c.step) * 2 / grainSpread))
	c.blots = newPlane(cells(s.format.Width, fieldStep), cells(s.format.Height, fieldStep))
	for i := range c.blots.pix {
		c.blots.pix[i] = uint16(hash(s.seed, 'b', uint64(i)))
	}
	for range 2 {
		c.blots.blur(max(1, min(c.blots.w, c.blots.h)/24))
	}
	for i := range c.tone {
		v := clamp01(s.levels.luma(0) + float64(i)/4/s.levels.span)
		c.tone[i] = toByte(s.levels.code(mix(v, 0.16+0.84*math.Pow(v, 0.72), 0.3+0.6*strength)))
	}
	c.rim.fill(func(code int) float64 { return 95 * strength * smooth((float64(code)-131)/26) })
	c.thin.fill(func(code int) float64 { return 128 + (float64(code)-128)*(1+0.12*strength) })
	return c
}

func (c *watercolour) apply(f *retake.Frame, _ int, amount float64) {
	c.run()
	c.lead()
	c.outline(c.outlines, c.now, 0, c.reach(11))
	weight := int32(math.Round(256 * amount))
	w := f.Format.Width
	c.crew.rows(f.Format.Height, func(y0, y1 int) {
		rows := make([]uint16, 3*w)
		lines, light, blots := rows[:w], rows[w:2*w], rows[2*w:]
		for y := y0; y < y1; y++ {
			c.outlines.row(lines, y, c.step)
			c.now.row(light, y, c.step)
			c.blots.row(blots, y, fieldStep)
			c.row(f.Y[y*w:y*w+w], lines, light, blots, y, weight)
		}
	})
	c.colours(f, c.led[0], c.led[1], &c.thin, weight)
}

// lead draws the paint, with edges that wander, into planes of its own: Y into the scratch plane.
func (c *watercolour) lead() {
	c.crew.rows(c.h, func(r0, r1 int) {
		for r := r0; r < r1; r++ {
			across, down := c.wander.row(r), c.wander.row(r+c.wander.side/2)
			mask := len(across) - 1
			down = down[:mask+1]
			for x := range c.w {
				dx, dy := int32(across[x&mask])*c.sway, int32(down[x&mask])*c.sway
				c.now.pix[r*c.w+x] = c.paint.between(int32(x)<<8+dx, int32(r)<<8+dy)
				near := min(max(r+int((dy+128)>>8), 0), c.h-1)*c.w + min(max(x+int((dx+128)>>8), 0), c.w-1)
				c.led[0].pix[r*c.w+x], c.led[1].pix[r*c.w+x] = c.tb.pix[near], c.tr.pix[near]
			}
		}
	})
}

// between reads the plane at a place in 256ths of a sample.
func (p plane) between(x, y int32) uint16 {
	x, y = min(max(x, 0), int32(p.w-1)<<8), min(max(y, 0), int32(p.h-1)<<8)
	at, fx, fy := int(y>>8)*p.w+int(x>>8), uint32(x&255), uint32(y&255)
	right, below := 1, p.w
	if int(x>>8) == p.w-1 {
		right = 0
	}
	if int(y>>8) == p.h-1 {
		below = 0
	}
	top := uint32(p.pix[at])*(256-fx) + uint32(p.pix[at+right])*fx
	bottom := uint32(p.pix[at+below])*(256-fx) + uint32(p.pix[at+below+right])*fx
	return uint16((top>>8*(256-fy) + bottom>>8*fy) >> 8)
}

func (c *watercolour) row(out []byte, lines, light, blots []uint16, y int, weight int32) {
	grit, surface := c.grit.row(y), c.surface.row(y)
	mask := len(grit) - 1
	surface = surface[:mask+1]
	white := int32(c.levels.code(0.985))
	lines, light, blots = lines[:len(out)], light[:len(out)], blots[:len(out)]
	tone, rim, settle, relief := &c.tone, &c.rim, c.settle, c.relief
	for x, old := range out {
		at := x & mask
		pigment := white - int32(tone[light[x]>>6])
		thick := 256 + int32(grit[at])*settle>>6 + (int32(blots[x])-128<<8)*settle>>12 + int32(rim[uint8(lines[x]>>8)])
		v := white - pigment*max(thick, 0)>>8 + int32(surface[at])*relief>>8
		out[x] = blended(old, min(max(v, 0), 255), weight)
	}
}
