package seam

// plane is a map over the picture, at the size of its chroma.
type plane struct {
	w, h int
	v    []byte
}

func newPlane(w, h int) *plane { return &plane{w, h, make([]byte, w*h)} }

// blur replaces p by means over squares of 2r+1, of what lies inside the picture. across is room for as many values.
func (p *plane) blur(r int, across []uint16) {
	p.windows(r, across, func(out []byte, sums []uint32, rows int) {
		inner := uint32(1<<24)/uint32(rows*(2*r+1)) + 1 // of most squares: multiplying is quicker than dividing
		for x := range out {
			if x < r || x+r >= p.w {
				n := uint32(rows * (min(x+r, p.w-1) - max(x-r, 0) + 1))
				out[x] = byte((sums[x] + n/2) / n)
				continue
			}
			out[x] = byte(min((uint64(sums[x])*uint64(inner)+1<<23)>>24, 255))
		}
	})
}

// gather replaces p by 255 wherever the sum over a square of 2r+1 is at least so many, and 0 elsewhere.
func (p *plane) gather(r int, atLeast uint32, across []uint16) {
	p.windows(r, across, func(out []byte, sums []uint32, _ int) {
		for x := range out {
			if out[x] = 0; sums[x] >= atLeast {
				out[x] = 255
			}
		}
	})
}

// windows replaces each row by what f makes of the sums over squares of 2r+1 around its values; rows is how many of the
// squares' rows lie inside. Rows are summed first, so each value is touched four times however large the square; r is at most 128.
func (p *plane) windows(r int, across []uint16, f func(out []byte, sums []uint32, rows int)) {
	inRows(p.h, func(from, to int) {
		for y := from; y < to; y++ {
			row, out := p.v[y*p.w:(y+1)*p.w], across[y*p.w:(y+1)*p.w]
			var sum uint16
			for x := range min(r, p.w) {
				sum += uint16(row[x])
			}
			for x := range row {
				if x+r < p.w {
					sum += uint16(row[x+r])
				}
				if x-r-1 >= 0 {
					sum -= uint16(row[x-r-1])
				}
				out[x] = sum
			}
		}
	})
	inRows(p.h, func(from, to int) {
		sums := make([]uint32, p.w)
		for y := max(from-r, 0); y < min(from+r, p.h); y++ {
			for x, v := range across[y*p.w : (y+1)*p.w] {
				sums[x] += uint32(v)
			}
		}
		for y := from; y < to; y++ {
			if y+r < p.h {
				for x, v := range across[(y+r)*p.w : (y+r+1)*p.w] {
					sums[x] += uint32(v)
				}
			}
			if y-r-1 >= max(from-r, 0) {
				for x, v := range across[(y-r-1)*p.w : (y-r)*p.w] {
					sums[x] -= uint32(v)
				}
			}
			f(p.v[y*p.w:(y+1)*p.w], sums, min(y+r, p.h-1)-max(y-r, 0)+1)
		}
	})
}
