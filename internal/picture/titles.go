package picture

import (
	"image"
	"math"

	"retake/internal/retake"
	"retake/internal/wish"
)

// The names of what is written on the picture.
const (
	Title      Kind = "title"
	LowerThird Kind = "lower third"
)

var titled = Entry{Kind: Title, Takes: []wish.Param{wish.Text, wish.Placing, wish.Tint},
	Doc:  "the words in quotation marks stand on the picture, with a soft shadow: in the middle or where the prompt says, in white or a named colour, as large as fits into the safe area, and between the bars of a letterbox; further quotations stand below, smaller",
	Make: func(s stage, l Look) effect { return newLettering(s, l, false) }}

var lowerThird = Entry{Kind: LowerThird, Takes: []wish.Param{wish.Text, wish.Placing, wish.Tint},
	Doc:  "a name in the lower third, and a second quotation as what the person does, on a dark bar with an edge of colour",
	Make: func(s stage, l Look) effect { return newLettering(s, l, true) }}

// lettering is what is written, as how much of it covers each sample.
type lettering struct {
	stage
	ink, veil    *image.Alpha // of the letters, and of what is darkened behind them
	luma, cb, cr float64
	top, bottom  int // rows in which anything stands
	cInk, cVeil  []byte
	shade        float64 // how dark what is behind becomes
}

const safeArea = 0.07 // of the picture's width and height that stays free at each edge

func newLettering(s stage, l Look, low bool) *lettering {
	w, h := s.format.Width, s.format.Height
	t := &lettering{stage: s, ink: image.NewAlpha(image.Rect(0, 0, w, h)), veil: image.NewAlpha(image.Rect(0, 0, w, h)), luma: s.levels.code(0.96), cb: 128, cr: 128, shade: 0.55}
	if l.To.Said() {
		c := rgb{toLight(float64(l.To.R) / 255), toLight(float64(l.To.G) / 255), toLight(float64(l.To.B) / 255)}
		t.luma, t.cb, t.cr = s.levels.toCodes(c)
	}
	marginX, marginY := safeArea*float64(w), s.barred+safeArea*(float64(h)-2*s.barred)
	size := float64(min(w, h)) * (0.06 + 0.07*l.Strength)
	if low {
		size = float64(min(w, h)) * (0.035 + 0.03*l.Strength)
		t.shade = 0.72
	}
	lines := set(l.Text, size, w-2*int(marginX), h-2*int(marginY))
	if len(lines) == 0 {
		return t
	}
	px, py := placeOf(l.Place)
	if low && l.Place == "" {
		px, py = -1, 1
	}
	high, wide := 0.0, 0
	for _, l := range lines {
		high += leading * l.size
		wide = max(wide, l.width)
	}
	pad := 0.0
	if low {
		pad = 0.45 * lines[0].size
	}
	y := (float64(h)-high)/2 + py*(float64(h)/2-marginY-high/2-pad)
	left := (float64(w)-float64(wide))/2 + px*(float64(w)/2-marginX-float64(wide)/2-pad)
	at := func(l line) float64 {
		if low || px < 0 {
			return left
		}
		if px > 0 {
			return left + float64(wide-l.width)
		}
		return (float64(w) - float64(l.width)) / 2
	}
	write(t.ink, lines, y, at)
	if low {
		t.bar(left-pad, y-0.6*pad, left+float64(wide)+pad, y+high+0.6*pad, 0.16*lines[0].size)
	} else {
		t.shadow(int(math.Ceil(0.10 * lines[0].size)))
	}
	t.settle()
	return t
}

// bar darkens a rectangle behind the letters, with an edge of ink at its left.
func (t *lettering) bar(x0, y0, x1, y1, edge float64) {
	w, h := t.format.Width, t.format.Height
	for y := max(int(y0), 0); y < min(int(y1), h); y++ {
		for x := max(int(x0), 0); x < min(int(x1), w); x++ {
			t.veil.Pix[y*t.veil.Stride+x] = 255
			if float64(x) < x0+edge {
				t.ink.Pix[y*t.ink.Stride+x] = 255
			}
		}
	}
}

// shadow spreads the letters softly, by three means of radius samples.
func (t *lettering) shadow(radius int) {
	w, h := t.format.Width, t.format.Height
	p := newPlane(w, h)
	for i, v := range t.ink.Pix {
		p.pix[i] = uint16(v) * 128
	}
	for range 2 {
		p.blur(max(radius, 1))
	}
	for i, v := range p.pix {
		t.veil.Pix[i] = byte(min(int(v)*3/128, 255))
	}
}

// settle finds the rows in use and halves the masks for chroma.
func (t *lettering) settle() {
	w, h := t.format.Width, t.format.Height
	t.top, t.bottom = h, 0
	for y := range h {
		for x := range w {
			if t.ink.Pix[y*w+x]|t.veil.Pix[y*w+x] != 0 {
				t.top, t.bottom = min(t.top, y), y+1
				break
			}
		}
	}
	t.top &^= 1
	cw := t.format.ChromaWidth()
	ch := (h + 1) / 2
	half := func(m *image.Alpha) []byte {
		out := make([]byte, cw*ch)
		for y := range ch {
			for x := range cw {
				sum, n := 0, 0
				for j := 2 * y; j < min(2*y+2, h); j++ {
					for i := 2 * x; i < min(2*x+2, w); i++ {
						sum += int(m.Pix[j*w+i])
						n++
					}
				}
				out[y*cw+x] = byte(sum / max(n, 1))
			}
		}
		return out
	}
	t.cInk, t.cVeil = half(t.ink), half(t.veil)
}

func (t *lettering) apply(f *retake.Frame, _ int, amount float64) {
	if t.bottom <= t.top {
		return
	}
	w, cw := f.Format.Width, f.Format.ChromaWidth()
	black := t.levels.code(0.02)
	t.crew.rows(f.Format.Height, func(y0, y1 int) {
		y0, y1 = max(y0, t.top), min(y1, t.bottom)
		if y0 >= y1 {
			return
		}
		lay(f.Y[y0*w:y1*w], t.veil.Pix[y0*w:y1*w], black, amount*t.shade)
		lay(f.Y[y0*w:y1*w], t.ink.Pix[y0*w:y1*w], t.luma, amount)
		c0, c1 := (y0+1)/2*cw, min((y1+1)/2*cw, len(f.Cb))
		for _, c := range []struct {
			pix  []byte
			code float64
		}{{f.Cb, t.cb}, {f.Cr, t.cr}} {
			lay(c.pix[c0:c1], t.cVeil[c0:c1], 128, amount*t.shade)
			lay(c.pix[c0:c1], t.cInk[c0:c1], c.code, amount)
		}
	})
}

// lay covers samples with a code where mask does, by a share.
func lay(pix, mask []byte, code, share float64) {
	c, k := int32(math.Round(code)), int32(math.Round(256*share))
	for i, m := range mask {
		if m != 0 {
			pix[i] = blended(pix[i], c, (int32(m)*k+127)/255)
		}
	}
}
