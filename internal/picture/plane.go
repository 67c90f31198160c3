package picture

import (
	"encoding/binary"

	"retake/internal/retake"
)

// plane is a small picture of one channel with 8 fraction bits, used for what needs no detail: masks and blurs.
type plane struct {
	w, h int
	pix  []uint16
	tmp  []uint16
	sum  []uint32
}

func newPlane(w, h int) plane {
	return plane{w: w, h: h, pix: make([]uint16, w*h), tmp: make([]uint16, w*h), sum: make([]uint32, w)}
}

// shrink averages blocks of step × step samples of src (w × h) into rows [r0, r1) of p.
func (p plane) shrink(src []byte, w, h, step, r0, r1 int) {
	for r := r0; r < r1; r++ {
		ya, yb := r*step, min((r+1)*step, h)
		out := p.pix[r*p.w : (r+1)*p.w]
		whole := 0
		if yb-ya == step {
			whole = shrinkWhole(out[:w/step], src[ya*w:yb*w], w, step)
		}
		for c := whole; c < len(out); c++ {
			xa, xb := c*step, min((c+1)*step, w)
			sum := uint32(0)
			for y := ya; y < yb; y++ {
				for _, v := range src[y*w+xa : y*w+xb] {
					sum += uint32(v)
				}
			}
			out[c] = uint16(sum << 8 / uint32((yb-ya)*(xb-xa)))
		}
	}
}

// shrinkWhole is shrink for a row of whole blocks of 1, 2, 4 or 8 samples. It returns how many it has done, which for other sizes is none.
func shrinkWhole(out []uint16, rows []byte, w, step int) int {
	const even = 0x00FF00FF00FF00FF // lanes of 16 bits, which the sums of 8 × 8 samples don't fill
	switch step {
	case 1:
		for c, v := range rows[:len(out)] {
			out[c] = uint16(v) << 8
		}
	case 2:
		above, below := rows[:w], rows[w:2*w]
		for c := range out {
			a, b := above[2*c:2*c+2], below[2*c:2*c+2]
			out[c] = (uint16(a[0]) + uint16(a[1]) + uint16(b[0]) + uint16(b[1])) << 6
		}
	case 4:
		for c := range out {
			sum := uint32(0)
			for at := 4 * c; at < len(rows); at += w {
				v := binary.LittleEndian.Uint32(rows[at:])
				sum += v&(even&0xFFFFFFFF) + v>>8&(even&0xFFFFFFFF)
			}
			out[c] = uint16((sum + sum>>16) << 4)
		}
	case 8:
		for c := range out {
			sum := uint64(0)
			for at := 8 * c; at < len(rows); at += w {
				v := binary.LittleEndian.Uint64(rows[at:])
				sum += v&even + v>>8&even
			}
			out[c] = uint16(sum * 0x0001000100010001 >> 48 << 2)
		}
	default:
		return 0
	}
	return len(out)
}

// shrink makes a small copy of a picture: planes of Y, Cb and Cr of one size, a sample for each step × step of luma.
func (c crew) shrink(to *[3]plane, f *retake.Frame, step int) {
	w, h, cw, ch := f.Format.Width, f.Format.Height, f.Format.ChromaWidth(), f.Format.ChromaHeight()
	c.rows(to[0].h, func(r0, r1 int) {
		to[0].shrink(f.Y, w, h, step, r0, r1)
		to[1].shrink(f.Cb, cw, ch, step/2, r0, r1)
		to[2].shrink(f.Cr, cw, ch, step/2, r0, r1)
	})
}

// blur is a box blur of the given radius in both directions; three of them are close to a Gaussian. Beyond the edge
// the outermost sample goes on.
func (p plane) blur(radius int) {
	if radius < 1 {
		return
	}
	for y := range p.h {
		boxLine(p.tmp[y*p.w:], p.pix[y*p.w:], p.w, radius)
	}
	p.boxColumns(radius)
}

// boxLine writes the running mean of n samples of src to dst.
func boxLine(dst, src []uint16, n, radius int) {
	sum := uint32(src[0]) * uint32(radius+1)
	for i := 1; i <= radius; i++ {
		sum += uint32(src[min(i, n-1)])
	}
	size := uint32(2*radius + 1)
	for i := range n {
		dst[i] = uint16((sum + size/2) / size)
		sum += uint32(src[min(i+radius+1, n-1)])
		sum -= uint32(src[max(i-radius, 0)])
	}
}

// boxColumns does the same down all columns at once, row by row, which the memory likes better.
func (p plane) boxColumns(radius int) {
	row := func(y int) []uint16 { y = min(max(y, 0), p.h-1); return p.tmp[y*p.w : (y+1)*p.w] }
	for x, v := range row(0) {
		p.sum[x] = uint32(v) * uint32(radius+1)
	}
	for i := 1; i <= radius; i++ {
		for x, v := range row(i) {
			p.sum[x] += uint32(v)
		}
	}
	size := uint32(2*radius + 1)
	for y := range p.h {
		enter, leave, out := row(y+radius+1), row(y-radius), p.pix[y*p.w:(y+1)*p.w]
		for x, sum := range p.sum {
			out[x] = uint16((sum + size/2) / size)
			p.sum[x] = sum + uint32(enter[x]) - uint32(leave[x])
		}
	}
}

// row writes row y of p, enlarged by step with bilinear interpolation, to dst.
func (p plane) row(dst []uint16, y, step int) {
	a, b, fy := p.place(y, step, p.h)
	above, below := p.pix[a*p.w:a*p.w+p.w], p.pix[b*p.w:b*p.w+p.w]
	switch {
	case step == 1:
		copy(dst, above)
		return
	case step == 2:
		twice(dst, above, below, fy)
		return
	}
	at := func(c int) int32 {
		u, v := int32(above[c]), int32(below[c])
		return u<<8 + (v-u)*fy
	}
	// dst begins half a cell before the centre of the first sample.
	half := step / 2
	value := at(0)
	x := 0
	for ; x < min(half, len(dst)); x++ {
		dst[x] = uint16(value >> 8)
	}
	for c := 0; x < len(dst); c++ {
		next := at(min(c+1, p.w-1))
		slope := (next - value) / int32(step)
		v := value + slope/2
		if step%2 == 1 {
			v = value
		}
		for end := min(x+step, len(dst)); x < end; x++ {
			dst[x] = uint16(v >> 8)
			v += slope
		}
		value = next
	}
}

// twice is row for a step of 2: each cell is drawn a quarter of the way to either side.
func twice(dst, above, below []uint16, fy int32) {
	below = below[:len(above)]
	before := int32(above[0])<<8 + (int32(below[0])-int32(above[0]))*fy
	now := before
	for c := range above {
		next := now
		if c+1 < len(above) {
			u := int32(above[c+1])
			next = u<<8 + (int32(below[c+1])-u)*fy
		}
		if x := 2 * c; x+1 < len(dst) {
			pair := dst[x : x+2]
			pair[0], pair[1] = uint16((now+(before-now)>>2)>>8), uint16((now+(next-now)>>2)>>8)
		} else if x < len(dst) {
			dst[x] = uint16((now + (before-now)>>2) >> 8)
		}
		before, now = now, next
	}
}

// place returns the two rows around sample y of the large picture and the share of the second, of 256.
func (p plane) place(y, step, n int) (a, b int, share int32) {
	at := (2*y + 1 - step) * 128 / step // centre to centre, 8 fraction bits
	if at < 0 {
		at = 0
	}
	a = min(at>>8, n-1)
	return a, min(a+1, n-1), int32(at & 255)
}

func cells(n, step int) int { return (n + step - 1) / step }
