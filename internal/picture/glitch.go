package picture

import (
	"math"

	"retake/internal/retake"
)

// Glitch is the effect's name.
const Glitch Kind = "glitch"

var glitched = Entry{Kind: Glitch,
	Doc: "a broken signal: in bursts of a third of a second or so bands of the picture jump aside, blocks hang or come from elsewhere, and colours part; between the bursts they are a little apart. It doesn't flash",
	Make: func(s stage, l Look) effect {
		return &glitch{stage: s, strength: l.Strength, from: retake.NewFrame(s.format)}
	}}

// glitch comes from the time in seconds. What is broken holds for a fifteenth of a second.
type glitch struct {
	stage
	strength float64
	from     *retake.Frame
}

// tear is a band of rows that has moved, to the right in samples.
type tear struct{ top, bottom, by int }

// chunk is a block of the picture that shows another place, or the colours turned about.
type chunk struct {
	x, y, w, h, fromX, fromY int // all even
	turned                   bool
}

// burst is how far a burst is going on, 0 or more than half, and the number of its moment.
func (g *glitch) burst(index int) (power float64, moment uint64) {
	const rate, holds = 1.5, 15 // bursts and moments a second
	t := g.seconds(index) + 0.6*unit(hash(g.seed, 'g'))
	moment = uint64(t*holds + 1e-6)
	at := t * rate
	seed := hash(g.seed, 'b', uint64(at))
	part, long := at-math.Floor(at), mix(0.2, 0.65, unit(hash(seed, 1)))
	if part > long {
		return 0, moment
	}
	return mix(0.55, 1, unit(hash(seed, 2))), moment
}

func (g *glitch) apply(f *retake.Frame, index int, amount float64) {
	power, moment := g.burst(index)
	k := g.strength * amount
	seed := hash(g.seed, 'm', moment)
	// Colours part to both sides.
	apart := (3 + 5*g.strength + power*26*mix(0.3, 1, unit(hash(seed, 1)))) * k * g.scale()
	by := int(math.Round(apart / 2))
	if amount > 0.4 {
		by = max(by, 1)
	}
	tears, chunks := g.tears(seed, power, k), g.chunks(seed, power, k)
	g.from.CopyFrom(f)
	g.crew.rows(f.Format.Height, func(y0, y1 int) {
		g.part(f, y0, y1, by)
		for _, t := range tears {
			t.move(f, y0, y1)
		}
		for _, c := range chunks {
			c.show(f, g.from, y0, y1)
		}
	})
}

// part draws rows [y0, y1) with red moved to the right and blue to the left, by samples of chroma.
func (g *glitch) part(f *retake.Frame, y0, y1, by int) {
	if by == 0 {
		return
	}
	w, cw := f.Format.Width, f.Format.ChromaWidth()
	kr, kb := int32(256*g.levels.kr), int32(256*g.levels.kb)
	for y := y0; y < y1; y++ {
		from, to := g.from.Y[y*w:y*w+w], f.Y[y*w:y*w+w]
		for x := range to {
			red, blue := int32(from[max(x-2*by, 0)]), int32(from[min(x+2*by, w-1)])
			to[x] = byte((int32(from[x])*(256-kr-kb) + red*kr + blue*kb + 128) >> 8)
		}
	}
	// Cr is red less luma, Cb blue less luma.
	perRed, perBlue := int32(256*g.levels.chroma/g.levels.span/2/(1-g.levels.kr)), int32(256*g.levels.chroma/g.levels.span/2/(1-g.levels.kb))
	for cy := y0 / 2; cy < (y1+1)/2; cy++ {
		luma := g.from.Y[2*cy*w : 2*cy*w+w]
		for x := range cw {
			left, right := max(x-by, 0), min(x+by, cw-1)
			here, i := int32(luma[2*x]), cy*cw
			f.Cr[i+x] = clip(int32(g.from.Cr[i+left]) + (int32(luma[2*left])-here)*perRed>>8)
			f.Cb[i+x] = clip(int32(g.from.Cb[i+right]) + (int32(luma[2*right])-here)*perBlue>>8)
		}
	}
}

// tears lists the bands of a moment, which don't overlap.
func (g *glitch) tears(seed uint64, power, k float64) []tear {
	if power == 0 {
		return nil
	}
	var out []tear
	h, w := float64(g.format.Height), float64(g.format.Width)
	for n, y := uint64(0), 0.0; y < h; n++ {
		high := mix(0.015, 0.16, math.Pow(unit(hash(seed, 2, n)), 2)) * h
		// A signal that is worse has more bands that are off.
		if unit(hash(seed, 3, n)) < (0.25+0.5*g.strength)*power {
			far := unit(hash(seed, 4, n)) + unit(hash(seed, 5, n)) - 1
			out = append(out, tear{int(y), int(min(y+high, h)), int(math.Round(0.30 * far * k * w))})
		}
		y += max(high, 1)
	}
	return out
}

// move draws the rows of the band that lie in [y0, y1), as a ring.
func (t tear) move(f *retake.Frame, y0, y1 int) {
	w, cw := f.Format.Width, f.Format.ChromaWidth()
	tmp := make([]byte, w)
	for y := max(t.top, y0); y < min(t.bottom, y1); y++ {
		ring(f.Y[y*w:y*w+w], tmp, t.by)
		if y%2 == 0 {
			c := y / 2 * cw
			ring(f.Cb[c:c+cw], tmp, t.by/2)
			ring(f.Cr[c:c+cw], tmp, t.by/2)
		}
	}
}

// ring turns a row to the right; what leaves it on one side comes in on the other.
func ring(row, tmp []byte, by int) {
	n := len(row)
	tmp = tmp[:n]
	copy(tmp, row)
	by = ((by % n) + n) % n
	copy(row[by:], tmp[:n-by])
	copy(row[:by], tmp[n-by:])
}

// chunks lists the blocks of a moment: they stand on the grid of a codec.
func (g *glitch) chunks(seed uint64, power, k float64) []chunk {
	grid := max(int(32*g.scale())/2*2, 4)
	cols, rows := g.format.Width/grid, g.format.Height/grid
	if power == 0 || cols < 4 || rows < 4 {
		return nil
	}
	var out []chunk
	for n := range uint64(18 * k * power) {
		s := hash(seed, 'c', n)
		c := chunk{w: grid * (1 + int(hash(s, 1)%6)), h: grid * (1 + int(hash(s, 2)%2)), turned: hash(s, 3)%4 == 0}
		c.x, c.y = grid*int(hash(s, 4)%uint64(cols)), grid*int(hash(s, 5)%uint64(rows))
		// Mostly from near: motion that went wrong.
		c.fromX, c.fromY = c.x+grid*(int(hash(s, 6)%9)-4)/2*2, c.y+grid*(int(hash(s, 7)%5)-2)/2*2
		out = append(out, c)
	}
	return out
}

// show draws the rows of the block that lie in [y0, y1).
func (c chunk) show(f, from *retake.Frame, y0, y1 int) {
	w, h, cw := f.Format.Width, f.Format.Height, f.Format.ChromaWidth()
	width := min(c.w, w-c.x) / 2 * 2
	fromX := min(max(c.fromX, 0), w-width) / 2 * 2
	for y := max(c.y, y0); y < min(c.y+c.h, y1, h); y++ {
		fromY := min(max(y-c.y+c.fromY, 0), h-1)
		copy(f.Y[y*w+c.x:y*w+c.x+width], from.Y[fromY*w+fromX:])
		if y%2 != 0 {
			continue
		}
		to, at := y/2*cw+c.x/2, fromY/2*cw+fromX/2
		cb, cr := from.Cb, from.Cr
		if c.turned {
			cb, cr = cr, cb
		}
		copy(f.Cb[to:to+width/2], cb[at:])
		copy(f.Cr[to:to+width/2], cr[at:])
	}
}
