package picture

import (
	"math"

	"retake/internal/retake"
)

// VHS is the effect's name.
const VHS Kind = "vhs"

var videotaped = Entry{Kind: VHS,
	Doc: "a tape of the 1980s in 480 lines: brightness is soft with hard rims, colour is smeared and lies a little to the right and below; lines tremble, the lower edge tears where the heads change, tape noise and dropouts; " +
		"when it is strong, a band of bad tracking wanders up",
	Make: func(s stage, l Look) effect { return newTape(s, l.Strength) }}

// tape plays a picture line by line, as a recorder does. What its noise is comes from the time in thirtieths of a second.
type tape struct {
	reel
	strength float64
	from     *retake.Frame
	noise    []int8
	drops    []streak

	luma, chroma table
	at           float64
}

const (
	tapeLines = 480  // in the smaller side of the picture
	tapeSide  = 256  // of the tile of noise
	switching = 0.02 // share of the height, from the lower edge, where the heads change
)

func newTape(s stage, strength float64) *tape {
	t := &tape{reel: reel{s, 30}, strength: strength, from: retake.NewFrame(s.format), at: -1}
	t.noise = clumps(hash(s.seed, 't'), tapeSide, max(1.5*s.scale(), 0.4), 0.3)
	return t
}

func (t *tape) prepare(amount float64) {
	if t.at == amount {
		return
	}
	t.at = amount
	k := t.strength * amount
	t.luma.fill(func(code int) float64 {
		v := t.levels.luma(code)
		return t.levels.code(mix(v, 0.055+0.88*v, k))
	})
	t.chroma.fill(func(code int) float64 { return 128 + (float64(code)-128)*(1-0.12*k) })
}

func (t *tape) apply(f *retake.Frame, index int, amount float64) {
	t.prepare(amount)
	t.from.CopyFrom(f)
	moment := t.moment(index, amount)
	weight := int32(math.Round(256 * amount))
	w, h, cw := f.Format.Width, f.Format.Height, f.Format.ChromaWidth()
	ch := f.Format.ChromaHeight()
	s := t.scale()
	pitch := max(1080*s/tapeLines, 1)
	bright := head{src: t.from.Y, w: w, h: h, pitch: pitch, step: 1, near: (1 + 4.5*t.strength) * s, far: (4 + 9*t.strength) * s, rim: 0.35 + 0.5*t.strength, noise: 2 + 6*t.strength, end: &t.luma}
	colour := head{w: cw, h: ch, pitch: pitch, step: 2, near: (5 + 15*t.strength) * s, noise: 3 + 14*t.strength, right: (3 + 9*t.strength) * s, below: 2, end: &t.chroma}
	t.crew.rows(h, func(y0, y1 int) {
		moment.play(f.Y, bright, y0, y1, weight)
		blue, red := colour, colour
		blue.src = t.from.Cb
		moment.play(f.Cb, blue, y0/2, (y1+1)/2, weight)
		red.src, red.salt = t.from.Cr, 1
		moment.play(f.Cr, red, y0/2, (y1+1)/2, weight)
		draw(f, t.drops, y0, y1)
	})
}

// instant is the tape at one moment.
type instant struct {
	*tape
	tick        uint64
	t           float64 // seconds
	amount      float64
	total       float64 // lines
	bad, tracks float64 // how bad the tracking is, 0 to 1, and where the band is, from the top, in lines
}

// moment says what the tape is like at a picture, and lists the places where it is bare.
func (t *tape) moment(index int, amount float64) *instant {
	m := &instant{tape: t, tick: t.tick(index), amount: amount}
	m.t = float64(m.tick) / t.rate
	m.total = float64(t.format.Height) / max(1080*t.scale()/tapeLines, 1)
	const round = 7 // seconds from below to above
	m.tracks = m.total * (1.3 - 1.6*math.Mod(m.t/round+unit(hash(t.seed, 'o')), 1))
	m.bad = smooth((t.strength-0.4)/0.6) * (0.75 + 0.25*wobble(t.seed, 'q', m.t, 1.5))
	t.drops = t.drops[:0]
	s := t.scale()
	for n := range uint64(5) {
		seed := hash(t.seed, 'd', m.tick, n)
		if unit(hash(seed, 1)) > 0.35*t.strength {
			continue
		}
		long := mix(14, 150, unit(hash(seed, 2))*unit(hash(seed, 3))) * s
		x, y := unit(hash(seed, 4))*float64(t.format.Width), unit(hash(seed, 5))*float64(t.format.Height)
		t.drops = append(t.drops, streak{x: float32(x), y: float32(y), dx: float32(long), radius: float32(max(0.9*s, 0.4)), soft: float32(max(0.6*s, 0.4)),
			alpha: float32(amount * mix(0.4, 0.9, unit(hash(seed, 6)))), luma: int32(t.levels.code(0.9)), tint: true})
	}
	return m
}

// tremble is how far line n lies to the right, in reference pixels, and how much noise it has, as a multiple of the usual.
func (m *instant) tremble(n int) (x, noise float64) {
	k, line := m.strength*m.amount, float64(n)
	one := func(which uint64) float64 { return 2*unit(hash(m.seed, which, m.tick, uint64(int64(n)))) - 1 }
	x = k * (1.6*wobble(m.seed, 'a', line/70+3*m.t, 1) + 0.9*one('b'))
	noise = 1
	// The servo has not yet settled in the first lines, and in the last ones the other head takes over.
	x += k * 14 * math.Exp(-line/9) * wobble(m.seed, 'c', m.t, 2.5)
	if into := line - m.total*(1-switching); into >= 0 {
		x += m.amount * (22 + 50*m.strength) * (0.55 + 0.3*wobble(m.seed, 'd', m.t, 4) + 0.06*into + 0.12*one('e'))
		noise += 2.2
	}
	if off := math.Abs(line-m.tracks) / (0.035 * m.total); off < 1 && m.bad > 0 {
		deep := m.bad * smooth(1-off)
		x += m.amount * deep * (26*wobble(m.seed, 'g', line/5, 1+8*m.t) + 9*one('h'))
		noise += 4 * deep
	}
	return x, noise
}
