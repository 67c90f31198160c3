package picture

import (
	"math"

	"retake/internal/retake"
)

// similar is how a whole picture lies over another: turned, made larger and moved about its middle. A point (x, y), in luma samples
// from the middle, of the first is at ((1+a)·x - b·y + x0, b·x + (1+a)·y + y0) of the second.
type similar struct{ a, b, x, y float64 }

// then is s and o after it.
func (s similar) then(o similar) similar {
	return similar{
		a: (1+s.a)*(1+o.a) - s.b*o.b - 1, b: (1+s.a)*o.b + s.b*(1+o.a),
		x: (1+o.a)*s.x - o.b*s.y + o.x, y: o.b*s.x + (1+o.a)*s.y + o.y,
	}
}

// aligner finds how the whole of a picture has moved against the one before, by what most of it does: what moves by itself is
// given little weight. It goes from a sixteenth of the size by an eighth to a quarter, and at each halves the squares of what is left (Gauss and Newton; B. D. Lucas
// and T. Kanade, "An Iterative Image Registration Technique", 1981), weighted by Tukey's biweight.
type aligner struct {
	crew   crew
	levels [3]struct{ now, last plane } // from a sixteenth to a quarter
	seen   bool
}

var alignSteps = [3]int{16, 8, 4}

func newAligner(c crew, f retake.PictureFormat) *aligner {
	al := &aligner{crew: c}
	for i, step := range alignSteps {
		w, h := cells(f.Width, step), cells(f.Height, step)
		al.levels[i].now, al.levels[i].last = newPlane(w, h), newPlane(w, h)
	}
	return al
}

// next takes the next picture and returns how it lies over the one before.
func (al *aligner) next(f *retake.Frame) similar {
	for i, step := range alignSteps {
		l := &al.levels[i]
		l.now, l.last = l.last, l.now
		al.crew.rows(l.now.h, func(r0, r1 int) { l.now.shrink(f.Y, f.Format.Width, f.Format.Height, step, r0, r1) })
		l.now.blur(1)
	}
	var s similar
	if !al.seen {
		al.seen = true
		return s
	}
	for i, step := range alignSteps {
		l := &al.levels[i]
		if l.now.w < 12 || l.now.h < 12 {
			continue
		}
		for range 5 {
			if s.refine(l.now, l.last, float64(step)) < 0.003 {
				break
			}
		}
	}
	return s
}

// refine improves s by one step and returns how far that moved anything, in samples of the plane.
func (s *similar) refine(now, last plane, step float64) float64 {
	const border = 2
	var h [4][4]float64
	var g [4]float64
	mx, my := float64(last.w-1)/2, float64(last.h-1)/2
	scale := s.deviation(now, last, step)
	for y := border; y < last.h-border; y++ {
		for x := border; x < last.w-border; x++ {
			i := y*last.w + x
			gx := (float64(last.pix[i+1]) - float64(last.pix[i-1])) / 2
			gy := (float64(last.pix[i+last.w]) - float64(last.pix[i-last.w])) / 2
			if gx*gx+gy*gy < 128*128 { // half a code: nothing to hold on to
				continue
			}
			px, py := float64(x)-mx, float64(y)-my
			v, in := now.sample(s.on(px, py, step, mx, my))
			if !in {
				continue
			}
			off := v - float64(last.pix[i])
			t := off / scale
			if t < -1 || t > 1 {
				continue
			}
			weight := (1 - t*t) * (1 - t*t)
			j := [4]float64{gx*px + gy*py, gy*px - gx*py, gx, gy}
			for m := range j {
				for n := range j {
					h[m][n] += weight * j[m] * j[n]
				}
				g[m] -= weight * j[m] * off
			}
		}
	}
	d, ok := solve4(h, g)
	if !ok {
		return 0
	}
	*s = similar{a: d[0], b: d[1], x: d[2] * step, y: d[3] * step}.then(*s)
	return max(math.Abs(d[2]), math.Abs(d[3]), math.Hypot(d[0], d[1])*mx)
}

// on is where a point of the plane from its middle lies in the other one.
func (s *similar) on(px, py, step, mx, my float64) (x, y float64) {
	return (1+s.a)*px - s.b*py + s.x/step + mx, s.b*px + (1+s.a)*py + s.y/step + my
}

// deviation is beyond which difference a place is no longer believed: 4.7 times the typical one, as the biweight has it.
func (s *similar) deviation(now, last plane, step float64) float64 {
	mx, my := float64(last.w-1)/2, float64(last.h-1)/2
	sum, n := 0.0, 1.0
	for y := 1; y < last.h; y += 3 {
		for x := 1; x < last.w; x += 3 {
			if v, in := now.sample(s.on(float64(x)-mx, float64(y)-my, step, mx, my)); in {
				// The mean of roots heeds what is far off little.
				sum, n = sum+math.Sqrt(math.Abs(v-float64(last.pix[y*last.w+x]))), n+1
			}
		}
	}
	mean := sum / n
	return max(4.7*1.5*mean*mean, 4*256)
}

// sample reads a plane between its samples, and reports whether the place lies within.
func (p plane) sample(x, y float64) (float64, bool) {
	if !(x >= 0 && y >= 0 && x < float64(p.w-1) && y < float64(p.h-1)) {
		return 0, false
	}
	i, j := int(x), int(y)
	fx, fy := x-float64(i), y-float64(j)
	at := j*p.w + i
	top := float64(p.pix[at])*(1-fx) + float64(p.pix[at+1])*fx
	low := float64(p.pix[at+p.w])*(1-fx) + float64(p.pix[at+p.w+1])*fx
	return top*(1-fy) + low*fy, true
}

// solve4 solves h·d = g by elimination; false where h is singular.
func solve4(h [4][4]float64, g [4]float64) (d [4]float64, ok bool) {
	for c := range 4 {
		best := c
		for r := c + 1; r < 4; r++ {
			if math.Abs(h[r][c]) > math.Abs(h[best][c]) {
				best = r
			}
		}
		if math.Abs(h[best][c]) < 1e-9 {
			return d, false
		}
		h[c], h[best], g[c], g[best] = h[best], h[c], g[best], g[c]
		for r := c + 1; r < 4; r++ {
			k := h[r][c] / h[c][c]
			for n := c; n < 4; n++ {
				h[r][n] -= k * h[c][n]
			}
			g[r] -= k * g[c]
		}
	}
	for c := 3; c >= 0; c-- {
		d[c] = g[c]
		for n := c + 1; n < 4; n++ {
			d[c] -= h[c][n] * d[n]
		}
		d[c] /= h[c][c]
	}
	return d, true
}
