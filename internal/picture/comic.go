package picture

import (
	"math"

	"retake/internal/retake"
)

// Comic is the effect's name.
const Comic Kind = "comic"

var comical = Entry{Kind: Comic,
	Doc:  "a printed comic: flat patches of strong colour in a few tones, outlines in ink, and a screen of dots in the shadows. Lines, tones and dots stand still on what does",
	Make: func(s stage, l Look) effect { return newComic(s, l.Strength) }}

type comic struct {
	*daubs
	outlines plane
	tone     [1024]uint8 // by luma with 2 fraction bits
	line     table
	vivid    table
	dots     [256]int32 // how far the dots of a luma reach, of 127
	screen   []int8     // a sine along the picture's rows and columns
}

func newComic(s stage, strength float64) *comic {
	c := &comic{daubs: newDaubs(s, 10+8*strength)}
	c.outlines = newPlane(c.w, c.h)
	step := 0.07 + 0.13*strength
	for i := range c.tone {
		c.tone[i] = toByte(s.levels.code(flatTone(s.levels.luma(0)+float64(i)/4/s.levels.span, step)))
	}
	c.line.fill(func(code int) float64 { return 256 * 0.97 * smooth((float64(code)-134+4*strength)/(34-10*strength)) })
	c.vivid.fill(func(code int) float64 { return 128 + (float64(code)-128)*(1+0.55*strength) })
	for code := range c.dots {
		c.dots[code] = int32(150*smooth((0.50-s.levels.luma(code))/0.45)*strength/usual) - 127
	}
	// The dots stand at 45°, in rows that a print of the time would have.
	pitch := max(11*s.scale(), 3)
	c.screen = make([]int8, max(s.format.Width, s.format.Height))
	for i := range c.screen {
		c.screen[i] = int8(math.Round(11 * math.Sin(2*math.Pi*float64(i)/pitch)))
	}
	return c
}

// flatTone brings a luma of 0 to 1 to the next of some steps; between them it is steep but no jump, and white stays white.
func flatTone(v, step float64) float64 {
	const edge = 0.16 // share of a step
	at := v/step - 0.5
	i := math.Floor(at)
	flat := (i + smooth((at-i-0.5)/edge+0.5) + 0.35) * step
	return mix(flat, 1.02, smooth((v-0.82)/0.12))
}

func (c *comic) apply(f *retake.Frame, _ int, amount float64) {
	c.run()
	c.outline(c.outlines, c.y, 0, c.reach(7))
	weight := int32(math.Round(256 * amount))
	w := f.Format.Width
	c.crew.rows(f.Format.Height, func(y0, y1 int) {
		lines, light := make([]uint16, w), make([]uint16, w)
		for y := y0; y < y1; y++ {
			c.outlines.row(lines, y, c.step)
			c.paint.row(light, y, c.step)
			c.row(f.Y[y*w:y*w+w], lines, light, y, weight)
		}
	})
	c.colours(f, c.tb, c.tr, &c.vivid, weight)
}

func (c *comic) row(out []byte, lines, light []uint16, y int, weight int32) {
	down := int32(c.screen[y])
	black := int32(c.levels.black) + 6
	screen, lines, light := c.screen[:len(out)], lines[:len(out)], light[:len(out)]
	tone, dots, line := &c.tone, &c.dots, &c.line
	for x, old := range out {
		v := int32(tone[light[x]>>6])
		if dot := int32(screen[x])*down + dots[uint8(light[x]>>8)]; dot > 0 {
			v -= (v - black) * min(dot, 40) >> 7
		}
		v += (black - v) * int32(line[uint8(lines[x]>>8)]) >> 8
		out[x] = blended(old, v, weight)
	}
}
