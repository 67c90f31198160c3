package picture

import (
	"math"

	"retake/internal/retake"
)

// The names of effects that mend what recording and encoding did to a picture.
const (
	Denoise Kind = "denoise"
	Deband  Kind = "deband"
)

var denoised = Entry{Kind: Denoise,
	Doc: "grain and sensor noise go: each place is averaged over time for as long as it shows the same, and what moves is left as it is, so that nothing smears",
	Make: func(s stage, l Look) effect {
		d := &denoiser{stage: s, past: make([]uint16, s.format.FrameSize())}
		reach := 3 + 9*l.Strength
		for i := range d.trust {
			// How much of the past a place keeps where it differs from it by so many sixteenths of a code.
			away := float64(i) / 16 / reach
			d.trust[i] = int32(math.Round(65536 * 0.94 * math.Max(0, 1-away*away)))
		}
		return d
	}}

// denoiser keeps a mean of the pictures so far, which starts anew where the picture changes.
type denoiser struct {
	stage
	past  []uint16    // with 8 fraction bits
	trust [4096]int32 // of 65536, by the difference in sixteenths of a code
	begun bool
}

func (d *denoiser) watch(f *retake.Frame, _ int) {
	if !d.begun {
		d.begun = true
		for i, v := range f.Data {
			d.past[i] = uint16(v) << 8
		}
		return
	}
	format, at := f.Format, 0
	for _, p := range []struct{ w, h int }{{format.Width, format.Height}, {format.ChromaWidth(), format.ChromaHeight()}, {format.ChromaWidth(), format.ChromaHeight()}} {
		start, w := at, p.w
		d.crew.rows(p.h, func(y0, y1 int) {
			for y := y0; y < y1; y++ {
				d.row(d.past[start+y*w:start+(y+1)*w], f.Data[start+y*w:start+(y+1)*w])
			}
		})
		at += p.w * p.h
	}
}

// row moves the mean towards the picture. Whether a place has changed is judged by five samples of the row together: noise cancels out
// among them, and what moves doesn't.
func (d *denoiser) row(past []uint16, now []byte) {
	n := len(now)
	at := func(i int) int32 { i = min(max(i, 0), n-1); return int32(now[i])<<8 - int32(past[i]) }
	// The differences are taken before the mean moves under them.
	a, b, c, e, g := at(-2), at(-1), at(0), at(1), at(2)
	for i := range now {
		sum := a + b + c + e + g
		off := min(max(sum, -sum)/(5*16), int32(len(d.trust)-1))
		past[i] = uint16(int32(now[i])<<8 - int32(int64(c)*int64(d.trust[off])>>16))
		a, b, c, e, g = b, c, e, g, at(i+3)
	}
}

func (d *denoiser) apply(f *retake.Frame, _ int, amount float64) { d.crew.past(f, d.past, amount) }

var debanded = Entry{Kind: Deband,
	Doc: "steps in smooth skies and walls go: where a place and four around it differ by no more than a step, it becomes their mean, dithered; edges and texture stay",
	Make: func(s stage, l Look) effect {
		reach := max(int(math.Round(36*s.scale())), 12)
		return &debander{stage: s, from: retake.NewFrame(s.format), step: int32(1 + math.Round(2*l.Strength)),
			luma: newQuartet(s.format.Width, reach), chroma: newQuartet(s.format.ChromaWidth(), reach/2)}
	}}

// debander smooths what is all but flat.
type debander struct {
	stage
	from         *retake.Frame
	step         int32 // codes
	luma, chroma quartet
}

// quartet tells which four samples a place is compared with: the corners of a square about it that is turned and as large as chance, by a
// tile of the picture, has it, so that they make no pattern.
type quartet struct {
	reach  int
	corner [ditherSize][ditherSize]struct{ x, y int16 } // the first; the others are a quarter turn on each
	at     [ditherSize][ditherSize][2]int32             // of the first and the second in a plane; the others lie opposite
}

func newQuartet(w, reach int) quartet {
	q := quartet{reach: reach}
	for y := range ditherSize {
		for x := range ditherSize {
			dx := 1 + int(dither[y][x])*reach>>12
			dy := 1 + int(dither[(y+43)%ditherSize][(x+29)%ditherSize])*reach>>12
			q.corner[y][x].x, q.corner[y][x].y = int16(dx), int16(dy)
			q.at[y][x] = [2]int32{int32(dy*w + dx), int32(dy - dx*w)}
		}
	}
	return q
}

func (d *debander) apply(f *retake.Frame, _ int, amount float64) {
	d.from.CopyFrom(f)
	weight := int32(math.Round(256 * amount))
	w, h, cw, ch := f.Format.Width, f.Format.Height, f.Format.ChromaWidth(), f.Format.ChromaHeight()
	d.plane(&d.luma, f.Y, d.from.Y, w, h, weight)
	d.plane(&d.chroma, f.Cb, d.from.Cb, cw, ch, weight)
	d.plane(&d.chroma, f.Cr, d.from.Cr, cw, ch, weight)
}

func (d *debander) plane(q *quartet, dst, src []byte, w, h int, weight int32) {
	d.crew.rows(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			inner := q.reach + 1 // columns from here to as far from the end have all four inside of the picture
			if y < inner || y >= h-inner || 2*inner > w {
				inner = w
			}
			d.edge(q, dst, src, w, h, y, 0, min(inner, w), weight)
			if inner < w {
				d.row(q, dst, src, y*w, y, inner, w-inner, weight)
				d.edge(q, dst, src, w, h, y, w-inner, w, weight)
			}
		}
	})
}

// row smooths a row from column x0 to x1.
func (d *debander) row(q *quartet, dst, src []byte, start, y, x0, x1 int, weight int32) {
	offsets, thresholds, step := &q.at[y%ditherSize], &dither[y%ditherSize], d.step
	for x := x0; x < x1; x++ {
		i, o := start+x, &offsets[x%ditherSize]
		p, a, b := int32(src[i]), int32(src[i+int(o[0])]), int32(src[i-int(o[0])])
		if apart(p, a, step) || apart(p, b, step) {
			continue
		}
		if c, e := int32(src[i+int(o[1])]), int32(src[i-int(o[1])]); !apart(p, c, step) && !apart(p, e, step) {
			dst[i] = smoothed(p, a+b+c+e, weight, int32(thresholds[(x+67)%ditherSize]))
		}
	}
}

// edge does the same near the picture's edge, beyond which the outermost samples go on.
func (d *debander) edge(q *quartet, dst, src []byte, w, h, y, x0, x1 int, weight int32) {
	for x := x0; x < x1; x++ {
		k := q.corner[y%ditherSize][x%ditherSize]
		at := func(bx, by int16) int32 {
			return int32(src[min(max(y+int(by), 0), h-1)*w+min(max(x+int(bx), 0), w-1)])
		}
		p, a, b, c, e := int32(src[y*w+x]), at(k.x, k.y), at(-k.x, -k.y), at(k.y, -k.x), at(-k.y, k.x)
		if !apart(p, a, d.step) && !apart(p, b, d.step) && !apart(p, c, d.step) && !apart(p, e, d.step) {
			dst[y*w+x] = smoothed(p, a+b+c+e, weight, int32(dither[y%ditherSize][(x+67)%ditherSize]))
		}
	}
}

// smoothed is a sample moved towards the mean of four, of which sum is given.
func smoothed(p, sum, weight, threshold int32) byte {
	return byte(min((p<<4*(256-weight)+sum<<2*weight+threshold)>>12, 255))
}

func apart(a, b, step int32) bool { return uint32(a-b+step) > uint32(2*step) }
