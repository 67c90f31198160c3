package picture

import "retake/internal/retake"

// vector is a motion from one picture to the next, in samples.
type vector struct{ x, y int16 }

// motion estimates how things move between two pictures, for interpolation. It is a recursive search (de Haan's
// "true-motion estimation with 3-D recursive search block matching", 1993): each block tries the vectors of its
// neighbours and of the pair before, and small random steps from them, and keeps the best. Few candidates make it
// fast, and taking them from neighbours makes the field as smooth as real motion is.
type motion struct {
	crew   crew
	format retake.PictureFormat
	w, h   int // of the half-size luma the search works on
	bw, bh int // blocks
	half   [2][]byte
	number [2]int // which picture of the source each half belongs to
	field  []vector
	fine   []vector // field, refined in full-size samples
	pair   int      // the first picture of the pair that field belongs to
	turn   uint64   // of the random steps
}

const (
	motionBlock = 8  // half-size samples
	motionReach = 60 // largest vector, half-size samples
)

func newMotion(c crew, f retake.PictureFormat) *motion {
	m := &motion{crew: c, format: f, w: f.Width / 2, h: f.Height / 2, pair: -2, number: [2]int{-1, -1}}
	if m.w < 2*motionBlock || m.h < 2*motionBlock {
		return nil // too small to search
	}
	m.bw, m.bh = cells(m.w, motionBlock), cells(m.h, motionBlock)
	m.half = [2][]byte{make([]byte, m.w*m.h), make([]byte, m.w*m.h)}
	m.field, m.fine = make([]vector, m.bw*m.bh), make([]vector, m.bw*m.bh)
	return m
}

// estimate finds the motion from picture a, with number pair in the source, to b, the next one.
func (m *motion) estimate(a, b *retake.Frame, pair int) {
	if m.pair == pair {
		return
	}
	if m.number[1] == pair {
		m.half[0], m.half[1], m.number[0] = m.half[1], m.half[0], pair
	}
	m.shrink(0, a, pair)
	m.shrink(1, b, pair+1)
	passes := 2
	if m.pair != pair-1 {
		passes = 5 // nothing to start from
		clear(m.field)
	}
	for pass := range passes {
		m.search(pass%2 == 1)
	}
	m.refine(a, b)
	m.pair = pair
}

func (m *motion) shrink(slot int, f *retake.Frame, number int) {
	if m.number[slot] == number {
		return
	}
	w := f.Format.Width
	m.crew.rows(m.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			top, bottom := f.Y[2*y*w:2*y*w+2*m.w], f.Y[(2*y+1)*w:(2*y+1)*w+2*m.w]
			out := m.half[slot][y*m.w : (y+1)*m.w]
			for x := range out {
				out[x] = byte((uint32(top[2*x]) + uint32(top[2*x+1]) + uint32(bottom[2*x]) + uint32(bottom[2*x+1]) + 2) >> 2)
			}
		}
	})
	m.number[slot] = number
}

// search goes over all blocks once, forwards or backwards, so that good vectors spread both ways.
func (m *motion) search(backwards bool) {
	for n := range m.field {
		i, back := n, 1
		if backwards {
			i, back = len(m.field)-1-n, -1
		}
		x, y := i%m.bw, i/m.bw
		at := func(dx, dy int) vector {
			return m.field[min(max(y+dy*back, 0), m.bh-1)*m.bw+min(max(x+dx*back, 0), m.bw-1)]
		}
		best := m.field[i]
		cost := m.match(x, y, best, 1<<30)
		try := func(v vector, penalty int) {
			if v == best || v.x > motionReach || v.x < -motionReach || v.y > motionReach || v.y < -motionReach {
				return
			}
			if c := m.match(x, y, v, cost-penalty) + penalty; c < cost {
				best, cost = v, c
			}
		}
		left, above := at(-1, 0), at(0, -1)
		try(left, 0)
		try(above, 0)
		try(at(1, -1), 0)
		try(at(1, 1), 8)
		try(vector{}, 8)
		m.turn++
		r := hash(m.turn)
		try(step(left, r), 24)
		try(step(above, r>>16), 24)
		try(step(best, r>>32), 24)
		m.field[i] = best
	}
}

// step moves a vector by a small step, chosen by a hash.
func step(v vector, r uint64) vector {
	steps := [8]int16{1, -1, 1, -1, 2, -2, 5, -5}
	s := steps[r&7]
	if r&8 == 0 {
		return vector{v.x + s, v.y}
	}
	return vector{v.x, v.y + s/2 + s%2}
}

// match is the sum of absolute differences of a block seen half of the vector back in the first picture and half of
// it on in the second: what a picture between them would show there. It stops when it has passed limit.
func (m *motion) match(bx, by int, v vector, limit int) int {
	ax, ay := int(v.x)>>1, int(v.y)>>1
	x, y := bx*motionBlock, by*motionBlock
	a := m.corner(x-ax, y-ay)
	b := m.corner(x+int(v.x)-ax, y+int(v.y)-ay)
	sum := 0
	for range motionBlock / 2 {
		p, q := m.half[0][a:a+motionBlock], m.half[1][b:b+motionBlock]
		for i := range motionBlock {
			d := int(p[i]) - int(q[i])
			sum += max(d, -d)
		}
		if sum > limit {
			return sum
		}
		a += 2 * m.w
		b += 2 * m.w
	}
	return sum
}

// corner returns where a block begins, moved inside the picture.
func (m *motion) corner(x, y int) int {
	return min(max(y, 0), m.h-motionBlock)*m.w + min(max(x, 0), m.w-motionBlock)
}

// refine doubles the vectors and looks one full-size sample around.
func (m *motion) refine(a, b *retake.Frame) {
	w, h := m.format.Width, m.format.Height
	const size = 2 * motionBlock
	m.crew.rows(m.bh, func(r0, r1 int) {
		for i := r0 * m.bw; i < r1*m.bw; i++ {
			x, y := i%m.bw*size, i/m.bw*size
			v := vector{2 * m.field[i].x, 2 * m.field[i].y}
			best, cost := v, 1<<30
			for _, d := range [9]vector{{0, 0}, {1, 0}, {-1, 0}, {0, 1}, {0, -1}, {1, 1}, {-1, -1}, {1, -1}, {-1, 1}} {
				u := vector{v.x + d.x, v.y + d.y}
				if c := sample(a.Y, b.Y, w, h, x, y, size, u, cost); c < cost {
					best, cost = u, c
				}
			}
			m.fine[i] = best
		}
	})
}

// sample is match on full-size luma, every fourth row.
func sample(a, b []byte, w, h, x, y, size int, v vector, limit int) int {
	inside := func(x, y int) int { return min(max(y, 0), h-size)*w + min(max(x, 0), w-size) }
	ax, ay := int(v.x)>>1, int(v.y)>>1
	i, j := inside(x-ax, y-ay), inside(x+int(v.x)-ax, y+int(v.y)-ay)
	sum := 0
	for range size / 4 {
		p, q := a[i:i+size], b[j:j+size]
		for k := range p {
			d := int(p[k]) - int(q[k])
			sum += max(d, -d)
		}
		if sum >= limit {
			break
		}
		i, j = i+4*w, j+4*w
	}
	return sum
}

// at returns the vector of a quarter block, qx and qy in quarter blocks. Where neighbours differ the middle one of
// the block and its two nearest is taken, so that the edge of a moving thing follows its shape better than blocks do.
func (m *motion) at(qx, qy int) vector {
	bx, by := min(qx/2, m.bw-1), min(qy/2, m.bh-1)
	nx := min(max(bx+qx%2*2-1, 0), m.bw-1)
	ny := min(max(by+qy%2*2-1, 0), m.bh-1)
	v, h, u := m.fine[by*m.bw+bx], m.fine[by*m.bw+nx], m.fine[ny*m.bw+bx]
	return vector{middleOf(v.x, h.x, u.x), middleOf(v.y, h.y, u.y)}
}

func middleOf(a, b, c int16) int16 {
	return max(min(a, b), min(max(a, b), c))
}
