package mp4

import (
	"cmp"
	"container/heap"
	"slices"

	"retake/internal/column"
)

// lane is the chunks of one track in the order in which they lie in the file, and where they were put.
type lane struct {
	*layout
	order  []int32 // chunks by their place, nil where they lie in their own order
	next   int     // place
	placed column.Column
}

func newLane(l *layout) *lane {
	for i := 1; i < l.chunks(); i++ {
		if l.offset.At(i) >= l.offset.At(i-1) {
			continue
		}
		order := make([]int32, l.chunks())
		for k := range order {
			order[k] = int32(k)
		}
		slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(l.offset.At(int(a)), l.offset.At(int(b))) })
		return &lane{layout: l, order: order}
	}
	return &lane{layout: l}
}

func (l *lane) index() int {
	if l.order == nil {
		return l.next
	}
	return int(l.order[l.next])
}

// offsets returns where each chunk was put.
func (l *lane) offsets() func(chunk int) int64 {
	if l.order == nil {
		return l.placed.At
	}
	place := make([]int32, len(l.order))
	for k, chunk := range l.order {
		place[chunk] = int32(k)
	}
	return func(chunk int) int64 { return l.placed.At(int(place[chunk])) }
}

// sequence goes through the chunks of all tracks in the order in which they lie in the file. It is a heap of the lanes
// that have any left.
type sequence []*lane

func (s sequence) Len() int      { return len(s) }
func (s sequence) Swap(i, j int) { s[i], s[j] = s[j], s[i] }
func (s sequence) Less(i, j int) bool {
	a, b := s[i], s[j]
	x, y := a.offset.At(a.index()), b.offset.At(b.index())
	return x < y || x == y && a.track.Index < b.track.Index
}
func (s *sequence) Push(x any) { *s = append(*s, x.(*lane)) }
func (s *sequence) Pop() any {
	last := (*s)[len(*s)-1]
	*s = (*s)[:len(*s)-1]
	return last
}

func newSequence(lanes []*lane) sequence {
	var s sequence
	for _, l := range lanes {
		if l.chunks() > 0 {
			s = append(s, l)
		}
	}
	heap.Init(&s)
	return s
}

// peek returns the next chunk. There has to be one.
func (s sequence) peek() chunk { return s[0].chunk(s[0].index()) }

// put takes the next chunk off the sequence, and notes where it is now.
func (s *sequence) put(at int64) {
	l := (*s)[0]
	l.placed.Append(at)
	if l.next++; l.next == l.chunks() {
		heap.Pop(s)
		return
	}
	heap.Fix(s, 0)
}
