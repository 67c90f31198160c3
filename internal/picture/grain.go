package picture

import (
	"math"

	"retake/internal/retake"
)

// reel is a strip of film that runs at its own pace, whatever the clip's rate.
type reel struct {
	stage
	rate float64 // pictures a second
}

// tick is the number of the film's picture that is in the gate.
func (r reel) tick(index int) uint64 { return uint64(r.seconds(index)*r.rate + 1e-6) }

// grain is that of film: clumps of silver or dye of about one size, most to be seen in the middle tones, others in each picture of the film.
type grain struct {
	reel
	strength float64 // standard deviation in the middle tones, in codes
	colour   float64 // share of it that differs between the colours
	tile     []int8
	side     int // of the tile, a power of two
	gains    [256]int32
	dyed     int32
	at       float64
}

// grainSpread is the standard deviation of a tile.
const grainSpread = 32

// newGrain makes grain whose clumps have a radius of size reference pixels.
func newGrain(r reel, size, strength, colour float64) *grain {
	g := &grain{reel: r, strength: strength, colour: colour, side: 256, at: -1}
	if r.scale() > 1.5 {
		g.side = 512
	}
	g.tile = clumps(hash(r.seed, 'g'), g.side, max(size*r.scale(), 0.3), max(size*r.scale(), 0.3))
	return g
}

// clumps is a tile of noise of a spread of grainSpread, smoothed by Gaussians of radius sx across and sy down in samples, that fits to itself on all sides.
func clumps(seed uint64, side int, sx, sy float64) []int8 { return strokes(seed, side, 1, 0, sx, sy) }

// strokes is such a tile whose noise is smoothed along steps of samples and across them, by so many steps.
func strokes(seed uint64, side, stepX, stepY int, length, breadth float64) []int8 {
	raw, half := make([]float64, side*side), make([]float64, side*side)
	for i := range raw {
		h := hash(seed, uint64(i))
		raw[i] = float64(h&0xffff) + float64(h>>16&0xffff) + float64(h>>32&0xffff) - 1.5*0xffff
	}
	smear(half, raw, side, stepX, stepY, length)
	smear(raw, half, side, -stepY, stepX, breadth)
	power := 0.0
	for _, v := range raw {
		power += v * v
	}
	k := grainSpread / math.Sqrt(power/float64(len(raw)))
	out := make([]int8, len(raw))
	for i, v := range raw {
		out[i] = int8(min(max(math.Round(v*k), -127), 127))
	}
	return out
}

// smear draws a tile, smoothed along a direction, into another.
func smear(dst, src []float64, side, stepX, stepY int, sigma float64) {
	reach := int(math.Ceil(2.5 * sigma))
	weights := make([]float64, 2*reach+1)
	for i := range weights {
		d := float64(i-reach) / sigma
		weights[i] = math.Exp(-d * d / 2)
	}
	for y := range side {
		for x := range side {
			sum := 0.0
			for i, w := range weights {
				sum += w * src[(y+(i-reach)*stepY)&(side-1)*side+(x+(i-reach)*stepX)&(side-1)]
			}
			dst[y*side+x] = sum
		}
	}
}

func (g *grain) prepare(amount float64) {
	if g.at == amount {
		return
	}
	g.at = amount
	k := 65536 * g.strength * amount / grainSpread * g.levels.span / 219
	for code := range g.gains {
		v := clamp01(g.levels.luma(code))
		g.gains[code] = int32(k * (0.3 + 0.7*math.Sqrt(4*v*(1-v))))
	}
	g.dyed = int32(k * g.colour)
}

func (g *grain) apply(f *retake.Frame, index int, amount float64) {
	g.prepare(amount)
	lay := hash(g.seed, 'l', g.tick(index))
	w, cw := f.Format.Width, f.Format.ChromaWidth()
	g.crew.rows(f.Format.Height, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			tile, x := g.row(lay, y)
			row := f.Y[y*w : y*w+w]
			for i, v := range row {
				row[i] = clip(int32(v) + (int32(tile[(x+i)&(len(tile)-1)])*g.gains[v]+1<<15)>>16)
			}
		}
		if g.dyed == 0 {
			return
		}
		for cy := y0 / 2; cy < (y1+1)/2; cy++ {
			g.dye(f.Cb[cy*cw:cy*cw+cw], lay>>16, cy)
			g.dye(f.Cr[cy*cw:cy*cw+cw], lay>>32, cy)
		}
	})
}

// row is the row of the tile that lies over a row of the picture, and where in it the picture begins.
func (g *grain) row(lay uint64, y int) (tile []int8, x int) {
	r := (y + int(lay>>12&0xfff)) & (g.side - 1)
	return g.tile[r*g.side : (r+1)*g.side], int(lay & 0xfff)
}

func (g *grain) dye(row []byte, lay uint64, y int) {
	tile, x := g.row(lay, y)
	for i, v := range row {
		row[i] = clip(int32(v) + (int32(tile[(x+i)&(len(tile)-1)])*g.dyed+1<<15)>>16)
	}
}
