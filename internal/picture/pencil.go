package picture

import (
	"math"

	"retake/internal/retake"
)

// Pencil is the effect's name.
const Pencil Kind = "pencil"

var pencilled = Entry{Kind: Pencil,
	Doc:  "a drawing in graphite: outlines, and hatching that grows denser and is crossed in the shadows, on paper whose tooth shows in it. The strokes lie still; when it is slight, some colour stays",
	Make: func(s stage, l Look) effect { return newPencil(s, l.Strength) }}

type pencil struct {
	*canvas
	strength float64
	outlines plane
	tooth    texture
	hatch    [2]texture
	line     table         // how dark a line is, by the outline
	shade    [2][256]int32 // how dense the hatching is, by luma
	tone     table         // luma of so much graphite
	left     float64       // of the colour
}

func newPencil(s stage, strength float64) *pencil {
	p := &pencil{canvas: newCanvas(s), strength: strength, left: 0.6 * (1 - clamp01(strength/0.55))}
	p.outlines = newPlane(p.w, p.h)
	p.tooth = newTexture(s, 't', 1, 0, 0.9, 0.9)
	p.hatch = [2]texture{newTexture(s, 'h', 1, -1, 22, 1.15), newTexture(s, 'i', 2, 1, 22, 1.15)}
	hard := 0.55 + 0.75*strength
	p.line.fill(func(code int) float64 { return 215 * clamp01(hard*smooth((float64(code)-130)/30)) })
	for code := range 256 {
		v := clamp01(s.levels.luma(code))
		p.shade[0][code] = int32(255 * hard * (0.95 - 1.75*v))
		p.shade[1][code] = int32(255 * hard * (0.40 - 1.55*v))
	}
	p.tone.fill(func(g int) float64 { return s.levels.code(mix(0.94, 0.10, math.Pow(float64(g)/255, 0.9))) })
	return p
}

func (p *pencil) apply(f *retake.Frame, _ int, amount float64) {
	p.outline(p.outlines, 0, p.reach(5))
	weight := int32(math.Round(256 * amount))
	w, cw := f.Format.Width, f.Format.ChromaWidth()
	fade := table{}
	fade.fill(func(code int) float64 { return mix(float64(code), 128+(float64(code)-128)*p.left, amount) })
	p.crew.rows(f.Format.Height, func(y0, y1 int) {
		lines, light := make([]uint16, w), make([]uint16, w)
		for y := y0; y < y1; y++ {
			p.outlines.row(lines, y, p.step)
			p.y.row(light, y, p.step)
			p.row(f.Y[y*w:y*w+w], lines, light, y, weight)
		}
		c0, c1 := y0/2*cw, (y1+1)/2*cw
		fade.row(f.Cb[c0:c1])
		fade.row(f.Cr[c0:c1])
	})
}

// row draws one row over the picture.
func (p *pencil) row(out []byte, lines, light []uint16, y int, weight int32) {
	tooth, one, two := p.tooth.row(y), p.hatch[0].row(y), p.hatch[1].row(y)
	mask := len(tooth) - 1
	one, two = one[:mask+1], two[:mask+1]
	for x, old := range out {
		at := x & mask
		v := light[x] >> 8
		g := min(max(p.shade[0][v]+int32(one[at])*2, 0), 150)
		g = max(g, min(max(p.shade[1][v]+int32(two[at])*2, 0), 210))
		l := int32(p.line[lines[x]>>8])
		g += l * (256 - g) >> 8
		g = g * (226 + int32(tooth[at])) >> 8
		out[x] = blended(old, int32(p.tone[min(max(g, 0), 255)]), weight)
	}
}
