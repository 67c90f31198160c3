package seam

import "retake/internal/retake"

// Bounds on what counts as changed, in code values.
const (
	leastNoise = 1.0 // of the difference of smoothed pictures, which the rounding of both makes
	mostSlope  = 1.5 // share of a picture's own steepness
)

// Tolerance is how far pixels may differ from the original without having been changed: what is left in the handles,
// where nothing was meant to change, after correction. It grows with the steepness of the picture, as softness does.
type tolerance struct{ noise, slope float64 }

// differ finds where a corrected picture is not the original. Its planes have the size of chroma.
type differ struct {
	w, h   int
	gap    []byte // the largest of the differences of luma, Cb and Cr, smoothed over 3x3
	steep  []byte // how steep the original is
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
		column := make([]int16, d.w)
		for y := from; y < to; y++ {
			up, down := max(y-1, 0)*d.w, min(y+1, d.h-1)*d.w
			gap, steep := d.gap[y*d.w:(y+1)*d.w], d.steep[y*d.w:(y+1)*d.w]
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
			v := d.halves[1]
			for x := range steep {
				h := int(v[y*d.w+min(x+1, d.w-1)]) - int(v[y*d.w+max(x-1, 0)])
				u := int(v[down+x]) - int(v[up+x])
				steep[x] = byte(min(max(h, -h)+max(u, -u), 255))
			}
		}
	})
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

// residue counts how far corrected handles are off, by the original's steepness in steps of 8.
type residue struct{ counts [32][256]int }

func (r *residue) add(d *differ) {
	for i, g := range d.gap {
		r.counts[d.steep[i]/8][g]++
	}
}

// tolerance is the level that nearly all of the handles' pixels keep, and its growth with steepness. Some are left out, as
// an engine may have changed something in the handles, too.
func (r *residue) tolerance() tolerance {
	t := tolerance{noise: max(1.5*r.share(0, 0.97), leastNoise)}
	for k := 2; k < len(r.counts); k++ {
		if v := r.share(k, 0.97); v > t.noise {
			t.slope = max(t.slope, (1.5*v-t.noise)/float64(8*k))
		}
	}
	t.slope = min(t.slope, mostSlope)
	return t
}

// share returns the gap under which a share of the pixels of a steepness lie, 0 where there are too few to say.
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
