package picture

import (
	"math"
	"slices"

	"retake/internal/retake"
	"retake/internal/wish"
)

// Kaleidoscope is the effect's name.
const Kaleidoscope Kind = "kaleidoscope"

var kaleidoscopic = Entry{Kind: Kaleidoscope, Takes: []wish.Param{wish.Pace},
	Doc: "a wedge of the picture, seen between mirrors: twelve of it, every other one turned over, make a star that turns slowly as the wedge travels; it is dissolved in and out",
	Make: func(s stage, l Look) effect {
		m := &mirrors{stage: s, from: retake.NewFrame(s.format), pairs: 6, pace: pick(l.Speed, 1), phase: 2 * math.Pi * unit(hash(s.seed, 'M'))}
		// Along the picture's longer side, and down rather than up, so that the sky isn't all there is.
		switch {
		case s.format.Height > s.format.Width:
			m.seen = math.Pi / 2
		case hash(s.seed, 'M', 1)&1 == 0:
			m.seen = math.Pi
		}
		return m
	}}

// mirrors show a wedge of the picture all around its middle.
type mirrors struct {
	stage
	from        *retake.Frame
	pairs       int
	pace, phase float64
	seen        float64 // the way from the tip about which the wedge swings
}

// wedge says where the mirrors stand and which part of the picture they show, in samples of one plane.
type wedge struct {
	angle, turn, seen float64 // of a mirror to the next; of the first one; of the wedge in the picture
	x, y              float64 // the wedge's tip, from the picture's middle
	scale             float64 // samples of the picture to one that is shown
	pairs             int
}

func (m *mirrors) apply(f *retake.Frame, index int, amount float64) {
	m.from.CopyFrom(f)
	t := m.pace * m.seconds(index)
	w, h, cw, ch := f.Format.Width, f.Format.Height, f.Format.ChromaWidth(), f.Format.ChromaHeight()
	side := float64(min(w, h))
	luma := wedge{angle: math.Pi / float64(m.pairs), turn: 0.11*t - math.Pi/2, seen: m.seen + 0.6*math.Sin(0.37*t+m.phase), scale: 0.62, pairs: m.pairs,
		x: 0.10 * side * math.Sin(0.31*t+m.phase), y: 0.10 * side * math.Cos(0.43*t+2*m.phase)}
	chroma := luma
	chroma.x, chroma.y = luma.x/2, luma.y/2
	weight := int32(math.Round(256 * amount))
	m.crew.rows(h, func(y0, y1 int) {
		luma.rows(f.Y, m.from.Y, w, h, y0, y1, weight)
		chroma.rows(f.Cb, m.from.Cb, cw, ch, y0/2, (y1+1)/2, weight)
		chroma.rows(f.Cr, m.from.Cr, cw, ch, y0/2, (y1+1)/2, weight)
	})
}

// rows draws rows [y0, y1) of dst from src. Along a row the place in the picture moves on evenly from one mirror to the next.
func (k wedge) rows(dst, src []byte, w, h, y0, y1 int, weight int32) {
	mx, my := float64(w-1)/2, float64(h-1)/2
	edges := make([]int, 0, 2*k.pairs+2)
	for y := y0; y < min(y1, h); y++ {
		dy := float64(y) - my
		if dy == 0 {
			dy = 1e-6
		}
		edges = append(edges[:0], 0, w)
		for n := range 2 * k.pairs {
			sin, cos := math.Sincos(k.turn + float64(n)*k.angle)
			if sin*dy > 0 { // the mirror stands on this side of the middle
				edges = append(edges, int(min(max(math.Ceil(dy*cos/sin+mx), 0), float64(w))))
			}
		}
		slices.Sort(edges)
		row := dst[y*w : y*w+w]
		for n, from := range edges[:len(edges)-1] {
			if to := edges[n+1]; from < to {
				p := k.through(math.Atan2(dy, (float64(from)+float64(to)-1)/2-mx))
				p.c, p.f = k.x, k.y
				p.mirrored(row, src, w, h, from, to, float64(from)-mx, dy, weight)
			}
		}
	}
}

// through is where the places in a direction from the middle come from.
func (k wedge) through(direction float64) placing {
	n := math.Floor((direction - k.turn) / k.angle)
	first := k.turn + n*k.angle
	if math.Mod(n, 2) == 0 {
		sin, cos := math.Sincos(k.seen - first)
		return placing{a: k.scale * cos, b: -k.scale * sin, d: k.scale * sin, e: k.scale * cos}
	}
	sin, cos := math.Sincos(k.seen + k.angle + first)
	return placing{a: k.scale * cos, b: k.scale * sin, d: k.scale * sin, e: -k.scale * cos}
}

// mirrored draws columns [from, to) of a row, the first of which lies at (dx, dy) from the middle. The picture goes on in its mirror image
// beyond its edges.
func (p placing) mirrored(row, src []byte, w, h, from, to int, dx, dy float64, weight int32) {
	const one = 1 << 16
	x := int64(math.Round((p.a*dx + p.b*dy + p.c + float64(w-1)/2) * one))
	y := int64(math.Round((p.d*dx + p.e*dy + p.f + float64(h-1)/2) * one))
	stepX, stepY := int64(math.Round(p.a*one)), int64(math.Round(p.d*one))
	lastX, lastY := int64(w-1)*one, int64(h-1)*one
	for i := from; i < to; i++ {
		var v int32
		if x >= 0 && y >= 0 && x < lastX && y < lastY {
			v = amid(src, w, x, y)
		} else {
			v = bilinear(src, w, h, folded(x, lastX), folded(y, lastY))
		}
		row[i] = blended(row[i], v, weight)
		x += stepX
		y += stepY
	}
}

// folded turns back at 0 and at last.
func folded(v, last int64) int64 {
	if v < 0 {
		v = -v
	}
	if v <= last || last == 0 {
		return min(v, last)
	}
	v %= 2 * last
	return min(v, 2*last-v)
}
