package seam

import "retake/internal/retake"

// applied is a model in whole numbers.
type applied struct {
	lut   [3][256][3]int32 // as in colourMap, times 1<<shift; the constants with what rounds them
	plain bool             // luma does not depend on chroma
}

const shift = 12

func newApplied(m *colourMap) *applied {
	a := &applied{plain: true}
	for ch := range m.lut {
		for y := range m.lut[ch] {
			k := m.lut[ch][y]
			constant := k[0]
			if ch > 0 {
				constant += 128
			}
			a.lut[ch][y] = [3]int32{int32(constant*(1<<shift)) + 1<<(shift-1), int32(k[1] * (1 << shift)), int32(k[2] * (1 << shift))}
			if ch == 0 && (k[1] != 0 || k[2] != 0) {
				a.plain = false
			}
		}
	}
	return a
}

// to writes the corrected picture into dst, which may be src itself.
func (a *applied) to(dst, src *retake.Frame) {
	f := src.Format
	cw, ch := f.ChromaWidth(), f.ChromaHeight()
	inRows(ch, func(from, to int) {
		for r := from; r < to; r++ {
			a.row(dst, src, r, cw)
		}
	})
}

// row corrects a row of chroma and the two of luma it belongs to. Chroma goes by the mean of its luma, before that changes.
func (a *applied) row(dst, src *retake.Frame, r, cw int) {
	w, h := src.Format.Width, src.Format.Height
	top := src.Y[2*r*w : 2*r*w+w]
	low, into := top, dst.Y[2*r*w:2*r*w+w]
	lower := into
	if 2*r+1 < h {
		low, lower = src.Y[(2*r+1)*w:(2*r+2)*w], dst.Y[(2*r+1)*w:(2*r+2)*w]
	}
	both := 2*r+1 < h
	for x := range cw {
		p := r*cw + x
		cb, cr := int32(src.Cb[p])-128, int32(src.Cr[p])-128
		i := 2 * x
		j := min(i+1, w-1)
		mean := (int(top[i]) + int(top[j]) + int(low[i]) + int(low[j]) + 2) >> 2
		u, v := &a.lut[1][mean], &a.lut[2][mean]
		dst.Cb[p] = clip8((u[0] + u[1]*cb + u[2]*cr) >> shift)
		dst.Cr[p] = clip8((v[0] + v[1]*cb + v[2]*cr) >> shift)
		t0, t1 := top[i], top[j]
		into[i] = a.luma(t0, cb, cr)
		if j != i {
			into[j] = a.luma(t1, cb, cr)
		}
		if both {
			l0, l1 := low[i], low[j]
			lower[i] = a.luma(l0, cb, cr)
			if j != i {
				lower[j] = a.luma(l1, cb, cr)
			}
		}
	}
}

func (a *applied) luma(y byte, cb, cr int32) byte {
	k := &a.lut[0][y]
	if a.plain {
		return clip8(k[0] >> shift)
	}
	return clip8((k[0] + k[1]*cb + k[2]*cr) >> shift)
}

func clip8(v int32) byte {
	if uint32(v) > 255 {
		if v < 0 {
			return 0
		}
		return 255
	}
	return byte(v)
}
