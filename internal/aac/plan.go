package aac

// Bounds returns the packets [p, q) that have to be replaced for the sample frames [start, end) to change and the
// seams to lie in blocks of their own, in a track of count packets: blocks p and q are mixed of old and new packets
// and keep the original's sound. At the track's ends there is nothing to mix with. A splice may move either bound
// outward by at most MaxMove.
func Bounds(start, end int64, count int) (p, q int) {
	p = max(0, int(start/BlockSize)-1)
	q = min(count, int((end+BlockSize-1)/BlockSize))
	return p, q
}

// MaxMove is the largest number of packets by which Splice moves a bound outward from Bounds.
const MaxMove = 8

// span is the packets [p, q) that are replaced, and how far they may grow.
type span struct {
	p, q       int
	minP, maxQ int
}

func newSpan(r Region, count int) span {
	p, q := Bounds(r.Start, r.End, count)
	return span{p: p, q: q, minP: max(0, p-MaxMove), maxQ: min(count, q+MaxMove)}
}

// Settle returns the packets [p, q) that Splice tries first for the sample frames [start, end) of a track of count
// packets. Only where a seam turns out badly does it take more.
func Settle(start, end int64, count int, peek func(packet int) (Window, error)) (p, q int, err error) {
	s := newSpan(Region{Start: start, End: end}, count)
	err = s.settle(peek)
	return s.p, s.q, err
}

// grow moves the bounds outward where asked and reports whether anything moved.
func (s *span) grow(in, out bool) bool {
	p, q := s.p, s.q
	if in && s.p > s.minP {
		s.p--
	}
	if out && s.q < s.maxQ {
		s.q++
	}
	return p != s.p || q != s.q
}

// settle moves the bounds outward until the old packets next to them have long slopes towards the new ones. Packets
// whose first element speaks for all channels are preferred; where there is none in reach, the nearest that looks long
// is taken, and where none does, the bound stays.
func (s *span) settle(peek func(packet int) (Window, error)) error {
	p, err := nearest(s.p, s.minP, -1, func(p int) (Window, error) { return peek(p - 1) }, Window.LongRight)
	if err != nil {
		return err
	}
	q, err := nearest(s.q, s.maxQ, 1, peek, Window.LongLeft)
	if err != nil {
		return err
	}
	s.p, s.q = p, q
	return nil
}

// nearest returns the first bound from at on to limit whose outer neighbour is long, see settle. At the limit itself
// there is a neighbour only inside the track, which peek is asked for only before it.
func nearest(at, limit, step int, peek func(int) (Window, error), long func(Window) bool) (int, error) {
	fallback, found := at, false
	for b := at; b != limit; b += step {
		w, err := peek(b)
		if err != nil {
			return at, err
		}
		if long(w) && w.Whole {
			return b, nil
		}
		if long(w) && !found {
			fallback, found = b, true
		}
	}
	return fallback, nil
}
