package main

import "math"

// point is a place on the picture in pixels, x to the right and y down.
type point struct{ x, y float64 }

func (p point) add(q point) point           { return point{p.x + q.x, p.y + q.y} }
func (p point) sub(q point) point           { return point{p.x - q.x, p.y - q.y} }
func (p point) scale(k float64) point       { return point{p.x * k, p.y * k} }
func (p point) length() float64             { return math.Hypot(p.x, p.y) }
func (p point) to(q point, t float64) point { return p.add(q.sub(p).scale(t)) }

// turn rotates p about the origin by a radians.
func (p point) turn(a float64) point {
	s, c := math.Sincos(a)
	return point{p.x*c - p.y*s, p.x*s + p.y*c}
}

// polygon is one closed outline, already flattened to straight pieces.
type polygon []point

// move maps a point of a shape's own space to the picture.
type move func(point) point

func (p polygon) moved(m move) polygon {
	out := make(polygon, len(p))
	for i, q := range p {
		out[i] = m(q)
	}
	return out
}

// smooth closes a Catmull-Rom curve through pts: the outline passes every point, without corners.
func smooth(steps int, pts ...point) polygon {
	out := make(polygon, 0, steps*len(pts))
	for i := range pts {
		out = append(out, span(pts[(i+len(pts)-1)%len(pts)], pts[i], pts[(i+1)%len(pts)], pts[(i+2)%len(pts)], steps)...)
	}
	return out
}

// stroke draws a Catmull-Rom curve through pts, not closed.
func stroke(steps int, pts ...point) []point {
	var out []point
	for i := 0; i+1 < len(pts); i++ {
		out = append(out, span(pts[max(i-1, 0)], pts[i], pts[i+1], pts[min(i+2, len(pts)-1)], steps)...)
	}
	return append(out, pts[len(pts)-1])
}

func span(a, b, c, d point, steps int) []point {
	out := make([]point, steps)
	for i := range out {
		t := float64(i) / float64(steps)
		t2, t3 := t*t, t*t*t
		f := func(a, b, c, d float64) float64 {
			return 0.5 * (2*b + (c-a)*t + (2*a-5*b+4*c-d)*t2 + (3*b-a-3*c+d)*t3)
		}
		out[i] = point{f(a.x, b.x, c.x, d.x), f(a.y, b.y, c.y, d.y)}
	}
	return out
}

// limb is the outline of a tapering limb: a curve through joints with a half-width at each.
func limb(steps int, joints []point, half []float64) polygon {
	mid := stroke(steps, joints...)
	left, right := make([]point, len(mid)), make([]point, len(mid))
	for i, p := range mid {
		d := mid[min(i+1, len(mid)-1)].sub(mid[max(i-1, 0)])
		n := point{-d.y, d.x}.scale(1 / math.Max(d.length(), 1e-9))
		k := float64(i) / float64(steps)
		j := min(int(k), len(half)-2)
		w := lerp(half[j], half[j+1], ease(k-float64(j)))
		left[i], right[len(mid)-1-i] = p.add(n.scale(w)), p.sub(n.scale(w))
	}
	return append(left, right...)
}

// ellipse is centred on c, with radii rx and ry, leaning by a radians.
func ellipse(c point, rx, ry, a float64) polygon {
	n := 12 + int(math.Sqrt(rx+ry)*3)
	out := make(polygon, n)
	for i := range out {
		s, k := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		out[i] = point{rx * k, ry * s}.turn(a).add(c)
	}
	return out
}

func lerp(a, b, t float64) float64 { return a + (b-a)*t }

func clamp(v float64) float64 { return math.Min(1, math.Max(0, v)) }

// ease is the smoothstep of t, clamped to 0..1.
func ease(t float64) float64 {
	t = clamp(t)
	return t * t * (3 - 2*t)
}

// rise goes smoothly from 0 at a to 1 at b.
func rise(a, b, v float64) float64 { return ease((v - a) / (b - a)) }
