package vorbis

import "math"

// floorCode is a floor as it is coded: the numbers of the ends, and of each partition what its master book chooses and
// the numbers of its posts.
type floorCode struct {
	heights []int
	stated  []bool
	chosen  []int // of each partition, the entry of its master book
	numbers []int // of each post
}

// code finds the nearest floor to wanted heights that the books can say. A post between others may be bent by what those
// came to be, so heights are settled in the order of coding.
func (f *floor) code(s *Stream, wanted []float64) *floorCode {
	c := &floorCode{heights: make([]int, len(f.posts)), stated: make([]bool, len(f.posts)), numbers: make([]int, len(f.posts))}
	for i := range 2 {
		c.heights[i] = f.whole(wanted[i])
		c.numbers[i] = c.heights[i]
	}
	at := 2
	for _, class := range f.classes {
		kind := f.kinds[class]
		c.chosen = append(c.chosen, f.settle(s, kind, c, wanted, at))
		at += kind.dims
	}
	return c
}

func (f *floor) whole(v float64) int {
	return min(max(int(math.Round(v/float64(f.multiplier))), 0), f.rangeOf()-1)
}

// settle codes the posts of one partition, from at on, by the choice of books that comes nearest and takes the fewest bits.
func (f *floor) settle(s *Stream, kind floorClass, c *floorCode, wanted []float64, at int) int {
	choices := 1
	if kind.bits > 0 {
		choices = len(s.books[kind.master].lengths)
	}
	best, least := -1, math.MaxFloat64
	var heights, numbers [8]int
	for choice := range choices {
		cost := 0.0
		if kind.bits > 0 {
			if !s.books[kind.master].used(choice) {
				continue
			}
			cost = float64(s.books[kind.master].lengths[choice])
		}
		for d := range kind.dims {
			i := at + d
			foretold, goal := f.foretold(i, c.heights), f.whole(wanted[i])
			number, bits := f.say(s, kind.books[choice>>(d*kind.bits)&(1<<kind.bits-1)], goal, foretold)
			if number < 0 {
				cost = math.MaxFloat64
				break
			}
			c.heights[i], c.numbers[i] = f.height(number, foretold), number
			cost += float64(bits) + 1e4*math.Abs(float64(c.heights[i]-goal))
		}
		if cost < least {
			best, least = choice, cost
			copy(heights[:], c.heights[at:at+kind.dims])
			copy(numbers[:], c.numbers[at:at+kind.dims])
		}
	}
	for d := range kind.dims {
		i := at + d
		c.heights[i], c.numbers[i] = heights[d], numbers[d]
		if numbers[d] != 0 { // lines meet in a post that is stated, and in those beside it
			c.stated[i], c.stated[f.low[i]], c.stated[f.high[i]] = true, true, true
		}
	}
	return max(best, 0)
}

// say returns the number by which a book comes nearest to a height, and its bits: -1 where the book has no entry.
func (f *floor) say(s *Stream, number, goal, foretold int) (int, int) {
	if number < 0 {
		return 0, 0
	}
	b := s.books[number]
	if n := f.difference(goal, foretold); b.used(n) {
		return n, int(b.lengths[n])
	}
	best, least := -1, math.MaxInt
	for n := range min(len(b.lengths), f.rangeOf()) {
		if b.lengths[n] == 0 {
			continue
		}
		if h := f.height(n, foretold); h >= 0 && h < f.rangeOf() && max(h-goal, goal-h) < least {
			best, least = n, max(h-goal, goal-h)
		}
	}
	if best < 0 {
		return -1, 0
	}
	return best, int(b.lengths[best])
}

// put writes a floor as the beginning of a channel's part of a packet (7.2.3).
func (f *floor) put(s *Stream, w *writer, c *floorCode) {
	w.flag(true)
	width := ilog(f.rangeOf() - 1)
	w.write(uint32(c.numbers[0]), width)
	w.write(uint32(c.numbers[1]), width)
	at := 2
	for p, class := range f.classes {
		kind := f.kinds[class]
		if kind.bits > 0 {
			s.books[kind.master].put(w, c.chosen[p])
		}
		for d := range kind.dims {
			if b := kind.books[c.chosen[p]>>(d*kind.bits)&(1<<kind.bits-1)]; b >= 0 {
				s.books[b].put(w, c.numbers[at])
			}
			at++
		}
	}
}

// wanted returns how high posts would be for a floor that lies ratio below the mean amplitude around each, on the scale of
// floorStep; nowhere below least.
func (f *floor) wanted(spectrum []float32, ratio, least float64) []float64 {
	out := make([]float64, len(f.posts))
	for k, i := range f.order {
		from, to := f.posts[i], f.posts[i]
		if k > 0 {
			from = (f.posts[f.order[k-1]] + from) / 2
		}
		if k+1 < len(f.order) {
			to = (f.posts[f.order[k+1]] + to + 1) / 2
		}
		from = min(from, len(spectrum)-1)
		to = max(min(to, len(spectrum)), from+1)
		sum := 0.0
		for _, x := range spectrum[from:to] {
			sum += float64(x) * float64(x)
		}
		out[i] = floorStep(max(math.Sqrt(sum/float64(to-from))*ratio, least))
	}
	return out
}
