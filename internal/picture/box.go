package picture

// box takes means of squares of 2·radius+1 samples of a plane, row by row from a first one on; beyond the edges the outermost samples go on.
type box[T byte | uint16] struct {
	src          []T
	w, h         int
	y, radius    int
	sums         []uint32 // of the columns around row y
	line         []uint16
	scale, round uint64
}

func newBox[T byte | uint16](src []T, w, h, y, radius int) *box[T] {
	b := &box[T]{src: src, w: w, h: h, y: y, radius: radius, sums: make([]uint32, w), line: make([]uint16, w)}
	side := uint64(2*radius + 1)
	bits := uint64(1)
	if _, ok := any(src).([]byte); ok {
		bits = 256
	}
	// Means with 8 fraction bits, by 1/side² with 32 bits behind the point.
	b.scale, b.round = (bits<<32+side*side/2)/(side*side), 1<<31
	for j := y - radius; j <= y+radius; j++ {
		for x, v := range b.row(j) {
			b.sums[x] += uint32(v)
		}
	}
	return b
}

func (b *box[T]) row(y int) []T {
	y = min(max(y, 0), b.h-1)
	return b.src[y*b.w : y*b.w+b.w]
}

// next is the row's means, with 8 fraction bits of a byte or as they are; it holds until the next call.
func (b *box[T]) next() []uint16 {
	b.across()
	enter, leave := b.row(b.y+b.radius+1), b.row(b.y-b.radius)
	sums := b.sums[:len(enter)]
	for x := range sums {
		sums[x] += uint32(enter[x]) - uint32(leave[x])
	}
	b.y++
	return b.line
}

// across takes the means of the sums of columns.
func (b *box[T]) across() {
	w, radius, sums, out := b.w, b.radius, b.sums, b.line
	sum := uint64(sums[0]) * uint64(radius+1)
	for i := 1; i <= radius; i++ {
		sum += uint64(sums[min(i, w-1)])
	}
	first := min(radius, w)
	last := max(w-1-radius, first)
	for x := range first {
		out[x] = uint16((sum*b.scale + b.round) >> 32)
		sum += uint64(sums[min(x+radius+1, w-1)]) - uint64(sums[0])
	}
	if first < last {
		enter, leave, middle := sums[first+radius+1:], sums[first-radius:], out[first:last]
		enter, leave = enter[:len(middle)], leave[:len(middle)]
		for x := range middle {
			middle[x] = uint16((sum*b.scale + b.round) >> 32)
			sum += uint64(enter[x]) - uint64(leave[x])
		}
	}
	for x := last; x < w; x++ {
		out[x] = uint16((sum*b.scale + b.round) >> 32)
		sum += uint64(sums[w-1]) - uint64(sums[max(x-radius, 0)])
	}
}
