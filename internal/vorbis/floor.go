package vorbis

import (
	"cmp"
	"math"
	"slices"
)

// floor is a floor of type 1: a curve of straight lines, on a scale of decibels, between posts (7.2).
type floor struct {
	classes    []int // of each partition of the posts
	kinds      []floorClass
	multiplier int
	posts      []int // where they stand, the two ends first
	order      []int // indices of posts from left to right
	low, high  []int // of each post but the first two: those next to it among the ones before
}

type floorClass struct {
	dims, bits int // posts, and bits of the choice of a book for each
	master     int
	books      []int // -1 where the post keeps what is foretold
}

// maxChoices bounds the ways in which books can be chosen for a class of posts. Encoders have up to 256.
const maxChoices = 1 << 10

func (s *Stream) parseFloor(r *reader) error {
	if kind := r.int(16); kind != 1 {
		return malformed("a floor of type %d", kind)
	}
	f := floor{classes: make([]int, r.int(5))}
	kinds := 0
	for i := range f.classes {
		f.classes[i] = r.int(4)
		kinds = max(kinds, f.classes[i]+1)
	}
	for range kinds {
		c := floorClass{dims: r.int(3) + 1, bits: r.int(2), master: -1}
		if c.bits > 0 {
			c.master = r.int(8)
			if b := s.book(c.master); b == nil || len(b.lengths) > maxChoices {
				return malformed("a floor without its codebook")
			}
		}
		for range 1 << c.bits {
			b := r.int(8) - 1
			if b >= 0 && s.book(b) == nil {
				return malformed("a floor without its codebook")
			}
			c.books = append(c.books, b)
		}
		f.kinds = append(f.kinds, c)
	}
	f.multiplier = r.int(2) + 1
	width := r.int(4)
	f.posts = []int{0, 1 << width}
	for _, class := range f.classes {
		for range f.kinds[class].dims {
			f.posts = append(f.posts, r.int(width))
		}
	}
	if len(f.posts) > 65 {
		return malformed("a floor of %d posts", len(f.posts))
	}
	s.floors = append(s.floors, f)
	return s.floors[len(s.floors)-1].lay()
}

// lay finds the order of the posts and the neighbours of each (9.2.4, 9.2.5).
func (f *floor) lay() error {
	f.order = make([]int, len(f.posts))
	f.low, f.high = make([]int, len(f.posts)), make([]int, len(f.posts))
	for i := range f.order {
		f.order[i] = i
	}
	slices.SortFunc(f.order, func(a, b int) int { return cmp.Compare(f.posts[a], f.posts[b]) })
	for i := 1; i < len(f.order); i++ {
		if f.posts[f.order[i]] == f.posts[f.order[i-1]] {
			return malformed("a floor with two posts in one place")
		}
	}
	for i := 2; i < len(f.posts); i++ {
		low, high := 0, 1
		for j := range i {
			if x := f.posts[j]; x < f.posts[i] && x > f.posts[low] {
				low = j
			} else if x > f.posts[i] && x < f.posts[high] {
				high = j
			}
		}
		f.low[i], f.high[i] = low, high
	}
	return nil
}

// rangeOf is how many values a post may have (7.2.3).
func (f *floor) rangeOf() int { return [...]int{256, 128, 86, 64}[f.multiplier-1] }

// renderPoint is the height at x of the line between two posts (9.2.6).
func renderPoint(x0, y0, x1, y1, x int) int {
	off := max(y1-y0, y0-y1) * (x - x0) / (x1 - x0)
	if y1 < y0 {
		return y0 - off
	}
	return y0 + off
}

// foretold is the height that a post has unless something else is coded.
func (f *floor) foretold(i int, heights []int) int {
	low, high := f.low[i], f.high[i]
	return renderPoint(f.posts[low], heights[low], f.posts[high], heights[high], f.posts[i])
}

// difference returns the number that is coded for a post of a height where another was foretold (7.2.4, step 1).
func (f *floor) difference(height, foretold int) int {
	above, below := f.rangeOf()-foretold, foretold
	room := min(above, below)
	switch d := height - foretold; {
	case d < -room:
		return room - d - 1
	case d < 0:
		return -2*d - 1
	case d >= room:
		return room + d
	default:
		return 2 * d
	}
}

// height is the inverse of difference.
func (f *floor) height(difference, foretold int) int {
	above, below := f.rangeOf()-foretold, foretold
	room := 2 * min(above, below)
	switch {
	case difference >= room && above > below:
		return difference - below + foretold
	case difference >= room:
		return foretold - difference + above - 1
	case difference&1 == 1:
		return foretold - (difference+1)/2
	}
	return foretold + difference/2
}

// decibels are those of one step of the table of floor values, which ends at 1 (10.1).
const decibels = 0.546875

// steps of the table that hold an amplitude.
func floorStep(amplitude float64) float64 {
	if amplitude <= 0 {
		return 0
	}
	return min(max(255+20*math.Log10(amplitude)/decibels, 0), 255)
}

// floorValues is the table by formula.
var floorValues = func() (t [256]float32) {
	for i := range t {
		t[i] = float32(math.Pow(10, float64(i-255)*decibels/20))
	}
	return t
}()

// curve renders n values of the floor. Posts whose difference is 0 are passed over (7.2.4, step 2).
func (f *floor) curve(heights []int, stated []bool, n int) []float32 {
	out := make([]float32, n)
	lx, ly := 0, heights[0]*f.multiplier
	hx, hy := 0, ly
	for _, i := range f.order[1:] {
		if i > 1 && !stated[i] {
			continue
		}
		hx, hy = f.posts[i], heights[i]*f.multiplier
		renderLine(lx, ly, hx, hy, out)
		lx, ly = hx, hy
	}
	for x := hx; x < n; x++ {
		out[x] = floorValues[min(max(hy, 0), 255)]
	}
	return out
}

// renderLine draws a line as decoders do, in whole steps (9.2.7).
func renderLine(x0, y0, x1, y1 int, out []float32) {
	dy, adx := y1-y0, x1-x0
	base := dy / adx
	ady := max(dy, -dy) - max(base, -base)*adx
	step := base + 1
	if dy < 0 {
		step = base - 1
	}
	err, y := 0, y0
	for x := x0; x < min(x1, len(out)); x++ {
		out[x] = floorValues[min(max(y, 0), 255)]
		if err += ady; err >= adx {
			err -= adx
			y += step
		} else {
			y += base
		}
	}
}
