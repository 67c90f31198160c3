package picture

import (
	"math"

	"retake/internal/retake"
	"retake/internal/wish"
)

// The names of what is done to the picture as a frame.
const (
	Letterbox  Kind = "letterbox"
	Fade       Kind = "fade"
	BlurRegion Kind = "blur region"
	Mosaic     Kind = "mosaic"
	Sharpen    Kind = "sharpen"
)

var letterboxed = Entry{Kind: Letterbox, Takes: []wish.Param{wish.Number},
	Doc:  "black bars above and below, to the shape of the wide screen (2.39 to 1) unless the prompt says another; they slide in and out",
	Make: func(s stage, l Look) effect { return &bars{s, barHeight(s.format, ratioOf(l))} }}

type bars struct {
	stage
	full float64 // rows, when they have slid in
}

// ratioOf is the width by the height of what a letterbox leaves.
func ratioOf(l Look) float64 { return pick(l.Amount, 2.39) }

// barHeight is how many rows each of the bars covers.
func barHeight(format retake.PictureFormat, ratio float64) float64 {
	w, h := float64(format.Width), float64(format.Height)
	if rows := (h - w/ratio) / 2; rows >= 1 {
		return rows
	}
	return 0.09 * h // a clip that is as wide already
}

func (b *bars) apply(f *retake.Frame, _ int, amount float64) {
	w, h := f.Format.Width, f.Format.Height
	bar := b.full * amount
	black := float64(b.levels.code(0))
	b.crew.rows(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			cover := clamp01(bar - float64(min(y, h-1-y)))
			paint(f.Y[y*w:(y+1)*w], black, cover)
			if y%2 == 0 {
				cw := f.Format.ChromaWidth()
				paint(f.Cb[y/2*cw:(y/2+1)*cw], 128, cover)
				paint(f.Cr[y/2*cw:(y/2+1)*cw], 128, cover)
			}
		}
	})
}

// paint covers samples with a code, by a share.
func paint(row []byte, code, share float64) {
	if share <= 0 {
		return
	}
	weight, c := int32(math.Round(256*share)), int32(math.Round(code))
	for i, v := range row {
		row[i] = blended(v, c, weight)
	}
}

var fadingOut = Entry{Kind: Fade, Takes: []wish.Param{wish.Heading, wish.Tint},
	Doc: "the picture goes to black over the segment, or comes from it, or to and from white. At its end it comes back to the original within the time of growing out, " +
		"as the picture behind the segment is untouched",
	Make: func(s stage, l Look) effect {
		luma := 0.0
		if lightness, _, _ := l.To.Lab(); l.To.Said() && lightness > 0.7 {
			luma = 1
		}
		return &faded{s, l, luma}
	}}

type faded struct {
	stage
	look Look
	luma float64
}

func (e *faded) apply(f *retake.Frame, index int, amount float64) {
	t := e.share(e.look, index)
	if e.look.Direction == wish.In {
		t = 1 - t
	}
	share := amount * smooth(t)
	e.wash(f, e.levels.code(e.luma), share)
}

var censored = Entry{Kind: BlurRegion, Takes: []wish.Param{wish.Placing},
	Doc: "a part of the picture becomes coarse squares: the middle, or the corner, side or band that the prompt names. It finds no faces or plates, and follows nothing",
	Make: func(s stage, l Look) effect {
		side := max(int(math.Round((24+70*l.Strength)*s.scale()))/2*2, 2)
		return &squares{stage: s, side: side, region: regionOf(l.Place)}
	}}

var mosaicked = Entry{Kind: Mosaic, Takes: []wish.Param{wish.Placing},
	Doc: "the whole picture, or the place that the prompt names, becomes coarse squares of one colour each",
	Make: func(s stage, l Look) effect {
		side := max(int(math.Round((10+50*l.Strength)*s.scale()))/2*2, 2)
		where := region{0, 0, 1, 1}
		if l.Place != "" {
			where = regionOf(l.Place)
		}
		return &squares{stage: s, side: side, region: where}
	}}

// region is a part of the picture, in shares of its width and height.
type region struct{ x0, y0, x1, y1 float64 }

func regionOf(p wish.Place) region {
	switch p {
	case wish.Top:
		return region{0, 0, 1, 0.25}
	case wish.Bottom:
		return region{0, 0.75, 1, 1}
	case wish.AtLeft:
		return region{0, 0, 0.33, 1}
	case wish.AtRight:
		return region{0.67, 0, 1, 1}
	case wish.Background, wish.Foreground, wish.Edges, wish.Centre, "":
		return region{0.33, 0.28, 0.67, 0.72}
	}
	x, y := placeOf(p)
	r := region{0, 0, 0.36, 0.36}
	if x > 0 {
		r.x0, r.x1 = 0.64, 1
	}
	if y > 0 {
		r.y0, r.y1 = 0.64, 1
	}
	return r
}

type squares struct {
	stage
	side   int
	region region
}

func (q *squares) apply(f *retake.Frame, _ int, amount float64) {
	weight := int32(math.Round(256 * amount))
	w, h, cw := f.Format.Width, f.Format.Height, f.Format.ChromaWidth()
	q.plane(f.Y, w, h, q.side, weight)
	q.plane(f.Cb, cw, f.Format.ChromaHeight(), max(q.side/2, 1), weight)
	q.plane(f.Cr, cw, f.Format.ChromaHeight(), max(q.side/2, 1), weight)
}

// plane puts the mean of each square in its place.
func (q *squares) plane(pix []byte, w, h, side int, weight int32) {
	x0, x1 := int(q.region.x0*float64(w)), int(math.Ceil(q.region.x1*float64(w)))
	y0, y1 := int(q.region.y0*float64(h)), int(math.Ceil(q.region.y1*float64(h)))
	q.crew.rows(cells(y1-y0, side), func(r0, r1 int) {
		for y := y0 + r0*side; y < min(y0+r1*side, y1); y += side {
			for x := x0; x < x1; x += side {
				evened(pix, w, x, y, min(x+side, x1, w), min(y+side, y1, h), weight)
			}
		}
	})
}

// evened brings the samples of a rectangle to their mean, by a weight of 256.
func evened(pix []byte, w, left, top, right, bottom int, weight int32) {
	sum := 0
	for y := top; y < bottom; y++ {
		for _, v := range pix[y*w+left : y*w+right] {
			sum += int(v)
		}
	}
	n := (right - left) * (bottom - top)
	if n <= 0 {
		return
	}
	mean := int32((sum + n/2) / n)
	for y := top; y < bottom; y++ {
		row := pix[y*w+left : y*w+right]
		for i, v := range row {
			row[i] = blended(v, mean, weight)
		}
	}
}

var sharpened = Entry{Kind: Sharpen,
	Doc: "edges and fine detail stand out more, by an unsharp mask on brightness that leaves flat ground alone and doesn't overshoot far",
	Make: func(s stage, l Look) effect {
		return &sharpen{s, l.Strength, make([]byte, s.format.Width*s.format.Height)}
	}}

type sharpen struct {
	stage
	strength float64
	copy     []byte
}

func (e *sharpen) apply(f *retake.Frame, _ int, amount float64) {
	copy(e.copy, f.Y)
	w, h := f.Format.Width, f.Format.Height
	k := int32(math.Round(256 * 1.5 * e.strength * amount))
	e.crew.rows(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			above, row, below := e.row(y-1, w, h), e.row(y, w, h), e.row(y+1, w, h)
			out := f.Y[y*w : (y+1)*w]
			for x := range out {
				l, r := max(x-1, 0), min(x+1, w-1)
				around := int32(above[l]) + 2*int32(above[x]) + int32(above[r]) + 2*int32(row[l]) + 4*int32(row[x]) + 2*int32(row[r]) +
					int32(below[l]) + 2*int32(below[x]) + int32(below[r])
				d := 16*int32(row[x]) - around // 16 times the detail
				if d > -24 && d < 24 {
					continue // noise
				}
				d = min(max(d*k>>12, -28), 28)
				out[x] = byte(min(max(int32(row[x])+d, 0), 255))
			}
		}
	})
}

func (e *sharpen) row(y, w, h int) []byte {
	y = min(max(y, 0), h-1)
	return e.copy[y*w : (y+1)*w]
}
