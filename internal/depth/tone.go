package depth

import (
	"math"

	"retake/internal/retake"
)

// tone is the stated conversion between HDR (BT.2100) and the BT.709 view. To the view: the clip's YCbCr to R'G'B' by its
// matrix, to light by its transfer, through compress, component by component; to BT.709's primaries; by BT.1886's gamma to
// R'G'B', and by BT.709's matrix to YCbCr. Back it is undone step by step. Colours that BT.709 can't show are clipped in
// the view, and the clip's own stay where the engine left the view alone.
type tone struct {
	native, view   scale
	fromNative     []float32 // signal by steps of 1/last to compressed light
	toNative       []float32 // compressed light by the root to signal
	fromView       []float32
	toView         []float32
	wide, narrowed [3][3]float32 // light: from the view's primaries, and to them
}

// scale places normalised YCbCr in samples.
type scale struct {
	black, span, zero, chroma float32 // codes of luma 0, from luma 0 to 1, of chroma 0, from chroma -0.5 to 0.5
	kr, kb                    float32
}

// tableSize is the steps of the tables; the finest signal has 4,096 codes.
const tableSize = 8192

func newTone(f Format) *tone {
	light, signal := pqLight, pqSignal
	if f.Transfer == transferHLG {
		light, signal = hlgLight, hlgSignal
	}
	t := &tone{native: scaleOf(f), view: scale{16, 219, 128, 224, 0.2126, 0.0722}}
	t.fromNative = table(func(v float64) float64 { return min(compress(light(v)), 1) })
	t.toNative = table(func(v float64) float64 { return signal(expand(v * v)) })
	t.fromView = table(func(v float64) float64 { return math.Pow(v, viewGamma) })
	t.toView = table(func(v float64) float64 { return math.Pow(v*v, 1/viewGamma) })
	t.wide, t.narrowed = gamut("bt709", f.Primaries).single(), gamut(f.Primaries, "bt709").single()
	return t
}

// single returns the matrix for light whose root is to be a place in a table.
func (m matrix) single() (out [3][3]float32) {
	for r := range m {
		for c, v := range m[r] {
			out[r][c] = float32(v * tableSize * tableSize)
		}
	}
	return out
}

// scaleOf is that of a clip (ITU-R BT.2100-2, table 9). One that doesn't say its matrix has BT.2020's, as its transfer
// belongs to that.
func scaleOf(f Format) scale {
	unit := float32(int(1) << (f.Bits - 8))
	s := scale{16 * unit, 219 * unit, 128 * unit, 224 * unit, 0.2627, 0.0593}
	if f.FullRange {
		top := float32(int(1)<<f.Bits - 1)
		s.black, s.span, s.chroma = 0, top, top
	}
	if f.Matrix == "bt709" {
		s.kr, s.kb = 0.2126, 0.0722
	}
	return s
}

func table(f func(float64) float64) []float32 {
	out := make([]float32, tableSize+1)
	for i := range out {
		out[i] = float32(f(float64(i) / tableSize))
	}
	return out
}

// look returns a table's value at a place, which is clipped.
func look(table []float32, place float32) float32 {
	i := int(place + 0.5)
	if uint(i) > tableSize {
		if place < 0 {
			return table[0]
		}
		return table[tableSize]
	}
	return table[i]
}

// root is the square root of what is not below 0.
func root(v float32) float32 {
	if v <= 0 {
		return 0
	}
	return float32(math.Sqrt(float64(v)))
}

// tint is what chroma adds to luma in R', G' and B', in places of a table.
type tint struct{ r, g, b float32 }

func (s *scale) tint(cb, cr float32) tint {
	cb, cr = (cb-s.zero)/s.chroma*tableSize, (cr-s.zero)/s.chroma*tableSize
	r, b := 2*(1-s.kr)*cr, 2*(1-s.kb)*cb
	return tint{r, -(s.kr*r + s.kb*b) / (1 - s.kr - s.kb), b}
}

// place returns luma as a place in a table.
func (s *scale) place(luma float32) float32 { return (luma - s.black) * (tableSize / s.span) }

// pixel takes luma and a tint through a table to light, and through a matrix and a table of roots to other R'G'B'.
func pixel(y float32, t tint, in []float32, m *[3][3]float32, out []float32) (r, g, b float32) {
	r, g, b = look(in, y+t.r), look(in, y+t.g), look(in, y+t.b)
	return look(out, root(m[0][0]*r+m[0][1]*g+m[0][2]*b)),
		look(out, root(m[1][0]*r+m[1][1]*g+m[1][2]*b)),
		look(out, root(m[2][0]*r+m[2][1]*g+m[2][2]*b))
}

func (s *scale) luma(r, g, b float32) float32 { return s.kr*r + (1-s.kr-s.kb)*g + s.kb*b }

// differences returns Cb and Cr, normalised.
func (s *scale) differences(r, g, b float32) (cb, cr float32) {
	y := s.luma(r, g, b)
	return (b - y) / (2 * (1 - s.kb)), (r - y) / (2 * (1 - s.kr))
}

// showRow is View.showRow for HDR.
func (t *tone) showRow(v *View, p *Picture, dst *retake.Frame, cy int) {
	f, planes := v.format, p.planes()
	width := dst.Format.ChromaWidth()
	n, w := &t.native, &t.view
	for cx := range width {
		cbs, count := f.block(planes[1], cx, cy)
		crs, _ := f.block(planes[2], cx, cy)
		hue := n.tint(float32(cbs)/float32(count), float32(crs)/float32(count))
		var sr, sg, sb, pixels float32
		for y := 2 * cy; y < min(2*cy+2, f.Height); y++ {
			for x := 2 * cx; x < min(2*cx+2, f.Width); x++ {
				r, g, b := pixel(n.place(float32(planes[0].at(x, y))), hue, t.fromNative, &t.narrowed, t.toView)
				dst.Y[y*f.Width+x] = code(w.black+w.span*w.luma(r, g, b), x, y)
				sr, sg, sb, pixels = sr+r, sg+g, sb+b, pixels+1
			}
		}
		cb, cr := w.differences(sr/pixels, sg/pixels, sb/pixels)
		dst.Cb[cy*width+cx], dst.Cr[cy*width+cx] = code(w.zero+w.chroma*cb, cx, cy), code(w.zero+w.chroma*cr, cx, cy)
	}
}

// code rounds by an ordered dither.
func code(v float32, x, y int) uint8 {
	return uint8(min(max(int(v+(float32(bayer[y&3][x&3])+0.5)/16), 0), 255))
}

// returnRow is View.returnRow for HDR.
func (t *tone) returnRow(v *View, p *Picture, shown, answer *retake.Frame, cy int) {
	f, planes := v.format, p.planes()
	width := shown.Format.ChromaWidth()
	n, w := &t.native, &t.view
	top := 1<<f.Bits - 1
	for cx := range width {
		i := cy*width + cx
		tinted := shown.Cb[i] != answer.Cb[i] || shown.Cr[i] != answer.Cr[i]
		was, is := w.tint(float32(shown.Cb[i]), float32(shown.Cr[i])), w.tint(float32(answer.Cb[i]), float32(answer.Cr[i]))
		var dr, dg, db, pixels float32
		changed := false
		for y := 2 * cy; y < min(2*cy+2, f.Height); y++ {
			for x := 2 * cx; x < min(2*cx+2, f.Width); x++ {
				pixels++
				at := y*f.Width + x
				if !tinted && shown.Y[at] == answer.Y[at] {
					continue
				}
				changed = true
				r0, g0, b0 := pixel(w.place(float32(shown.Y[at])), was, t.fromView, &t.wide, t.toNative)
				r1, g1, b1 := pixel(w.place(float32(answer.Y[at])), is, t.fromView, &t.wide, t.toNative)
				r1, g1, b1 = r1-r0, g1-g0, b1-b0
				if d := nearest(n.span * n.luma(r1, g1, b1)); d != 0 {
					planes[0].set(x, y, min(max(planes[0].at(x, y)+d, 0), top))
				}
				dr, dg, db = dr+r1, dg+g1, db+b1
			}
		}
		if !changed {
			continue
		}
		cb, cr := n.differences(dr/pixels, dg/pixels, db/pixels)
		f.change(planes[1], cx, cy, nearest(n.chroma*cb))
		f.change(planes[2], cx, cy, nearest(n.chroma*cr))
	}
}

func nearest(v float32) int { return int(math.Floor(float64(v) + 0.5)) }
