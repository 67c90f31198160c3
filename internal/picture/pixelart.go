package picture

import (
	"math"

	"retake/internal/retake"
)

// PixelArt is the effect's name.
const PixelArt Kind = "pixel art"

var pixelArtful = Entry{Kind: PixelArt,
	Doc:  "the picture of an old game: coarse pixels in a small palette, with patterns of two colours where one would lie between. A pixel keeps its colour until the clip's has really changed",
	Make: func(s stage, l Look) effect { return newPixelArt(s, l.Strength) }}

type pixelArt struct {
	*canvas
	side    int // of a pixel, in samples of the canvas
	gw, gh  int
	palette [3]grades
	chosen  [3][]int16 // of each pixel, for Y, Cb and Cr
	codes   [3][]byte
	fresh   bool
}

// grades are the values that a channel of the palette has: so many codes apart, about a middle.
type grades struct{ step, middle, gain float64 }

func newPixelArt(s stage, strength float64) *pixelArt {
	p := &pixelArt{canvas: newCanvas(s)}
	p.side = p.reach(3 + 11*strength)
	p.gw, p.gh = cells(p.w, p.side), cells(p.h, p.side)
	l := s.levels
	tones := math.Round(12 - 4*strength)
	p.palette = [3]grades{{l.span / (tones - 1), l.black, 1 + 0.08*strength}, {12 + 16*strength, 128, 1.1 + 0.3*strength}, {12 + 16*strength, 128, 1.1 + 0.3*strength}}
	for i := range p.chosen {
		p.chosen[i], p.codes[i] = make([]int16, p.gw*p.gh), make([]byte, p.gw*p.gh)
	}
	return p
}

// watch chooses the colours, also while nothing is seen of them yet.
func (p *pixelArt) watch(f *retake.Frame, index int) {
	p.canvas.watch(f, index)
	for n, from := range [3]plane{p.y, p.cb, p.cr} {
		p.crew.rows(p.gh, func(r0, r1 int) {
			for r := r0; r < r1; r++ {
				for c := range p.gw {
					p.choose(n, r, c, p.mean(from, r, c))
				}
			}
		})
	}
	p.fresh = true
}

// mean is that of a pixel, in codes.
func (p *pixelArt) mean(of plane, r, c int) float64 {
	sum, n := 0, 0
	for y := r * p.side; y < min((r+1)*p.side, p.h); y++ {
		for _, v := range of.pix[y*p.w+c*p.side : y*p.w+min((c+1)*p.side, p.w)] {
			sum += int(v)
			n++
		}
	}
	return float64(sum) / float64(256*n)
}

// bayer are the thresholds of ordered dither, in sixteenths.
var bayer = [4][4]float64{{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}}

func (p *pixelArt) choose(n, r, c int, code float64) {
	const cling = 0.2 // how much further than half a step the colour must be to change
	g, i := p.palette[n], r*p.gw+c
	spread := 0.38
	if n > 0 {
		spread = 0.3
	}
	middle := g.middle
	if n == 0 {
		middle = p.stage.levels.code(0.45) // of contrast
	}
	at := (middle+(code-middle)*g.gain-g.middle)/g.step + spread*((bayer[r&3][c&3]+0.5)/16-0.5)
	if p.fresh && math.Abs(at-float64(p.chosen[n][i])) < 0.5+cling {
		return
	}
	p.chosen[n][i] = int16(math.Round(at))
	p.codes[n][i] = toByte(math.Round(at)*g.step + g.middle)
}

func (p *pixelArt) apply(f *retake.Frame, _ int, amount float64) {
	weight := int32(math.Round(256 * amount))
	w, cw := f.Format.Width, f.Format.ChromaWidth()
	side := p.side * p.step
	p.crew.rows(f.Format.Height, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			blocks(f.Y[y*w:y*w+w], p.codes[0][y/side*p.gw:], side, weight)
		}
		for cy := y0 / 2; cy < (y1+1)/2; cy++ {
			at := 2 * cy / side * p.gw
			blocks(f.Cb[cy*cw:cy*cw+cw], p.codes[1][at:], side/2, weight)
			blocks(f.Cr[cy*cw:cy*cw+cw], p.codes[2][at:], side/2, weight)
		}
	})
}

// blocks lays codes over a row, each over so many samples.
func blocks(row, codes []byte, side int, weight int32) {
	for n := 0; n*side < len(row); n++ {
		part := row[n*side : min((n+1)*side, len(row))]
		code := int32(codes[n])
		for x, v := range part {
			part[x] = blended(v, code, weight)
		}
	}
}
