package splice

import (
	"fmt"
	"slices"

	"retake/internal/column"
	"retake/internal/container"
)

// order is how samples that are stored out of the order in which they are shown stand in it.
type order struct {
	rank    column.Column // display index by decode index
	display column.Column // the other way round
	closed  column.Column // 1 for an index up to which the same samples are decoded and shown, by either index
}

// newOrder puts samples into the order of their presentation times, of which no two may be the same.
func newOrder(samples *container.Samples) (*order, error) {
	times := make([]int64, samples.Len())
	for i := range times {
		times[i] = samples.PTS(i)
	}
	slices.Sort(times)
	for d := 1; d < len(times); d++ {
		if times[d] == times[d-1] {
			return nil, fmt.Errorf("%w: two pictures share one presentation time", container.ErrUnsupported)
		}
	}
	o := &order{}
	highest := 0
	for i := range times {
		rank, _ := slices.BinarySearch(times, samples.PTS(i))
		o.rank.Append(int64(rank))
		closed := int64(0)
		if highest = max(highest, rank); highest == i {
			closed = 1
		}
		o.closed.Append(closed)
	}
	display := times // of which no more is needed
	for i := range display {
		display[o.rank.At(i)] = int64(i)
	}
	for _, i := range display {
		o.display.Append(i)
	}
	return o, nil
}
