package picture

import (
	"retake/internal/retake"
	"retake/internal/wish"
)

// colour applies a linear change of normalised YCbCr followed by a luma curve. It is how white balance and black and
// white are done: both are gains and mixes of R'G'B', which are linear in Y'CbCr too.
type colour struct {
	stage
	target [3][3]float64                   // of (y, cb, cr), at full amount
	curve  func(v, amount float64) float64 // luma after the matrix

	at     float64
	fresh  bool
	luma   [256]int32       // new luma, 12 fraction bits
	dy     [2][256]int32    // luma's change from cb, cr; 8 fraction bits
	chroma [2][3][256]int32 // new cb and cr from y, cb, cr; 8 fraction bits
}

// The names of the effects that are one matrix.
const (
	BlackAndWhite Kind = "black and white"
	Warmer        Kind = "warmer"
	Cooler        Kind = "cooler"
)

var blackWhite = Entry{Kind: BlackAndWhite, Takes: []wish.Param{wish.Tint},
	Doc:  "colour goes, luma is mixed as behind a yellow filter, or one of the colour that is named (red darkens skies, green brightens leaves), with a gentle contrast curve",
	Make: func(s stage, l Look) effect { return newBlackAndWhite(s, l) }}

var warmer = Entry{Kind: Warmer,
	Doc:  "white balance, by gains of red, green and blue in the clip's own colour matrix; greys keep their brightness",
	Make: func(s stage, l Look) effect { return newTemperature(s, l.Strength) }}

var cooler = Entry{Kind: Cooler,
	Doc:  "the same the other way",
	Make: func(s stage, l Look) effect { return newTemperature(s, -l.Strength) }}

// newTemperature makes white balance warmer (strength above 0) or cooler (below). The gains are chosen so that a
// grey keeps its luma; shadows stay neutral because the shift of chroma follows luma.
func newTemperature(s stage, strength float64) *colour {
	l := s.levels
	red, green, blue := 1+0.17*strength, 1+0.025*strength, 1-0.27*strength
	if strength < 0 {
		red, green, blue = 1+0.24*strength, 1+0.03*strength, 1-0.20*strength
	}
	sum := l.kr*red + (1-l.kr-l.kb)*green + l.kb*blue
	return &colour{stage: s, target: gains(l, red/sum, green/sum, blue/sum), curve: func(v, _ float64) float64 { return v }}
}

// newBlackAndWhite takes the colour out and mixes luma like film behind a yellow filter: skin a little brighter,
// blue sky darker, and a gentle contrast curve. Below the usual strength some colour stays.
func newBlackAndWhite(s stage, look Look) *colour {
	strength := look.Strength
	left := 1 - clamp01(strength/0.55)
	filter := 0.5 + strength/2
	contrast := 0.05 + 0.12*strength
	fromCb, fromCr := -0.22, 0.16
	if look.To.Said() {
		filter = 1
		fromCb, fromCr = filtered(s.levels, look.To)
	}
	return &colour{stage: s,
		target: [3][3]float64{{1, fromCb * filter, fromCr * filter}, {0, left, 0}, {0, 0, left}},
		curve: func(v, amount float64) float64 {
			return v + amount*contrast*(smooth(v)-v)*2
		}}
}

// filtered returns how far luma behind a filter of a colour depends on cb and cr. A filter lets some of all light through.
func filtered(l levels, colour wish.Colour) (cb, cr float64) {
	const leak = 0.06
	kg := 1 - l.kr - l.kb
	t := srgb(colour).toward(grey(1), leak)
	red, green, blue := l.kr*t[0], kg*t[1], l.kb*t[2]
	sum := red + green + blue
	cb = 2 * (1 - l.kb) * (blue - green*l.kb/kg) / sum
	cr = 2 * (1 - l.kr) * (red - green*l.kr/kg) / sum
	return cb, cr
}

// gains returns the YCbCr matrix of gains on R', G' and B'.
func gains(l levels, red, green, blue float64) [3][3]float64 {
	var m [3][3]float64
	for i := range 3 {
		var in [3]float64
		in[i] = 1
		r := in[0] + 2*(1-l.kr)*in[2]
		b := in[0] + 2*(1-l.kb)*in[1]
		g := (in[0] - l.kr*r - l.kb*b) / (1 - l.kr - l.kb)
		r, g, b = r*red, g*green, b*blue
		y := l.kr*r + (1-l.kr-l.kb)*g + l.kb*b
		m[0][i], m[1][i], m[2][i] = y, (b-y)/(2*(1-l.kb)), (r-y)/(2*(1-l.kr))
	}
	return m
}

func (c *colour) prepare(amount float64) {
	if c.fresh && c.at == amount {
		return
	}
	l := c.levels
	var m [3][3]float64
	for i := range 3 {
		for j := range 3 {
			m[i][j] = c.target[i][j] * amount
			if i == j {
				m[i][j] += 1 - amount
			}
		}
	}
	for code := range 256 {
		c.luma[code] = int32(code) << fraction // head and foot room stay
		if v := l.luma(code); v >= 0 && v <= 1 {
			c.luma[code] = int32(l.code(c.curve(v, amount))*(1<<fraction) + 0.5)
		}
		y, x := l.luma(code), (float64(code)-128)/l.chroma
		c.dy[0][code] = fixed8(m[0][1] * x * l.span)
		c.dy[1][code] = fixed8(m[0][2] * x * l.span)
		for k := range 2 {
			c.chroma[k][0][code] = fixed8(m[k+1][0] * y * l.chroma)
			c.chroma[k][1][code] = fixed8(m[k+1][1] * x * l.chroma)
			c.chroma[k][2][code] = fixed8(m[k+1][2] * x * l.chroma)
		}
	}
	c.at, c.fresh = amount, true
}

func fixed8(v float64) int32 {
	if v < 0 {
		return -int32(-v*256 + 0.5)
	}
	return int32(v*256 + 0.5)
}

func (c *colour) apply(f *retake.Frame, _ int, amount float64) {
	c.prepare(amount)
	c.crew.rows(f.Format.Height, func(y0, y1 int) {
		for cy := y0 / 2; cy < (y1+1)/2; cy++ {
			c.chromaRow(f, cy)
		}
	})
}

// chromaRow changes one row of chroma and the one or two rows of luma it colours.
func (c *colour) chromaRow(f *retake.Frame, cy int) {
	w, cw := f.Format.Width, f.Format.ChromaWidth()
	top := f.Y[2*cy*w : 2*cy*w+w]
	bottom := top
	if 2*cy+1 < f.Format.Height {
		bottom = f.Y[(2*cy+1)*w : (2*cy+2)*w]
	}
	cbs, crs := f.Cb[cy*cw:cy*cw+cw], f.Cr[cy*cw:cy*cw+cw]
	d0, d1 := &dither[2*cy%ditherSize], &dither[(2*cy+1)%ditherSize]
	db, dr := &dither[(cy+37)%ditherSize], &dither[(cy+91)%ditherSize]
	for x, cb := range cbs {
		cr := crs[x]
		i := 2 * x
		j := min(i+1, w-1)
		a, b, p, q := int32(top[i]), int32(top[j]), int32(bottom[i]), int32(bottom[j])
		mean := uint8((a + b + p + q + 2) >> 2)
		d := (c.dy[0][cb] + c.dy[1][cr] + 128) >> 8
		n, m := uint(i)%ditherSize&^1, uint(x)%ditherSize
		cbs[x] = clip(128 + (c.chroma[0][0][mean]+c.chroma[0][1][cb]+c.chroma[0][2][cr]+int32(db[m])>>4)>>8)
		crs[x] = clip(128 + (c.chroma[1][0][mean]+c.chroma[1][1][cb]+c.chroma[1][2][cr]+int32(dr[m])>>4)>>8)
		bottom[j], bottom[i] = clip((c.luma[clip(q+d)]+int32(d1[n+1]))>>fraction), clip((c.luma[clip(p+d)]+int32(d1[n]))>>fraction)
		top[j], top[i] = clip((c.luma[clip(b+d)]+int32(d0[n+1]))>>fraction), clip((c.luma[clip(a+d)]+int32(d0[n]))>>fraction)
	}
}

func clip(v int32) uint8 {
	if uint32(v) <= 255 {
		return uint8(v)
	}
	if v < 0 {
		return 0
	}
	return 255
}
