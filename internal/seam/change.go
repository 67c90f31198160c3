package seam

import "retake/internal/retake"

// leastNoise is a difference of smoothed pictures that the rounding of both makes, code values.
const leastNoise = 1.0

// Contrasts are told apart in so many steps, of 8 code values each.
const contrasts = 32

// tolerance is how far pixels may differ from the original without having been changed, by the contrast around them, in
// sixteenths of code values: what is left in the handles, where nothing was meant to change, after correction. It grows with
// contrast, as what softness does.
type tolerance [contrasts]int

// differ finds where a corrected picture is not the original. Its planes have the size of chroma.
type differ struct {
	w, h   int
	gap    []byte // the largest of the differences of luma, Cb and Cr, smoothed over 3x3
	steep  []byte // the original's contrast, its range within 5x5
	halves [2][]byte
	diff   [3][]int16
}

func newDiffer(f retake.PictureFormat) *differ {
	n := f.ChromaWidth() * f.ChromaHeight()
	d := &differ{w: f.ChromaWidth(), h: f.ChromaHeight(), gap: make([]byte, n), steep: make([]byte, n), halves: [2][]byte{make([]byte, n), make([]byte, n)}}
	for c := range d.diff {
		d.diff[c] = make([]int16, n)
	}
	return d
}

// look fills gap and steep.
func (d *differ) look(made, shown *retake.Frame) {
	inRows(d.h, func(from, to int) {
		for y := from; y < to; y++ {
			halveRow(d.halves[0], made, y, d.w)
			halveRow(d.halves[1], shown, y, d.w)
			for i := y * d.w; i < (y+1)*d.w; i++ {
				d.diff[0][i] = int16(d.halves[0][i]) - int16(d.halves[1][i])
				d.diff[1][i] = int16(made.Cb[i]) - int16(shown.Cb[i])
				d.diff[2][i] = int16(made.Cr[i]) - int16(shown.Cr[i])
			}
		}
	})
	inRows(d.h, func(from, to int) {
		column, low, high := make([]int16, d.w), make([]byte, d.w), make([]byte, d.w)
		for y := from; y < to; y++ {
			up, down := max(y-1, 0)*d.w, min(y+1, d.h-1)*d.w
			gap := d.gap[y*d.w : (y+1)*d.w]
			for c := range d.diff {
				p := d.diff[c]
				for x := range column {
					column[x] = p[up+x] + p[y*d.w+x] + p[down+x]
				}
				for x := range gap {
					s := int(column[max(x-1, 0)]) + int(column[x]) + int(column[min(x+1, d.w-1)])
					s = min(max(s, -s)/9, 255)
					if c == 0 || byte(s) > gap[x] {
						gap[x] = byte(s)
					}
				}
			}
			d.contrast(y, low, high)
		}
	})
}

// contrast fills a row of steep; low and high are room for a row.
func (d *differ) contrast(y int, low, high []byte) {
	const reach = 2
	v := d.halves[1]
	copy(low, v[y*d.w:(y+1)*d.w])
	copy(high, low)
	for j := max(y-reach, 0); j <= min(y+reach, d.h-1); j++ {
		for x, s := range v[j*d.w : (j+1)*d.w] {
			low[x], high[x] = min(low[x], s), max(high[x], s)
		}
	}
	for x := range low {
		a, b := low[x], high[x]
		for i := max(x-reach, 0); i <= min(x+reach, d.w-1); i++ {
			a, b = min(a, low[i]), max(b, high[i])
		}
		d.steep[y*d.w+x] = b - a
	}
}

// halveRow averages luma to the grid of chroma.
func halveRow(dst []byte, f *retake.Frame, y, cw int) {
	w, h := f.Format.Width, f.Format.Height
	top := f.Y[2*y*w : 2*y*w+w]
	low := top
	if 2*y+1 < h {
		low = f.Y[(2*y+1)*w : (2*y+2)*w]
	}
	for x := range cw {
		i := 2 * x
		j := min(i+1, w-1)
		dst[y*cw+x] = byte((int(top[i]) + int(top[j]) + int(low[i]) + int(low[j]) + 2) >> 2)
	}
}

// residue counts how far corrected handles are off, by contrast.
type residue struct{ counts [contrasts][256]int }

func (r *residue) add(d *differ) {
	for i, g := range d.gap {
		r.counts[d.steep[i]/8][g]++
	}
}

// tolerance is what nearly all of the handles' pixels of a contrast keep, and half as much again. Some are left out, as an
// engine may have changed something in the handles, too. A contrast that the handles don't have goes by the next lower one.
func (r *residue) tolerance() (t tolerance) {
	least := 16 * leastNoise
	for k := range t {
		least = max(least, 16*1.5*r.share(k, 0.97))
		t[k] = int(least)
	}
	return t
}

// share returns the gap under which a share of the pixels of a contrast lie, 0 where there are too few to say.
func (r *residue) share(k int, share float64) float64 {
	total := 0
	for _, n := range r.counts[k] {
		total += n
	}
	if total < 50 {
		return 0
	}
	seen := 0
	for g, n := range r.counts[k] {
		if seen += n; float64(seen) >= share*float64(total) {
			return float64(g)
		}
	}
	return 255
}
