package main

// layer is one strip of scenery that slides past at a whole number of pixels a frame. It is painted once in winter
// and once in summer; melt says for each pixel how early in the year its snow gives way (0 first, 255 last), so the
// season crosses it in patches rather than as a fade.
type layer struct {
	winter, summer canvas
	melt           []uint8
	top            int // screen row of the strip's first row
	speed          int // pixels a frame
}

func newLayer(top, h, speed int) *layer {
	w := width + (frames-1)*speed
	return &layer{newCanvas(w, h), newCanvas(w, h), make([]uint8, w*h), top, speed}
}

// each paints both seasons with one function of the season.
func (l *layer) each(f func(c canvas, s float64)) {
	f(l.winter, 0)
	f(l.summer, 1)
}

// thawing fills the melt map: noise with features of so many pixels, with edges higher up melting later.
func (l *layer) thawing(size, upward float64, seed int) {
	w, h := l.winter.Rect.Dx(), l.winter.Rect.Dy()
	for y := range h {
		for x := range w {
			n := clouded(float64(x)/size, float64(y)/size, 3, seed)*0.9 + upward*(1-float64(y)/float64(h))
			l.melt[y*w+x] = uint8(255 * clamp(n))
		}
	}
}

// show lays the strip over the frame as it stands at frame f.
func (l *layer) show(dst canvas, f int) {
	w, h := l.winter.Rect.Dx(), l.winter.Rect.Dy()
	var ripe [width]int
	for x := range ripe {
		ripe[x] = int(here(f, float64(x))*1.5*255) - 64
	}
	for y := max(0, -l.top); y < h && l.top+y < height; y++ {
		from := y*w + f*l.speed
		out := dst.Pix[(l.top+y)*dst.Stride:]
		for x := range width {
			i := from + x
			t := (ripe[x] - int(l.melt[i])) * 4 // a soft edge, 64 steps of melt wide
			p, q := l.winter.Pix[i*4:i*4+4:i*4+4], l.summer.Pix[i*4:i*4+4:i*4+4]
			t = min(max(t, 0), 256)
			a := int(p[3])*(256-t) + int(q[3])*t
			if a == 0 {
				continue
			}
			o := out[x*4 : x*4+4 : x*4+4]
			rest := 255*256 - a
			for k := range 3 {
				o[k] = uint8((int(p[k])*(256-t) + int(q[k])*t + (int(o[k])*rest+127)/255 + 128) >> 8)
			}
		}
	}
}
