package picture

import "math"

// head reads one of the planes of a picture off a tape, as lines.
type head struct {
	src       []byte
	w, h      int
	pitch     float64 // rows of a line
	step      float64 // samples of luma for each of the plane's
	near, far float64 // radius of the blur along the line, and of the one that its rims are found by; in samples of luma
	rim       float64 // how far rims are overdone
	noise     float64 // codes
	right     float64 // samples of luma that it comes too late
	below     int     // lines
	salt      uint64
	end       *table
}

// play draws rows [y0, y1) of a plane: between the middles of two lines they are a mix of these.
func (m *instant) play(dst []byte, p head, y0, y1 int, weight int32) {
	scratch := make([]int32, 4*p.w)
	above, below := scratch[:p.w], scratch[p.w:2*p.w]
	work := scratch[2*p.w:]
	have := math.MinInt
	for y := y0; y < min(y1, p.h); y++ {
		at := (float64(y)+0.5)/p.pitch - 0.5
		n := int(math.Floor(at))
		if n != have {
			if n == have+1 {
				above, below = below, above
			} else {
				m.line(above, work, p, n)
			}
			m.line(below, work, p, n+1)
			have = n
		}
		share := int32((at - float64(n)) * 256)
		out := dst[y*p.w : y*p.w+p.w]
		for x, a := range above {
			v := (a*(256-share) + below[x]*share + 1<<15) >> 16
			out[x] = blended(out[x], int32(p.end[clip(v)]), weight)
		}
	}
}

// line reads line n into out, with 8 fraction bits.
func (m *instant) line(out, work []int32, p head, n int) {
	x, loud := m.tremble(int(float64(n) * p.step))
	a, b := work[:p.w], work[p.w:2*p.w]
	p.gather(a, n-p.below)
	moved(b, a, (x*m.scale()+p.right*m.amount)/p.step)
	near := max(int(p.near/p.step+0.5), 0)
	if p.rim == 0 {
		// Noise of colour is as smeared as the colour; where the signal is weak there is none.
		m.hiss(b, p, n, min(loud, 1.5))
		for i, v := range b {
			b[i] = 128<<8 + (v-128<<8)*256/int32(256*loud)
		}
	}
	meanAlong(a, b, near)
	if p.rim > 0 {
		meanAlong(out, a, max(int(p.far/p.step+0.5), 1))
		rim := int32(256 * p.rim)
		for i, v := range a {
			out[i] = v + (v-out[i])*rim>>8
		}
		m.hiss(out, p, n, loud)
	} else {
		copy(out, a)
	}
}

// hiss adds the noise of line n.
func (m *instant) hiss(out []int32, p head, n int, loud float64) {
	lay := hash(m.seed, 'z', p.salt, m.tick, uint64(int64(n)), uint64(p.step))
	tile := m.tape.noise[int(lay>>20)%tapeSide*tapeSide:][:tapeSide]
	k := int32(256 * p.noise * loud / grainSpread)
	start := int(lay & 0xfff)
	for i := range out {
		out[i] += int32(tile[(start+i)&(tapeSide-1)]) * k
	}
}

// gather is the mean of the rows of a line.
func (p head) gather(out []int32, n int) {
	row := func(at float64) int { return min(max(int(at*p.pitch), 0), p.h-1) }
	first, end := row(float64(n)), row(float64(n+1))
	end = max(end, first+1)
	clear(out)
	for y := first; y < end; y++ {
		for x, v := range p.src[y*p.w : y*p.w+p.w] {
			out[x] += int32(v)
		}
	}
	per := int32((65536 + (end-first)/2) / (end - first))
	for x, v := range out {
		out[x] = v * per >> 8
	}
}

// moved draws src into dst, so many samples to the right.
func moved(dst, src []int32, by float64) {
	whole, part := parts(-by)
	last := len(src) - 1
	for i := range dst {
		a, b := src[min(max(i+whole, 0), last)], src[min(max(i+whole+1, 0), last)]
		dst[i] = a + (b-a)*int32(part)>>8
	}
}

// meanAlong writes the running means of 2·radius+1 samples of src to dst.
func meanAlong(dst, src []int32, radius int) {
	n := len(src)
	sum := src[0] * int32(radius+1)
	for i := 1; i <= radius; i++ {
		sum += src[min(i, n-1)]
	}
	size := int64(2*radius + 1)
	per := (1<<24 + size/2) / size
	for i := range dst {
		dst[i] = int32((int64(sum)*per + 1<<23) >> 24)
		sum += src[min(i+radius+1, n-1)] - src[max(i-radius, 0)]
	}
}
