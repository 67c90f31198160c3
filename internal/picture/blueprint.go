package picture

import (
	"math"

	"retake/internal/retake"
)

// Blueprint is the effect's name.
const Blueprint Kind = "blueprint"

var blueprinted = Entry{Kind: Blueprint,
	Doc:  "a plan on blue paper: outlines in white on a fine grid, with a trace of the light and shade of things",
	Make: func(s stage, l Look) effect { return newBlueprint(s, l.Strength) }}

type blueprint struct {
	*canvas
	outlines plane
	grain    texture
	part     float64
	line     table // how white a line is, of 256
	ground   table // luma of the paper, by that of the picture
	cb, cr   float64
	grid     []uint8 // how white the grid is, along either side
}

func newBlueprint(s stage, strength float64) *blueprint {
	b := &blueprint{canvas: newCanvas(s), part: min(1, 0.45+0.95*strength)}
	b.outlines, b.grain = newPlane(b.w, b.h), newTexture(s, 'b', 1, 0, 1.6, 1.6)
	b.line.fill(func(code int) float64 { return 250 * smooth((float64(code)-131)/(30-14*strength)) })
	paper := rgb{0.012, 0.07, 0.24}.each(fromLight)
	v := s.levels.luminance(paper)
	b.cb, b.cr = 128+(paper[2]-v)/(2*(1-s.levels.kb))*s.levels.chroma, 128+(paper[0]-v)/(2*(1-s.levels.kr))*s.levels.chroma
	b.ground.fill(func(code int) float64 { return s.levels.code(v - 0.05 + 0.15*clamp01(s.levels.luma(code))) })
	small, thick := max(48*s.scale(), 6), max(s.scale(), 0.6)
	b.grid = make([]uint8, max(s.format.Width, s.format.Height))
	for i := range b.grid {
		for n, pitch := range [2]float64{small, 5 * small} {
			off := math.Abs(math.Remainder(float64(i)+0.5-small/2, pitch))
			b.grid[i] = max(b.grid[i], uint8(float64([2]int{26, 52}[n])*clamp01(thick+0.5-off)))
		}
	}
	return b
}

func (b *blueprint) apply(f *retake.Frame, _ int, amount float64) {
	b.outline(b.outlines, b.y, 0, b.reach(6))
	weight := int32(math.Round(256 * amount * b.part))
	w, cw := f.Format.Width, f.Format.ChromaWidth()
	b.crew.rows(f.Format.Height, func(y0, y1 int) {
		lines, light := make([]uint16, w), make([]uint16, w)
		for y := y0; y < y1; y++ {
			b.outlines.row(lines, y, b.step)
			b.y.row(light, y, b.step)
			b.row(f.Y[y*w:y*w+w], lines, light, y, weight)
		}
		for cy := y0 / 2; cy < (y1+1)/2; cy++ {
			b.outlines.row(lines[:cw], cy, b.step/2)
			for x, l := range lines[:cw] {
				// What is drawn in white has little of the blue.
				k := 256 - int32(b.line[l>>8])*3/4
				i := cy*cw + x
				f.Cb[i] = blended(f.Cb[i], 128+int32(b.cb-128)*k>>8, weight)
				f.Cr[i] = blended(f.Cr[i], 128+int32(b.cr-128)*k>>8, weight)
			}
		}
	})
}

func (b *blueprint) row(out []byte, lines, light []uint16, y int, weight int32) {
	grain, grid, down := b.grain.row(y), b.grid[:len(out)], b.grid[y]
	mask := len(grain) - 1
	lines, light = lines[:len(out)], light[:len(out)]
	line, ground := &b.line, &b.ground
	white := int32(b.levels.code(0.93))
	for x, old := range out {
		rough := int32(grain[x&mask])
		v := int32(ground[uint8(light[x]>>8)]) + rough>>3
		cover := max(int32(line[uint8(lines[x]>>8)])*(230+rough/2)>>8, int32(max(grid[x], down)))
		out[x] = blended(old, v+(white-v)*cover>>8, weight)
	}
}
