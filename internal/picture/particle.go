package picture

import (
	"math"

	"retake/internal/retake"
	"retake/internal/wish"
)

// streak is a soft disc drawn out along its motion while the shutter is open: all points within radius of the line
// from (x, y) to (x+dx, y+dy), in pixels, fading over soft pixels on both sides of that edge.
type streak struct {
	x, y, dx, dy float32
	radius, soft float32
	alpha        float32 // at its core, 0 to 1
	luma         int32   // code it is drawn with
	tint         bool    // also pulls chroma towards neutral
}

// draw blends streaks over rows [y0, y1), in order.
func draw(f *retake.Frame, list []streak, y0, y1 int) {
	for i := range list {
		list[i].luminance(f, y0, y1)
		if list[i].tint {
			list[i].chroma(f, y0, y1)
		}
	}
}

func (s *streak) luminance(f *retake.Frame, y0, y1 int) {
	w := f.Format.Width
	b := newBrush(s.dx, s.dy, s.radius, s.soft)
	top, bottom := span(s.y, s.y+s.dy, b.reach, y0, y1)
	alpha := s.alpha * 256
	for y := top; y < bottom; y++ {
		py := float32(y) - s.y
		left, right := b.across(s.x, py, w)
		if left >= right {
			continue
		}
		row := f.Y[y*w+left : y*w+right]
		px := float32(left) - s.x
		for i := range row {
			if q := b.cover(px, py); q > 0 {
				v := int32(row[i])
				row[i] = uint8(v + ((s.luma-v)*int32(alpha*q)+128)>>8)
			}
			px++
		}
	}
}

// chroma does the same at half size, towards neutral.
func (s *streak) chroma(f *retake.Frame, y0, y1 int) {
	cw := f.Format.ChromaWidth()
	x0, cy := (s.x-0.5)/2, (s.y-0.5)/2
	b := newBrush(s.dx/2, s.dy/2, s.radius/2, max(s.soft/2, 0.5))
	top, bottom := span(cy, cy+b.dy, b.reach, y0/2, (y1+1)/2)
	alpha := s.alpha * 256
	for y := top; y < bottom; y++ {
		py := float32(y) - cy
		left, right := b.across(x0, py, cw)
		for x := left; x < right; x++ {
			q := b.cover(float32(x)-x0, py)
			if q <= 0 {
				continue
			}
			i, a := y*cw+x, int32(alpha*q)
			f.Cb[i] = uint8(int32(f.Cb[i]) + ((128-int32(f.Cb[i]))*a+128)>>8)
			f.Cr[i] = uint8(int32(f.Cr[i]) + ((128-int32(f.Cr[i]))*a+128)>>8)
		}
	}
}

// brush is the shape of a streak that begins at (0, 0).
type brush struct {
	dx, dy float32
	reach  float32 // where it ends, from its line
	per    float32 // 1 / length²
	scale  float32 // of the profile, so that it is full up to radius - soft
	outer  float32 // 1 / reach²
	slope  float32 // dx / dy of a line that is steep enough, with
	side   float32 // the reach along a row; 0 for others
}

func newBrush(dx, dy, radius, soft float32) brush {
	b := brush{dx: dx, dy: dy, reach: radius + soft}
	if l2 := dx*dx + dy*dy; l2 > 1e-6 {
		b.per = 1 / l2
		if dy > 0.3*max(dx, -dx) && dy > 1 {
			b.slope, b.side = dx/dy, b.reach*float32(math.Sqrt(float64(l2)))/dy
		}
	}
	inner := max(radius-soft, 0)
	r2 := b.reach * b.reach
	b.outer, b.scale = 1/r2, r2/(r2-inner*inner)
	return b
}

// cover is 1 at the core and falls smoothly to 0 at reach.
func (b *brush) cover(px, py float32) float32 {
	along := min(max((px*b.dx+py*b.dy)*b.per, 0), 1)
	ex, ey := px-along*b.dx, py-along*b.dy
	q := (1 - (ex*ex+ey*ey)*b.outer) * b.scale
	if q <= 0 {
		return 0
	}
	q = min(q, 1)
	return q * q * (3 - 2*q)
}

// across returns the samples of row py that the streak at x can touch.
func (b *brush) across(x, py float32, width int) (left, right int) {
	left, right = span(x, x+b.dx, b.reach, 0, width)
	if b.side > 0 {
		middle := x + py*b.slope
		l, r := span(middle, middle, b.side, 0, width)
		left, right = max(left, l), min(right, r)
	}
	return left, right
}

// span returns the samples of [low, high) within reach of the line from a to b.
func span(a, b, reach float32, low, high int) (from, to int) {
	from = int(math.Floor(float64(min(a, b)-reach))) + 1
	to = int(math.Ceil(float64(max(a, b) + reach)))
	return max(from, low), min(to, high)
}

// gusts is wind as a closed form of time: a steady part and three slow waves. Being closed, any picture can be drawn
// without drawing those before it.
type gusts struct {
	speed float64 // of the steady part, reference pixels a second
	waves [3]struct{ size, rate, phase float64 }
}

func newGusts(seed uint64, wind float64) gusts {
	side := 1.0
	if hash(seed, 1)&1 == 0 {
		side = -1
	}
	g := gusts{speed: side * (25 + 520*wind)}
	for i, period := range []float64{5.1, 2.3, 1.1} {
		g.waves[i].rate = 2 * math.Pi / (period * (0.85 + 0.3*unit(hash(seed, 2, uint64(i)))))
		g.waves[i].phase = 2 * math.Pi * unit(hash(seed, 3, uint64(i)))
		g.waves[i].size = []float64{0.45, 0.3, 0.12}[i]
	}
	return g
}

// heading turns the wind the way that the prompt names, where it then has a steadier speed of at least so many reference pixels a second.
func (g gusts) heading(d wish.Direction, least float64) gusts {
	switch strong := math.Max(math.Abs(g.speed), least); d {
	case wish.Left:
		g.speed = -strong
	case wish.Right:
		g.speed = strong
	default:
		return g
	}
	for i := range g.waves {
		g.waves[i].size *= 0.5 // it must never seem to stop
	}
	return g
}

// at returns the wind's speed at t seconds and the way it has carried the air since 0.
func (g gusts) at(t float64) (speed, way float64) {
	speed, way = 1, t
	for _, w := range g.waves {
		speed += w.size * math.Sin(w.rate*t+w.phase)
		way += w.size * (math.Cos(w.phase) - math.Cos(w.rate*t+w.phase)) / w.rate
	}
	return g.speed * speed, g.speed * way
}
