package picture

import (
	"math"

	"retake/internal/retake"
	"retake/internal/wish"
)

// TiltShift is the effect's name.
const TiltShift Kind = "tilt shift"

var tiltShifted = Entry{Kind: TiltShift, Takes: []wish.Param{wish.Placing},
	Doc:  "the look of a miniature: a band across the picture is sharp, what lies before and behind it goes out of focus more and more, and colours are those of toys. The band is a little below the middle, or where the prompt says; on the left or right it stands upright",
	Make: func(s stage, l Look) effect { return newTiltShift(s, l.Strength, l.Place) }}

// tiltShift mixes the picture with two softer ones, by the distance from a band.
type tiltShift struct {
	stage
	step      int // samples of luma to one of the soft pictures
	near, far [3]plane
	reach     int     // of the far one's blur, in its samples
	middle    float64 // of the band, as a share of the height or, upright, of the width
	upright   bool
	vivid     float64
}

func newTiltShift(s stage, strength float64, place wish.Place) *tiltShift {
	t := &tiltShift{stage: s, step: s.softStep(), middle: 0.56, vivid: 0.3 * strength}
	px, py := placeOf(place)
	switch {
	case py != 0:
		t.middle = 0.5 + 0.24*py
	case px != 0:
		t.middle, t.upright = 0.5+0.22*px, true
	case place == wish.Centre:
		t.middle = 0.5
	}
	w, h := cells(s.format.Width, t.step), cells(s.format.Height, t.step)
	for n := range t.near {
		t.near[n], t.far[n] = newPlane(w, h), newPlane(w, h)
	}
	t.reach = max(1, int(float64(min(w, h))*(0.004+0.014*strength)+0.5))
	return t
}

// level is how far out of focus a place is: 0 sharp, 256 as the near picture, 512 as the far one.
func (t *tiltShift) level(at, amount float64) int32 {
	away := (math.Abs(at-t.middle) - 0.085) / 0.36
	return int32(512 * amount * smooth(1.05*away))
}

func (t *tiltShift) apply(f *retake.Frame, _ int, amount float64) {
	t.soften(f)
	w, h, cw, ch := f.Format.Width, f.Format.Height, f.Format.ChromaWidth(), f.Format.ChromaHeight()
	vivid := int32(math.Round(256 * t.vivid * amount))
	t.crew.rows(h, func(y0, y1 int) {
		near, far, level := make([]uint16, w), make([]uint16, w), make([]int32, w)
		row := func(pix []byte, n, y, w, h, step int) {
			level := level[:w]
			t.levels(level, y, h, amount)
			out := pix[y*w : y*w+w]
			if t.upright || level[0] > 0 {
				t.near[n].row(near[:w], y, step)
				if t.upright || level[0] > 256 {
					t.far[n].row(far[:w], y, step)
				}
				refocus(out, near[:w], far[:w], level)
			}
			if n > 0 {
				for i, v := range out {
					d := int32(v) - 128
					out[i] = byte(min(max(128+d+(d*vivid+128)>>8, 0), 255))
				}
			}
		}
		for y := y0; y < y1; y++ {
			row(f.Y, 0, y, w, h, t.step)
		}
		for y := y0 / 2; y < (y1+1)/2; y++ {
			row(f.Cb, 1, y, cw, ch, t.step/2)
			row(f.Cr, 2, y, cw, ch, t.step/2)
		}
	})
}

// levels fills in how far out of focus the samples of a row are.
func (t *tiltShift) levels(out []int32, y, h int, amount float64) {
	if !t.upright {
		level := t.level((float64(y)+0.5)/float64(h), amount)
		for i := range out {
			out[i] = level
		}
		return
	}
	for i := range out {
		out[i] = t.level((float64(i)+0.5)/float64(len(out)), amount)
	}
}

// soften makes the two soft pictures.
func (t *tiltShift) soften(f *retake.Frame) {
	t.crew.shrink(&t.near, f, t.step)
	for n := range t.near {
		t.near[n].blur(1)
		copy(t.far[n].pix, t.near[n].pix)
		for range 3 {
			t.far[n].blur(t.reach)
		}
	}
}

// refocus mixes a row with its softer ones.
func refocus(out []byte, near, far []uint16, level []int32) {
	near, far, level = near[:len(out)], far[:len(out)], level[:len(out)]
	for i, v := range out {
		l, soft := level[i], int32(near[i])
		if l <= 256 {
			out[i] = byte((int32(v)*(256-l)<<8 + soft*l + 1<<15) >> 16)
		} else {
			out[i] = byte((soft*(512-l) + int32(far[i])*(l-256) + 1<<15) >> 16)
		}
	}
}
