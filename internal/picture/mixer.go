package picture

import "retake/internal/retake"

// mixer makes a picture between others.
type mixer struct {
	crew   crew
	format retake.PictureFormat
	motion *motion // nil for pictures too small to search
}

func newMixer(c crew, f retake.PictureFormat) mixer {
	return mixer{crew: c, format: f, motion: newMotion(c, f)}
}

// mix writes to dst the picture at the share (0 to 1) of the way from window[0], picture number first of the source,
// to window[1]. A span above 1 is motion blur: the mean over span pictures from there on.
func (m *mixer) mix(dst *retake.Frame, window []*retake.Frame, first int, share, span float64) {
	if len(window) == 1 || span <= 1 && share < 1.0/512 {
		copy(dst.Data, window[0].Data)
		return
	}
	if span <= 1 && m.motion != nil {
		m.motion.estimate(window[0], window[1], first)
		m.follow(dst, window[0], window[1], int32(share*256+0.5))
		return
	}
	var weights [4]int32
	m.weigh(&weights, len(window), share, span)
	m.crew.rows(len(dst.Data), func(a, b int) { weighted(dst.Data, window, &weights, a, b) })
}

// follow interpolates along the motion, share of 256 from a to b, a quarter block at a time.
func (m *mixer) follow(dst, a, b *retake.Frame, share int32) {
	const size = motionBlock
	w, h, cw, ch := m.format.Width, m.format.Height, m.format.ChromaWidth(), m.format.ChromaHeight()
	columns := cells(w, size)
	m.crew.rows(cells(h, size), func(q0, q1 int) {
		for qy := q0; qy < q1; qy++ {
			for qx := 0; qx < columns; {
				v, from := m.motion.at(qx, qy), qx
				for qx++; qx < columns && m.motion.at(qx, qy) == v; qx++ { // what moves alike is done at once
				}
				t := tile{share: share, w: w, h: h, x0: from * size, x1: min(qx*size, w), y0: qy * size, y1: min(qy*size+size, h),
					ax: roundShift(int32(v.x) * share), ay: roundShift(int32(v.y) * share),
					bx: roundShift(int32(v.x) * (256 - share)), by: roundShift(int32(v.y) * (256 - share))}
				t.blend(dst.Y, a.Y, b.Y)
				t = t.half(cw, ch)
				t.blend(dst.Cb, a.Cb, b.Cb)
				t.blend(dst.Cr, a.Cr, b.Cr)
			}
		}
	})
}

func roundShift(v int32) int { return int((v + 128) >> 8) }
func roundHalf(v int) int    { return (v + 1) >> 1 }

// tile is a part of a picture that moves as one: from (x-ax, y-ay) of the first picture to (x+bx, y+by) of the second.
type tile struct {
	w, h           int // of the plane
	x0, x1, y0, y1 int
	ax, ay, bx, by int
	share          int32 // of the second picture, of 256
}

// half returns the tile of a chroma plane.
func (t tile) half(cw, ch int) tile {
	t.w, t.h = cw, ch
	t.x0, t.x1, t.y0, t.y1 = t.x0/2, (t.x1+1)/2, t.y0/2, (t.y1+1)/2
	t.ax, t.ay, t.bx, t.by = roundHalf(t.ax), roundHalf(t.ay), roundHalf(t.bx), roundHalf(t.by)
	return t
}

// doubt is how far the two ends of a motion may differ before it is mistrusted, in codes.
const doubt = 14

// blend interpolates a tile of one plane.
func (t *tile) blend(dst, a, b []byte) {
	for y := t.y0; y < t.y1; y++ {
		row := func(p []byte, y int) []byte { y = min(max(y, 0), t.h-1); return p[y*t.w : y*t.w+t.w] }
		out, pa, pb := row(dst, y), row(a, y), row(b, y)
		ma, mb := row(a, y-t.ay), row(b, y+t.by)
		// The part whose motion stays inside the picture, and what is left of and right of it.
		lo := max(t.x0, t.ax, -t.bx)
		hi := min(t.x1, t.w+t.ax, t.w-t.bx)
		if lo < hi {
			t.inside(out[lo:hi], pa[lo:hi], pb[lo:hi], ma[lo-t.ax:hi-t.ax], mb[lo+t.bx:hi+t.bx])
		}
		for x := t.x0; x < t.x1; x++ {
			if x == lo && lo < hi {
				x = hi - 1
				continue
			}
			p, q := int32(ma[min(max(x-t.ax, 0), t.w-1)]), int32(mb[min(max(x+t.bx, 0), t.w-1)])
			out[x] = byte((p*(256-t.share) + q*t.share + 128) >> 8)
		}
	}
}

// inside interpolates along a row from ma to mb. Where they differ the motion is likely wrong or hidden behind
// something: then the middle one of both and of the plain mix of pa and pb is taken, which never invents a value.
func (t *tile) inside(out, pa, pb, ma, mb []byte) {
	share, left := t.share, 256-t.share
	pa, pb, ma, mb = pa[:len(out)], pb[:len(out)], ma[:len(out)], mb[:len(out)]
	for i := range out {
		p, q := int32(ma[i]), int32(mb[i])
		v := (p*left + q*share + 128) >> 8
		if uint32(p-q+doubt) > 2*doubt {
			plain := (int32(pa[i])*left + int32(pb[i])*share + 128) >> 8
			v = max(min(p, q), min(max(p, q), plain))
		}
		out[i] = byte(v)
	}
}

// weigh fills in the weights of the pictures of the window, of 256 together.
func (m *mixer) weigh(weights *[4]int32, n int, share, span float64) {
	n = min(n, 4)
	if span <= 1 {
		weights[1] = int32(share*256 + 0.5)
		weights[0] = 256 - weights[1]
		return
	}
	// Picture i covers [i, i+1) of the source's time; the shutter is open for half of the way to the next.
	open, left := max(1, span*0.75), int32(256)
	for i := n - 1; i > 0; i-- {
		covered := clamp01(min(share+open, float64(i+1)) - max(share, float64(i)))
		weights[i] = int32(256 * covered / open)
		left -= weights[i]
	}
	weights[0] = left
}

func weighted(dst []byte, window []*retake.Frame, weights *[4]int32, a, b int) {
	out := dst[a:b]
	first := window[0].Data[a:b]
	second := window[1].Data[a:b]
	w0, w1 := weights[0], weights[1]
	if weights[2] == 0 && weights[3] == 0 {
		for i := range out {
			out[i] = byte((int32(first[i])*w0 + int32(second[i])*w1 + 128) >> 8)
		}
		return
	}
	third, w2 := first, int32(0)
	if len(window) > 2 {
		third, w2 = window[2].Data[a:b], weights[2]
	}
	fourth, w3 := first, int32(0)
	if len(window) > 3 {
		fourth, w3 = window[3].Data[a:b], weights[3]
	}
	for i := range out {
		out[i] = byte((int32(first[i])*w0 + int32(second[i])*w1 + int32(third[i])*w2 + int32(fourth[i])*w3 + 128) >> 8)
	}
}
