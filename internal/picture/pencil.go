package picture

import (
	"math"

	"retake/internal/retake"
)

// The names of the looks that are drawn in lines.
const (
	Pencil Kind = "pencil"
	Ink    Kind = "ink"
)

var pencilled = Entry{Kind: Pencil,
	Doc: "a drawing in graphite: outlines, and hatching that grows denser and is crossed in the shadows, on paper whose tooth shows in it. The strokes lie still; when it is slight, some colour stays",
	Make: func(s stage, l Look) effect {
		d := newDrawing(s, 5)
		d.left = 0.6 * (1 - clamp01(l.Strength/0.55))
		hard := 0.55 + 0.75*l.Strength
		d.stroke, d.bite, d.most = 2, 1, [2]int32{150, 210}
		d.line.fill(func(code int) float64 { return 215 * clamp01(hard*smooth((float64(code)-130)/30)) })
		d.shades(func(v float64) (once, twice float64) { return hard * (0.95 - 1.75*v), hard * (0.40 - 1.55*v) })
		d.tone.fill(func(g int) float64 { return s.levels.code(mix(0.94, 0.10, math.Pow(float64(g)/255, 0.9))) })
		return d
	}}

var inked = Entry{Kind: Ink,
	Doc: "pen and brush in black ink on white: firm outlines, shadows filled in, middle tones in fine hatching. The strokes lie still; when it is slight, some colour stays, as a wash",
	Make: func(s stage, l Look) effect {
		d := newDrawing(s, 8)
		d.left = 0.7 * (1 - clamp01(l.Strength/0.55))
		d.stroke, d.most = 9, [2]int32{255, 255}
		fill := 0.14 + 0.14*l.Strength
		d.line.fill(func(code int) float64 { return 255 * smooth((float64(code)-135+4*l.Strength)/14) })
		d.shades(func(v float64) (once, twice float64) {
			solid := 6 * smooth((fill-v)/0.05)
			return solid + 2.6*(0.50-v)/0.4 - 1.7, solid + 2.6*(0.36-v)/0.4 - 2
		})
		d.tone.fill(func(g int) float64 { return s.levels.code(mix(0.97, 0.03, float64(g)/255)) })
		return d
	}}

// drawing is a picture in lines on paper.
type drawing struct {
	*canvas
	outlines     plane
	far          int // how far outlines look about, in samples of the canvas
	tooth        texture
	hatch        [2]texture
	line         table         // how dark a line is, by the outline
	shade        [2][256]int32 // how dense the hatching is, by luma
	stroke, bite int32         // how hard the edges of the strokes of the hatching are, and how far the paper's tooth shows
	most         [2]int32      // how dark they get
	tone         table         // luma of so much graphite or ink
	left         float64       // of the colour
}

// newDrawing makes one whose lines are about as broad as so many reference pixels.
func newDrawing(s stage, broad float64) *drawing {
	d := &drawing{canvas: newCanvas(s)}
	d.far, d.outlines = d.reach(broad), newPlane(d.w, d.h)
	d.tooth = newTexture(s, 't', 1, 0, 0.9, 0.9)
	d.hatch = [2]texture{newTexture(s, 'h', 1, -1, 22, 1.15), newTexture(s, 'i', 2, 1, 22, 1.15)}
	return d
}

// shades sets how dense the hatching and the one that crosses it are for a luma of 0 to 1.
func (d *drawing) shades(of func(v float64) (once, twice float64)) {
	for code := range 256 {
		once, twice := of(clamp01(d.levels.luma(code)))
		d.shade[0][code], d.shade[1][code] = int32(255*once), int32(255*twice)
	}
}

func (d *drawing) apply(f *retake.Frame, _ int, amount float64) {
	d.outline(d.outlines, d.y, 0, d.far)
	weight := int32(math.Round(256 * amount))
	w, cw := f.Format.Width, f.Format.ChromaWidth()
	fade := table{}
	fade.fill(func(code int) float64 { return mix(float64(code), 128+(float64(code)-128)*d.left, amount) })
	d.crew.rows(f.Format.Height, func(y0, y1 int) {
		lines, light := make([]uint16, w), make([]uint16, w)
		for y := y0; y < y1; y++ {
			d.outlines.row(lines, y, d.step)
			d.y.row(light, y, d.step)
			d.row(f.Y[y*w:y*w+w], lines, light, y, weight)
		}
		c0, c1 := y0/2*cw, (y1+1)/2*cw
		fade.row(f.Cb[c0:c1])
		fade.row(f.Cr[c0:c1])
	})
}

// row draws one row over the picture.
func (d *drawing) row(out []byte, lines, light []uint16, y int, weight int32) {
	tooth, one, two := d.tooth.row(y), d.hatch[0].row(y), d.hatch[1].row(y)
	mask := len(tooth) - 1
	one, two, lines, light = one[:mask+1], two[:mask+1], lines[:len(out)], light[:len(out)]
	line, tone, once, twice := &d.line, &d.tone, &d.shade[0], &d.shade[1]
	stroke, bite, most := d.stroke, d.bite, d.most
	for x, old := range out {
		at := x & mask
		v := uint8(light[x] >> 8)
		g := min(max(once[v]+int32(one[at])*stroke, 0), most[0])
		g = max(g, min(twice[v]+int32(two[at])*stroke, most[1]))
		g += int32(line[uint8(lines[x]>>8)]) * (256 - g) >> 8
		g = g * (256 + (int32(tooth[at])-30)*bite) >> 8
		out[x] = blended(old, int32(tone[uint8(min(max(g, 0), 255))]), weight)
	}
}
